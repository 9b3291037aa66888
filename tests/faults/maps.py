"""Maps judged wrongly: their keys, and the forms of the values under them."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from parea_target import Contract, Parts
from parea_target.conditions import CONDITIONS
from parea_target.filters import Asked, Condition, Filter, Subject, find_subject
from parea_target.tables import Tables
from sqlalchemy import ColumnElement, Float, Text, and_, case, cast, false, func, not_, or_

from faults.registry import Log, condition, fault, pairs_of, stored, with_conditions

Sql = ColumnElement[bool]

_MAPS = ("inputs", "metadata")
_EQUAL = ("filter.equals.map", "filter.in.map", "filter.not_equals.map")
_ORDERED = tuple(
    f"filter.{name}.map"
    for name in ("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal", "between")
)


def with_keys(log: Log, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Log:
    """The log with the entries of its maps changed, where it has any."""
    return {**log, **{name: change(log[name]) for name in _MAPS if log.get(name)}}


def _values(log: Log, change: Callable[[Any], Any]) -> Log:
    return with_keys(log, lambda entries: {key: change(value) for key, value in entries.items()})


@stored("field.key")
def keys_are_paths(log: Log) -> Log:
    """A dot in a key leads into a nested map."""
    return with_keys(log, _paths)


def _paths(entries: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in entries.items() if "." not in key}
    nested = {f"{k}.{inner}": v for k, value in found.items() if isinstance(value, dict) for inner, v in value.items()}
    return {**found, **nested}


def asked_key(parts: Parts, change: Callable[[str], str]) -> Parts:
    """The parts that ask for another key."""

    def subject(contract: Contract, tables: Tables, asked: Filter) -> Subject:
        key = None if asked.filter_key is None else change(asked.filter_key)
        return find_subject(contract, tables, replace(asked, filter_key=key))

    return replace(parts, subject=subject)


@fault("field.key")
def keys_are_trimmed(parts: Parts) -> Parts:
    """Spaces around a key are dropped."""
    return asked_key(parts, lambda key: key.strip(" "))


@fault("field.key")
def keys_lose_their_quotes(parts: Parts) -> Parts:
    """Quotation marks are dropped from a key."""
    return asked_key(parts, lambda key: key.replace('"', ""))


@fault("field.key")
def keys_have_no_case(parts: Parts) -> Parts:
    """A key is asked for in lower case."""
    return asked_key(parts, str.lower)


@stored("field.key")
def empty_key_is_not_stored(log: Log) -> Log:
    """The empty key is not stored."""
    return with_keys(log, lambda entries: {k: v for k, v in entries.items() if k})


@stored("filter.exists.map", "filter.is_null.map")
def null_under_a_key_exists(log: Log) -> Log:
    """A key whose value is null exists, as with JSONB's `?`."""
    return _values(log, lambda value: {} if value is None else value)


Matches = Callable[[Subject, Asked, list[str]], Sql]


def _equality(parts: Parts, matches: Matches) -> Parts:
    """The parts whose `equals`, `in` and `not_equals` under a key ask for a value that `matches` one of some texts."""

    def equals(subject: Subject, asked: Asked) -> Sql:
        return subject.some(matches(subject, asked, [asked.filter_value]))

    def is_in(subject: Subject, asked: Asked) -> Sql:
        return subject.some(matches(subject, asked, asked.parts.split(asked.filter_value)))

    def not_equals(subject: Subject, asked: Asked) -> Sql:
        return not_(func.coalesce(equals(subject, asked), False))

    for requirement, condition_ in zip(_EQUAL, (equals, is_in, not_equals), strict=True):
        parts = with_conditions(parts, [requirement], lambda _right, wrong=condition_: wrong)  # type: ignore[misc]
    return parts


def _numbers(asked: Asked, texts: list[str]) -> list[float]:
    return [asked.parts.number(text) for text in texts if asked.contract.accepts("number_value", text)]


def _written(number: ColumnElement[float]) -> ColumnElement[str]:
    return func.replace(cast(number, Text), ".0", "")


