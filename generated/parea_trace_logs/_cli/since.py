"""`--since`: the filter for logs that began at a time or after it."""

import argparse
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from parea_trace_logs._filters.where import where
from parea_trace_logs.models import TraceLogFilters

_AGE: Final = re.compile(r"([0-9]{1,6})([mhd])")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


def since(text: str) -> TraceLogFilters:
    """The filter; for an age it is reckoned from now.

    Raises:
        argparse.ArgumentTypeError: the text is neither a time nor a day nor an age.
    """
    try:
        if age := _AGE.fullmatch(text):
            return where("start_timestamp") >= datetime.now(UTC) - timedelta(**{_UNITS[age[2]]: int(age[1])})
        return where("start_timestamp") >= text
    except (ValueError, OverflowError):
        reason = "a time such as 2024-04-15T22:19:13Z, a day such as 2024-04-15, or an age such as 90m, 36h, 7d"
        raise argparse.ArgumentTypeError(f"{text!r} is not {reason}") from None
