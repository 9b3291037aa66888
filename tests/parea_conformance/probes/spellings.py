"""Values worth asking for, made from the values that the data hold: themselves, near misses, twins and boundaries."""

import datetime
import itertools
import json
import math
import re
import struct
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

from parea_conformance.logs.traits import TEXT, first_with_each
from parea_conformance.reading.values import number

_MICRO = 1_000_000_000_000
_EPOCH_DAYS = 1
_OFFSETS = (0, 330, -480)


def interesting(texts: Sequence[str], most: int = 4) -> list[str]:
    """Some of these texts: the first with each trait that a wrong reading may trip over, and a few of the rest."""
    unique = list(dict.fromkeys(texts))
    return list(dict.fromkeys([*first_with_each(unique, TEXT), *unique[:most]]))


def _without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


def equal_texts(text: str) -> list[str]:
    """What to ask `equals` for, given a text in the data."""
    half = len(text) // 2
    respelled = [text + ".0" if text.isdigit() else text + "0"] if number(text) is not None else []
    return [
        text,
        text.swapcase(),
        text + " ",
        text.strip(" "),
        text[:half],
        text[half:],
        text[:half] + "%",
        text[:half] + "_" + text[half + 1 :],
        unicodedata.normalize("NFC", text),
        unicodedata.normalize("NFD", text),
        _without_accents(text),
        text.split("\0", 1)[0],
        text[:255],
        text[:255] + "~",
        *respelled,
    ]


def like_texts(text: str) -> list[str]:
    """What to ask `like` for, given a text in the data."""
    third = max(len(text) // 3, 1)
    start, middle, end = text[:third], text[third : 2 * third], text[2 * third :]
    windows = [
        text[max(place - 1, 0) : place + 2]
        for place in (text.find(char) for char in ("%", "_", "\\", ".", "\0"))
        if place >= 0
    ]
    words = text.split(" ")
    return [
        text,
        start,
        middle,
        end,
        middle.swapcase(),
        text.swapcase(),
        start + "%" + end,
        text[: max(third - 1, 0)] + "_" + text[third:],
        text[: max(third - 1, 0)] + "." + text[third:],
        *windows,
        *(window.swapcase() for window in windows),
        " ".join(reversed(words)),
        end + " ",
        " " + start,
        "",
    ]


def in_texts(text: str, other: str) -> list[str]:
    """What to ask `in` for, given two texts in the data. Texts with a comma or outer spaces cannot be parts."""
    return [
        text,
        text.strip(),
        f"{text},{other}",
        f"{other},{text}",
        f"{text} , {other}",
        f" {text} ",
        f"\t{text}",
        f"{text},",
        f"{text};{other}",
        f'"{text}"',
        json.dumps([text, other], ensure_ascii=False),
        f"{text.swapcase()},{other}",
        text[: len(text) // 2] + "%",
        text[: len(text) // 2] + "_" + text[len(text) // 2 + 1 :],
        f"{text[:1]},{text[1:]}",
        text.swapcase(),
    ]


def spell(value: float) -> str:
    """A JSON number that a reader of doubles takes for this value."""
    if math.isinf(value):
        return "1e400" if value > 0 else "-1e400"
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _single(value: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return value


def equal_numbers(value: float) -> list[str]:
    """What to ask `equals` for, given a number in the data: its spellings and its neighbours."""
    if math.isinf(value):
        return [spell(value), spell(-value)]
    plain = spell(value)
    respelled = plain if re.search("[.e]", plain) else plain + ".0"
    near = [math.nextafter(value, math.inf), _single(value), round(value, 6), float(int(value)), -value, value + 0.4]
    texts = [plain, plain + "e0", f"{value:.17e}".replace("e+", "E+"), respelled, *map(spell, near)]
    if value:
        texts += [f"{Decimal(value):f}"[:400], plain.split("e")[0] + "e1"]
    if abs(value) >= 2**53 and value.is_integer():
        texts += [str(int(value)), str(int(value) + 1), str(int(value) - 1)]
    return texts


def order_numbers(value: float) -> list[str]:
    """What to ask an ordering for, given a number in the data."""
    if math.isinf(value):
        return [spell(value), spell(-value)]
    near = (math.nextafter(value, math.inf), math.nextafter(value, -math.inf), value - 0.25, value + 0.25, -value)
    return [spell(value), spell(value) + "e0", *map(spell, near), "1e400"]


def pairs(values: Sequence[str]) -> list[str]:
    """What to ask `between` for, given values in ascending order."""
    found: list[str] = []
    for low, high in itertools.pairwise(values):
        found += [f"{low},{high}", f"{low} , {high}", f"{high},{low}", f"{low},{low}"]
    for step in (2, len(values) // 2):
        found += [f"{low}, {high}" for low, high in zip(values, values[max(step, 1) :], strict=False)]
    return found


def timestamp(attoseconds: int, offset: int = 0) -> str | None:
    """An instant as `filter_value`, in an offset of minutes; None outside the years 0001 to 9999."""
    micros = attoseconds // _MICRO + offset * 60_000_000
    days, rest = divmod(micros, 86_400_000_000)
    if not _EPOCH_DAYS <= days <= datetime.date.max.toordinal():
        return None
    day = datetime.date.fromordinal(days)
    seconds, fraction = divmod(rest, 1_000_000)
    zone = "Z" if offset == 0 else f"{'+' if offset > 0 else '-'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{day.year:04}-{day.month:02}-{day.day:02}T{clock}" + (f".{fraction:06}" if fraction else "") + zone


def near_instants(attoseconds: int) -> list[str]:
    """What to ask for, given an instant in the data: other offsets, and moments close by."""
    second, hour = 1_000_000 * _MICRO, 3_600_000_000 * _MICRO
    moments: Iterable[tuple[int, int]] = (
        *((attoseconds, offset) for offset in _OFFSETS),
        (attoseconds + _MICRO, 0),
        (attoseconds - _MICRO, 0),
        (attoseconds + 1000 * _MICRO, 0),
        (attoseconds - 300_000 * _MICRO, 0),
        (attoseconds // second * second, 0),
        (attoseconds // (1000 * _MICRO) * (1000 * _MICRO), 0),
        (attoseconds - hour, 0),
        (attoseconds + hour, 330),
        (attoseconds + 330 * 60 * second, 0),
        (attoseconds - 330 * 60 * second, 0),
    )
    return [text for moment, offset in moments if (text := timestamp(moment, offset)) is not None]
