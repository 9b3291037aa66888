"""Candidate filters: for each requirement, what could be asked of this data.

A candidate belongs to one requirement. Those of `filter.{operator}.{kind}` ask for plain members; scores, annotations
and keys have requirements of their own (`field.*`), so that a fault in the one does not accuse the other.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from parea_conformance import values as spelled
from parea_conformance.contract import Contract
from parea_conformance.filters import Filter
from parea_conformance.oracle import RIGHT, number
from parea_conformance.traits import NUMBER, TEXT, first_with_each
from parea_conformance.universe import Universe

_ORDERINGS = ("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal")
_MEMBERS, _KEYS, _VALUES, _NODES, _PLAIN = 4, 24, 10, 20, 40


def _spread(items: Sequence[Any], most: int) -> list[Any]:
    """At most so many of the items, spread evenly, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    return [items[round(step * (len(items) - 1) / (most - 1))] for step in range(most)]


class Candidates:
    """What could be asked of this data, requirement by requirement."""

    def __init__(self, universe: Universe, contract: Contract) -> None:
        self._universe = universe
        self._contract = contract
        self._raw: dict[str, list[Any]] = {
            member: [log[member] for log in universe.logs if log.get(member) is not None] for member in contract.kinds
        }

    def of(self, requirement: str) -> list[Filter]:
        """The candidates of `filter.{operator}.{kind}` or `field.{…}`: accepted by the contract, each once, in a fixed
        order. Other requirements have none."""
        area, _, rest = requirement.partition(".")
        if area == "filter":
            operator, _, kind = rest.partition(".")
            found: Iterable[Filter] = self._of_kind(operator, kind)
        elif area == "field" and rest in _FIELDS:
            found = _FIELDS[rest](self)
        else:
            return []
        return self.sendable(found)

    def sendable(self, filters: Iterable[Filter]) -> list[Filter]:
        """Those of the filters that the contract accepts and that fit into a body, each once."""
        return [filter_ for filter_ in dict.fromkeys(filters) if self._can_be_sent(filter_)]

    def of_descendants(self) -> list[Filter]:
        """Filters that some log below a root fits: its own values, asked for."""
        found = []
        for node in self._universe.below()[:_NODES]:
            for member, kind in self._contract.kinds.items():
                value = node.get(member)
                if value is not None and kind in ("text", "number"):
                    text = value if kind == "text" else spelled.spell(RIGHT.double(value))
                    found.append(Filter(member, "equals", text))
        return self.sendable(found)

    def of_member(self, member: str) -> list[Filter]:
        """What tells this member from every other: its presence, and its values in their plainest spelling, so that
        an operator which trips over another spelling is not taken for a member that is not found."""
        kind = self._contract.kinds[member]
        found = [Filter(member, "exists"), Filter(member, "is_null")]
        found += [Filter(member, "exists", key=key) for key, _ in self._entries(member)]
        held = [value for raw in self._raw[member] for value in (raw if kind.endswith("_list") else [raw])]
        plain = dict.fromkeys(text for value in held[:_PLAIN] if (text := _plainly(kind, value)) is not None)
        return self.sendable([*found, *(Filter(member, "equals", text) for text in plain)])

    def _can_be_sent(self, filter_: Filter) -> bool:
        try:
            size = len(json.dumps(filter_.body(), ensure_ascii=False).encode())
        except UnicodeEncodeError:  # a lone surrogate in the data: no filter can name it
            return False
        return size <= self._contract.max_bytes and self._contract.accepts(filter_.body())

    # filter.{operator}.{kind} ---------------------------------------------------------------------------------------

    def _of_kind(self, operator: str, kind: str) -> Iterator[Filter]:
        kinds = ("string_list", "integer_list") if kind == "list" else (kind,)
        members = [member for member, of_member in self._contract.kinds.items() if of_member in kinds]
        if operator in ("is_null", "exists"):
            for member in self._telling(members):
                yield Filter(member, operator)
                for key, _ in self._entries(member):
                    yield Filter(member, operator, key=key)
            return
        for member in self._telling(members):
            if kind == "map":
                for key, held in self._entries(member):
                    yield from (Filter(member, operator, value, key) for value in _map_values(operator, held))
            else:
                yield from self._asked(member, operator)

    def _telling(self, members: Iterable[str]) -> list[str]:
        """The members on which readings differ first: those with the most distinct values, or sorts of text."""
        variety: dict[str, int] = {}
        for member in members:
            raw = self._raw[member]
            if raw and self._contract.kinds[member] == "text":
                variety[member] = len(spelled.interesting(raw, most=0))
            elif raw:
                variety[member] = len({json.dumps(value, sort_keys=True) for value in raw})
        return sorted(variety, key=lambda member: -variety[member])[:_MEMBERS]

    def _asked(self, member: str, operator: str) -> Iterator[Filter]:
        kind = self._contract.kinds[member]
        raw = self._raw[member]
        elements = [element for value in raw for element in value] if kind.endswith("_list") else raw
        for value in _ASKED[kind](operator, elements):
            yield Filter(member, operator, value)

    def _entries(self, member: str) -> list[tuple[str, list[Any]]]:
        """The keys of a map in the data worth asking for, with the values that the logs hold under each."""
        if self._contract.kinds[member] != "map":
            return []
        held: dict[str, list[Any]] = {}
        for entries in self._raw[member]:
            for key, value in entries.items():
                held.setdefault(key, []).append(value)
        sorts_of_value: dict[object, str] = {}
        for key, under in held.items():
            for value in under:
                sorts_of_value.setdefault((type(value), not value), key)
        mixed = sorted(held, key=lambda key: -len({type(value) for value in held[key]}))
        keys = dict.fromkeys([*sorts_of_value.values(), *first_with_each(held, TEXT), *mixed, *held])
        return [(key, held[key]) for key in list(keys)[:_KEYS]]

    # field.{…} ------------------------------------------------------------------------------------------------------

    def _score_names(self) -> list[str]:
        return list(dict.fromkeys(entry["name"] for entries in self._raw["scores"] for entry in entries))

    def _scores(self, names: Iterable[str], prefix: str) -> Iterator[Filter]:
        for name in names:
            field = prefix + name
            yield from (Filter(field, "exists"), Filter(field, "is_null"))
            if field not in self._contract.kinds:
                scores = sorted({score for log in self._universe.logs for score in RIGHT.scores(log, name)})
                yield from (Filter(field, "greater_than", spelled.spell(score)) for score in _spread(scores, 3))

    def _field_score(self) -> Iterator[Filter]:
        return self._scores(_twins(self._score_names()), "score:")

    def _field_score_bare(self) -> Iterator[Filter]:
        names = [name for name in _twins(self._score_names()) if name not in self._contract.kinds]
        return self._scores([name for name in names if not name.startswith(("score:", "annotation:"))], "")

    def _field_member_first(self) -> Iterator[Filter]:
        for name in self._score_names():
            if self._contract.kinds.get(name) == "number":
                for field in (name, f"score:{name}"):
                    yield from (Filter(field, "exists"), Filter(field, "is_null"))
                    numbers = sorted(map(RIGHT.double, self._raw[name]))
                    yield from (Filter(field, "greater_than", spelled.spell(value)) for value in _spread(numbers, 4))

    def _field_score_repeated(self) -> Iterator[Filter]:
        for name in self._score_names():
            several = [scores for log in self._universe.logs if len(scores := RIGHT.scores(log, name)) > 1]
            texts = [spelled.spell(score) for scores in several[:6] for score in scores]
            middles = [spelled.spell(sum(scores) / len(scores)) for scores in several[:6]]
            yield from _compared(f"score:{name}", dict.fromkeys([*texts, *middles]))

    def _criteria(self, several: int = 1) -> list[str]:
        """The criteria in the data by which at least so many users annotated one log."""
        found: dict[str, None] = {}
        for annotations in self._raw["annotations"]:
            found.update(dict.fromkeys(name for name, users in annotations.items() if len(users) >= several))
        return list(found)

    def _annotation(self, part: str) -> Iterator[Filter]:
        entries = [a for value in self._raw["annotations"] for users in value.values() for a in users.values()]
        users = [user for value in self._raw["annotations"] for by_user in value.values() for user in by_user]
        names = [entry["annotation_name"] for entry in entries if entry.get("annotation_name")]
        for criterion in dict.fromkeys([*_twins(self._criteria()), *users[:4], *names[:4]]):
            field = f"annotation:{part}:{criterion}"
            yield from (Filter(field, "exists"), Filter(field, "is_null"))

    def _field_annotation_score(self) -> Iterator[Filter]:
        return self._annotation("score")

    def _field_annotation_value(self) -> Iterator[Filter]:
        return self._annotation("value")

    def _field_annotation_users(self) -> Iterator[Filter]:
        for criterion in self._criteria(several=2):
            found = [RIGHT.annotations(log, "score", criterion) for log in self._universe.logs]
            several = [[value for value in values if isinstance(value, float)] for values in found if len(values) > 1]
            numbers = [number for values in several for number in (*values, sum(values) / len(values))]
            yield from _compared(f"annotation:score:{criterion}", dict.fromkeys(map(spelled.spell, numbers[:12])))
            texts = [v for log in self._universe.logs for v in RIGHT.annotations(log, "value", criterion)]
            for value in dict.fromkeys(str(text) for text in texts[:6]):
                yield Filter(f"annotation:value:{criterion}", "equals", value)
                yield Filter(f"annotation:value:{criterion}", "not_equals", value)
            yield Filter(f"annotation:score:{criterion}", "exists")

    def _field_key(self) -> Iterator[Filter]:
        for member in self._contract.kinds:
            held = self._entries(member)
            keys = [*_twins([key for key, _ in held]), *_paths(held)]
            keys += [change(key) for key, _ in held for change in _KEY_CHANGES]
            for key in dict.fromkeys(keys):
                yield from (Filter(member, operator, key=key) for operator in ("exists", "is_null"))


