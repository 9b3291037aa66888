"""Whether answers stay what they are: every kind of request after every kind on one connection, and many at a time."""

import random
from collections.abc import Sequence
from dataclasses import replace

from parea_conformance.context import Context
from parea_conformance.http.client import AT_A_TIME, Exchange
from parea_conformance.http.request import Request
from parea_conformance.ledger import Failure
from parea_conformance.probes.kinds import Asked, Kind, kinds
from parea_conformance.reading.filter import Filter
from parea_conformance.stages.meaning import LONGEST, Meaning, Seen
from parea_conformance.stages.told import Told, told
from parea_conformance.stages.walk import one_after_another

REQUIREMENTS = ("robust.stateless", "robust.concurrency")
_OK = 200
MOST_KINDS = 19
_ROUNDS = 2


def telling(meaning: Meaning, seed: int, most: int) -> list[Seen]:
    """Filters whose answers differ from each other, so that one answer cannot pass for another."""
    sizes = [one for one in meaning.seen.values() if one.logs is not None and len(one.ids) <= LONGEST]
    seen = list({one.ids: one for one in sizes}.values())
    random.Random(seed).shuffle(seen)  # noqa: S311 - a choice of probes, nothing secret
    return seen[:most]


def requests() -> int:
    """How many requests this stage sends at the most."""
    return MOST_KINDS + MOST_KINDS**2 + 1 + AT_A_TIME + _ROUNDS * (AT_A_TIME - 1)


def judge(context: Context, meaning: Meaning, unfiltered: Sequence[str], first: Failure | None) -> None:
    """Ask every kind of request after every kind, one after another, and then many at a time.

    Args:
        context: the run.
        meaning: what was asked before.
        unfiltered: the trace ids of the unfiltered answer.
        first: what was found before; it counts where nothing else shows it.
    """
    filters = telling(meaning, context.options.seed, AT_A_TIME)
    asked = [*_alike(unfiltered), *(Asked(one.filter, one.ids) for one in filters)]
    whole = len(unfiltered) <= LONGEST
    if not whole and not any(one.ids for one in asked):
        for name in REQUIREMENTS:
            context.ledger.undecide(
                name, f"no answer had few enough logs; it takes a filter that matches at most {LONGEST}"
            )
        return
    found = kinds(context.client, context.contract, context.options, asked, whole=whole)[:MOST_KINDS]
    normal = one_after_another(context, found)
    if context.ledger.failed("robust.stateless"):
        context.ledger.skip("robust.concurrency", "the server does not repeat its answers even one at a time")
        return
    _at_a_time(context, [*normal.items(), *asked_before(context, filters)])
    if first is not None and not context.ledger.failed("robust.concurrency"):
        context.ledger.fail("robust.concurrency", first)


def _alike(ids: Sequence[str]) -> list[Asked]:
    """Two filters of one log each, to which bodies of one length belong; none where no two ids are of one length."""
    found: dict[int, str] = {}
    for name in ids:
        other = found.setdefault(len(name.encode("utf-8", "surrogatepass")), name)
        if other != name:
            return [Asked(Filter("trace_id", "equals", each), (each,)) for each in (other, name)]
    return []


def asked_before(context: Context, filters: Sequence[Seen]) -> list[tuple[Kind, Told]]:
    """Filters that were asked alone, as kinds, with what was answered to them."""
    return [
        (
            Kind(str(one.filter), context.client.request(one.filter), _OK, ""),
            Told(_OK, (), one.exchange.contents),
        )
        for one in filters
    ]


def _at_a_time(context: Context, asked: Sequence[tuple[Kind, Told]]) -> None:
    """Ask kinds and filters in crowds, each time in another order; every two are under way together."""
    draw = random.Random(context.options.seed)  # noqa: S311 - an order, nothing secret
    each = list({kind.request: (kind, usual) for kind, usual in asked}.values())[: AT_A_TIME - 1]
    proof = f"{_ROUNDS * len(each)} requests of {len(each)} kinds, {len(each)} at a time"
    for _ in range(_ROUNDS):
        draw.shuffle(each)
        crowd = [kind.request for kind, _ in each]
        exchanges = context.client.send_all(crowd, AT_A_TIME)
        for (kind, usual), exchange in zip(each, exchanges, strict=True):
            failure = in_a_crowd(context, exchange, kind, usual, crowd)
            context.ledger.judge("robust.concurrency", proof, failure)


def in_a_crowd(
    context: Context, exchange: Exchange, kind: Kind, usual: Told, crowd: Sequence[Request]
) -> Failure | None:
    """The failure of an answer that says another thing than when it was asked for alone; None when it does not."""
    came = told(context, exchange)
    alike = (came.status, came.contents) == (usual.status, usual.contents or came.contents)
    if alike and (not usual.headers or usual.headers == came.headers):
        return None
    summary = f"{kind.name}: answered otherwise among {len(crowd)} requests at a time"
    failure = context.failure(exchange, summary, f"{usual.status}, as when it is asked alone")
    return replace(failure, curl=context.client.wire.script_beside(crowd, kind.request))
