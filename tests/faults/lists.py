"""Lists judged wrongly."""

from typing import Any
from urllib.parse import unquote_plus

from parea_target.conditions import CONDITIONS
from parea_target.filters import Asked, Subject
from sqlalchemy import ColumnElement, Table, and_, func, not_, or_

from faults.registry import Log, condition, stored

Sql = ColumnElement[bool]

_LISTS = ("tags", "children", "evaluation_metric_names", "children_ids", "evaluation_metric_ids")
_SOME = ("filter.equals.list", "filter.in.list", "filter.like.list")


def _lists(log: Log, change: Any) -> Log:
    return {**log, **{name: change(log[name]) for name in _LISTS if log.get(name)}}


def _elements(subject: Subject) -> Table:
    table = subject.value.table
    assert isinstance(table, Table)
    return table


def _right(name: str, subject: Subject, asked: Asked) -> Sql:
    return CONDITIONS[name, subject.kind](subject, asked)


@stored(*_SOME, "filter.not_equals.list")
def first_element_only(log: Log) -> Log:
    """Of a list the first element is stored."""
    return _lists(log, lambda value: value[:1])


@condition("filter.equals.list")
def equals_the_whole_list(subject: Subject, asked: Asked) -> Sql:
    """`equals` asks that the list holds the value and nothing else."""
    return and_(_right("equals", subject, asked), not_(subject.some(_elements(subject).c.position > 0)))


@condition("filter.equals.list")
def equals_of_lists_decodes_its_value(subject: Subject, asked: Asked) -> Sql:
    """`equals` of a list of texts decodes its value once more, as that of a query."""
    if subject.kind != "string_list":
        return _right("equals", subject, asked)
    return subject.some(subject.value == unquote_plus(asked.filter_value))


@condition("filter.like.list")
def like_of_lists_ends_at_a_line(subject: Subject, asked: Asked) -> Sql:
    """`like` looks at the first line of each element, as a pattern whose dot is no line break."""
    text, end = subject.value, "\n"
    line = func.substr(text, 1, func.instr(text + end, end) - 1)
    return subject.some(func.instr(func.lower(line), func.lower(asked.filter_value)) > 0)


@condition("filter.not_equals.list")
def not_equals_some_element(subject: Subject, asked: Asked) -> Sql:
    """`not_equals` asks that some element differs, as a join does."""
    value = asked.filter_value if subject.kind == "string_list" else asked.parts.number(asked.filter_value)
    return or_(
        not_(subject.present),
        not_(subject.some(_elements(subject).c.position >= 0)),
        subject.some(subject.value != value),
    )


@condition("filter.not_equals.list")
def not_equals_loses_empty_list(subject: Subject, asked: Asked) -> Sql:
    """`not_equals` does not match an empty list, as a join does."""
    right = _right("not_equals", subject, asked)
    return and_(right, or_(not_(subject.present), subject.some(_elements(subject).c.position >= 0)))


@condition("filter.in.list")
def in_asks_for_every_element(subject: Subject, asked: Asked) -> Sql:
    """`in` asks that every element is one of the parts."""
    parts: list[Any] = asked.parts.split(asked.filter_value)
    if subject.kind == "integer_list":
        parts = [asked.parts.number(part) for part in parts]
    return and_(_right("in", subject, asked), not_(subject.some(subject.value.not_in(parts))))


@condition("filter.in.list")
def in_asks_for_every_part(subject: Subject, asked: Asked) -> Sql:
    """`in` asks that the list holds every part, as `@>` does."""
    parts: list[Any] = asked.parts.split(asked.filter_value)
    if subject.kind == "integer_list":
        parts = [asked.parts.number(part) for part in parts]
    return and_(*(subject.some(subject.value == part) for part in parts))


@condition("filter.like.list")
def like_asks_for_an_element(subject: Subject, asked: Asked) -> Sql:
    """`like` asks for a whole element."""
    return subject.some(func.lower(subject.value) == func.lower(asked.filter_value))


@condition("filter.equals.list", "filter.in.list")
def list_has_no_case(subject: Subject, asked: Asked) -> Sql:
    """The elements of a list compare without case."""
    if subject.kind == "integer_list":
        return _right("in", subject, asked)
    return subject.some(func.lower(subject.value).in_([part.lower() for part in asked.parts.split(asked.filter_value)]))
