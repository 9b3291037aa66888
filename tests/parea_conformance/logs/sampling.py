"""Which logs of a large experiment are judged by: few enough to plan with, and of each sort some."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from parea_conformance.logs.traits import Trait, of_log, of_neighbours
from parea_conformance.reading.order import root_key
from parea_conformance.reading.values import Log

SAMPLE = 200
"""How many logs are judged by at the most. A larger experiment is sampled: the first logs with each trait that a wrong
reading may trip over (see `traits`), then some of the rest at random. The data and the seed decide which."""

_MOST = SAMPLE * 3 // 4  # logs kept for their traits
_EACH = 2  # logs with one trait
_DETAILS = 24  # traits of one group: keys may be without number


class Sampler:
    """Keeps all of few logs, and a sample of many."""

    def __init__(self, seed: int, kinds: Mapping[str, str]) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a choice of logs, nothing secret
        self._kinds = kinds
        self._traits: defaultdict[tuple[str, ...], Counter[object]] = defaultdict(Counter)
        self._kept: dict[str, Log] = {}
        self._rest: list[Log] = []
        self._seen = 0
        self._all: list[Log] | None = []  # as long as they are few
        self._last: Log | None = None

    def visit(self, log: Log) -> None:
        """See one log; they come in the order of the answer."""
        if self._all is None:
            self._choose(log)
            return
        self._all.append(log)
        if len(self._all) > SAMPLE:
            logs, self._all = self._all, None
            for one in logs:
                self._choose(one)

    def _choose(self, log: Log) -> None:
        last, self._last = self._last, log
        if len(self._kept) >= _MOST or not self._keep(last, log):
            self._pick(log)

    def _keep(self, last: Log | None, log: Log) -> bool:
        """Keep the log for its traits, with the one before it where it takes both; False where none is new."""
        between = list(of_neighbours(last, log)) if last is not None else []
        alone = of_log(log, self._kinds)
        if last is not None and self._any_new(between):
            self._kept[last["trace_id"]] = last
        elif not self._any_new(alone):
            return False
        self._kept[log["trace_id"]] = log
        for group, detail in (*between, *alone):
            self._traits[group][detail] += 1
        del self._rest[max(SAMPLE - len(self._kept), 0) :]
        return True

    def _any_new(self, traits: Sequence[Trait]) -> bool:
        """Whether there are too few logs yet with one of these traits."""
        for group, detail in traits:
            seen = self._traits[group]
            if seen[detail] < _EACH and (detail in seen or len(seen) < _DETAILS):
                return True
        return False

    def _pick(self, log: Log) -> None:
        """Take the log at random for what room is left, so that each has the same chance (reservoir sampling)."""
        self._seen += 1
        room = SAMPLE - len(self._kept)
        if len(self._rest) < room:
            self._rest.append(log)
        elif (place := self._random.randrange(self._seen)) < room:
            self._rest[place] = log

    def logs(self) -> list[Log]:
        """The sample, in the order in which a server must answer it, each log once."""
        logs = [*self._rest, *self._kept.values()] if self._all is None else self._all
        return sorted({log["trace_id"]: log for log in logs}.values(), key=root_key)
