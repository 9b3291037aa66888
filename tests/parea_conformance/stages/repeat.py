"""Whether answers stay what they were: asked again, in another order, and many at a time."""

import random
from collections.abc import Sequence

from parea_conformance.context import Context
from parea_conformance.http.client import AT_A_TIME, Exchange
from parea_conformance.ledger import Failure
from parea_conformance.reading.filter import UNFILTERED, Filter
from parea_conformance.stages.meaning import LONGEST, Meaning, Seen

REQUIREMENTS = ("robust.stateless", "robust.concurrency")
_AGAIN = 24
_ROUNDS = 4


def telling(meaning: Meaning, seed: int, most: int) -> list[Seen]:
    """Filters whose answers differ from each other, so that one answer cannot pass for another."""
    sizes = [one for one in meaning.seen.values() if one.logs is not None and len(one.ids) <= LONGEST]
    seen = list({one.ids: one for one in sizes}.values())
    random.Random(seed).shuffle(seen)  # noqa: S311 - a choice of probes, nothing secret
    return seen[:most]


def same(context: Context, exchange: Exchange, ids: Sequence[str]) -> bool:
    """Whether an answer holds these logs in this order."""
    answer = context.read(exchange) if exchange.status == 200 else None
    return answer is not None and list(answer.ids) == list(ids)


def in_a_crowd(context: Context, exchange: Exchange, filter_: Filter, ids: Sequence[str]) -> Failure | None:
    """The failure of an answer that holds other logs than when the filter was asked alone; None when it does not."""
    if same(context, exchange, ids):
        return None
    summary = f"{filter_}: answered otherwise among {AT_A_TIME} requests at a time"
    return context.failure(exchange, summary, " ".join(ids[:10]) or "no log")


def requests() -> int:
    """How many requests this stage sends at the most."""
    return (_AGAIN + 1) * (_ROUNDS + 1)


def judge(context: Context, meaning: Meaning, unfiltered: Sequence[str], first: Failure | None) -> None:
    """Ask some filters again, one after another and then many at a time.

    Args:
        context: the run.
        meaning: what was asked before.
        unfiltered: the trace ids of the unfiltered answer.
        first: what the trial found; it counts where nothing else shows it.
    """
    asked: list[tuple[Filter, Sequence[str]]] = [
        (one.filter, one.ids) for one in telling(meaning, context.options.seed, _AGAIN)
    ]
    if len(unfiltered) <= LONGEST:
        asked.append((UNFILTERED, unfiltered))
    for filter_, ids in reversed(asked):
        exchange = context.client.ask(filter_)
        failure = context.failure(
            exchange, f"{filter_}: asked again, answered otherwise", " ".join(ids[:10]) or "no log"
        )
        held = same(context, exchange, ids)
        context.ledger.judge("robust.stateless", f"asked again: {filter_}", None if held else failure)
    if not asked:
        for name in REQUIREMENTS:
            context.ledger.undecide(
                name, f"no answer had few enough logs; it takes a filter that matches at most {LONGEST}"
            )
        return
    if context.ledger.failed("robust.stateless"):
        context.ledger.skip("robust.concurrency", "the server does not repeat its answers even one at a time")
        return
    crowd = asked * _ROUNDS
    proof = f"{len(crowd)} requests, {AT_A_TIME} at a time"
    exchanges = context.client.send_all([context.client.request(filter_) for filter_, _ in crowd], AT_A_TIME)
    for (filter_, ids), exchange in zip(crowd, exchanges, strict=True):
        context.ledger.judge("robust.concurrency", proof, in_a_crowd(context, exchange, filter_, ids))
    if first is not None and not context.ledger.failed("robust.concurrency"):
        context.ledger.fail("robust.concurrency", first)
