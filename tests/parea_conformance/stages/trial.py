"""Whether the server may be asked several requests at a time: first of all, with few requests.

What a server mixes up, or answers otherwise the second time, would be taken for what filters mean.
"""

from parea_conformance.context import Context
from parea_conformance.http.client import AT_A_TIME
from parea_conformance.ledger import Failure
from parea_conformance.stages.meaning import Meaning
from parea_conformance.stages.repeat import asked_before, in_a_crowd, telling

_FILTERS = 8
_ROUNDS = 4


def requests() -> int:
    """How many requests this stage sends at the most, beside those whose answers later stages need as well."""
    return _FILTERS * _ROUNDS


def judge(context: Context, meaning: Meaning) -> tuple[str, Failure | None]:
    """Ask a few filters one after another, then many at a time.

    Returns:
        Why no more than one may be asked at a time; empty where several may. And an answer that was another among many.
    """
    filters = {probe.expected: probe.filter for plan in meaning.plans for probe in plan.probes if probe.expected}
    meaning.ask_all([filters[logs] for logs in sorted(filters, key=len)[:_FILTERS]])
    crowd = asked_before(context, telling(meaning, context.options.seed, _FILTERS)) * _ROUNDS
    if len(crowd) <= _ROUNDS:
        return "too few answers are short enough to find out whether the server mixes them up", None
    sent = [kind.request for kind, _ in crowd]
    exchanges = context.client.send_all(sent, AT_A_TIME)
    # All of them: what was begun and not waited for would be under way beside the first request of the next stage.
    answers = [
        in_a_crowd(context, exchange, kind, usual, sent)
        for (kind, usual), exchange in zip(crowd, exchanges, strict=True)
    ]
    failure = next(filter(None, answers), None)
    return "the server mixes up answers to many at a time" if failure else "", failure
