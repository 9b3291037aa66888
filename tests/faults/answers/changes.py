"""What may become of an answer: changes of a value by its type, of a member's name, and of the answer as a whole.

A change says nothing of what it breaks, if anything: that is computed, see `wanted`.
"""

import datetime
import email.utils
import html
import json
import re
import struct
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

Value = Any
ChangeValue = Callable[[Value], Value]
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)")


class Again(str):
    """A member's name that an object holds a second time."""

    __slots__ = ()

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def _zoned(text: str, minutes: int) -> str:
    return _moment(text).astimezone(datetime.timezone(datetime.timedelta(minutes=minutes))).isoformat()


def _parts(text: str) -> tuple[str, str, str]:
    found = _INSTANT.fullmatch(text)
    assert found is not None
    return found[1], found[2] or "", found[3]


def _float32(value: float) -> float:
    return float(struct.unpack("f", struct.pack("f", value))[0])


def _as_number(text: str) -> Value:
    try:
        return json.loads(text)
    except ValueError:
        return len(text)


ANY: Mapping[str, ChangeValue] = {
    "null": lambda _value: None,
    "in a list": lambda value: [value],
    "in an object": lambda value: {"value": value},
    "in an object with its type": lambda value: {type(value).__name__: value},
    "as JSON in a text": json.dumps,
    "false": lambda _value: False,
    "zero": lambda _value: 0,
    "empty text": lambda _value: "",
    "empty list": lambda _value: [],
    "empty object": lambda _value: {},
    "NaN": lambda _value: float("nan"),
}
INSTEAD_OF_NULL = ("false", "zero", "empty text", "empty list", "empty object")
"""The changes of null."""
TEXT: Mapping[str, ChangeValue] = {
    "trimmed": str.strip,
    "trimmed at the end": str.rstrip,
    "spaces collapsed": lambda text: re.sub(" +", " ", text),
    "lower case": str.lower,
    "upper case": str.upper,
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "ASCII only": lambda text: text.encode("ascii", "ignore").decode(),
    "read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "without what is beyond the BMP": lambda text: re.sub("[\U00010000-\U0010ffff]", "\ufffd", text),
    "a lone surrogate": lambda text: re.sub("[\U00010000-\U0010ffff]", "\ud83e", text),
    "escaped for HTML": html.escape,
    "escaped twice": lambda text: json.dumps(text)[1:-1],
    "cut": lambda text: text[: len(text) // 2],
    "NUL behind it": lambda text: text + "\0",
    "line end behind it": lambda text: text + "\n",
    "byte order mark before it": lambda text: "\ufeff" + text,
    "as a number": _as_number,
    "as its letters": list,
}
TIMESTAMP: Mapping[str, ChangeValue] = {
    "to the millisecond": lambda text: _moment(text).isoformat(timespec="milliseconds"),
    "to the second": lambda text: _moment(text).isoformat(timespec="seconds"),
    "in UTC": lambda text: _zoned(text, 0),
    "in UTC with Z": lambda text: _zoned(text, 0).replace("+00:00", "Z"),
    "in another offset": lambda text: _zoned(text, -210),
    "without its offset": lambda text: "".join(_parts(text)[:2]),
    "the offset dropped for Z": lambda text: "".join(_parts(text)[:2]) + "Z",
    "the offset without its colon": lambda text: text[:-3] + text[-2:],
    "the offset in hours": lambda text: text[:-3],
    "an offset that is none": lambda text: "".join(_parts(text)[:2]) + "+99:99",
    "a space for T": lambda text: text.replace("T", " "),
    "t and z": lambda text: _zoned(text, 0).replace("+00:00", "z").replace("T", "t"),
    "nine digits": lambda text: "".join((*_parts(text)[:1], (_parts(text)[1] or ".").ljust(10, "0"), _parts(text)[2])),
    "a comma for the point": lambda text: text.replace(".", ","),
    "without colons": lambda text: text.replace(":", "").replace("-", ""),
    "the day alone": lambda text: text[:10],
    "the zone's name behind it": lambda text: text + "[Europe/Berlin]",
    "as HTTP dates": lambda text: email.utils.format_datetime(_moment(text).astimezone(datetime.UTC), usegmt=True),
    "seconds since 1970": lambda text: _moment(text).timestamp(),
    "milliseconds since 1970": lambda text: int(_moment(text).timestamp() * 1000),
    "milliseconds as text": lambda text: str(int(_moment(text).timestamp() * 1000)),
    "half past as 24:30": lambda text: text[:11] + "24:30" + text[16:],
}
NUMBER: Mapping[str, ChangeValue] = {
    "as text": str,
    "six digits": lambda value: type(value)(f"{value:.6g}") if isinstance(value, float) else int(float(f"{value:.6g}")),
    "fifteen digits": lambda value: float(f"{value:.15g}") if isinstance(value, float) else int(float(f"{value:.15g}")),
    "as float32": lambda value: type(value)(_float32(value)),
    "with .0": float,
    "half more": lambda value: value + 0.5,
    "rounded": round,
    "negated": lambda value: -value,
    "minus zero": lambda value: value or -0.0,
    "cut to 32 bits": lambda value: int(value) & 0x7FFFFFFF,
    "as a boolean": bool,
}
BOOLEAN: Mapping[str, ChangeValue] = {
    "as a number": int,
    "as text": lambda value: str(value).lower(),
    "as y and n": lambda value: "y" if value else "n",
    "the other": lambda value: not value,
}
LIST: Mapping[str, ChangeValue] = {
    "reversed": lambda held: held[::-1],
    "the first twice": lambda held: [*held[:1], *held],
    "the last twice": lambda held: [*held, *held[-1:]],
    "without the first": lambda held: held[1:],
    "without the last": lambda held: held[:-1],
    "the first behind": lambda held: [*held[1:], *held[:1]],
    "a null behind": lambda held: [*held, None],
    "the first alone": lambda held: held[0] if held else None,
    "by place": lambda held: {str(place): each for place, each in enumerate(held)},
    "commas between": lambda held: ",".join(map(str, held)),
}
OBJECT: Mapping[str, ChangeValue] = {
    "a member more": lambda held: {**held, "one more": 1},
    "members in reverse": lambda held: dict(reversed(held.items())),
    "names in lower case": lambda held: {name.lower(): value for name, value in held.items()},
    "as pairs": lambda held: [[name, value] for name, value in held.items()],
    "as a list of its values": lambda held: list(held.values()),
    "without nulls": lambda held: {name: value for name, value in held.items() if value is not None},
    "without what is empty": lambda held: {
        name: value for name, value in held.items() if value not in (None, "", [], {})
    },
}


def of_value(value: Value, *, timestamp: bool) -> dict[str, ChangeValue]:
    """The changes of a value of this type, by name."""
    own: Mapping[str, ChangeValue] = {}
    match value:
        case bool():
            own = BOOLEAN
        case int() | float():
            own = NUMBER
        case str():
            own = {**TEXT, **TIMESTAMP} if timestamp else TEXT
        case list():
            own = LIST
        case dict():
            own = OBJECT
    return {**ANY, **own}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))


NAMES: Mapping[str, Callable[[str], list[str]]] = {
    "left out": lambda _name: [],
    "named in camelCase": lambda name: [_camel(name)],
    "named in PascalCase": lambda name: [name.replace("_", " ").title().replace(" ", "")],
    "named in upper case": lambda name: [name.upper()],
    "named in kebab-case": lambda name: [name.replace("_", "-")],
    "named without underscores": lambda name: [name.replace("_", "")],
    "an underscore before it": lambda name: [f"_{name}"],
    "a space behind it": lambda name: [f"{name} "],
    "under two names": lambda name: [name, f"{name} again"],
    "twice": lambda name: [name, Again(name)],
}
"""The names under which a member comes; no value changes by this."""
