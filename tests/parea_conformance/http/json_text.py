"""JSON text, as the suite reads and sends it."""

import json
import re
from typing import Any

DEEPEST = 1000
"""How many containers deep JSON may be nested: what is deeper, a server may refuse, and the suite does not read."""
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


class TooDeepError(ValueError):
    """JSON that is nested too deep to be read."""

    def __init__(self) -> None:
        super().__init__(f"JSON nested too deep to be judged (more than about {DEEPEST:,} containers)")


def _integer(text: str) -> int | float:
    # Python refuses to read integers of thousands of digits; as doubles they are infinite.
    return int(text) if len(text) <= 400 else float(text)


def _check_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for token in _TOKEN.finditer(body):
        depth += (token[0] in b"[{") - (token[0] in b"]}")
        if depth > DEEPEST:
            raise TooDeepError


def parse(body: bytes) -> Any:
    """JSON in UTF-8, numbers of any size.

    Raises:
        TooDeepError: it is nested deeper than `DEEPEST`, or than Python can read.
        ValueError: the bytes are not such text.
    """
    _check_depth(body)
    try:
        return json.loads(body.decode("utf-8"), parse_int=_integer)
    except RecursionError:
        raise TooDeepError from None


def encode(body: object) -> bytes:
    """A JSON value as the suite sends it; lone surrogates stay escaped."""
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(body).encode()