@fault(*_EQUAL)
def map_numbers_as_text(parts: Parts) -> Parts:
    """A number under a key compares as it is written, as with JSONB's `->>`."""
    return _equality(
        parts, lambda subject, _asked, texts: or_(subject.value.in_(texts), _written(subject.number).in_(texts))
    )


@fault(*_EQUAL)
def map_texts_as_numbers(parts: Parts) -> Parts:
    """A text under a key that looks like a number equals as one."""

    def matches(subject: Subject, asked: Asked, texts: list[str]) -> Sql:
        numbers = _numbers(asked, texts)
        read = and_(subject.value.regexp_match(r"^-?[0-9.]+$"), cast(subject.value, Float).in_(numbers))
        return or_(subject.value.in_(texts), subject.number.in_(numbers), read)

    return _equality(parts, matches)


@stored("filter.equals.map", "filter.not_equals.map", "filter.like.map")
def map_structures_are_text(log: Log) -> Log:
    """An array or object under a key is stored as its JSON text."""
    return _values(log, lambda value: json.dumps(value) if isinstance(value, list | dict) else value)


@stored("filter.is_null.map", "filter.exists.map")
def map_structures_are_not_stored(log: Log) -> Log:
    """An array or object under a key is not stored."""
    return _values(log, lambda value: None if isinstance(value, list | dict) else value)


def _orders(parts: Parts, value: Callable[[Subject], Any], read: Callable[[str], Any]) -> Parts:
    """The parts whose orderings and `between` under a key compare so."""
    compare: dict[str, Callable[[Any, list[Any]], Any]] = {
        "greater_than": lambda this, ends: this > ends[0],
        "greater_than_or_equal": lambda this, ends: this >= ends[0],
        "less_than": lambda this, ends: this < ends[0],
        "less_than_or_equal": lambda this, ends: this <= ends[0],
        "between": lambda this, ends: this.between(*ends),
    }
    for requirement in _ORDERED:
        [(name, _kind)] = pairs_of([requirement])

        def change(_right: Condition, name: str = name) -> Condition:
            form = "number_pair_value" if name == "between" else "number_value"

            def judge(subject: Subject, asked: Asked) -> Sql:
                if not asked.contract.accepts(form, asked.filter_value):
                    return false()
                ends = [read(part.strip(" ")) for part in asked.filter_value.split(",")]
                return subject.some(compare[name](value(subject), ends))

            return judge

        parts = with_conditions(parts, [requirement], change)
    return parts


@fault(*_ORDERED)
def map_texts_are_ordered_as_numbers(parts: Parts) -> Parts:
    """A text under a key that looks like a number orders as one, as a cast does."""
    return _orders(parts, lambda subject: func.coalesce(subject.number, cast(subject.value, Float)), float)


@fault(*_ORDERED)
def map_numbers_are_ordered_as_text(parts: Parts) -> Parts:
    """Numbers under a key order as they are written."""
    return _orders(parts, lambda subject: func.coalesce(subject.value, _written(subject.number)), str)


@fault(*_ORDERED)
def map_booleans_are_ordered(parts: Parts) -> Parts:
    """Booleans under a key order as 1 and 0."""
    read = {"true": 1, "false": 0}
    return _orders(parts, lambda s: func.coalesce(s.number, case(read, value=s.value, else_=None)), float)


@condition("filter.like.map")
def map_like_fits_numbers(subject: Subject, asked: Asked) -> Sql:
    """`like` matches the digits of a number under a key."""
    text = func.coalesce(subject.value, _written(subject.number))
    return subject.some(func.instr(func.lower(text), func.lower(asked.filter_value)) > 0)


@condition("filter.not_equals.map")
def map_not_equals_asks_for_the_key(subject: Subject, asked: Asked) -> Sql:
    """`not_equals` matches only logs that have the key, as a join does."""
    return and_(subject.present, not_(CONDITIONS["equals", "map"](subject, asked)))


@condition("filter.not_equals.map")
def map_not_equals_asks_for_a_scalar(subject: Subject, asked: Asked) -> Sql:
    """`not_equals` does not match an array or object under the key."""
    right = CONDITIONS["not_equals", "map"](subject, asked)
    return and_(
        right, or_(not_(subject.present), subject.some(or_(subject.value.is_not(None), subject.number.is_not(None))))
    )
