"""Whether what failed fails again, asked alone: what does not is no fault of what was asked for.

An answer that is right by itself was spoilt by what was asked before it, or beside it. Then that is accused, and not
the operator or the status that it was seen through.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, zip_longest

from parea_conformance.context import Context
from parea_conformance.http.client import Exchange
from parea_conformance.ledger import Failure
from parea_conformance.stages.told import told

# What these judge is how one request leaves the connection to the next, or comes of its own accord.
_OWN = {"robust.stateless", "robust.concurrency", "robust.no-leak", "http.size", "http.order", "http.rate-limit"}
_FIRST, _MOST = 10, 100
_CAUSE = "a failure was not seen again when it was asked for alone"


def requests() -> int:
    """How many requests this stage sends at the most; none where nothing failed."""
    return 3 * _MOST


def judge(context: Context) -> Failure | None:
    """Ask for what failed again; withdraw what is answered otherwise, and accuse what came before instead.

    Returns:
        The first answer that was another in company; None where none was.
    """
    mixed_up: Failure | None = None
    withdrawn = 0
    for number, (requirement, failure) in enumerate(islice(_suspects(context), _MOST)):
        if number == _FIRST and not withdrawn:
            break  # a server that is wrong is wrong each time
        again = _again(context, failure)
        if again is None:
            continue
        withdrawn += 1
        context.ledger.withdraw(requirement, failure, _CAUSE)
        exchange = failure.exchange
        assert exchange is not None  # else it were no suspect
        if exchange.before is None:
            summary = f"{failure.summary}; asked alone it is answered otherwise"
            mixed_up = mixed_up or replace(failure, summary=summary, missing=(), unexpected=(), values=())
            context.ledger.fail("robust.concurrency", mixed_up)
        else:
            context.ledger.fail("robust.stateless", _spoilt(context, failure, exchange, again))
    return mixed_up


def _suspects(context: Context) -> Iterator[tuple[str, Failure]]:
    """The failures that can be asked for again, of each requirement one in turn."""
    failures = [
        [(name, failure) for failure in entry.failures if failure.exchange is not None and failure.exchange.answered]
        for name, entry in context.ledger.entries.items()
        if name not in _OWN
    ]
    for row in zip_longest(*failures):
        yield from (one for one in row if one is not None)


def _again(context: Context, failure: Failure) -> Exchange | None:
    """The answer of now, where it is another than that which failed."""
    exchange = failure.exchange
    assert exchange is not None
    # The first undoes what is left from before. Where the other two differ the server is unsteady by itself.
    _, one, other = (context.client.send(exchange.request) for _ in range(3))
    first, second = told(context, one), told(context, other)
    steady = (first.status, first.contents) == (second.status, second.contents)
    same = first.status == exchange.status and exchange.contents in (b"", first.contents)
    return other if steady and not same else None


def _spoilt(context: Context, failure: Failure, exchange: Exchange, again: Exchange) -> Failure:
    assert exchange.before is not None
    request, status = exchange.before
    summary = f"{failure.summary}; that was after a {status} over one connection, and asked again it is otherwise"
    return replace(
        context.failure(exchange, summary, again.received(context.client.secrets.scrub)),
        curl=context.client.wire.script_after([request], [exchange.request], exchange.request),
    )
