"""Candidate filters: for each requirement, what could be asked of this data.

A candidate belongs to one requirement. Those of `filter.{operator}.{kind}` ask for plain members; scores, annotations
and keys have requirements of their own (`field.*`), so that a fault in the one does not accuse the other.
"""

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.logs.traits import TEXT, first_with_each
from parea_conformance.probes import spellings
from parea_conformance.probes.names import single_values
from parea_conformance.probes.operands import OPERANDS, by_key, map_values, plainly, spread
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import leaves, number

_MEMBERS, _KEYS, _NODES, _PLAIN, _VALUES = 4, 24, 20, 40, 4


class Place(NamedTuple):
    """Where operands are asked for: a member, or a key of one, and what the logs hold there; of lists the elements."""

    field: str
    key: str | None
    held: Sequence[Any]


class Candidates:
    """What could be asked of this data, requirement by requirement."""

    def __init__(self, sample: Sample, contract: Contract) -> None:
        self._sample = sample
        self._contract = contract
        self._raw: dict[str, list[Any]] = {member: sample.held(member) for member in contract.kinds}

    def of(self, requirement: str) -> list[Filter]:
        """The candidates of `filter.{operator}.{kind}` or `field.{…}`.

        Accepted by the contract, each once, in a fixed order. Other requirements have none.
        """
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

    def places(self, kind: str) -> list[Place]:
        """Where operands of a kind can be asked for: its members; of maps the keys, plain ones where there are such."""
        found = []
        for member in (member for member, of_member in self._contract.kinds.items() if of_member == kind):
            if kind == "map":
                found += [Place(member, key, held) for key, held in self._entries(member)]
            else:
                found.append(Place(member, None, self._elements(member)))
        return [place for place in found if place.held]

    def named(self) -> list[Place]:
        """The scores and annotations of which no log holds several, with their values."""
        return [Place(field, None, held) for field, held in single_values(self._sample, self._contract).items()]

    def of_descendants(self) -> list[Filter]:
        """Filters that some log below a root matches: its own values, asked for."""
        found = []
        for node in self._sample.below()[:_NODES]:
            for member, kind in self._contract.kinds.items():
                value = node.get(member)
                if value is not None and kind in ("text", "number"):
                    text = value if kind == "text" else spellings.spell(RIGHT.double(value))
                    found.append(Filter(member, "equals", text))
        return self.sendable(found)

    def of_member(self, member: str) -> list[Filter]:
        """What tells this member from every other.

        Its presence, and its plain keys and values in their plainest spelling, so that an operator or a key which trips
        over another is not taken for a member that is not found.
        """
        kind = self._contract.kinds[member]
        found = [Filter(member, "exists"), Filter(member, "is_null")]
        keys = [key for key, _ in self._entries(member)]
        found += [Filter(member, "exists", key=key) for key in _plainest(keys)]
        texts = {key: [value for value in held if isinstance(value, str)] for key, held in self._entries(member)}
        for key in _plainest([key for key, held in texts.items() if held]):
            found += [Filter(member, "equals", text, key) for text in texts[key][:_VALUES]]
        held = self._elements(member)[:_PLAIN]
        plain = dict.fromkeys(text for value in held if (text := plainly(kind, value)) is not None)
        return self.sendable([*found, *(Filter(member, "equals", text) for text in plain)])

    def _can_be_sent(self, filter_: Filter) -> bool:
        try:
            size = len(json.dumps(filter_.body(), ensure_ascii=False).encode())
        except UnicodeEncodeError:  # a lone surrogate in the data: no filter can name it
            return False
        return size <= self._contract.max_bytes and self._contract.accepts(filter_.body())

    # filter.{operator}.{kind} ---------------------------------------------------------------------------------------

    def _of_kind(self, operator: str, kind: str) -> Iterator[Filter]:
        own = f"filter.{operator}.{kind}"
        members = [member for member in self._contract.kinds if self._contract.requirement_of(operator, member) == own]
        if operator in ("is_null", "exists"):
            for member in self._telling(members):
                yield Filter(member, operator)
                for key, _ in self._entries(member):
                    yield Filter(member, operator, key=key)
            return
        for member in self._telling(members):
            if kind == "map":
                for key, held in self._entries(member):
                    yield from (Filter(member, operator, value, key) for value in map_values(operator, held))
            else:
                yield from self._asked(member, operator)

    def _telling(self, members: Iterable[str]) -> list[str]:
        """The members on which readings differ first: those with the most distinct values, or sorts of text."""
        variety: dict[str, int] = {}
        for member in members:
            raw = self._raw[member]
            if raw and self._contract.kinds[member] == "text":
                variety[member] = len(spellings.interesting(raw, most=0))
            elif raw:
                variety[member] = len({json.dumps(value, sort_keys=True) for value in raw})
        return sorted(variety, key=lambda member: -variety[member])[:_MEMBERS]

    def _asked(self, member: str, operator: str) -> Iterator[Filter]:
        for value in OPERANDS[self._contract.kinds[member]](operator, self._elements(member)):
            yield Filter(member, operator, value)

    def _elements(self, member: str) -> list[Any]:
        """What the logs hold of a member; of a list its elements."""
        raw = self._raw[member]
        return [element for value in raw for element in value] if self._contract.is_list(member) else raw

    def _entries(self, member: str) -> list[tuple[str, list[Any]]]:
        """The keys of a map in the data by whose values operators are told apart, each with those values.

        Plain keys where there are such: what is wrong with odd ones is wrong with keys, and not with operators.
        """
        held = self._held(member)
        plainest = sorted(held, key=lambda key: not key.isidentifier())
        sorts_of_value: dict[object, str] = {}
        for key in plainest:
            for value in held[key]:
                sorts_of_value.setdefault(_sort(value), key)
        plain = [key for key in plainest if key.isidentifier()] or plainest
        mixed = sorted(plain, key=lambda key: -len({type(value) for value in held[key]}))
        return [(key, held[key]) for key in list(dict.fromkeys([*sorts_of_value.values(), *mixed]))[:_KEYS]]

    def _held(self, member: str) -> dict[str, list[Any]]:
        """The keys of a map in the data, with the values that the logs hold under each."""
        return by_key(self._raw[member] if self._contract.kinds[member] == "map" else ())

    # field.{…} ------------------------------------------------------------------------------------------------------

    def _score_names(self) -> list[str]:
        return list(dict.fromkeys(entry["name"] for entries in self._raw["scores"] for entry in entries))

    def _scores(self, names: Iterable[str], prefix: str) -> Iterator[Filter]:
        for name in names:
            field = prefix + name
            yield from (Filter(field, "exists"), Filter(field, "is_null"))
            if field not in self._contract.kinds:
                # Which of several of one log count is judged elsewhere.
                found = [RIGHT.scores(log, name) for log in self._sample.logs]
                scores = sorted({score for held in found for score in held if max(map(len, found)) == 1})
                for text in (spellings.spell(score) for score in spread(scores, 3)):
                    yield from (Filter(field, "greater_than", text), Filter(field, "equals", text))

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
                    yield from (Filter(field, "greater_than", spellings.spell(value)) for value in spread(numbers, 4))

    def _field_score_repeated(self) -> Iterator[Filter]:
        for name in self._score_names():
            several = [scores for log in self._sample.logs if len(scores := RIGHT.scores(log, name)) > 1]
            texts = [spellings.spell(score) for scores in several[:6] for score in scores]
            middles = [spellings.spell(sum(scores) / len(scores)) for scores in several[:6]]
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
            held = [value for log in self._sample.logs for value in RIGHT.annotations(log, part, criterion)]
            for value in dict.fromkeys(held[:_VALUES]):
                yield Filter(field, "equals", spellings.spell(value) if isinstance(value, float) else str(value))

    def _field_annotation_score(self) -> Iterator[Filter]:
        return self._annotation("score")

    def _field_annotation_value(self) -> Iterator[Filter]:
        return self._annotation("value")

    def _field_annotation_users(self) -> Iterator[Filter]:
        for criterion in self._criteria(several=2):
            found = [RIGHT.annotations(log, "score", criterion) for log in self._sample.logs]
            several = [[value for value in values if isinstance(value, float)] for values in found if len(values) > 1]
            numbers = [number for values in several for number in (*values, sum(values) / len(values))]
            yield from _compared(f"annotation:score:{criterion}", dict.fromkeys(map(spellings.spell, numbers[:12])))
            texts = [v for log in self._sample.logs for v in RIGHT.annotations(log, "value", criterion)]
            for value in dict.fromkeys(str(text) for text in texts[:6]):
                yield Filter(f"annotation:value:{criterion}", "equals", value)
                yield Filter(f"annotation:value:{criterion}", "not_equals", value)
            yield Filter(f"annotation:score:{criterion}", "exists")

    def _field_key(self) -> Iterator[Filter]:
        for member in self._contract.kinds:
            held = self._held(member)
            some = list(dict.fromkeys([*first_with_each(held, TEXT), *held]))[:_KEYS]
            keys = [*_twins(some), *_paths(held)]
            keys += [change(key) for key in some for change in _KEY_CHANGES]
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


