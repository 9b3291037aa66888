"""Before anything else: an address, a key, an experiment with logs. Without them nothing can be judged."""

from dataclasses import replace

from parea_conformance.context import Answer, CannotJudgeError, Context
from parea_conformance.http.client import Exchange
from parea_conformance.logs.sample import Sample
from parea_conformance.logs.sampling import Sampler
from parea_conformance.probes.kinds import ALL_NULL
from parea_conformance.reading.filter import UNFILTERED

REQUIREMENTS = ("request.unfiltered",)
_CAUSES = {
    0: "the server is unreachable, or its answer cannot be read whole",
    401: "the server refuses the key (401)",
    403: "the server refuses the key (403)",
    404: "the experiment does not exist for this key (404)",
    429: "the server keeps answering 429",
    502: "a gateway answers 502",
    503: "the server is unavailable (503)",
    504: "a gateway answers 504",
}


def first_contact(context: Context, sampler: Sampler) -> Exchange:
    """Fetch the unfiltered logs; of many a sample is taken as they come.

    Raises:
        CannotJudgeError: the server cannot be reached, or not with this key and experiment; the message says which.
    """
    client = context.client
    client.long_answer = lambda: context.known.reader(sampler.visit)
    exchange = client.ask(UNFILTERED)
    client.long_answer = context.known.reader
    if exchange.status in _CAUSES:
        raise CannotJudgeError(f"{_CAUSES[exchange.status]}: {exchange.error or exchange.request.path}")
    return exchange


def preflight(context: Context, exchange: Exchange, sampler: Sampler) -> tuple[Sample, Answer]:
    """Read the unfiltered logs, and compare the ways of asking for them.

    Raises:
        CannotJudgeError: there is nothing to judge by, and the message says why.
    """
    answer = _logs(context, exchange, sampler)
    context.known.settle()
    # Of the ways to ask for a coding one that allows none, so that the longest answer is seen without one as well.
    for label, body, codings in (("four nulls", ALL_NULL, "identity"), ("one null", {"filter_field": None}, None)):
        other = context.client.send(replace(context.client.request(body), codings=codings))
        read = context.read(other) if other.status == 200 else None
        same = read is not None and read.ids == answer.ids
        failure = context.failure(other, f"a body with {label} is not answered as an empty one", "the same logs")
        context.ledger.judge("request.unfiltered", "{} and nulls were answered alike", None if same else failure)
    return Sample(sampler.logs(), context.contract.kinds, len(answer.facts)), answer


def _logs(context: Context, exchange: Exchange, sampler: Sampler) -> Answer:
    if exchange.status != 200:
        context.ledger.fail(
            "request.unfiltered", context.failure(exchange, f"an empty body is answered {exchange.status}", "200")
        )
        raise CannotJudgeError(f"the unfiltered request is answered {exchange.status}")
    answer = context.read(exchange, sampler.visit)
    if answer is None:
        raise CannotJudgeError("the unfiltered request is not answered with an array of logs")
    if not answer.facts:
        raise CannotJudgeError("the experiment has no logs, or none that the contract's schema accepts")
    return answer
