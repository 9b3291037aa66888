"""Wrong readings of timestamps: offsets, fractions and text."""

import re

from parea_conformance.reading.values import instant
from parea_conformance.rivals.registry import rival

_SECOND = 1_000_000_000_000_000_000
_DAY = 86_400 * _SECOND


def _wall(text: str) -> int:
    return instant(re.sub(r"(?:[Zz]|[+-]\d\d:\d\d)$", "Z", text))


def _compared(*names: str) -> tuple[str, ...]:
    return tuple(f"filter.{name}.timestamp" for name in names)


_EQUAL = _compared("equals", "not_equals")
_ORDERED = _compared("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal", "between")


@rival(*_EQUAL, step="instant_equal", needs="a timestamp")
def instant_ignores_value_offset(this: int, value: str) -> bool:
    """The offset of the value is dropped."""
    return this == _wall(value)


@rival(*_ORDERED, step="comparable", needs="a timestamp")
def order_ignores_value_offset(this: object, value: str) -> int | None:
    """The offset of the value is dropped, and its wall time compared."""
    return _wall(value) if isinstance(this, int) else None


@rival(*_ORDERED, step="comparable", needs="a timestamp")
def order_reverses_offset(this: object, value: str) -> int | None:
    """The offset of the value is added where it must be taken off."""
    return 2 * _wall(value) - instant(value) if isinstance(this, int) else None


@rival(*_EQUAL, *_ORDERED, step="log_instant", needs="a timestamp of a log with an offset other than Z")
def log_offset_ignored(text: str) -> int:
    """The offset of a log's timestamp is dropped."""
    return _wall(text)


@rival(*_EQUAL, *_ORDERED, step="log_instant", needs="a timestamp with a fraction of a second")
def log_instant_to_the_second(text: str) -> int:
    """A log's timestamp is kept without its fraction."""
    return instant(text) // _SECOND * _SECOND


@rival(*_EQUAL, *_ORDERED, step="log_instant", needs="a timestamp with microseconds")
def log_instant_to_the_millisecond(text: str) -> int:
    """A log's timestamp is kept to the millisecond."""
    return instant(text) // (_SECOND // 1000) * (_SECOND // 1000)


@rival(*_EQUAL, step="instant_equal", needs="a timestamp with a fraction of a second")
def equal_to_the_second(this: int, value: str) -> bool:
    """Instants compare without their fraction."""
    return this // _SECOND == instant(value) // _SECOND


@rival(*_EQUAL, step="instant_equal", needs="a timestamp with microseconds")
def equal_to_the_millisecond(this: int, value: str) -> bool:
    """Instants compare to the millisecond."""
    return this // (_SECOND // 1000) == instant(value) // (_SECOND // 1000)


@rival("filter.equals.timestamp", step="instant_equal", needs="a timestamp")
def equal_to_the_day(this: int, value: str) -> bool:
    """A timestamp equals its day."""
    return this // _DAY == instant(value) // _DAY


@rival(*_ORDERED, step="comparable", needs="timestamps that share a second")
def order_to_the_second(this: object, value: str) -> int | None:
    """The value of an ordering loses its fraction."""
    return instant(value) // _SECOND * _SECOND if isinstance(this, int) else None


@rival(*_ORDERED, step="comparable", needs="timestamps that share a millisecond")
def order_to_the_millisecond(this: object, value: str) -> int | None:
    """The value of an ordering loses its microseconds."""
    unit = _SECOND // 1000
    return instant(value) // unit * unit if isinstance(this, int) else None


@rival(*_ORDERED, step="comparable", needs="timestamps of one day")
def order_to_the_day(this: object, value: str) -> int | None:
    """The value of an ordering is its day."""
    return instant(value) // _DAY * _DAY if isinstance(this, int) else None
