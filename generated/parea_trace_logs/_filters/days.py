"""Days in the place of instants: a day without a time is that whole day in UTC.

The contract knows instants only, to the microsecond, so every comparison with a day has an exact filter, but `!=`.
"""

import re
from typing import Final

from parea_trace_logs.errors import InvalidFilterError
from parea_trace_logs.models import FilterOperator

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BEGINS, _ENDS = "T00:00:00Z", "T23:59:59.999999Z"


# Which end of the day an ordering compares with.
_SIDES: Final = {
    FilterOperator.GREATER_THAN: _ENDS,
    FilterOperator.GREATER_THAN_OR_EQUAL: _BEGINS,
    FilterOperator.LESS_THAN: _BEGINS,
    FilterOperator.LESS_THAN_OR_EQUAL: _ENDS,
}


def with_instants(operator: FilterOperator, value: str) -> tuple[FilterOperator, str]:
    """A comparison with a timestamp, a day in which has become its first or last instant, or both.

    Raises:
        InvalidFilterError: no filter says it.
    """
    if operator is FilterOperator.BETWEEN:
        low, comma, high = value.partition(",")
        return operator, _instant(low, _BEGINS) + comma + _instant(high, _ENDS)
    day = value.strip(" ")
    if not _DAY.fullmatch(day):
        return operator, value
    if operator is FilterOperator.EQUALS:
        return FilterOperator.BETWEEN, f"{day}{_BEGINS},{day}{_ENDS}"
    if operator in _SIDES:
        return operator, day + _SIDES[operator]
    message = f"{value} is a whole day, and no filter is its opposite: use the days before it, or those after it"
    raise InvalidFilterError([(("body", "filter_value"), message)])


def _instant(text: str, end: str) -> str:
    day = text.strip(" ")
    return day + end if _DAY.fullmatch(day) else text
