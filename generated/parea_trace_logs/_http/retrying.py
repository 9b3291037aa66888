"""When a request is sent again, and after how long.

Only an operation that the contract calls safe is repeated after it was sent; any is when it was not sent at all.
"""

import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime

# What may pass: Request Timeout, Conflict, Too Many Requests; and whatever is the server's own fault.
_STATUSES = frozenset({408, 409, 429})

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
LONGEST_ASKED = 60.0
"""The most seconds that a server's `Retry-After` is obeyed for; who asks for more is asked again after these."""


def may_pass(status_code: int) -> bool:
    """Whether another try may be answered otherwise."""
    return status_code in _STATUSES or status_code >= 500


def pause(attempt: int, headers: Mapping[str, str]) -> float:
    """Seconds to wait after the attempt of that number, the first being 0.

    As the server asks in `Retry-After`, else ever longer, with jitter: clients that failed together should not come
    back together.
    """
    asked = _asked(headers.get("retry-after", ""))
    if asked is not None:
        return min(max(asked, 0.0), LONGEST_ASKED)
    return min(FIRST_PAUSE * float(2**attempt) * random.uniform(1, 2), LONGEST_PAUSE)  # noqa: S311 - no secret hangs on it


# The three forms of RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and
# `Sun Nov  6 08:49:37 1994`. Days of the week say nothing.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_TIME = "(?P<hour>[0-9][0-9]):(?P<minute>[0-9][0-9]):(?P<second>[0-9][0-9])"
_DATES = (
    re.compile(rf"[A-Z][a-z]+, (?P<day>[0-9][0-9]?) {_MONTH} (?P<year>[0-9]+) {_TIME} GMT"),
    re.compile(rf"[A-Z][a-z]+, (?P<day>[0-9][0-9])-{_MONTH}-(?P<year>[0-9][0-9]) {_TIME} GMT"),
    re.compile(rf"[A-Z][a-z]+ {_MONTH} (?P<day>[0-9 ][0-9]) {_TIME} (?P<year>[0-9]+)"),
)


def _asked(value: str) -> float | None:
    """The seconds of a `Retry-After`, which are a number or a date; None where it is neither."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    found = next((match for form in _DATES if (match := form.fullmatch(value))), None)
    if found is None:
        return None
    if len(found["year"]) not in (2, 4):
        return None
    year, day, hour, minute, second = (int(found[name]) for name in ("year", "day", "hour", "minute", "second"))
    if len(found["year"]) == 2:  # of this century, unless that lies far ahead
        year += 2000 if year < 70 else 1900
    try:
        when = datetime(year, _MONTHS.index(found["month"]) + 1, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:  # a day that is not on the calendar
        return None
    return (when - datetime.now(UTC)).total_seconds()
