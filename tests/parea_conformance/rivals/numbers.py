"""Wrong readings of numbers and of the orderings."""

import math
import struct
from decimal import Decimal
from typing import Any

from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import double, number
from parea_conformance.rivals.registry import rival

_EQUAL = ("filter.equals.number", "filter.not_equals.number", "filter.in.number")
_ORDERED = (
    "filter.greater_than.number",
    "filter.greater_than_or_equal.number",
    "filter.less_than.number",
    "filter.less_than_or_equal.number",
)
_NUMBER = (*_EQUAL, *_ORDERED, "filter.between.number")

_MARGIN = {"greater_than": 1, "less_than": -1}


def _written(this: float) -> str:
    """The number as JSON writers put it: an integer without a point."""
    return str(int(this)) if math.isfinite(this) and this == int(this) and abs(this) < 1e15 else repr(this)


@rival(*_EQUAL, "filter.equals.list", "filter.in.list", step="number_equal", needs="a number with two spellings")
def equal_as_text(this: float, value: str) -> bool:
    """Numbers compare as they are written."""
    return _written(this) == value


@rival(*_EQUAL, step="number_equal", needs="a number that is not an integer")
def equal_as_integers(this: float, value: str) -> bool:
    """Numbers compare without their fraction."""
    that = number(value)
    return that is not None and math.isfinite(this) and math.isfinite(that) and int(this) == int(that)


@rival("filter.equals.number", "filter.in.number", step="number_equal", needs="a number with a neighbour in doubles")
def equal_with_tolerance(this: float, value: str) -> bool:
    """Numbers that are close are equal."""
    that = number(value)
    return that is not None and math.isclose(this, that, rel_tol=1e-9)


@rival("filter.equals.number", step="number_equal", needs="a number that single precision cannot hold")
def equal_in_single_precision(this: float, value: str) -> bool:
    """Numbers compare in single precision."""
    that = number(value)
    return that is not None and _single(this) == _single(that)


def _single(this: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", this))[0])
    except OverflowError:
        return math.copysign(math.inf, this)


@rival("filter.equals.number", step="number_equal", needs="a number with more than six decimals")
def equal_rounds_to_six(this: float, value: str) -> bool:
    """Numbers compare rounded to six decimals."""
    that = number(value)
    return that is not None and (this == that or round(this, 6) == round(that, 6))


@rival("filter.equals.number", step="number_equal", needs="a number, such as 0.1, that a longer decimal rounds to")
def equal_as_decimals(this: float, value: str) -> bool:
    """Numbers compare as decimals, exactly."""
    return math.isfinite(this) and Decimal(repr(this)) == Decimal(value)


@rival("filter.equals.number", step="number_equal", needs="an integer of 2^53 or more")
def equal_as_big_integers(this: float, value: str) -> bool:
    """Integers compare beyond the precision of doubles."""
    whole = value.lstrip("-").isdigit() and len(value) < 400
    return math.isfinite(this) and (int(this) == int(value) if whole and this == int(this) else this == number(value))


@rival("filter.equals.number", "filter.in.number", step="number_equal", needs="a number that an exponent can write")
def equal_drops_exponent(this: float, value: str) -> bool:
    """The exponent of the value is dropped."""
    return this == number(value.lower().split("e")[0])


@rival("filter.equals.number", "filter.less_than.number", step="double", needs="a negative number")
def number_without_sign(this: float) -> float:
    """The sign of a number is dropped."""
    return abs(double(this))


@rival("filter.less_than.number", "filter.less_than_or_equal.number", step="comparable", needs="a number")
def beyond_doubles_matches_nothing(this: object, value: str) -> float | None:
    """With a value beyond the range of doubles nothing compares."""
    that = number(value)
    return that if isinstance(this, float) and that is not None and math.isfinite(that) else None


@rival("filter.equals.number", step="double", needs="the number 0")
def zero_is_missing(this: float) -> float:
    """Zero is taken for a missing value."""
    return double(this) or math.nan


@rival(*_ORDERED, step="compare", needs="numbers whose spelling orders otherwise, as 9 and 10")
def order_as_text(operator: str, this: float, that: float) -> bool:
    """Numbers order as they are written."""
    return RIGHT.compare(operator, _written(this), _written(that))


@rival("filter.between.number", step="within", needs="numbers whose spelling orders otherwise, as 9 and 10")
def between_as_text(this: float, low: float, high: float) -> bool:
    """`between` orders numbers as they are written."""
    return _written(low) <= _written(this) <= _written(high)


@rival(*_ORDERED, step="comparable", needs="a number that is not an integer")
def order_as_integers(this: object, value: str) -> float | None:
    """The value of an ordering loses its fraction."""
    that = number(value)
    return float(int(that)) if isinstance(this, float) and that is not None and math.isfinite(that) else that


@rival("filter.greater_than.*", "filter.less_than.*", step="compare", needs="a value to compare with itself")
def strict_includes_equal(operator: str, this: Any, that: Any) -> bool:
    """A strict ordering includes the value itself."""
    return RIGHT.compare(operator.removesuffix("_or_equal") + "_or_equal", this, that)


@rival(
    "filter.greater_than_or_equal.*",
    "filter.less_than_or_equal.*",
    step="compare",
    needs="a value, compared with itself",
)
def inclusive_excludes_equal(operator: str, this: Any, that: Any) -> bool:
    """An inclusive ordering leaves the value itself out."""
    return RIGHT.compare(operator.removesuffix("_or_equal"), this, that)


@rival(
    "filter.greater_than.*",
    "filter.greater_than_or_equal.*",
    "filter.less_than.*",
    "filter.less_than_or_equal.*",
    step="compare",
    needs="two values that differ",
)
def order_reversed(operator: str, this: Any, that: Any) -> bool:
    """The ordering is taken the other way round."""
    return RIGHT.compare(operator, that, this)


@rival("filter.greater_than.number", "filter.less_than.number", step="compare", needs="two numbers less than 1 apart")
def order_with_margin(operator: str, this: float, that: float) -> bool:
    """An ordering asks for a whole unit between."""
    return RIGHT.compare(operator + "_or_equal", this, that + _MARGIN[operator])


@rival("filter.between.*", step="within", needs="a value to be the low end")
def between_excludes_low(this: Any, low: Any, high: Any) -> bool:
    """`between` leaves its low end out."""
    return bool(low < this <= high)


@rival("filter.between.*", step="within", needs="a value to be the high end")
def between_excludes_high(this: Any, low: Any, high: Any) -> bool:
    """`between` leaves its high end out."""
    return bool(low <= this < high)


@rival("filter.between.*", step="within", needs="two values that differ")
def between_sorts_ends(this: Any, low: Any, high: Any) -> bool:
    """`between` takes its ends in either order."""
    return bool(min(low, high) <= this <= max(low, high))


@rival("filter.between.*", step="within", needs="a value above the high end")
def between_without_high(this: Any, low: Any, high: Any) -> bool:
    """`between` forgets its high end."""
    del high
    return bool(low <= this)


@rival("filter.between.*", step="within", needs="a value below the low end")
def between_without_low(this: Any, low: Any, high: Any) -> bool:
    """`between` forgets its low end."""
    del low
    return bool(this <= high)


@rival("filter.between.*", step="pair", needs="a value between two others")
def between_does_not_trim(value: str) -> list[str]:
    """`between` refuses spaces around its ends, and then matches nothing."""
    return value.split(",") if " " not in value else []
