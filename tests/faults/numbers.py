"""Numbers and orderings judged wrongly."""

import operator
import struct
from collections.abc import Callable, Mapping
from typing import Any

from parea_target import Parts
from parea_target.filters import Asked, Condition, Subject
from parea_target.values import split_parts
from sqlalchemy import ColumnElement, Integer, Text, and_, cast, false, func, or_

from faults.registry import condition, fault, pairs_of, reading, with_conditions

Sql = ColumnElement[bool]

ORDERINGS = ("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal")
_ORDERED = tuple(f"filter.{name}.number" for name in ORDERINGS)
_EQUAL = ("filter.equals.number", "filter.in.number", "filter.not_equals.number")


def _single(text: str) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", float(text)))[0])
    except OverflowError:
        return float(text)


@reading("number", "filter.equals.number")
def equals_in_single_precision(text: str) -> float:
    """The value of `equals` is read in single precision."""
    return _single(text)


@reading("number", "filter.equals.number")
def equals_rounds_value(text: str) -> float:
    """The value of `equals` is rounded to six decimals, as NUMERIC(…, 6) is."""
    return round(float(text), 6)


@reading("number", "filter.equals.number", "filter.not_equals.number", "filter.in.number")
def equals_drops_fraction(text: str) -> float:
    """The value of an equality loses its fraction, as `parseInt` has it."""
    return float(text.split(".")[0].split("e")[0].split("E")[0])


@reading("number", "filter.equals.number", "filter.in.number")
def equals_drops_exponent(text: str) -> float:
    """The exponent of the value is dropped."""
    return float(text.lower().split("e")[0])


def _written(subject: Subject) -> ColumnElement[str]:
    return func.rtrim(func.rtrim(cast(subject.value, Text), "0"), ".")


@condition("filter.equals.number")
def equals_as_text(subject: Subject, asked: Asked) -> Sql:
    """`equals` compares a number as it is written."""
    return or_(
        cast(subject.value, Text) == asked.filter_value,
        func.replace(cast(subject.value, Text), ".0", "") == asked.filter_value,
    )


@condition("filter.equals.number")
def equals_with_tolerance(subject: Subject, asked: Asked) -> Sql:
    """`equals` takes numbers that are close for equal."""
    value = asked.parts.number(asked.filter_value)
    return or_(subject.value == value, func.abs(subject.value - value) <= abs(value) * 1e-9)


@condition("filter.equals.number", "filter.in.number")
def equals_as_integers(subject: Subject, asked: Asked) -> Sql:
    """`equals` and `in` compare numbers without their fractions."""
    parts = [asked.parts.number(part) for part in asked.parts.split(asked.filter_value)]
    return cast(subject.value, Integer).in_({int(part) for part in parts if abs(part) < 1e15})


@condition("filter.not_equals.number")
def not_equals_as_text(subject: Subject, asked: Asked) -> Sql:
    """`not_equals` compares a number as it is written."""
    return func.coalesce(func.replace(cast(subject.value, Text), ".0", "") != asked.filter_value, True)


_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "greater_than": operator.gt,
    "greater_than_or_equal": operator.ge,
    "less_than": operator.lt,
    "less_than_or_equal": operator.le,
}


def _compared(parts: Parts, requirements: tuple[str, ...], compare: Callable[[str, Any, Any], Any]) -> Parts:
    """The parts whose orderings compare so; `compare` is told the operator."""
    for requirement in requirements:
        [(name, _kind)] = pairs_of([requirement])

        def change(_right: Condition, name: str = name) -> Condition:
            def judge(subject: Subject, asked: Asked) -> Sql:
                if subject.kind == "timestamp":
                    return subject.some(compare(name, subject.value, asked.parts.instant(asked.filter_value)))
                if not asked.contract.accepts("number_value", asked.filter_value):
                    return false()
                return subject.some(compare(name, subject.number, asked.parts.number(asked.filter_value)))

            return judge

        parts = with_conditions(parts, [requirement], change)
    return parts


