"""Whether answers stay what they were: asked again, in another order, and many at a time."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from parea_conformance.filters import UNFILTERED, Filter
from parea_conformance.meaning import LONGEST, Meaning, Seen
from parea_conformance.run import Run
from parea_conformance.wire import Exchange

REQUIREMENTS = ("robust.stateless", "robust.concurrency")
_AGAIN = 24
_WORKERS = 32
_ROUNDS = 4


def _telling(meaning: Meaning, seed: int, most: int) -> list[Seen]:
    """Filters whose answers differ from each other, so that one answer cannot pass for another."""
    sizes = [one for one in meaning.seen.values() if one.logs is not None and len(one.ids) <= LONGEST]
    seen = list({one.ids: one for one in sizes}.values())
    random.Random(seed).shuffle(seen)  # noqa: S311 - a choice of probes, nothing secret
    return seen[:most]


def _same(run: Run, exchange: Exchange, ids: Sequence[str]) -> bool:
    answer = run.read(exchange) if exchange.status == 200 else None
    return answer is not None and list(answer.ids) == list(ids)


def requests() -> int:
    """How many requests this stage sends at the most."""
    return (_AGAIN + 1) * (_ROUNDS + 1)


def judge(run: Run, meaning: Meaning, unfiltered: Sequence[str]) -> None:
    """Ask some filters again, one after another and then many at a time."""
    asked: list[tuple[Filter, Sequence[str]]] = [
        (one.filter, one.ids) for one in _telling(meaning, run.options.seed, _AGAIN)
    ]
    if len(unfiltered) <= LONGEST:
        asked.append((UNFILTERED, unfiltered))
    for filter_, ids in reversed(asked):
        exchange = run.wire.ask(filter_)
        failure = run.failure(exchange, f"{filter_}: asked again, answered otherwise", " ".join(ids[:10]) or "no log")
        same = _same(run, exchange, ids)
        run.ledger.judge("robust.stateless", f"asked again: {filter_}", None if same else failure)
    if not asked:
        for name in REQUIREMENTS:
            run.ledger.undecide(name, f"no answer had few enough logs; it takes a filter that fits at most {LONGEST}")
        return
    if run.ledger.failed("robust.stateless"):
        run.ledger.skip("robust.concurrency", "the server does not repeat its answers even one at a time")
        return
    with ThreadPoolExecutor(_WORKERS) as pool:
        crowd = asked * _ROUNDS
        for (filter_, ids), exchange in zip(crowd, pool.map(lambda pair: run.wire.ask(pair[0]), crowd), strict=True):
            summary = f"{filter_}: answered otherwise among {_WORKERS} requests at a time"
            failure = run.failure(exchange, summary, " ".join(ids[:10]) or "no log")
            same = _same(run, exchange, ids)
            run.ledger.judge(
                "robust.concurrency", f"{len(crowd)} requests, {_WORKERS} at a time", None if same else failure
            )
