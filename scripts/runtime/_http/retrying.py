"""When a request is sent again, and after how long.

Only an operation that the contract calls safe is repeated after it was sent; any is when it was not sent at all.
"""

import email.utils
import random
import time
from collections.abc import Mapping
from datetime import UTC

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


def _asked(value: str) -> float | None:
    """The seconds of a `Retry-After`, which are a number or a date; None where it is neither."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        when = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - time.time()
