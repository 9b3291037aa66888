"""The root logs of the experiment, as the server returned them unfiltered, and what readings make of them."""

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from parea_conformance.filters import Filter
from parea_conformance.oracle import Log, Reading, Values, instant


class Universe:
    """The logs that are judged. A set of logs is an `int`: bit i stands for the log at index i.

    Universes of equal logs are equal, so that what is planned for the one serves the other.

    Attributes:
        logs: the root logs, in the order of the answer.
        ids: their trace ids.
        kinds: the filter kind of each member, from the contract.
        everything: the set of all logs.
        population: how many root logs the experiment has, of which `logs` may be a sample.
    """

    def __init__(self, logs: Sequence[Log], kinds: Mapping[str, str], population: int | None = None) -> None:
        self.logs = list(logs)
        self.population = population or len(self.logs)
        self.kinds = dict(kinds)
        self.ids: list[str] = [log["trace_id"] for log in self.logs]
        self.index = {trace_id: index for index, trace_id in enumerate(self.ids)}
        self.everything = (1 << len(self.logs)) - 1
        self._below = [(index, below) for index, log in enumerate(self.logs) if (below := descendants(log))]
        self._groups: dict[tuple[object, ...], list[tuple[Values, int]]] = {}

    @functools.cached_property
    def _fingerprint(self) -> bytes:
        text = json.dumps([self.logs, self.kinds, self.population], sort_keys=True)
        return hashlib.sha256(text.encode()).digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Universe) and self._fingerprint == other._fingerprint

    def __hash__(self) -> int:
        return hash(self._fingerprint)

    def below(self) -> list[Log]:
        """All logs below the roots."""
        return [node for _, nodes in self._below for node in nodes]

    def groups(self, reading: Reading, filter_: Filter) -> list[tuple[Values, int]]:
        """The distinct values that a filter judges, each with the set of logs that have them."""
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

    def fitting(self, reading: Reading, filter_: Filter) -> int:
        """The set of logs that fit the filter by this reading."""
        if filter_.field is None:
            return self.everything
        fitting = 0
        for values, group in self.groups(reading, filter_):
            if reading.judge(values, filter_):
                fitting |= group
        return fitting

    def fitting_anywhere(self, reading: Reading, filter_: Filter) -> int:
        """The set of root logs of which some log of the tree fits: what a server that judges descendants answers."""
        fitting = self.fitting(reading, filter_)
        for index, below in self._below:
            if any(reading.judge(reading.values(node, filter_, self.kinds), filter_) for node in below):
                fitting |= 1 << index
        return fitting

    def names(self, logs: int) -> list[str]:
        """The trace ids of a set of logs, in the order of the answer."""
        return [trace_id for index, trace_id in enumerate(self.ids) if logs >> index & 1]


def descendants(log: Log) -> list[Log]:
    """All logs below this one, depth first."""
    found: list[Log] = []
    pending: list[Any] = list(reversed(log.get("children_logs") or []))
    while pending:
        node = pending.pop()
        found.append(node)
        pending.extend(reversed(node.get("children_logs") or []))
    return found


def sort_key(log: Log) -> tuple[int, str]:
    """The place of a root log in an answer: instant of its start, then its trace id by code point."""
    return instant(log["start_timestamp"]), log["trace_id"]
