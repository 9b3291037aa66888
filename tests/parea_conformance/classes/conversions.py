"""What software makes of values before it compares them: a column, a driver, a pattern or an index of another type.

Each conversion is of the values that a log holds at one place, as the oracle reads them, and of an operand where there
is such. A server may convert what it has kept, what it is asked for, or both.
"""

import functools
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from parea_conformance.classes.near import TAKEN_FOR
from parea_conformance.reading.values import Values, ascii_lower, typed

_SECOND = 10**18
"""In attoseconds, as the oracle reads instants."""
_EPOCH, _END = 62_135_683_200 * _SECOND, (62_135_683_200 + 2**31 - 1) * _SECOND
"""Where the clocks of Unix begin, and where those of 32 bits end."""
_HUGE = 1e300


@dataclass(frozen=True)
class Conversion:
    """One thing that software makes of values.

    Attributes:
        of: the type of the values that it changes, as the oracle reads them.
        values: the values of a log as they are then.
        operand: the value of an operand as it is then; None where operands are not converted so.
    """

    of: type
    values: Callable[[Values], Values]
    operand: Callable[[Any], Any] | None = None


def _single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return value


def _number(text: str) -> str:
    return str(float(text)) if re.fullmatch(r"-?\d+(\.\d+)?", text, re.ASCII) else text


def _before(mark: str, text: str) -> str:
    return text.partition(mark)[0]


_TEXTS: tuple[Callable[[str], str], ...] = (
    *TAKEN_FOR,
    ascii_lower,
    lambda text: text.rstrip(" "),
    lambda text: text.lstrip(" "),
    lambda text: text[:64],
    *(functools.partial(_before, mark) for mark in ",\n"),
    lambda text: text.encode("latin-1", "replace").decode("latin-1"),
    lambda text: re.sub("[^\0-\uffff]", "\U0001f600", text),
    lambda text: text.replace("\0", ""),
    lambda text: text.replace("\N{KELVIN SIGN}", "k"),
    lambda text: text.replace("+", " "),
    lambda text: text.replace("\r\n", "\n"),
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;"),
    unquote,
)
_NUMBERS: tuple[Callable[[float], float], ...] = (
    _single,
    lambda value: round(value, 2) if abs(value) < _HUGE else value,
    lambda value: round(value, 6) if abs(value) < _HUGE else value,
    lambda value: float(int(value)) if abs(value) < _HUGE else value,
    lambda value: max(min(value, 2.0**31 - 1), -(2.0**31)),
    lambda value: float(f"{value:.15g}"),
    lambda value: value if abs(value) >= 2.0**-1022 else 0.0,
    lambda value: max(value, 0.0),
    abs,
)
_INSTANTS: tuple[Callable[[int], int], ...] = (
    lambda moment: moment // (_SECOND // 1000) * (_SECOND // 1000),
    lambda moment: moment // _SECOND * _SECOND,
    lambda moment: moment // (86_400 * _SECOND) * (86_400 * _SECOND),
    lambda moment: max(moment, _EPOCH),
    lambda moment: min(moment, _END),
    lambda moment: int(float(moment // 10**12)) * 10**12,
)


def _each(kind: type, changes: Iterable[Callable[[Any], Any]]) -> Iterator[Conversion]:
    """Conversions of single values."""

    def values(change: Callable[[Any], Any]) -> Callable[[Values], Values]:
        return lambda held: None if held is None else tuple(change(one) if type(one) is kind else one for one in held)

    return (Conversion(kind, values(change), change) for change in changes)


def _empty(value: Any) -> Callable[[Values], Values]:
    """What is empty is taken for null."""
    return lambda held: None if typed(held) == typed((value,)) else held


def _null(value: Any) -> Callable[[Values], Values]:
    """Null is taken for what is empty."""
    return lambda held: (value,) if held is None else held


_SEVERAL: tuple[Callable[[tuple[object, ...]], Values], ...] = (
    lambda held: held[:1],
    lambda held: held[-1:],
    lambda held: held[:2],
    lambda held: held[:5],
    lambda held: held or None,
)


def _several(kind: type) -> Iterator[Conversion]:
    """Conversions of lists, of which some elements are kept; an empty one for null."""

    def values(change: Callable[[tuple[object, ...]], Values]) -> Callable[[Values], Values]:
        return lambda held: None if held is None else change(held)

    return (Conversion(kind, values(change)) for change in _SEVERAL)


NAMES: tuple[Callable[[str], str], ...] = (
    *_TEXTS,
    lambda name: name[:16],
    lambda name: name[:32],
    *(functools.partial(_before, mark) for mark in ".:/?#=&;|"),
    lambda name: name.rpartition(".")[2],
    lambda name: name.rpartition(":")[2],
    lambda name: name.replace("$", ""),
    lambda name: name.replace("%", ""),
    lambda name: name.replace(".", "_"),
    lambda name: name.replace(" ", "_"),
    lambda name: name.replace("-", "_"),
    lambda name: name.replace("_", ""),
    lambda name: re.sub(r"\W", "_", name),
    lambda name: re.sub("['\"`]", "", name),
    lambda name: re.sub(r"[\[\](){}]", "", name),
    lambda name: re.sub(r"(?<=[a-z])[A-Z]", lambda found: f"_{found[0].lower()}", name),
    lambda name: name.encode("ascii", "ignore").decode(),
)
"""What software makes of names, of scores and criteria and keys: columns, paths into JSON, identifiers."""

CONVERSIONS: Mapping[type, tuple[Conversion, ...]] = {
    str: (
        *_each(str, (*_TEXTS, _number)),
        *_several(str),
        Conversion(str, _empty("")),
        Conversion(str, _null("")),
    ),
    float: (
        *_each(float, _NUMBERS),
        *_several(float),
        Conversion(float, _empty(0.0)),
        Conversion(float, _null(0.0)),
    ),
    int: tuple(_each(int, _INSTANTS)),
    bool: (Conversion(bool, _empty(False)), Conversion(bool, _null(False))),
}
"""By the type of the values, as the oracle reads them."""
