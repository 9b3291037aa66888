"""What to ask an operator for, given the values that the data hold, by the kind of a member."""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from parea_conformance.logs.traits import NUMBER, first_with_each
from parea_conformance.probes import spellings
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import leaves, number

_ORDERINGS = ("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal")
_NUMERIC: dict[str, Callable[[float], list[str]]] = {
    "like": lambda _number: [],  # lists have `like`, but lists of integers do not
    "equals": spellings.equal_numbers,
    "not_equals": spellings.equal_numbers,
    **dict.fromkeys(_ORDERINGS, spellings.order_numbers),
}
_VALUES = 10
_LEAVES = 3


def spread(items: Sequence[Any], most: int) -> list[Any]:
    """At most so many of the items, spread evenly, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    return [items[round(step * (len(items) - 1) / (most - 1))] for step in range(most)]


def plainly(kind: str, value: Any) -> str | None:
    """A value in its plainest spelling; None where a filter has none."""
    if kind in ("number", "integer_list"):
        return spellings.spell(RIGHT.double(value))
    if kind == "timestamp":
        return spellings.timestamp(RIGHT.log_instant(value))
    if kind == "boolean":
        return "true" if value else "false"
    return value if isinstance(value, str) and "," not in value else None


_TEXTUAL: dict[str, Callable[[str, str], list[str]]] = {
    "equals": lambda text, _other: spellings.equal_texts(text),
    "not_equals": lambda text, _other: spellings.equal_texts(text),
    "like": lambda text, _other: spellings.like_texts(text),
    "in": spellings.in_texts,
}
"""By operator: what to ask for, given a text in the data and another one."""


def _texts(operator: str, held: Sequence[str]) -> list[str]:
    texts = spellings.interesting(held)
    others = [*texts[1:], *texts[:1]]
    return [value for text, other in zip(texts, others, strict=True) for value in _TEXTUAL[operator](text, other)]


def _telling_numbers(held: Iterable[float]) -> list[float]:
    """Some of the numbers, in order: the extremes, and of each sort one."""
    numbers = sorted({RIGHT.double(value) for value in held})
    return sorted({*first_with_each(numbers, NUMBER), *spread(numbers, _VALUES)})


def _numbers(operator: str, held: Sequence[float]) -> list[str]:
    numbers = _telling_numbers(held)
    if operator == "between":
        return spellings.pairs([spellings.spell(number) for number in numbers])
    if operator == "in":
        others = [spellings.spell(number) for number in [*numbers[1:], *numbers[:1]]]
        parts = [(part, other) for n, other in zip(numbers, others, strict=True) for part in spellings.equal_numbers(n)]
        return [text for part, other in parts for text in (part, f"{part},{other}", f"{other} , {part}")]
    return [text for number in numbers for text in _NUMERIC[operator](number)]


def _timestamps(operator: str, held: Sequence[str]) -> list[str]:
    instants = spread(sorted({RIGHT.log_instant(text) for text in held}), _VALUES)
    if operator == "between":
        zones = (0, 330, 0, -480)
        ends = [spellings.timestamp(moment, zones[place % 4]) for place, moment in enumerate(instants)]
        near = [text for moment in instants for text in spellings.near_instants(moment)[:2]]
        return spellings.pairs([end for end in ends if end is not None]) + spellings.pairs(near)
    return [text for moment in instants for text in spellings.near_instants(moment)]


def _booleans(operator: str, held: Sequence[bool]) -> list[str]:
    del operator, held
    return ["true", "false"]


def by_key(maps: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The keys of maps, in the order in which they are met, with the values that stand under each."""
    held: dict[str, list[Any]] = {}
    for entries in maps:
        for key, value in entries.items():
            held.setdefault(key, []).append(value)
    return held


def plain_keys(maps: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """The keys of maps that are plain words, each with how many values stand under it; those with most come first."""
    counts = ((key, len(held)) for key, held in by_key(maps).items() if key.isidentifier())
    return sorted(counts, key=lambda counted: -counted[1])


WRITTEN: Mapping[type, Callable[[Any], str | None]] = {
    float: spellings.spell,
    int: spellings.timestamp,
    bool: lambda value: "true" if value else "false",
    str: lambda text: text,
}
"""How an operand is written, by the type of its value as the oracle reads it; None where none can be."""


def map_values(operator: str, held: Sequence[Any]) -> list[str]:
    """What to ask an operator for, given values that maps hold under one key."""
    texts = [RIGHT.map_value(value) for value in held if isinstance(value, str | bool)]
    found = _texts(operator, [text for text in texts if isinstance(text, str)][:8]) if operator in _TEXTUAL else []
    numbers = [RIGHT.double(value) for value in held if isinstance(value, int | float) and not isinstance(value, bool)]
    if any(isinstance(value, bool) for value in held):
        numbers += [0.0, 1.0]
        found += ["true", "True", "True.", "1", "0.5"]
    numbers += [read for text in texts if isinstance(text, str) and (read := number(text)) is not None]
    if operator == "like":
        found += [spellings.spell(number)[:1] for number in numbers]
    elif numbers:
        found += _numbers(operator, numbers)
    nested = [value for value in held if isinstance(value, dict | list)]
    for value in nested[:2]:
        found += [json.dumps(value, ensure_ascii=False), json.dumps(value, ensure_ascii=False, separators=(",", ":"))]
        found += ["".join(map(str, value))] if isinstance(value, list) else [next(iter(value), "")]
        found += [as_operand(one) for one in itertools.islice(leaves(value), _LEAVES)]
    return found


def as_operand(value: Any) -> str:
    """A text, number or boolean as a filter names it."""
    mapped = RIGHT.map_value(value)
    return spellings.spell(mapped) if isinstance(mapped, float) else str(mapped)


OPERANDS: dict[str, Callable[[str, Sequence[Any]], Iterable[str]]] = {
    "text": _texts,
    "number": _numbers,
    "timestamp": _timestamps,
    "boolean": _booleans,
    "string_list": _texts,
    "integer_list": _numbers,
    "map": lambda _operator, _held: (),
    "structure": lambda _operator, _held: (),
}
"""By the kind of a member: what to ask an operator for, given values of that kind. A map is asked by its keys."""
