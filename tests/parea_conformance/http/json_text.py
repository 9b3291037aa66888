"""JSON text, as the suite reads and sends it."""

import json
from typing import Any


def _integer(text: str) -> int | float:
    # Python refuses to read integers of thousands of digits; as doubles they are infinite.
    return int(text) if len(text) <= 400 else float(text)


def parse(body: bytes) -> Any:
    """JSON in UTF-8, numbers of any size.

    Raises:
        ValueError: the bytes are not such text.
    """
    try:
        return json.loads(body.decode("utf-8"), parse_int=_integer)
    except RecursionError:
        raise ValueError("JSON nested too deep to read") from None


def encode(body: object) -> bytes:
    """A JSON value as the suite sends it; lone surrogates stay escaped."""
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(body).encode()
