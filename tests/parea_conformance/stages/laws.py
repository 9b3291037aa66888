"""Laws (metamorphic relations): answers that must agree with each other, whatever the data; no oracle is needed."""

import functools
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from parea_conformance.context import Context
from parea_conformance.http.client import BudgetSpentError
from parea_conformance.logs.sample import LogSet, Sample
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.stages.meaning import Meaning, Seen

_EACH = 2


@dataclass(frozen=True)
class Law:
    """A law over the answers to several filters.

    Attributes:
        text: the law, in words.
        operator: the operator of the filter that it starts from.
        others: the filters that it asks beside it.
        holds: whether the sets of logs agree: the first filter's, the others', and the set of all logs.
        not_for: kinds that the law does not bind. Under a key a text can equal a number's spelling, yet has no order.
    """

    text: str
    operator: str
    others: Callable[[Filter], Sequence[Filter]]
    holds: Callable[[LogSet, Sequence[LogSet], LogSet], bool]
    not_for: tuple[str, ...] = ()


def _with(*operators: str) -> Callable[[Filter], Sequence[Filter]]:
    return lambda asked: [replace(asked, operator=operator) for operator in operators]


def _parts(operator: str) -> Callable[[Filter], Sequence[Filter]]:
    return lambda asked: [
        replace(asked, operator=operator, value=part.strip(" "))
        for part in dict.fromkeys((asked.value or "").split(","))
    ]


def _ends(asked: Filter) -> Sequence[Filter]:
    low, high = (part.strip(" ") for part in (asked.value or "").split(","))
    return [
        replace(asked, operator="greater_than_or_equal", value=low),
        replace(asked, operator="less_than_or_equal", value=high),
    ]


def _partition(first: LogSet, others: Sequence[LogSet], everything: LogSet) -> bool:
    return first | others[0] == everything and not first & others[0]


def _union(first: LogSet, others: Sequence[LogSet], everything: LogSet) -> bool:
    del everything
    return first == functools.reduce(operator.or_, others, LogSet())


LAWS = (
    Law("equals and not_equals part the logs", "equals", _with("not_equals"), _partition),
    Law("is_null and exists part the logs", "is_null", _with("exists"), _partition),
    Law(
        "greater_than_or_equal is greater_than with equals",
        "greater_than_or_equal",
        _with("greater_than", "equals"),
        _union,
        ("map",),
    ),
    Law(
        "less_than_or_equal is less_than with equals",
        "less_than_or_equal",
        _with("less_than", "equals"),
        _union,
        ("map",),
    ),
    Law("in is the union of equals over its parts", "in", _parts("equals"), _union),
    Law(
        "between is at least low and at most high",
        "between",
        _ends,
        lambda first, others, _: first == others[0] & others[1],
    ),
)


def judge(context: Context, sample: Sample, meaning: Meaning) -> None:
    """Ask what the laws need, and judge them.

    A law accuses only where the oracle found nothing: of answers that are known to be wrong it says nothing new.

    Raises:
        BudgetSpentError: no more requests may be sent; what was sent has been judged.
        FirstFailureError: the run is to stop at the first failure.
    """
    asked = [(law, requirement, filters) for law in LAWS for requirement, filters in _asked(context, law, meaning)]
    spent: BudgetSpentError | None = None
    for part in [[each] for each in asked] if context.options.fail_fast else [asked]:
        try:
            meaning.ask_all(filter_ for _, _, filters in part for filter_ in filters)
        except BudgetSpentError as error:
            spent = error
        for law, requirement, filters in part:
            if all(filter_ in meaning.seen for filter_ in filters):
                _judge(context, law, requirement, sample, [meaning.seen[filter_] for filter_ in filters])
    if spent is not None:
        raise spent


def _asked(context: Context, law: Law, meaning: Meaning) -> Iterator[tuple[str, Sequence[Filter]]]:
    """What is asked for a law: by requirement, the filter that it starts from, and those that it asks beside it."""
    by_requirement: dict[str, list[Filter]] = {}
    for plan in meaning.plans:
        asked = [probe.filter for probe in plan.probes if probe.filter.operator == law.operator]
        bound = not plan.requirement.endswith(tuple(f".{kind}" for kind in law.not_for)) if law.not_for else True
        if bound and plan.requirement.startswith(f"filter.{law.operator}."):
            by_requirement[plan.requirement] = asked[:_EACH]
    for requirement, starts in by_requirement.items():
        for start in starts:
            yield requirement, [start, *(each for each in law.others(start) if context.contract.accepts(each.body()))]


def _judge(context: Context, law: Law, requirement: str, sample: Sample, answers: Sequence[Seen]) -> None:
    area, _, rest = requirement.partition(".")
    kind = rest.partition(".")[2]
    if any(context.ledger.failed(f"{area}.{answer.filter.operator}.{kind}") for answer in answers):
        return
    sets = [answer.logs for answer in answers]
    known = [logs for logs in sets if logs is not None]
    held = len(known) == len(sets) and law.holds(known[0], known[1:], sample.everything)
    if not held:
        asked = "; ".join(str(answer.filter) for answer in answers)
        # Shown is the answer that is wrong by itself, to be asked for again: by the right reading every law holds.
        wrong = (answer for answer in answers if answer.logs != sample.matching(RIGHT, answer.filter))
        shown = next(wrong, answers[0]).exchange
        context.ledger.fail(requirement, context.failure(shown, f"{law.text}: not so for {asked}", law.text))
    else:
        context.ledger.hold(requirement, f"law: {law.text}")
