"""JSON text, as the suite reads and sends it."""

import json
import re
from collections.abc import Sequence
from typing import Any, NoReturn

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


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _once(members: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(members)
    if len(held) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"an object holds {twice!r} twice")
    return held


def parse(body: bytes, *, unique: bool = False) -> Any:
    """JSON in UTF-8, numbers of any size.

    Args:
        body: the text.
        unique: whether no object may hold a member twice.

    Raises:
        TooDeepError: it is nested deeper than `DEEPEST`, or than Python can read.
        ValueError: the bytes are not such text.
    """
    _check_depth(body)
    pairs = _once if unique else None
    try:
        return json.loads(body.decode("utf-8"), parse_int=_integer, parse_constant=_no_number, object_pairs_hook=pairs)
    except RecursionError:
        raise TooDeepError from None


def encode(body: object) -> bytes:
    """A JSON value as the suite sends it; lone surrogates stay escaped."""
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(body).encode()
