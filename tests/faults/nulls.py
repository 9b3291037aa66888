"""Null, absent and empty taken for each other, and filters that are not applied."""

from typing import Any

from parea_target.conditions import CONDITIONS
from parea_target.filters import Asked, Subject
from sqlalchemy import ColumnElement, and_, not_, or_, true

from faults.registry import Log, condition, stored

Sql = ColumnElement[bool]

KINDS = ("text", "number", "timestamp", "boolean", "list", "map")
_NULL = tuple(f"filter.is_null.{kind}" for kind in (*KINDS, "structure"))
_EXISTS = tuple(f"filter.exists.{kind}" for kind in (*KINDS, "structure"))
_NOT_EQUALS = tuple(f"filter.not_equals.{kind}" for kind in KINDS)
_EQUALS = tuple(f"filter.equals.{kind}" for kind in KINDS)


def _equals(subject: Subject, asked: Asked) -> Sql:
    return CONDITIONS["equals", subject.kind](subject, asked)


@condition(*_NOT_EQUALS)
def not_equals_loses_null(subject: Subject, asked: Asked) -> Sql:
    """`not_equals` loses null, as SQL's `<>` does."""
    return and_(subject.present, not_(_equals(subject, asked)))


@condition(*_NOT_EQUALS)
def not_equals_fits_all(_subject: Subject, _asked: Asked) -> Sql:
    """`not_equals` is not applied."""
    return true()


@condition(*_EQUALS)
def equals_fits_null(subject: Subject, asked: Asked) -> Sql:
    """`equals` matches null as well."""
    return or_(not_(subject.present), _equals(subject, asked))


@condition(*_NULL)
def is_null_is_exists(subject: Subject, _asked: Asked) -> Sql:
    """`is_null` is taken for `exists`."""
    return subject.present


@condition(*_EXISTS)
def exists_is_is_null(subject: Subject, _asked: Asked) -> Sql:
    """`exists` is taken for `is_null`."""
    return not_(subject.present)


@condition("filter.is_null.text")
def empty_text_is_null(subject: Subject, _asked: Asked) -> Sql:
    """`is_null` matches the empty text, as in Oracle."""
    return or_(subject.value.is_(None), subject.value == "")


@condition("filter.exists.text")
def empty_text_does_not_exist(subject: Subject, _asked: Asked) -> Sql:
    """`exists` does not match the empty text, as a test of truth."""
    return and_(subject.value.is_not(None), subject.value != "")


@condition("filter.is_null.number")
def zero_is_null(subject: Subject, _asked: Asked) -> Sql:
    """`is_null` matches zero, as a test of truth."""
    return or_(subject.value.is_(None), subject.value == 0)


@condition("filter.exists.number")
def zero_does_not_exist(subject: Subject, _asked: Asked) -> Sql:
    """`exists` does not match zero, as a test of truth."""
    return and_(subject.value.is_not(None), subject.value != 0)


@condition("filter.is_null.boolean")
def false_is_null(subject: Subject, _asked: Asked) -> Sql:
    """`is_null` matches false, as a test of truth."""
    return or_(subject.value.is_(None), not_(subject.value))


@condition("filter.exists.boolean")
def false_does_not_exist(subject: Subject, _asked: Asked) -> Sql:
    """`exists` does not match false, as a test of truth."""
    return and_(subject.value.is_not(None), subject.value)


def _without(log: Log, members: tuple[str, ...], empty: Any) -> Log:
    return {name: value for name, value in log.items() if name not in members or value != empty}


@stored("filter.is_null.list", "filter.exists.list")
def empty_list_is_not_stored(log: Log) -> Log:
    """An empty list is stored as null."""
    return _without(log, ("tags", "children", "evaluation_metric_names", "children_ids", "evaluation_metric_ids"), [])


@stored("filter.is_null.map", "filter.exists.map")
def empty_map_is_not_stored(log: Log) -> Log:
    """An empty map is stored as null."""
    return _without(log, ("inputs", "metadata"), {})


@stored("filter.is_null.structure", "filter.exists.structure")
def empty_structure_is_not_stored(log: Log) -> Log:
    """An empty array or object is stored as null."""
    return _without(_without(log, _STRUCTURES, []), _STRUCTURES, {})


_STRUCTURES = ("scores", "images", "comments", "annotations", "configuration", "children_logs")


@stored("filter.is_null.boolean", "filter.exists.boolean", "filter.equals.boolean", "filter.not_equals.boolean")
def false_is_not_stored(log: Log) -> Log:
    """False is stored as null."""
    return {k: v for k, v in log.items() if v is not False}


@stored("filter.is_null.boolean", "filter.exists.boolean", "filter.equals.boolean", "filter.not_equals.boolean")
def absent_is_false(log: Log) -> Log:
    """An absent boolean is stored as false, as a default of its column."""
    return {"cache_hit": False, "fill_children": False, **log}


@condition("filter.equals.boolean")
def boolean_is_always_true(subject: Subject, _asked: Asked) -> Sql:
    """`equals` takes any value for true."""
    return subject.value
