"""What makes a value, or a log, worth asking for: each trait is something that a wrong reading may trip over."""

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
    lambda text: re.search(r"[.*+?()|^$]", text),
    lambda text: number(text) is not None,
    lambda text: number(text) is not None and not text.isdigit(),
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


def of_log(log: Log, kinds: Mapping[str, str]) -> Iterator[Trait]:
    """The traits of a root log: what its members hold, and how its children stand.

    Args:
        log: the root log.
        kinds: the filter kind of each member.
    """
    for member, kind in kinds.items():
        value = log.get(member)
        yield (member,), type(value).__name__ if member in log else "absent"
        if value is not None:
            yield from _of_timestamp(value, member) if kind == "timestamp" else _within(value, (member,))
    yield from _of_scores(log, kinds)
    for node in with_descendants(log):
        family = sorted(node.get("children_logs") or (), key=child_key)
        yield ("children",), min(len(family), 2)
        for rival in CHILD_ORDERS if len(family) > 1 else ():
            if rival.arrange(family) != family:
                yield ("order of children",), rival.name
        if node is not log:
            yield from ((("below", member), type(node.get(member)).__name__) for member in kinds)


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


def _within(value: Any, path: tuple[str, ...]) -> Iterator[Trait]:
    """The traits of a value, and of what it holds; `*` stands for every key and index.

    What is nested deeper than `_DEEPEST` makes no difference to a reading.
    """
    if len(path) > _DEEPEST:
        return
    if isinstance(value, Mapping):
        yield (*path, "length"), min(len(value), 2)
        for key, inner in value.items():
            yield (*path, "key"), (key, type(inner).__name__)
            yield from _having((*path, "key"), key, TEXT)
            yield from _within(inner, (*path, "*"))
    elif isinstance(value, list):
        yield (*path, "length"), min(len(value), 2)
        for inner in value:
            yield (*path, "*"), type(inner).__name__
            yield from _within(inner, (*path, "*"))
    elif isinstance(value, str):
        yield from _having(path, value, TEXT)
    elif isinstance(value, bool):
        yield path, value
    elif value is not None:
        yield from _having(path, RIGHT.double(value), NUMBER)


def _having(path: tuple[str, ...], value: V, traits: Sequence[Callable[[V], object]]) -> Iterator[Trait]:
    for place, trait in enumerate(traits):
        if trait(value):
            yield path, place
