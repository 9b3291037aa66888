"""What a call asks of the filter that it is given, before anything is sent."""

from typing import Any

from parea_trace_logs._filters.rules import check
from parea_trace_logs._filters.unknown_field import warn_of
from parea_trace_logs._filters.where import Condition, Field
from parea_trace_logs.models import TraceLogFilters


def checked(filters: Any) -> TraceLogFilters:
    """The filter that a call is given, which may be anything, whatever the annotations say; none for None.

    Raises:
        TypeError: it is not a filter; the message says what was meant.
        InvalidFilterError: the contract does not accept it.
    """
    if filters is None:
        return TraceLogFilters()
    if not isinstance(filters, TraceLogFilters):
        raise TypeError(f"a filter is TraceLogFilters, or a comparison such as where('latency') > 0.5{_not(filters)}")
    check(filters)
    if isinstance(filters.filter_field, str) and not isinstance(filters, Condition):
        warn_of(filters.filter_field, only_if_similar=True)
    return filters


def _not(given: Any) -> str:
    """What was passed instead, and what was perhaps meant by it."""
    if isinstance(given, Field):
        return f", not {given!r} alone: compare it with a value"
    if isinstance(given, dict):
        return ", not a dict: TraceLogFilters.from_dict makes one of it"
    if isinstance(given, str):
        return f", not the text {given!r}"
    if isinstance(given, list | tuple | set):
        return ", not several: one filter is all that the endpoint takes"
    return f", not {given!r}"
