"""JSON as RFC 8259 has it, stricter than the standard library: no member twice, no NaN, no number that overflows."""

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

# Stands for every number beyond the range of doubles. It is a number (and an integer) to the validator, which takes
# an infinite float for null, and `float()` of it is the infinity that the contract asks for.
_BEYOND = Decimal("1E+400")

_SURROGATE = re.compile("[\ud800-\udfff]")

Number = int | float | Decimal
Place = tuple[str | int, ...]


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
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {json.dumps(twice)} occurs twice")
    return members


_DECODER = json.JSONDecoder(parse_int=_integer, parse_float=_float, parse_constant=_constant, object_pairs_hook=_object)


def scan(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins at `start`, and the index after it.

    Raises:
        ValueError: no JSON value is there, or it is nested too deeply; never another error.
    """
    try:
        return _DECODER.raw_decode(text, start)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def skip_blanks(text: str, start: int) -> int:
    """The index of the next character that is not JSON white space; `len(text)` when there is none."""
    end = len(text)
    while start < end and text[start] in " \t\n\r":
        start += 1
    return start


def parse(text: str) -> Any:
    """The JSON value of the whole text. Numbers beyond the range of doubles come as `Decimal`.

    Raises:
        ValueError: the text is not one JSON value; never another error.
    """
    value, end = scan(text, skip_blanks(text, 0))
    if skip_blanks(text, end) < len(text):
        raise ValueError(f"more than one value: something follows at character {end}")
    return value


def has_lone_surrogate(text: str) -> bool:
    """Whether the text holds half a surrogate pair, which UTF-8 cannot hold."""
    return _SURROGATE.search(text) is not None


def walk(value: object) -> Iterator[tuple[Place, object]]:
    """Every value inside a JSON value and the value itself, each with its place; without recursion."""
    rest: list[tuple[Place, object]] = [((), value)]
    while rest:
        place, value = rest.pop()
        yield place, value
        if isinstance(value, dict):
            rest.extend(((*place, name), inner) for name, inner in value.items())
        elif isinstance(value, list):
            rest.extend(((*place, index), inner) for index, inner in enumerate(value))
