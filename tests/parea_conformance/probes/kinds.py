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
from parea_conformance.http.curl import OTHER_KEY, Request
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
        mark: a random word in the request; empty where none is its own.
    """

    name: str
    request: Request
    status: int
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
    marks = _marks(options.seed)
    unfiltered = [Kind("no filter", client.request({}), 200), Kind("four nulls", client.request(ALL_NULL), 200)]
    found = [
        *(unfiltered if whole else []),
        *(Kind(str(filter_), client.request(filter_), 200) for filter_ in _filters(client, asked, whole=whole)),
        _without_logs(client, contract, next(marks)),
        *_experiments(client, options),
        *_errors(client, contract, marks),
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
    return Kind("a filter that nothing matches", client.request(Filter(text, "equals", mark)), 200, mark)


def _experiments(client: Client, options: Options) -> Iterator[Kind]:
    if options.empty_experiment is not None:
        yield Kind("an experiment without logs", client.request({}, options.empty_experiment), 200)
    if options.other_experiment is not None:
        theirs = client.request({}, options.other_experiment)
        yield Kind("another key's experiment", theirs, 404)
        if options.other_api_key is not None:
            yield Kind("another key for its own experiment", replace(theirs, key=OTHER_KEY), 200)


def _errors(client: Client, contract: Contract, marks: Iterator[str]) -> Iterator[Kind]:
    """Each status that the contract promises for what is asked, by its reasons."""
    ask = client.request({})
    key, name, path, query, member, text = islice(marks, 6)
    yield Kind("no key", replace(ask, key=None), 401)
    yield Kind("a wrong key", replace(ask, key=key), 401, key)
    yield Kind("an unknown experiment", client.request({}, name), 404, name)
    yield Kind("an unknown path", replace(ask, path=f"{client.path()}/{path}"), 404, path)
    yield Kind("GET", replace(ask, method="GET", body=b"", path=f"{client.path()}?{query}"), 405, query)
    yield Kind("HEAD", replace(ask, method="HEAD", body=b""), 405)
    yield Kind("text/plain", replace(ask, content_type="text/plain"), 415)
    spaces = contract.max_bytes - 1
    shell = f"printf '{{}}%{spaces}s' ''"
    yield Kind("a body over the limit", replace(ask, body=b"{}" + b" " * spaces, body_shell=shell), 413)
    yield Kind("an unknown member", client.request({member: None}), 422, member)
    yield Kind("a body that is not JSON", client.request(b'{"filter_value": "%b' % text.encode()), 422, text)


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