_FIELDS: dict[str, Callable[[Candidates], Iterable[Filter]]] = {
    "score": Candidates._field_score,
    "score-bare": Candidates._field_score_bare,
    "member-first": Candidates._field_member_first,
    "score-repeated": Candidates._field_score_repeated,
    "annotation-score": Candidates._field_annotation_score,
    "annotation-value": Candidates._field_annotation_value,
    "annotation-users": Candidates._field_annotation_users,
    "key": Candidates._field_key,
}
_KEY_CHANGES: tuple[Callable[[str], str], ...] = (
    lambda key: key.replace('"', "").replace("'", ""),
    lambda key: f'"{key}"',
    lambda key: f"{key}[0]",
)


def _twins(names: Iterable[str]) -> list[str]:
    """The names and what could be taken for them: other case, a part, blanks around, the empty name."""
    found: dict[str, None] = {}
    for name in names:
        twins = (name, name.swapcase(), name[:-1], name.strip(), f" {name}", name.split(":")[0])
        found.update(dict.fromkeys(twins))
    return list(found)


def _plainly(kind: str, value: Any) -> str | None:
    """A value in its plainest spelling; None where a filter has none."""
    if kind in ("number", "integer_list"):
        return spelled.spell(RIGHT.double(value))
    if kind == "timestamp":
        return spelled.timestamp(RIGHT.log_instant(value))
    if kind == "boolean":
        return "true" if value else "false"
    return value if isinstance(value, str) and "," not in value else None


