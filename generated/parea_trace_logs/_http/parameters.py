"""Parameters of an operation as they are sent: in the path, in the query, in headers. None is not sent."""

import enum
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from parea_trace_logs._http.arguments import check_segment


def segment(value: object, kind: type = str) -> str:
    """`value` as one segment of a path: slashes, spaces and the like percent-encoded, and never a step up or on.

    Raises:
        TypeError: the contract says that it is a string, and it is not.
        ValueError: it is empty, or cannot be sent.
    """
    if kind is str:
        check_segment(value)
    encoded = quote(_text(value), safe="")
    return encoded.replace(".", "%2E") if encoded in (".", "..") else encoded


def query_of(parameters: Mapping[str, object]) -> str:
    """The query string, from its question mark on; a list is one parameter several times. Empty without any."""
    pairs = [
        (name, _text(each))
        for name, value in parameters.items()
        if value is not None
        for each in (value if isinstance(value, list | tuple) else [value])
    ]
    return f"?{urlencode(pairs, quote_via=quote)}" if pairs else ""


def header_values(parameters: Mapping[str, object]) -> dict[str, str]:
    """The headers, their names in lower case.

    Raises:
        ValueError: a header cannot carry a value.
    """
    headers = {name.lower(): _text(value) for name, value in parameters.items() if value is not None}
    for name, text in headers.items():
        if not (text.isascii() and text.isprintable()) or text != text.strip():
            raise ValueError(f"{name} holds what a header cannot carry: {text!r}")
    return headers


def _text(value: object) -> str:
    if isinstance(value, enum.Enum):
        value = value.value
    return str(value).lower() if isinstance(value, bool) else str(value)
