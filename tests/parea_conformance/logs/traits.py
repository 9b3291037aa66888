"""What makes a value, or a log, worth asking for: each trait is something that a wrong reading may trip over."""

import functools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.order import child_key, with_descendants
from parea_conformance.reading.values import Log, number
from parea_conformance.rivals.answers import CHILD_ORDERS, ROOT_ORDERS

V = TypeVar("V", str, float)
_DEEPEST = 8
_SHORT = 100  # characters of a text that may come again: a key, a role, a status
_OF_PATTERNS = re.compile(r"[.*+?()|^$]")

TEXT: tuple[Callable[[str], object], ...] = (
    lambda text: text == "",
    lambda text: text != text.rstrip(" "),
    lambda text: text != text.lstrip(" "),
    lambda text: text.strip(" ") != text.strip(" ").strip(),
    lambda text: "%" in text,
    lambda text: "_" in text,
    lambda text: "\\" in text,
    lambda text: "\0" in text,
    lambda text: "," in text,
    lambda text: ";" in text,
    lambda text: text[:1] == '"',
    lambda text: text[:1] == "[",
    _OF_PATTERNS.search,
    lambda text: text[:1] in "-0123456789" and number(text) is not None,
    lambda text: text[:1] in "-0123456789" and number(text) is not None and not text.isdigit(),
    lambda text: len(text) > 255,
    lambda text: not text.isascii(),
    lambda text: unicodedata.normalize("NFD", text) != text,
    lambda text: text.lower() != text and text.isascii() and " " not in text,
    lambda text: " " in text.strip(" ") and text.replace(" ", "").isalpha(),
    lambda text: text.isascii() and text.isalpha() and len(text) > 3,
)
NUMBER: tuple[Callable[[float], object], ...] = (
    lambda number: number == 0,
    lambda number: number < 0,
    lambda number: not number.is_integer() if abs(number) < 1e300 else False,
    lambda number: number in (0.1, 0.2, 0.7),
    lambda number: round(number, 6) != number if abs(number) < 1e300 else False,
    lambda number: 2**53 <= abs(number) < 1e300,
)


def first_with_each(values: Iterable[V], traits: Sequence[Callable[[V], object]]) -> list[V]:
    """The first value with each trait, in the order of the traits, each once."""
    held = list(values)
    found = [next(([value] for value in held if trait(value)), []) for trait in traits]
    return list(dict.fromkeys(value for one in found for value in one))


Trait = tuple[tuple[str, ...], object]
"""A trait of a log: the group that it belongs to, and which of the group it is."""


def of_log(log: Log, kinds: Mapping[str, str]) -> list[Trait]:
    """The traits of a root log: what its members hold, and how its children stand.

    Args:
        log: the root log.
        kinds: the filter kind of each member.
    """
    found: list[Trait] = []  # filled rather than yielded: of 1,000,000 logs that is minutes
    for member, kind in kinds.items():
        value = log.get(member)
        found.append(((member,), type(value).__name__ if member in log else "absent"))
        if value is not None and kind == "timestamp":
            found += _of_timestamp(value, member)
        elif value is not None:
            _within(value, (member,), found)
    found += _of_scores(log, kinds)
    for node in with_descendants(log):
        family = sorted(node.get("children_logs") or (), key=child_key)
        found.append((("children",), min(len(family), 2)))
        for rival in CHILD_ORDERS if len(family) > 1 else ():
            if rival.arrange(family) != family:
                found.append((("order of children",), rival.name))
        if node is not log:
            found += [(("below", member), type(node.get(member)).__name__) for member in kinds]
    return found


def of_neighbours(first: Log, second: Log) -> Iterator[Trait]:
    """The traits of two logs that follow each other: the wrong orders that would change them round."""
    for rival in ROOT_ORDERS:
        if rival.arrange([first, second]) != [first, second]:
            yield ("order",), rival.name


def _of_timestamp(value: str, member: str) -> Iterator[Trait]:
    zone = value[-6:] if value[-6:-5] in "+-" else "Z"
    yield (member, "precision"), len(value.removesuffix(zone))
    yield (member, "zone"), zone


def _of_scores(log: Log, kinds: Mapping[str, str]) -> Iterator[Trait]:
    names = [entry["name"] for entry in log.get("scores") or ()]
    for name in names:
        yield ("score",), name
        yield ("scores of a name",), min(names.count(name), 2)
        if name in kinds:
            yield ("score of a member", name), type(log.get(name)).__name__


def _within(value: Any, path: tuple[str, ...], found: list[Trait]) -> None:
    """The traits of a value, and of what it holds; `*` stands for every key and index.

    What is nested deeper than `_DEEPEST` makes no difference to a reading.
    """
    if len(path) > _DEEPEST:
        return
    if isinstance(value, str):
        found += [(path, place) for place in _of_text(value)]
    elif isinstance(value, dict):
        found.append(((*path, "length"), min(len(value), 2)))
        keys, below = (*path, "key"), (*path, "*")
        for key, inner in value.items():
            found.append((keys, (key, type(inner).__name__)))
            found += [(keys, place) for place in _of_text(key)]
            _within(inner, below, found)
    elif isinstance(value, list):
        found.append(((*path, "length"), min(len(value), 2)))
        below = (*path, "*")
        for inner in value:
            found.append((below, type(inner).__name__))
            _within(inner, below, found)
    elif isinstance(value, bool):
        found.append((path, value))
    elif value is not None:
        found += [(path, place) for place in _having(RIGHT.double(value), NUMBER)]


def _having(value: V, traits: Sequence[Callable[[V], object]]) -> list[int]:
    """Which of the traits the value has, by their places."""
    return [place for place, trait in enumerate(traits) if trait(value)]


def _of_text(text: str) -> list[int]:
    return _of_short_text(text) if len(text) <= _SHORT else _having(text, TEXT)


@functools.lru_cache(maxsize=1 << 12)
def _of_short_text(text: str) -> list[int]:
    return _having(text, TEXT)
