"""JSON that msgspec refuses or changes: nested deeper than the stack, numbers beyond doubles, half surrogate pairs.

Slower than msgspec, and asked only where it fails. No recursion.
"""

import json
import math
import re
from typing import Any

import msgspec

_TOKEN = re.compile(
    r'[ \t\n\r]*+(?:([\[\]{},:"])|(-?(?:0|[1-9][0-9]*+))(\.[0-9]++)?([eE][+-]?[0-9]++)?|(true|false|null)|)'
)
_WORDS = {"true": True, "false": False, "null": None}
_INFINITE = "1e999"

# What may come next.
_VALUE, _FIRST, _KEY, _FIRST_KEY, _COLON, _AFTER = range(6)


def parse(content: bytes) -> Any:
    """The JSON `content` as plain objects, as `json.loads` gives it; a number beyond doubles is an infinity.

    Raises:
        msgspec.DecodeError: `content` is not JSON.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"not UTF-8: {error.reason} (byte {error.start})") from None
    top: list[Any] = []
    containers: list[Any] = [top]
    keys: list[str] = []
    value: Any
    state, place = _VALUE, 0
    while True:
        found = _TOKEN.match(text, place)
        assert found is not None  # noqa: S101 - it matches the empty text
        mark, whole, fraction, exponent, word = found.groups()
        start, place = place, found.end()
        if state == _AFTER and len(containers) == 1:
            if found.group().strip(" \t\n\r") or place < len(text):
                raise _malformed("trailing characters", start)
            return top[0]
        if mark == '"' and state in (_VALUE, _FIRST, _KEY, _FIRST_KEY):
            value, place = _string(text, place)
            if state in (_KEY, _FIRST_KEY):
                keys.append(value)
                state = _COLON
                continue
        elif mark == ":" and state == _COLON:
            state = _VALUE
            continue
        elif mark == "," and state == _AFTER:
            state = _KEY if type(containers[-1]) is dict else _VALUE
            continue
        elif mark and mark in "]}" and (state in (_AFTER, _FIRST, _FIRST_KEY)):
            if (type(containers[-1]) is dict) != (mark == "}"):
                raise _malformed(f"unexpected {mark}", place - 1)
            containers.pop()
            state = _AFTER
            continue
        elif state not in (_VALUE, _FIRST) or (mark and mark not in "[{"):
            raise _malformed("truncated" if place >= len(text) and not mark else "invalid character", place)
        elif whole:
            value = _number(whole, fraction, exponent, start)
        elif word:
            value = _WORDS[word]
        elif mark:
            value = [] if mark == "[" else {}
        else:
            raise _malformed("truncated" if place >= len(text) else "invalid character", place)
        if type(containers[-1]) is dict:
            containers[-1][keys.pop()] = value
        else:
            containers[-1].append(value)
        state = _AFTER
        if mark and mark in "[{":
            containers.append(value)
            state = _FIRST if mark == "[" else _FIRST_KEY


def _string(text: str, place: int) -> tuple[str, int]:
    try:
        value, end = json.decoder.scanstring(text, place, True)  # type: ignore[attr-defined]  # not in typeshed
        return value, end
    except json.JSONDecodeError as error:
        raise _malformed(error.msg, error.pos) from None


def _number(whole: str, fraction: str | None, exponent: str | None, place: int) -> float | int:
    if fraction or exponent:
        return float(f"{whole}{fraction or ''}{exponent or ''}")
    try:
        return int(whole)
    except ValueError:  # Python's own limit of digits
        raise _malformed(f"an integer of {len(whole)} digits", place) from None


def _malformed(reason: str, place: int) -> msgspec.DecodeError:
    return msgspec.DecodeError(f"JSON is malformed: {reason} (character {place})")


def write(plain: Any) -> bytes:
    """`plain`, dicts and lists, as JSON in UTF-8; an infinity as a number that is read as one.

    Raises:
        ValueError: a number is NaN, which JSON does not have.
        TypeError: a value or a key is none of JSON's.
    """
    written: list[str] = []
    waiting: list[Any] = [(plain,)]  # what is to be written, last first; a text as it is, a value in a tuple
    while waiting:
        part = waiting.pop()
        if type(part) is str:
            written.append(part)
            continue
        (value,) = part
        if isinstance(value, dict):
            items: list[Any] = ["{"]
            for number, (key, each) in enumerate(value.items()):
                items += [f"{', ' if number else ''}{_key(key)}: ", (each,)]
            waiting += reversed([*items, "}"])
        elif isinstance(value, list):
            items = ["["]
            for number, each in enumerate(value):
                items += [", ", (each,)] if number else [(each,)]
            waiting += reversed([*items, "]"])
        elif isinstance(value, float) and math.isinf(value):
            written.append(_INFINITE if value > 0 else f"-{_INFINITE}")
        else:
            written.append(json.dumps(value, allow_nan=False))
    return "".join(written).encode()


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key is {type(key).__name__}, not str")
    return json.dumps(key)
