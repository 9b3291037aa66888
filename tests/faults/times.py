"""Timestamps judged wrongly: offsets, fractions, and where they are stored."""

import re
from typing import Any

from parea_target.values import read_instant

from faults.registry import Log, reading, stored

EQUAL = ("filter.equals.timestamp", "filter.not_equals.timestamp")
ORDERED = tuple(
    f"filter.{name}.timestamp"
    for name in ("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal", "between")
)


def _wall(text: str) -> str:
    """The time without its offset, taken for UTC."""
    return re.sub(r"(?:[Zz]|[+-]\d\d:\d\d)$", "Z", text)


@reading("instant", *EQUAL, *ORDERED)
def offset_of_value_is_dropped(text: str) -> str:
    """The offset of the value is dropped, as of a naive datetime."""
    return read_instant(_wall(text))


@reading("instant", *EQUAL, *ORDERED)
def offset_is_added(text: str) -> str:
    """The offset of the value is added where it is to be taken off."""
    return read_instant(re.sub(r"[+-](?=\d\d:\d\d$)", lambda sign: "+" if sign[0] == "-" else "-", text))


@reading("instant", *EQUAL)
def equals_to_the_second(text: str) -> str:
    """An equality drops the fraction of the value."""
    return read_instant(re.sub(r"\.\d+", "", text))


@reading("instant", *ORDERED)
def orderings_to_the_second(text: str) -> str:
    """The orderings drop the fraction of the value."""
    return read_instant(re.sub(r"\.\d+", "", text))


@reading("instant", *ORDERED)
def orderings_to_the_millisecond(text: str) -> str:
    """The orderings cut the value to milliseconds."""
    return read_instant(re.sub(r"(\.\d{3})\d+", r"\1", text))


@reading("instant", "filter.between.timestamp")
def between_ends_at_midnight(text: str) -> str:
    """The ends of `between` are days."""
    return read_instant(re.sub(r"T.*", "T00:00:00Z", text))


def _stamps(log: Log, change: Any) -> Log:
    return {**log, **{name: change(log[name]) for name in ("start_timestamp", "end_timestamp") if log.get(name)}}


@stored(*EQUAL, *ORDERED, "result.order")
def stored_without_offset(log: Log) -> Log:
    """Timestamps are stored without their offsets."""
    return _stamps(log, _wall)


@stored(*EQUAL, *ORDERED, "result.order")
def stored_to_the_second(log: Log) -> Log:
    """Timestamps are stored to the second."""
    return _stamps(log, lambda text: re.sub(r"\.\d+", "", text))
