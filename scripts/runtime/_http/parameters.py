"""Parameters of an operation as they are sent: in the path, in the query, in headers. None is not sent."""

import enum
from collections.abc import Mapping
from urllib.parse import quote, urlencode


def segment(value: object) -> str:
    """`value` as one segment of a path: slashes, spaces and the like percent-encoded, and never a step up or on."""
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


def headers_of(parameters: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """The headers.

    Raises:
        ValueError: a header cannot carry a value.
    """
    headers = tuple((name, _text(value)) for name, value in parameters.items() if value is not None)
    for name, text in headers:
        if not (text.isascii() and text.isprintable()) or text != text.strip():
            raise ValueError(f"{name} holds what a header cannot carry: {text!r}")
    return headers


def _text(value: object) -> str:
    if isinstance(value, enum.Enum):
        value = value.value
    return str(value).lower() if isinstance(value, bool) else str(value)