def _paths(held: Iterable[tuple[str, list[Any]]]) -> Iterator[str]:
    """Keys that would be paths into nested values."""
    for key, under in held:
        for value in under:
            if isinstance(value, dict):
                yield from (f"{key}.{inner}" for inner in list(value)[:2])


def _compared(field: str, numbers: Iterable[str]) -> Iterator[Filter]:
    yield Filter(field, "exists")
    yield Filter(field, "is_null")
    for text in numbers:
        yield from (Filter(field, operator, text) for operator in ("equals", "not_equals", "greater_than", "less_than"))


def _texts(operator: str, held: Sequence[str]) -> list[str]:
    texts = spelled.interesting(held)
    if operator == "like":
        return [value for text in texts for value in spelled.like_texts(text)]
    if operator == "in":
        others = [*texts[1:], *texts[:1]]
        return [value for text, other in zip(texts, others, strict=True) for value in spelled.in_texts(text, other)]
    return [value for text in texts for value in spelled.equal_texts(text)]


def _telling_numbers(held: Iterable[float]) -> list[float]:
    """Some of the numbers, in order: the extremes, and of each sort one."""
    numbers = sorted({RIGHT.double(value) for value in held})
    return sorted({*first_with_each(numbers, NUMBER), *_spread(numbers, _VALUES)})


