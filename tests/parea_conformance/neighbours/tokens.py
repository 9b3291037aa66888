"""Where the contract takes one thing, or one of a set, and what is next to it there."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from parea_conformance.contract import Contract
from parea_conformance.http.client import octets, path
from parea_conformance.http.request import Request
from parea_conformance.logs.sample import Sample
from parea_conformance.reading.filter import Filter


@dataclass(frozen=True)
class Neighbour:
    """One change of one token.

    Attributes:
        token: the place: "operator".
        instance: what stands there: "equals".
        change: what becomes of it: "upper case".
        request: the request with the change.
        base: the filter without the change; only where its answer is right does the neighbour's say anything.
        requirement: what another answer than the right one breaks, where it is not what the order of judging names.
    """

    token: str
    instance: str
    change: str
    request: Request
    base: Filter
    requirement: str = ""

    @property
    def label(self) -> str:
        """The neighbour, in words."""
        return f"{self.token} {self.instance!r}: {self.change}"


@dataclass(frozen=True)
class Asking:
    """What the neighbours of one run are made from.

    Attributes:
        asked: what else is asked: what is told by that is left out. Nothing where all is to be tried.
    """

    contract: Contract
    experiment: str
    sample: Sample
    asked: frozenset[Filter] = frozenset()

    @cached_property
    def base(self) -> Filter:
        """The filter of one log, a short one: what is asked where the body is not what is changed."""
        log = min(self.sample.logs, key=lambda log: (len(str(log)), log["trace_id"]))
        return Filter("trace_id", "equals", log["trace_id"])

    @cached_property
    def request(self) -> Request:
        """The request of that filter."""
        return self.ask(self.base)

    def ask(self, body: Filter | bytes | object) -> Request:
        """The request with this body: a filter, raw bytes, or a JSON value."""
        return Request(path(self.contract.path, self.experiment), octets(body))


@dataclass(frozen=True)
class Place:
    """One instance of a token: what its neighbours have in common, see `Neighbour`."""

    asking: Asking
    token: str
    instance: str
    base: Filter
    requirement: str = ""

    def requests(self, changed: Mapping[str, Request]) -> list[Neighbour]:
        """The neighbours with these requests, by the name of the change."""
        return [
            Neighbour(self.token, self.instance, change, request, self.base, self.requirement)
            for change, request in changed.items()
        ]

    def bodies(self, changed: Mapping[str, object]) -> list[Neighbour]:
        """The neighbours with these bodies, JSON values or octets, by the name of the change."""
        return self.requests({change: self.asking.ask(body) for change, body in changed.items()})


Places = Iterator[Sequence[Neighbour]]
Token = Callable[[Asking], Places]
"""A place: the neighbours of each of its instances, those of one change under one name."""


def walk(token: Token, asking: Asking, seed: int, *, whole: bool) -> Iterator[Neighbour]:
    """The neighbours of a token: each change, tried on one instance that follows from the seed, or on all.

    Args:
        token: the place.
        asking: what they are made from.
        seed: which instance each change is tried on.
        whole: whether each is tried on every instance.
    """
    by_change: dict[str, list[Neighbour]] = {}
    for neighbours in token(asking):
        for neighbour in neighbours:
            by_change.setdefault(neighbour.change, []).append(neighbour)
    turn = random.Random(f"{seed}:{token.__name__}").randrange(1 << 16)  # noqa: S311 - a choice, nothing secret
    for place, found in enumerate(by_change.values()):
        yield from found if whole else [found[(turn + place) % len(found)]]
