"""Kinds of request: one for each status and reason, key, experiment, and length of answer; and how they follow.

What one kind does to another shows where every kind is asked after every kind. Each bears marks, random words in what
it sends, which must not show in the answer to another.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, count, islice
from typing import TypeVar

from parea_conformance.contract import Contract
from parea_conformance.http.client import Client
from parea_conformance.http.request import OTHER_KEY, Request, padded
from parea_conformance.options import Options
from parea_conformance.reading.filter import Filter

T = TypeVar("T")


@dataclass(frozen=True)
class Kind:
    """A kind of request.

    Attributes:
        name: what is sent, in words.
        request: the request that stands for the kind.
        status: the status of its answer.
        requirement: what another status breaks; empty where it breaks none.
        mark: a random word in the request; empty where none is its own.
    """

    name: str
    request: Request
    status: int
    requirement: str
    mark: str = ""


@dataclass(frozen=True)
class Asked:
    """A filter that was asked before, and how many logs came; their names tell answers apart."""

    filter: Filter
    ids: tuple[str, ...]


ALL_NULL = {"filter_field": None, "filter_key": None, "filter_operator": None, "filter_value": None}


def kinds(client: Client, contract: Contract, options: Options, asked: Sequence[Asked], *, whole: bool) -> list[Kind]:
    """The kinds of request of a run.

    Args:
        client: makes the requests.
        contract: the contract.
        options: the experiments that were given.
        asked: filters whose answers are short enough to be asked for again.
        whole: whether the answer to no filter is so, too.
    """
    unfiltered = [
        Kind(name, client.request(body), 200, "request.unfiltered")
        for name, body in (("no filter", {}), ("four nulls", ALL_NULL))
    ]
    found = [
        *(unfiltered if whole else []),
        *(
            Kind(str(filter_), client.request(filter_), 200, "body.accepted")
            for filter_ in _filters(client, asked, whole=whole)
        ),
        _without_logs(client, contract, next(_marks(options.seed))),
        *_experiments(client, options),
        *errors(client, contract, options.seed),
    ]
    return [kind for kind in found if not contract.asks_another(kind.request.method, kind.request.path)]


def _filters(client: Client, asked: Sequence[Asked], *, whole: bool) -> Iterator[Filter]:
    """Two short answers, to bodies of one length; one to a filter without a value; a long one where no other is."""
    telling = sorted((one for one in asked if one.ids), key=lambda one: len(one.ids))
    if not telling:
        return
    chosen = [] if whole else telling[-1:]
    sizes = {one.filter: len(client.request(one.filter).body) for one in telling}
    pairs = (pair for pair in combinations(telling, 2) if sizes[pair[0].filter] == sizes[pair[1].filter])
    chosen += next(pairs, tuple(telling[:2]))
    chosen += [one for one in telling if one.filter.value is None][:1]
    yield from dict.fromkeys(one.filter for one in chosen)


def _marks(seed: int) -> Iterator[str]:
    """Words that stand nowhere else, the same for the same seed: a recording must be found again."""
    for number in count():
        yield f"m{hashlib.blake2b(f'{seed} {number}'.encode(), digest_size=6).hexdigest()}"


def _without_logs(client: Client, contract: Contract, mark: str) -> Kind:
    """A filter that nothing matches: its value stands nowhere."""
    text = next(member for member, kind in contract.kinds.items() if kind == "text")
    return Kind(
        "a filter that nothing matches", client.request(Filter(text, "equals", mark)), 200, "body.accepted", mark
    )


def _experiments(client: Client, options: Options) -> Iterator[Kind]:
    if options.empty_experiment is not None:
        nothing = client.request({}, options.empty_experiment)
        yield Kind("an experiment without logs", nothing, 200, "experiment.empty")
    if options.other_experiment is not None:
        theirs = client.request({}, options.other_experiment)
        yield Kind("another key's experiment", theirs, 404, "experiment.other-tenant")
        if options.other_api_key is not None:
            own = replace(theirs, key=OTHER_KEY)
            yield Kind("another key for its own experiment", own, 200, "")


def errors(client: Client, contract: Contract, seed: int) -> list[Kind]:
    """Each status that the contract promises for what is asked, by its reasons."""
    ask = client.request({})
    key, name, path, query, member, text = islice(_marks(seed), 1, 7)
    refused = client.request({member: None}), client.request(b'{"filter_value": "%b' % text.encode())
    found = (
        ("no key", replace(ask, key=None), 401, "auth.key-missing", ""),
        ("a wrong key", replace(ask, key=key), 401, "auth.key-wrong", key),
        ("an unknown experiment", client.request({}, name), 404, "experiment.unknown", name),
        ("an unknown path", replace(ask, path=f"{client.path()}/{path}"), 404, "http.path", path),
        ("GET", replace(ask, method="GET", body=b"", path=f"{client.path()}?{query}"), 405, "http.method", query),
        ("HEAD", replace(ask, method="HEAD", body=b""), 405, "http.method", ""),
        ("text/plain", replace(ask, content_type="text/plain"), 415, "http.media-type", ""),
        ("a body over the limit", padded(ask, contract.max_bytes + 1), 413, "http.size", ""),
        ("an unknown member", refused[0], 422, "body.rejected", member),
        ("a body that is not JSON", refused[1], 422, "body.malformed", text),
    )
    return [Kind(*each) for each in found]


def tour(number: int) -> list[int]:
    """A walk over so many kinds on which each comes after each, itself included, exactly once.

    It is the de Bruijn sequence of order 2 (the Lyndon words of one and two letters in their order), closed.
    """
    walk = [place for one in range(number) for place in (one, *_pairs(one, number))]
    return [*walk, *walk[:1]]


def _pairs(one: int, number: int) -> Iterator[int]:
    for other in range(one + 1, number):
        yield from (one, other)


def lines(walk: Sequence[T], step: int) -> list[Sequence[T]]:
    """A walk in parts of so many, each of which begins with what one before it ends with: each pair is on one."""
    return [walk[max(at - 1, 0) : at + step] for at in range(0, len(walk), step)]
