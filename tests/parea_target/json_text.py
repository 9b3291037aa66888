"""JSON by RFC 8259, stricter than the standard library: each member once, no NaN, no overflow, a limit of depth."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

# How many containers may lie in one another. Python before 3.12 follows some dozens fewer where its own stack is deep.
MAX_DEPTH = 1_000

# Stands for every number beyond the range of doubles. It is a number (and an integer) to the validator, which takes
# an infinite float for null, and `float()` of it is the infinity that the contract asks for.
_BEYOND = Decimal("1E+400")

_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile("[\ud800-\udfff]")

Number = int | float | Decimal
Place = tuple[str | int, ...]
_Way = tuple["_Way | None", str | int]


class DepthError(ValueError):
    """JSON that is nested too deeply."""

    def __init__(self) -> None:
        super().__init__(f"nested deeper than {MAX_DEPTH:,} containers")


def _integer(text: str) -> Number:
    # float() first: int() refuses 10,000 digits, and takes time quadratic in their number.
    return int(text) if math.isfinite(float(text)) else _beyond(text)


def _float(text: str) -> Number:
    number = float(text)
    return number if math.isfinite(number) else _beyond(text)


def _beyond(text: str) -> Decimal:
    return -_BEYOND if text.startswith("-") else _BEYOND


def _constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"the member {json.dumps(twice)} occurs twice")
    return members


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant, object_pairs_hook=_object)


def scan(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins at `start`, and the index after it.

    Raises:
        ValueError: there is no JSON value; `DepthError`: it is nested deeper than `MAX_DEPTH`. Never another error.
    """
    try:
        value, end = _DECODER.raw_decode(text, start)
    except RecursionError:
        raise DepthError from None
    # Few values have so many brackets, and only those are looked into.
    if text.count("[", start, end) + text.count("{", start, end) > MAX_DEPTH and _is_too_deep(value):
        raise DepthError
    return value, end


def _inner(value: object) -> Iterable[tuple[str | int, object]]:
    """What a container holds, each with its name or index; nothing of another value."""
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _is_too_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for _, inner in _inner(outer) if isinstance(inner, (dict, list))]
        if not level:
            return False
    return True


def skip_space(text: str, start: int) -> int:
    """The index of the next character that is not JSON white space; `len(text)` when there is none."""
    return _SPACE.match(text, start).end()  # type: ignore[union-attr]  # it matches everywhere


def parse(text: str) -> Any:
    """The JSON value of the whole text. Numbers beyond the range of doubles come as `Decimal`.

    Raises:
        ValueError: the text is not one JSON value; never another error.
    """
    value, end = scan(text, skip_space(text, 0))
    if skip_space(text, end) < len(text):
        raise ValueError(f"more than one value: something follows at character {end}")
    return value


def find_lone_surrogate(value: object) -> Place | None:
    """The place of a text or name that holds half a surrogate pair, which UTF-8 cannot hold; None without one."""
    # A way is a step and the way to its container: a place for each value would take time quadratic in the depth.
    rest: list[tuple[_Way | None, object]] = [(None, value)]
    while rest:
        way, value = rest.pop()
        if isinstance(value, str) and _SURROGATE.search(value):
            return _place(way)
        for step, inner in _inner(value):
            if isinstance(step, str) and _SURROGATE.search(step):
                return (*_place(way), step)
            rest.append(((way, step), inner))
    return None


def _place(way: _Way | None) -> Place:
    steps: list[str | int] = []
    while way is not None:
        way, step = way
        steps.append(step)
    return tuple(reversed(steps))
