"""What callers pass, looked at when they pass it: what would fail later, or mean nothing, is said at once."""

import math
import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from parea_trace_logs.contract import KEY_HEADER

# The request's own: what it holds and how long it is is not the caller's to say.
_RESERVED: Final = {
    "content-type": "the request says what its body is",
    "content-length": "the request says how long its body is",
    "transfer-encoding": "the request says how its body is sent",
    "accept-encoding": "the request says what can be undone",
}
# Not compiled by the import: few calls have headers of their own.
_NAME: Final = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_VALUE: Final = r"[\t -~]*"


class Headers(dict[str, str]):
    """Headers of the caller's, by name in lower case. Their values, which may be secrets, are not shown."""

    def __repr__(self) -> str:
        return f"Headers({', '.join(self)})"

    __str__ = __repr__


def headers_of(given: Any, argument: str) -> Headers:
    """The headers that a caller passes; none for None.

    Raises:
        TypeError: they are not a mapping of strings.
        ValueError: a header cannot carry one, or it is not the caller's to set. No message holds a value.
    """
    if given is None:
        return Headers()
    if not isinstance(given, Mapping):
        raise TypeError(f"{argument} must be a dict of names and values, not {type(given).__name__}")
    checked = Headers()
    for name, value in given.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"{argument}: the name and the value of {name!r} must be strings")
        lower = name.lower()
        if lower == KEY_HEADER:
            raise ValueError(f"{argument}: the key is the argument api_key, not the header {name}")
        if lower in _RESERVED:
            raise ValueError(f"{argument}: {name} is not to be set: {_RESERVED[lower]}")
        if not re.fullmatch(_NAME, name):
            raise ValueError(f"{argument}: {name!r} is not the name of a header")
        if not re.fullmatch(_VALUE, value):
            raise ValueError(f"{argument}: the value of {name} holds what a header cannot carry")
        checked[lower] = value
    return checked


def check_timeout(timeout: Any) -> None:
    """Is this a time limit: seconds, an `httpx.Timeout` (or httpx2's), or None?

    Raises:
        TypeError: it is something else.
        ValueError: it is negative, or not a number.
    """
    if timeout is None or hasattr(timeout, "as_dict") or type(timeout).__name__ == "Default":
        return
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout must be seconds as a number, an httpx.Timeout or None, not {timeout!r}")
    if math.isnan(timeout) or timeout < 0:
        raise ValueError(f"timeout must not be negative: {timeout}")


def check_retries(max_retries: Any) -> None:
    """Is this a number of retries?

    Raises:
        TypeError: it is not an integer.
        ValueError: it is negative.
    """
    if isinstance(max_retries, bool) or not isinstance(max_retries, int):
        raise TypeError(f"max_retries must be an integer, not {max_retries!r}")
    if max_retries < 0:
        raise ValueError(f"max_retries must not be negative: {max_retries}")


def check_text(value: Any, name: str) -> None:
    """Is this a string (a key, a base URL)? The message does not show what it is, which may be a key.

    Raises:
        TypeError: it is not.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, not {type(value).__name__}")


def check_segment(value: Any) -> None:
    """Is this what a path may hold: a string, or a `uuid.UUID`?

    Raises:
        TypeError: it is not.
        ValueError: it is empty, which would be another path, or no UTF-8 can be made of it.
    """
    if not isinstance(value, str | uuid.UUID):
        raise TypeError(f"an experiment is named by its UUID as a string, not by {value!r}")
    text = str(value)
    if not text:
        raise ValueError("an experiment is named by its UUID, not by an empty string")
    if any("\ud800" <= each <= "\udfff" for each in text):
        raise ValueError(
            f"an experiment is named by its UUID, not by {value!r}: half a pair of surrogates cannot be sent"
        )