def _sort(value: Any) -> object:
    """What readings tell apart of a value under a key: its type, whether it is empty, and what its text looks like."""
    looks_like = number(value) is not None if isinstance(value, str) else type(next(leaves(value), None))
    return type(value), not value, looks_like


def _plainest(keys: Sequence[str]) -> Sequence[str]:
    """The keys that are plain words, where there are such."""
    return [key for key in keys if key.isidentifier()] or keys


def _twins(names: Iterable[str]) -> list[str]:
    """The names and what could be taken for them: other case, a part, spaces around, the empty name."""
    found: dict[str, None] = {}
    for name in names:
        twins = (name, name.swapcase(), name[:-1], name.strip(), f" {name}", name.split(":")[0])
        found.update(dict.fromkeys(twins))
    return list(found)


def _paths(held: Mapping[str, Sequence[Any]]) -> Iterator[str]:
    """Some keys that would be paths into nested values."""
    nested = ((key, value) for key, under in held.items() for value in under if isinstance(value, dict))
    for key, value in itertools.islice(nested, _KEYS):
        yield from (f"{key}.{inner}" for inner in list(value)[:2])


def _compared(field: str, numbers: Iterable[str]) -> Iterator[Filter]:
    yield Filter(field, "exists")
    yield Filter(field, "is_null")
    for text in numbers:
        yield from (Filter(field, operator, text) for operator in ("equals", "not_equals", "greater_than", "less_than"))
