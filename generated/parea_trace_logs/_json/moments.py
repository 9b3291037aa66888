"""The timestamps of a log as instants."""

from datetime import datetime

from parea_trace_logs._json.invalid_data import InvalidDataError
from parea_trace_logs.types import Unset


def moment(text: str | Unset | None, member: str) -> datetime | None:
    """An aware `datetime`, to the microsecond; None for null and absent.

    Raises:
        InvalidDataError: the text is not an ISO 8601 date-time with an offset.
    """
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidDataError(f"{member} is not a date-time with an offset: {text[:60]!r}", f"$.{member}")
    return found
