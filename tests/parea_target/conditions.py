"""What every operator means on every kind, as SQL: the table (operator, kind) → condition.

A condition never comes out as SQL's NULL where `not_equals` or `is_null` would negate it.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, false, func, literal, not_, or_

from parea_target.contract import Contract
from parea_target.filters import Asked, Condition, Filter, Subject, find_subject, one_of_texts, same_text
from parea_target.tables import Tables
from parea_target.texts import ContainsWithoutCase, StoredText
from parea_target.values import ReadingParts

Reader = Callable[[Asked, str], Any]
Comparison = Callable[[Any, Any], Any]


def _as_text(_asked: Asked, text: str) -> str:
    return text


def _as_number(asked: Asked, text: str) -> float:
    return asked.parts.number(text)


def _as_instant(asked: Asked, text: str) -> str:
    return asked.parts.instant(text)


def _as_boolean(asked: Asked, text: str) -> bool:
    return asked.parts.boolean(text)


def _one(compare: Comparison, read: Reader) -> Condition:
    """Some value compares so with the filter's."""

    def condition(subject: Subject, asked: Asked) -> ColumnElement[bool]:
        return subject.some(compare(subject.value, read(asked, asked.filter_value)))

    return condition


def _same_text(subject: Subject, asked: Asked) -> ColumnElement[bool]:
    """Some text equals the filter's."""
    return subject.some(same_text(subject.value, asked.filter_value))


def _between(read: Reader) -> Condition:
    """Some value lies between the filter's two, ends included; SQL's BETWEEN is empty where low is above high."""

    def condition(subject: Subject, asked: Asked) -> ColumnElement[bool]:
        low, high = (read(asked, part) for part in asked.parts.split(asked.filter_value))
        return subject.some(subject.value.between(low, high))

    return condition


def _in(read: Reader) -> Condition:
    """Some value equals one of the filter's parts."""

    def condition(subject: Subject, asked: Asked) -> ColumnElement[bool]:
        parts = dict.fromkeys(read(asked, part) for part in asked.parts.split(asked.filter_value))
        one_of = one_of_texts if read is _as_text else ColumnElement.in_
        return subject.some(one_of(subject.value, list(parts)))

    return condition


def _like(subject: Subject, asked: Asked) -> ColumnElement[bool]:
    """The value occurs in some text, ASCII letters without case, no wildcards."""
    sought = literal(asked.filter_value.encode().lower().decode(), StoredText)
    return subject.some(ContainsWithoutCase(subject.value, sought))


def _exists(subject: Subject, _asked: Asked) -> ColumnElement[bool]:
    """The value is there."""
    return subject.present


def _not(condition: Condition) -> Condition:
    """The exact complement, which a log without the value meets: SQL alone would leave NULL there."""

    def complement(subject: Subject, asked: Asked) -> ColumnElement[bool]:
        return not_(func.coalesce(condition(subject, asked), false()))

    return complement


def _map_equals(subject: Subject, asked: Asked) -> ColumnElement[bool]:
    """The text equals; or the number does, by value, where the filter's value is a JSON number."""
    return subject.some(_equals_one_of(subject, asked, [asked.filter_value]))


def _map_in(subject: Subject, asked: Asked) -> ColumnElement[bool]:
    """Some part equals, as text or as number."""
    return subject.some(_equals_one_of(subject, asked, asked.parts.split(asked.filter_value)))


def _equals_one_of(subject: Subject, asked: Asked, texts: list[str]) -> ColumnElement[bool]:
    numbers = [asked.parts.number(text) for text in texts if asked.contract.accepts("number_value", text)]
    # Each part is bound once: a body is too small to hold as many different ones as SQLite binds values (32,766).
    return or_(
        one_of_texts(subject.value, list(dict.fromkeys(texts))), subject.number.in_(list(dict.fromkeys(numbers)))
    )


def _map_one(compare: Comparison) -> Condition:
    """The number under the key compares so with the filter's value; nothing does with one that is not a JSON number."""

    def condition(subject: Subject, asked: Asked) -> ColumnElement[bool]:
        if not asked.contract.accepts("number_value", asked.filter_value):
            return false()
        return subject.some(compare(subject.number, asked.parts.number(asked.filter_value)))

    return condition


def _map_between(subject: Subject, asked: Asked) -> ColumnElement[bool]:
    """The number under the key lies between the filter's two, if it has two."""
    if not asked.contract.accepts("number_pair_value", asked.filter_value):
        return false()
    low, high = map(asked.parts.number, asked.parts.split(asked.filter_value))
    return subject.some(subject.number.between(low, high))


_READERS: Mapping[str, Reader] = {
    "text": _as_text,
    "number": _as_number,
    "timestamp": _as_instant,
    "boolean": _as_boolean,
    "string_list": _as_text,
    "integer_list": _as_number,
}
_ORDERINGS: Mapping[str, Comparison] = {
    "greater_than": operator.gt,
    "greater_than_or_equal": operator.ge,
    "less_than": operator.lt,
    "less_than_or_equal": operator.le,
}
_EQUALS: Mapping[str, Condition] = {
    **{kind: _one(operator.eq, read) for kind, read in _READERS.items()},
    "text": _same_text,
    "string_list": _same_text,
    "map": _map_equals,
}

CONDITIONS: Mapping[tuple[str, str], Condition] = {
    **{("equals", kind): equals for kind, equals in _EQUALS.items()},
    **{("not_equals", kind): _not(equals) for kind, equals in _EQUALS.items()},
    **{("like", kind): _like for kind in ("text", "string_list", "map")},
    **{("in", kind): _in(_READERS[kind]) for kind in ("text", "number", "string_list", "integer_list")},
    ("in", "map"): _map_in,
    **{
        (name, kind): _one(compare, _READERS[kind])
        for name, compare in _ORDERINGS.items()
        for kind in ("number", "timestamp")
    },
    **{(name, "map"): _map_one(compare) for name, compare in _ORDERINGS.items()},
    **{("between", kind): _between(_READERS[kind]) for kind in ("number", "timestamp")},
    ("between", "map"): _map_between,
    **{("exists", kind): _exists for kind in (*_EQUALS, "structure")},
    **{("is_null", kind): _not(_exists) for kind in (*_EQUALS, "structure")},
}


@dataclass(frozen=True)
class FilterParts(ReadingParts):
    """What a filter means.

    Attributes:
        subject: the filter → what it judges, in SQL.
        conditions: (operator, kind) → the condition on a subject, in SQL.
    """

    subject: Callable[[Contract, Tables, Filter], Subject] = find_subject
    conditions: Mapping[tuple[str, str], Condition] = field(default_factory=lambda: CONDITIONS)


def filter_condition(
    contract: Contract, tables: Tables, parts: FilterParts, asked: Filter
) -> ColumnElement[bool] | None:
    """The condition that a root log must meet; None without a filter.

    Raises:
        LookupError: the filter's operator has no meaning for the kind of its subject.
    """
    if asked.filter_field is None or asked.filter_operator is None:
        return None
    subject = parts.subject(contract, tables, asked)
    condition = parts.conditions.get((asked.filter_operator, subject.kind))
    if condition is None:
        raise LookupError(f"the operator {asked.filter_operator!r} has no meaning for the kind {subject.kind!r}")
    return condition(subject, Asked(asked.filter_value or "", contract, parts))
