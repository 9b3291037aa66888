"""JSON that msgspec refuses or changes: numbers beyond doubles, half surrogate pairs. Asked where msgspec fails."""

import json
import math
import re
from typing import Any, NoReturn

import msgspec

MAX_DEPTH = 1000
"""About how many containers deep JSON may be nested: Python's recursion limit, by default.

On Python 3.11 the calls under way count, too; later versions have a limit of their own for code in C, which is higher.
"""
TOO_DEEP = f"nested deeper than {MAX_DEPTH:,} containers"


def parse(content: bytes) -> Any:
    """The JSON `content` as plain objects, as `json.loads` gives it; a number beyond doubles is an infinity.

    Raises:
        msgspec.DecodeError: `content` is not JSON.
        RecursionError: it is nested too deep.
    """
    try:
        return json.loads(content.decode(), parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"not UTF-8: {error.reason} (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise msgspec.DecodeError(f"JSON is malformed: {error.msg} (character {error.pos})") from None
    except ValueError as error:  # NaN, or more digits than Python takes for an integer
        raise msgspec.DecodeError(str(error)) from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a number in JSON's grammar")


def number(value: float) -> Any:
    """A number as `msgspec.json.encode` takes it, which writes null for an infinity.

    Raises:
        ValueError: it is NaN, which JSON does not have.
    """
    return value if math.isfinite(value) else msgspec.Raw(write(value))


# What Python writes and JSON does not have; strings are matched so that these words within them are left alone.
_WORDS = re.compile(r'"(?:[^"\\]|\\.)*+"|Infinity|NaN')


def write(plain: Any) -> bytes:
    """`plain`, dicts and lists, as JSON in UTF-8; an infinity as a number that is read as one.

    Raises:
        ValueError: a number is NaN, which JSON does not have.
        TypeError: JSON does not have a value or a key.
        RecursionError: it is nested too deep.
    """
    return _WORDS.sub(_spelled, json.dumps(plain)).encode()


def _spelled(found: re.Match[str]) -> str:
    if found[0] == "NaN":
        raise ValueError("NaN is not JSON compliant")
    return "1e999" if found[0] == "Infinity" else found[0]
