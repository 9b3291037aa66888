"""Before anything else: an address, a key, an experiment with logs. Without them nothing can be judged."""

from parea_conformance.filters import UNFILTERED
from parea_conformance.run import Answer, CannotJudgeError, Run
from parea_conformance.sampling import Sampler
from parea_conformance.universe import Universe
from parea_conformance.wire import Exchange

REQUIREMENTS = ("request.unfiltered",)
_CAUSES = {
    0: "the server is unreachable",
    401: "the server refuses the key (401)",
    403: "the server refuses the key (403)",
    404: "the experiment does not exist for this key (404)",
    429: "the server keeps answering 429",
    502: "a gateway answers 502",
    503: "the server is unavailable (503)",
    504: "a gateway answers 504",
}
ALL_NULL = {"filter_field": None, "filter_key": None, "filter_operator": None, "filter_value": None}


def first_contact(run: Run) -> Exchange:
    """Fetch the unfiltered logs.

    Raises:
        CannotJudgeError: the server cannot be reached, or not with this key and experiment; the message says which.
    """
    exchange = run.wire.ask(UNFILTERED)
    if exchange.status in _CAUSES:
        raise CannotJudgeError(f"{_CAUSES[exchange.status]}: {exchange.error or exchange.request.path}")
    return exchange


def preflight(run: Run, exchange: Exchange) -> tuple[Universe, Answer]:
    """Read the unfiltered logs, and compare the ways of asking for them.

    Raises:
        CannotJudgeError: there is nothing to judge by, and the message says why.
    """
    sampler = Sampler(run.options.seed, run.contract.kinds)
    answer = _logs(run, exchange, sampler)
    run.known.by_id.update({fact.trace_id: fact for fact in answer.facts})
    for label, body in (("four nulls", ALL_NULL), ("one null", {"filter_field": None})):
        other = run.wire.send(run.wire.request(body))
        read = run.read(other) if other.status == 200 else None
        same = read is not None and read.ids == answer.ids
        failure = run.failure(other, f"a body with {label} is not answered as an empty one", "the same logs")
        run.ledger.judge("request.unfiltered", "{} and nulls were answered alike", None if same else failure)
    return Universe(sampler.logs(), run.contract.kinds, len(answer.facts)), answer


def _logs(run: Run, exchange: Exchange, sampler: Sampler) -> Answer:
    if exchange.status != 200:
        run.ledger.fail(
            "request.unfiltered", run.failure(exchange, f"an empty body is answered {exchange.status}", "200")
        )
        raise CannotJudgeError(f"the unfiltered request is answered {exchange.status}")
    answer = run.read(exchange, sampler.visit)
    if answer is None:
        raise CannotJudgeError("the unfiltered request is not answered with an array of logs")
    if not answer.facts:
        raise CannotJudgeError("the experiment has no logs, or none that the contract's schema accepts")
    return answer
