"""What filters mean: the planned probes are sent, and their answers compared with the right reading and its rivals."""

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from parea_conformance.context import KEPT, Context
from parea_conformance.http.client import BudgetSpentError, Exchange
from parea_conformance.ledger import Evidence
from parea_conformance.logs.sample import LogSet, Sample
from parea_conformance.probes.planner import Plan, Probe, misreadings, plans
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.stages.composition import Composition
from parea_conformance.stages.deviation import deviation

_SHOWING = 2  # operators that show a member to be misread
_SLOW, _TIMES = 1.0, 20
"""A filter is slow that takes more than so many seconds, and so many times as long as half of the others."""
_PART = 32  # probes after which a run that stops at its first failure looks at the answers
LONGEST = 500
"""How many trace ids of an answer are kept. Longer answers are not asked for again: hundreds of whole answers of a
large experiment would not fit into memory."""


@dataclass(frozen=True)
class Seen:
    """A filter that was sent, and the set of known logs that came; None when what came was not an array of logs.

    Attributes:
        ids: the trace ids that came, in their order; of an answer of more than `LONGEST` logs only the first.
    """

    filter: Filter
    exchange: Exchange
    logs: LogSet | None
    ids: tuple[str, ...] = ()


class Meaning:
    """The stage that judges what filters mean.

    Attributes:
        plans: the plan of each requirement, in the order of the contract.
        seen: what was sent, by filter; a filter is sent once.
        misread: members that the server never finds, or takes others for: what is asked of them says nothing of how it
            is asked.
        descendants_judged: whether any log of a tree may match for its root, which alone explains what deviates.
    """

    def __init__(self, context: Context, sample: Sample, shape: Composition) -> None:
        self._context = context
        self._sample = sample
        self._composition = shape
        self.seen: dict[Filter, Seen] = {}
        self.misread: frozenset[str] = frozenset()
        self.descendants_judged = False
        self._judged: set[str] = set()
        asked = context.options
        self.plans = plans(
            sample,
            context.contract,
            tuple(context.ledger.entries),
            asked.seed,
            thorough=asked.thorough,
            without=frozenset(asked.without),
        )

    def ask(self, filter_: Filter) -> Seen:
        """Send a filter, unless its answer is known; judge the make-up of the answer."""
        self.ask_all([filter_])
        return self.seen[filter_]

    def ask_all(self, filters: Iterable[Filter]) -> None:
        """Send the filters whose answers are not known, several at a time where the server may be asked so.

        Raises:
            BudgetSpentError: no more requests may be sent; what was sent has been judged.
        """
        unknown = [filter_ for filter_ in dict.fromkeys(filters) if filter_ not in self.seen]
        client = self._context.client
        exchanges = client.send_all(client.request(filter_) for filter_ in unknown)
        for filter_, exchange in zip(unknown, exchanges, strict=True):
            self.seen[filter_] = self._look_at(filter_, exchange)

    def _look_at(self, filter_: Filter, exchange: Exchange) -> Seen:
        answer = self._context.read(exchange) if exchange.status == 200 else None
        self._accepted(exchange, filter_)
        if answer is None:
            return Seen(filter_, exchange.trimmed(), None)
        self._composition.answer(answer, str(filter_))
        strangers = self._composition.strangers(answer)
        if strangers:
            summary = f"{filter_}: logs that the unfiltered answer does not hold"
            shown = tuple(strangers[:KEPT])
            failure = self._context.failure(exchange, summary, "some of the unfiltered logs", unexpected=shown)
            self._context.ledger.fail("result.uncapped", failure)
        logs = self._context.observed[filter_] = self._sample.known(answer.ids)
        return Seen(filter_, answer.exchange, logs, answer.ids[: LONGEST + 1])

    def _accepted(self, exchange: Exchange, filter_: Filter) -> None:
        failure = None
        if exchange.status != 200:
            failure = self._context.failure(
                exchange, f"{filter_}: the schema accepts it, answered {exchange.status}", "200"
            )
        self._context.ledger.judge("body.accepted", "every planned filter was answered 200", failure)

    def send(self) -> None:
        """Send every probe, and write what the answers show.

        Where the run is to stop at its first failure, it does so a part of the probes after that was seen.

        Raises:
            BudgetSpentError: no more requests may be sent; what was sent has been judged.
            FirstFailureError: the run is to stop at the first failure.
        """
        spent: BudgetSpentError | None = None
        failed = False
        try:
            for part in self._parts():
                self.ask_all(probe.filter for probe in part)
                # A plan may reach over several parts, and is judged once what tells its rivals apart was sent.
                failed = failed or (self._context.options.fail_fast and any(map(self._shows_a_failure, part)))
                if failed:
                    self._judge_what_was_sent()
        except BudgetSpentError as error:
            spent = error
        self._judge_what_was_sent()
        for plan_ in self.plans:
            if plan_.requirement not in self._judged:
                self._context.ledger.undecide(plan_.requirement, f"{spent}, and not all of its filters were sent")
        self._operators(spent)
        if spent is not None:
            raise spent

    def _parts(self) -> Iterator[Sequence[Probe]]:
        """What to ask, some after others where the first failure is to be the last request.

        Else all at once, and first what tells rivals apart: where requests are few, that is worth most.
        """
        if not self._context.options.fail_fast:
            yield [probe for plan_ in self.plans for probe in plan_.probes]
            yield [probe for plan_ in self.plans for probe in plan_.covering]
            return
        asked = [probe for plan_ in self.plans for probe in plan_.asked]
        yield from (asked[at : at + _PART] for at in range(0, len(asked), _PART))

    def _shows_a_failure(self, probe: Probe) -> bool:
        """Whether an answer is not what the contract asks for, whoever is to blame."""
        logs = self.seen[probe.filter].logs
        return logs is None or self._deviates(probe, logs)

    def _judge_what_was_sent(self) -> None:
        """Judge the plans whose probes were all sent, those aside that were judged before."""
        sent = [plan_ for plan_ in self.plans if all(probe.filter in self.seen for probe in plan_.probes)]
        probes = [probe for plan_ in sent for probe in plan_.asked if probe.filter in self.seen]
        excused = self.descendants_judged = self._tree_explains(probes)
        self.misread = frozenset(member for member in self._context.contract.kinds if self._is_misread(member, probes))
        # Operators first: what fails there excuses what is asked through them.
        for plan_ in sorted(sent, key=lambda plan_: not plan_.requirement.startswith("filter.")):
            if plan_.requirement not in self._judged:
                self._judged.add(plan_.requirement)
                if plan_.requirement != "request.operators":
                    self._judge(plan_, excused=excused and plan_.requirement != "result.roots")

    def _tree_explains(self, probes: Sequence[Probe]) -> bool:
        """Whether one wrong reading explains every deviation: that any log of a tree may match for its root.

        Then that reading is at fault, and not every operator that it was seen through.
        """
        deviating = False
        for probe in probes:
            seen = self.seen[probe.filter]
            if seen.logs is not None and seen.logs != self._sample.matching_anywhere(RIGHT, probe.filter):
                return False
            deviating |= seen.logs is not None and seen.logs != probe.expected
        return deviating

    def _is_misread(self, member: str, probes: Sequence[Probe]) -> bool:
        """Whether one misreading of a member explains all answers about it, and two operators or more show it.

        One alone may be the operator's own fault.
        """
        about = [probe for probe in probes if probe.filter.field == member and self.seen[probe.filter].logs is not None]
        if len({p.filter.operator for p in about if self.seen[p.filter].logs != p.expected}) < _SHOWING:
            return False
        return any(
            all(self.seen[probe.filter].logs == self._sample.matching(rival.reading, probe.filter) for probe in about)
            for rival in misreadings(member, self._context.contract)
        )

    def _judge(self, plan_: Plan, *, excused: bool) -> None:
        ledger = self._context.ledger
        if plan_.cover.classes:
            self._tell_classes(plan_)
        for probe in (probe for probe in plan_.asked if probe.filter in self.seen):
            seen = self.seen[probe.filter]
            if seen.logs is None:
                summary = f"{probe.filter} is answered {seen.exchange.status}"
                if not probe.rivals and "body.accepted" in ledger:
                    # A class of operands that is not taken breaks many operators at once; the one is to blame.
                    ledger.undecide(plan_.requirement, f"{summary}, which body.accepted is accused of")
                    continue
                ledger.fail(plan_.requirement, self._context.failure(seen.exchange, summary, "200"))
                continue
            if not excused and self._deviates(probe, seen.logs):
                operator = self._operator_of(probe)
                if probe.filter.field in self.misread and plan_.requirement != "field.member":
                    ledger.undecide(plan_.requirement, f"{probe.filter}: asked of a member that is not found")
                elif operator != plan_.requirement and ledger.failed(operator):
                    ledger.undecide(plan_.requirement, f"{probe.filter}: asked through {operator}, which failed")
                else:
                    failure = deviation(self._context, self._sample, seen.exchange, probe.filter, seen.logs)
                    ledger.fail(plan_.requirement, failure)
                continue
            names = tuple(rival.name for rival, _ in probe.rivals)
            ledger.hold(plan_.requirement, f"{probe.filter}")
            if not probe.rivals:
                continue
            ledger.evidence(plan_.requirement, Evidence(str(probe.filter), len(probe.expected), names))
        for rival in plan_.undecided:
            cause = f"no log tells the contract from “{rival.text}”; it takes {rival.needs}"
            ledger.undecide(plan_.requirement, cause)

    def _tell_classes(self, plan_: Plan) -> None:
        """Say of how many classes an operand was asked, and which of them no log of this data holds a value of."""
        sent = [probe.filter in self.seen for probe in plan_.covering]
        left_out = len(plan_.cover.filters) - sum(sent)
        proof = f"operands of {len(plan_.cover.classes)} classes"
        if left_out:
            proof += f", {left_out} filters of them not sent: they are more than may be sent, or their answers too long"
        if plan_.cover.unheld:
            proof += f"; no log holds a value of: {', '.join(sorted(plan_.cover.unheld))}"
        self._context.ledger.hold(plan_.requirement, proof)

    def _operator_of(self, probe: Probe) -> str:
        """The requirement of the probe's operator on the kind of its field."""
        return self._context.contract.requirement_of(probe.filter.operator or "", probe.filter.field or "")

    @staticmethod
    def _deviates(probe: Probe, received: LogSet) -> bool:
        """Whether an answer breaks the probe's requirement.

        Those of the answer's make-up are not accused of what an operator got wrong: repeated logs are the composition's
        to judge, and of descendants only what they brought in.
        """
        if probe.requirement == "result.once":
            return False
        if probe.requirement == "result.roots":
            return any((received & answer) - probe.expected for _, answer in probe.rivals)
        return received != probe.expected

    def slow(self) -> str:
        """The filter that took far longer than the others, in words; empty where none did."""
        took = {one.filter: one.exchange.seconds for one in self.seen.values()}
        if not took:
            return ""
        slowest, client = max(took, key=lambda filter_: took[filter_]), self._context.client
        middle = statistics.median(took.values())
        bound = max(_SLOW, _TIMES * middle)
        if took[slowest] <= bound or client.pace.left < 1:
            return ""
        # Once more, and alone: it may have waited for others.
        again = min(took[slowest], client.send(client.request(slowest)).seconds)
        if again <= bound:
            return ""
        return f"{slowest} took {again:.1f} s, where half of the filters took less than {middle:.3f} s"

    def _operators(self, spent: BudgetSpentError | None) -> None:
        for operator in self._context.contract.operators:
            asked = [seen for seen in self.seen.values() if seen.filter.operator == operator]
            if not asked:
                self._context.ledger.undecide(
                    "request.operators", f"{operator}: {spent or 'no log has a field to ask it of'}"
                )
                continue
            refused = [seen for seen in asked if seen.exchange.status != 200]
            failure = None
            if len(refused) == len(asked):
                summary = f"{operator} is answered {refused[0].exchange.status}"
                failure = self._context.failure(refused[0].exchange, summary, "200")
            self._context.ledger.judge("request.operators", f"{operator} was accepted", failure)