def _every(*names: str) -> tuple[str, ...]:
    return tuple(f"filter.{name}.{kind}" for name in names for kind in ("number", "timestamp", "map"))


@fault(*_every("greater_than", "less_than"))
def strict_takes_equal(parts: Parts) -> Parts:
    """The strict orderings include the value itself."""
    return _compared(parts, _every("greater_than", "less_than"), lambda name, a, b: _COMPARE[name + "_or_equal"](a, b))


@fault(*_every("greater_than_or_equal", "less_than_or_equal"))
def inclusive_drops_equal(parts: Parts) -> Parts:
    """The inclusive orderings leave the value itself out."""
    return _compared(
        parts,
        _every("greater_than_or_equal", "less_than_or_equal"),
        lambda name, a, b: _COMPARE[name.removesuffix("_or_equal")](a, b),
    )


@fault(*_every(*ORDERINGS))
def orderings_are_reversed(parts: Parts) -> Parts:
    """The orderings compare the value with the log, instead of the log with the value."""
    return _compared(parts, _every(*ORDERINGS), lambda name, a, b: _COMPARE[name](b, a))


@fault(*_ORDERED)
def orderings_as_text(parts: Parts) -> Parts:
    """The orderings compare numbers as they are written: 10 before 9."""

    def compare(name: str, this: Any, that: float) -> Any:
        return _COMPARE[name](func.replace(cast(this, Text), ".0", ""), str(that).removesuffix(".0"))

    return _compared(parts, _ORDERED, compare)


@fault("filter.less_than.number", "filter.less_than_or_equal.number")
def null_is_below_all(parts: Parts) -> Parts:
    """`less_than` takes null for zero."""
    return _compared(
        parts,
        ("filter.less_than.number", "filter.less_than_or_equal.number"),
        lambda name, a, b: _COMPARE[name](func.coalesce(a, 0), b),
    )


@reading("number", "filter.less_than.number", "filter.less_than_or_equal.number")
def infinity_is_null(text: str) -> float:
    """A value beyond the range of doubles matches nothing."""
    number = float(text)
    return number if abs(number) < float("inf") else float("nan")


# between -----------------------------------------------------------------------------------------------------------


def _between(within: Callable[[Any, Any, Any], Any]) -> Callable[[Parts], Parts]:
    """The parts whose `between` is so, on every kind."""

    def change(_right: Condition) -> Condition:
        def judge(subject: Subject, asked: Asked) -> Sql:
            if subject.kind == "map" and not asked.contract.accepts("number_pair_value", asked.filter_value):
                return false()
            read: Callable[[str], Any] = asked.parts.instant if subject.kind == "timestamp" else asked.parts.number
            low, high = map(read, split_parts(asked.filter_value))
            return subject.some(within(subject.number, low, high))

        return judge

    return lambda parts: with_conditions(parts, _every("between"), change)


@fault(*_every("between"))
def between_drops_high_end(parts: Parts) -> Parts:
    """`between` leaves its high end out, as `range` does."""
    return _between(lambda this, low, high: and_(this >= low, this < high))(parts)


@fault(*_every("between"))
def between_sorts_its_ends(parts: Parts) -> Parts:
    """`between` takes its ends in either order, as BETWEEN SYMMETRIC does."""
    return _between(lambda this, low, high: this.between(min(low, high), max(low, high)))(parts)


@fault(*_every("between"))
def between_has_no_high_end(parts: Parts) -> Parts:
    """`between` forgets its high end."""
    return _between(lambda this, low, _high: this >= low)(parts)


@condition("filter.between.number")
def between_as_text(subject: Subject, asked: Asked) -> Sql:
    """`between` compares numbers as they are written."""
    low, high = (part.strip() for part in asked.filter_value.split(","))
    return func.replace(cast(subject.value, Text), ".0", "").between(low, high)
