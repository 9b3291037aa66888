"""Which logs match a filter, judged here as the contract says: for logs in memory, as a fake of the API holds them.

A log is judged as `to_dict` gives it. Its values, as they are compared: `str` is text, `float` a number, `datetime` an
instant, `bool` a boolean; anything else is present and equal to nothing.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from parea_trace_logs._filters.rules import check, compiled, kind_of
from parea_trace_logs._json.moments import moment
from parea_trace_logs.contract import FORMS, MEMBERS
from parea_trace_logs.models import FilterOperator, TraceLog, TraceLogFilters

_SCORE, _ANNOTATION = "score:", "annotation:"
_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def matches(log: TraceLog, filters: TraceLogFilters) -> bool:
    """Whether a root log matches a filter, as a server would judge it.

    Args:
        log: The log; its descendants do not count.
        filters: The filter; one without `filter_field` is matched by every log.

    Raises:
        InvalidFilterError: the contract does not accept the filter.
        InvalidDataError: a timestamp of the log that must be compared is not one.
    """
    check(filters)
    if not isinstance(filters.filter_field, str):
        return True
    key = filters.filter_key if isinstance(filters.filter_key, str) else None
    values = _values(log.to_dict(), filters.filter_field, key)
    asked = FilterOperator(str(filters.filter_operator))
    if asked is FilterOperator.IS_NULL:
        return values is None
    if asked is FilterOperator.EXISTS:
        return values is not None
    value = str(filters.filter_value)
    if asked is FilterOperator.NOT_EQUALS:
        return not any(_equal(each, value) for each in values or ())
    return any(_JUDGES[asked](each, value) for each in values or ())


def _values(log: Mapping[str, Any], field: str, key: str | None) -> list[Any] | None:
    """The values that a filter on this field judges; None where the field is null or absent."""
    if field not in MEMBERS:
        return _annotated(log, field) if field.startswith(_ANNOTATION) else _scored(log, field.removeprefix(_SCORE))
    held, kind = log.get(field), kind_of(field) or ""
    if kind == "map" and key is not None:
        held = None if held is None else held.get(key)
    return None if held is None else _READERS.get(kind, _whole)(held, key is not None)


def _scored(log: Mapping[str, Any], name: str) -> list[Any] | None:
    return [_number(each["score"]) for each in log.get("scores") or () if each["name"] == name] or None


def _annotated(log: Mapping[str, Any], field: str) -> list[Any] | None:
    _, member, criterion = field.split(":", 2)
    users = (log.get("annotations") or {}).get(criterion) or {}
    found = [each.get(member) for each in users.values()]
    return [_number(each) if member == "score" else each for each in found if each is not None] or None


def _whole(_: Any, __: bool) -> list[Any]:
    """What is present and not compared: a structure, or a map without a key."""
    return []


def _of_map(held: Any, keyed: bool) -> list[Any]:
    if not keyed:
        return []
    if isinstance(held, bool):
        return ["true" if held else "false"]
    return [_number(held) if isinstance(held, int | float) else held]


_READERS: Final[dict[str, Callable[[Any, bool], list[Any]]]] = {
    "text": lambda held, _: [held],
    "boolean": lambda held, _: [held],
    "number": lambda held, _: [_number(held)],
    "timestamp": lambda held, _: [moment(held, "timestamp")],
    "string_list": lambda held, _: held,
    "integer_list": lambda held, _: [_number(each) for each in held],
    "map": _of_map,
    "structure": _whole,
}


def _number(value: float) -> float:
    """The nearest double; beyond their range an infinity."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _read(text: str, like: Any) -> Any:
    """A text of a filter as a value of the kind that a log has there; None where it is not one."""
    if isinstance(like, bool):
        return text == "true"
    if isinstance(like, float):
        return float(text) if compiled(FORMS["number_value"].pattern or "").match(text) else None
    if isinstance(like, datetime):
        return moment(text, "filter_value")
    return text if isinstance(like, str) else None


def _equal(value: Any, text: str) -> bool:
    other = _read(text, value)
    return other is not None and bool(value == other)


def _among(value: Any, text: str) -> bool:
    return any(_equal(value, part.strip(" ")) for part in text.split(","))


def _contains(value: Any, text: str) -> bool:
    return isinstance(value, str) and text.translate(_LOWER) in value.translate(_LOWER)


def _ordered(compare: Callable[[Any, Any], bool], value: Any, text: str) -> bool:
    if not isinstance(value, float | datetime):
        return False
    other = _read(text, value)
    return other is not None and compare(value, other)


def _between(value: Any, text: str) -> bool:
    ends = [part.strip(" ") for part in text.split(",")]
    return len(ends) == 2 and _ordered(operator.ge, value, ends[0]) and _ordered(operator.le, value, ends[1])


_JUDGES: Final[dict[FilterOperator, Callable[[Any, str], bool]]] = {
    FilterOperator.EQUALS: _equal,
    FilterOperator.LIKE: _contains,
    FilterOperator.IN: _among,
    FilterOperator.BETWEEN: _between,
    FilterOperator.GREATER_THAN: partial(_ordered, operator.gt),
    FilterOperator.GREATER_THAN_OR_EQUAL: partial(_ordered, operator.ge),
    FilterOperator.LESS_THAN: partial(_ordered, operator.lt),
    FilterOperator.LESS_THAN_OR_EQUAL: partial(_ordered, operator.le),
}