def _numbers(operator: str, held: Sequence[float]) -> list[str]:
    numbers = _telling_numbers(held)
    if operator == "between":
        return spelled.pairs([spelled.spell(number) for number in numbers])
    if operator == "in":
        others = [spelled.spell(number) for number in [*numbers[1:], *numbers[:1]]]
        parts = [(part, other) for n, other in zip(numbers, others, strict=True) for part in spelled.equal_numbers(n)]
        return [text for part, other in parts for text in (part, f"{part},{other}", f"{other} , {part}")]
    spellings = spelled.order_numbers if operator in _ORDERINGS else spelled.equal_numbers
    return [text for number in numbers for text in spellings(number)]


def _timestamps(operator: str, held: Sequence[str]) -> list[str]:
    instants = _spread(sorted({RIGHT.log_instant(text) for text in held}), _VALUES)
    if operator == "between":
        zones = (0, 330, 0, -480)
        ends = [spelled.timestamp(moment, zones[place % 4]) for place, moment in enumerate(instants)]
        near = [text for moment in instants for text in spelled.near_instants(moment)[:2]]
        return spelled.pairs([end for end in ends if end is not None]) + spelled.pairs(near)
    return [text for moment in instants for text in spelled.near_instants(moment)]


def _booleans(operator: str, held: Sequence[bool]) -> list[str]:
    del operator, held
    return ["true", "false"]


def _map_values(operator: str, held: Sequence[Any]) -> list[str]:
    texts = [RIGHT.map_value(value) for value in held if isinstance(value, str | bool)]
    found = _texts(operator, [text for text in texts if isinstance(text, str)][:8]) if operator in _TEXTUAL else []
    numbers = [RIGHT.double(value) for value in held if isinstance(value, int | float) and not isinstance(value, bool)]
    if any(isinstance(value, bool) for value in held):
        numbers += [0.0, 1.0]
        found += ["true", "True", "True.", "1", "0.5"]
    numbers += [read for text in texts if isinstance(text, str) and (read := number(text)) is not None]
    if operator == "like":
        found += [spelled.spell(number)[:1] for number in numbers]
    elif numbers:
        found += _numbers(operator, numbers)
    nested = [value for value in held if isinstance(value, dict | list)]
    for value in nested[:2]:
        found += [json.dumps(value, ensure_ascii=False), json.dumps(value, ensure_ascii=False, separators=(",", ":"))]
        found += [str(inner) for inner in value[:1]] if isinstance(value, list) else [next(iter(value), "")]
    return found


_TEXTUAL = ("equals", "not_equals", "like", "in")

_ASKED: dict[str, Callable[[str, Sequence[Any]], Iterable[str]]] = {
    "text": _texts,
    "number": _numbers,
    "timestamp": _timestamps,
    "boolean": _booleans,
    "string_list": _texts,
    "integer_list": _numbers,
    "map": lambda _operator, _held: (),
    "structure": lambda _operator, _held: (),
}
