"""The root logs that are judged by: all of few, a sample of many; and which of them a reading matches with a filter."""

import functools
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import Reading
from parea_conformance.reading.order import descendants
from parea_conformance.reading.values import Log, Values

LONG = 1000
"""How many logs make an answer long: they cost as much as a request."""


@dataclass(frozen=True, slots=True)
class LogSet:
    """An immutable set of logs of one sample: bit i of `bits` stands for the log at index i."""

    bits: int = 0

    @classmethod
    def of(cls, indices: Iterable[int]) -> "LogSet":
        """The set of the logs at these indices."""
        return cls(sum(1 << index for index in set(indices)))

    def __or__(self, other: "LogSet") -> "LogSet":
        return LogSet(self.bits | other.bits)

    def __and__(self, other: "LogSet") -> "LogSet":
        return LogSet(self.bits & other.bits)

    def __sub__(self, other: "LogSet") -> "LogSet":
        return LogSet(self.bits & ~other.bits)

    def __len__(self) -> int:
        return self.bits.bit_count()

    def __iter__(self) -> Iterator[int]:
        return (index for index in range(self.bits.bit_length()) if self.bits >> index & 1)


class Sample:
    """The logs that are judged by. Samples of equal logs are equal: what is planned for the one serves the other.

    Attributes:
        logs: the root logs, in the order of the answer.
        ids: their trace ids.
        index: the index of each trace id.
        kinds: the filter kind of each member, from the contract.
        everything: the set of all logs.
        population: how many root logs the experiment has.
    """

    def __init__(self, logs: Sequence[Log], kinds: Mapping[str, str], population: int | None = None) -> None:
        self.logs = list(logs)
        self.population = population or len(self.logs)
        self.kinds = dict(kinds)
        self.ids: list[str] = [log["trace_id"] for log in self.logs]
        self.index = {trace_id: index for index, trace_id in enumerate(self.ids)}
        self.everything = LogSet.of(range(len(self.logs)))
        self._below = [(index, below) for index, log in enumerate(self.logs) if (below := descendants(log))]
        self._groups: dict[tuple[object, ...], list[tuple[Values, int]]] = {}

    @functools.cached_property
    def _fingerprint(self) -> bytes:
        text = json.dumps([self.logs, self.kinds, self.population], sort_keys=True)
        return hashlib.sha256(text.encode()).digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sample) and self._fingerprint == other._fingerprint

    def __hash__(self) -> int:
        return hash(self._fingerprint)

    def below(self) -> list[Log]:
        """All logs below the roots."""
        return [node for _, nodes in self._below for node in nodes]

    def _grouped(self, reading: Reading, filter_: Filter) -> list[tuple[Values, int]]:
        """The distinct values that a filter judges, each with the bits of the logs that have them."""
        cell = (reading.addressing(), filter_.field, filter_.key)
        if cell not in self._groups:
            sets: dict[tuple[type, ...] | None, dict[Values, int]] = {}
            for index, log in enumerate(self.logs):
                values = reading.values(log, filter_, self.kinds)
                # 1.0 == True: the types keep apart what Python's equality does not.
                types = None if values is None else tuple(type(value) for value in values)
                group = sets.setdefault(types, {})
                group[values] = group.get(values, 0) | 1 << index
            self._groups[cell] = [item for group in sets.values() for item in group.items()]
        return self._groups[cell]

    def values(self, reading: Reading, filter_: Filter) -> list[Values]:
        """The distinct values that a filter judges."""
        return [values for values, _ in self._grouped(reading, filter_)]

    def matching(self, reading: Reading, filter_: Filter) -> LogSet:
        """The set of logs that match the filter by this reading."""
        if filter_.field is None:
            return self.everything
        bits, matches = 0, reading.judging(filter_)
        for values, group in self._grouped(reading, filter_):
            if matches(values):
                bits |= group
        return LogSet(bits)

    def matching_anywhere(self, reading: Reading, filter_: Filter) -> LogSet:
        """The set of root logs of which some log of the tree matches: what a server that judges descendants answers."""
        found = [
            index
            for index, below in self._below
            if any(reading.judge(reading.values(node, filter_, self.kinds), filter_) for node in below)
        ]
        return self.matching(reading, filter_) | LogSet.of(found)

    def held(self, member: str) -> list[Any]:
        """What the root logs hold of a member, where it is not null."""
        return [log[member] for log in self.logs if log.get(member) is not None]

    def is_telling(self, logs: LogSet) -> bool:
        """Whether some logs match and others do not."""
        return logs not in (LogSet(), self.everything)

    def answered(self, logs: LogSet) -> int:
        """About how many logs an answer holds: these of the sample, and as many more as the experiment is larger."""
        return len(logs) * self.population // len(self.logs)

    def is_long(self, logs: LogSet) -> bool:
        """Whether an answer of these logs is a long one."""
        return self.answered(logs) >= LONG

    def known(self, ids: Iterable[str]) -> LogSet:
        """The set of the logs with these trace ids; an id that the sample does not hold is left out."""
        return LogSet.of(self.index[name] for name in ids if name in self.index)

    def names(self, logs: LogSet) -> list[str]:
        """The trace ids of a set of logs, in the order of the answer."""
        return [self.ids[index] for index in logs]
