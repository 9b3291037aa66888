"""How an answer is made up: its logs once each, roots only, in order, whole, with their children in order."""

import itertools
from collections import Counter
from collections.abc import Sequence

from parea_conformance.context import Answer, Context
from parea_conformance.logs.known import Fact
from parea_conformance.logs.sample import Sample
from parea_conformance.reading.oracle import Log
from parea_conformance.reading.order import child_key, with_descendants
from parea_conformance.rivals.answers import CAPS, CHILD_ORDERS, ROOT_ORDERS, OrderRival

_SHOWN = 20
REQUIREMENTS = ("result.roots", "result.once", "result.order", "result.tree", "result.whole", "result.uncapped")


class Composition:
    """Judges the make-up of answers against the unfiltered one."""

    def __init__(self, context: Context, sample: Sample) -> None:
        self._context = context
        self._sample = sample
        self._below = {node["trace_id"] for node in sample.below()}

    def unfiltered(self, answer: Answer) -> None:
        """Judge the unfiltered answer, and decide what its logs can tell of order and number."""
        self.answer(answer, "no filter")
        self._children(answer)
        logs = self._sample.logs
        self._decide(ROOT_ORDERS, [logs])
        families = [
            node["children_logs"] for log in logs for node in with_descendants(log) if node.get("children_logs")
        ]
        self._decide(CHILD_ORDERS, [sorted(family, key=child_key) for family in families])
        for cap in CAPS:
            if len(answer.facts) <= cap:
                cause = f"no answer shows that none stops at {cap} logs; it takes an experiment of more"
                self._context.ledger.undecide("result.uncapped", cause)
        if len(answer.facts) > CAPS[0]:
            self._context.ledger.hold("result.uncapped", f"{len(answer.facts)} logs came in one answer")

    def _decide(self, rivals: Sequence[OrderRival], families: Sequence[Sequence[Log]]) -> None:
        ledger = self._context.ledger
        for rival in rivals:
            if any(rival.arrange(family) != list(family) for family in families):
                ledger.hold(rival.requirement, f"told from: {rival.text}")
            else:
                cause = f"no log tells the contract from “{rival.text}”; it takes {rival.needs}"
                ledger.undecide(rival.requirement, cause)

    def _children(self, answer: Answer) -> None:
        for log in self._sample.logs:
            for node in with_descendants(log):
                family = node.get("children_logs") or []
                if sorted(family, key=child_key) != family:
                    summary = f"the children of {node['trace_id']!r} are out of order"
                    ordered = " ".join(child["trace_id"] for child in sorted(family, key=child_key))
                    self._context.ledger.fail("result.tree", self._context.failure(answer.exchange, summary, ordered))

    def answer(self, answer: Answer, asked: str) -> None:
        """Judge one answer, whatever was asked for."""
        first: Sequence[Fact] = list({fact.trace_id: fact for fact in answer.facts}.values())
        twice: list[str] = []
        if len(first) == len(answer.facts):
            first = answer.facts  # There may be a million: one list of them is enough.
        else:
            twice = [name for name, count in Counter(answer.ids).items() if count > 1]
        known = self._context.known.by_id
        changed = [
            fact.trace_id
            for fact in first
            if (said := known.get(fact.trace_id, fact)) is not fact and said.content != fact.content
        ]
        below = [fact.trace_id for fact in first if not fact.root or fact.trace_id in self._below]
        self._accuse("result.once", answer, f"{asked}: some logs come twice", twice)
        self._accuse("result.roots", answer, f"{asked}: logs that are not root logs stand in the array", below)
        self._accuse("result.whole", answer, f"{asked}: logs differ from those of the unfiltered answer", changed)
        if any(one.key > other.key for one, other in itertools.pairwise(first)):
            wanted = " ".join(fact.trace_id for fact in sorted(first, key=lambda fact: fact.key)[:10])
            failure = self._context.failure(answer.exchange, f"{asked}: the logs are out of order", wanted)
            self._context.ledger.fail("result.order", failure)
        if asked != "no filter" and not changed and any(fact.parent for fact in first):
            self._context.ledger.hold("result.whole", "logs with descendants came whole through filters")

    def _accuse(self, requirement: str, answer: Answer, summary: str, ids: Sequence[str]) -> None:
        if ids:
            failure = self._context.failure(answer.exchange, summary, unexpected=tuple(ids[:_SHOWN]))
            self._context.ledger.fail(requirement, failure)

    def strangers(self, answer: Answer) -> list[str]:
        """The ids of an answer that the unfiltered one does not hold, those below a root aside."""
        known = self._context.known.by_id
        return [name for name in answer.ids if name not in known and name not in self._below]

    def close(self) -> None:
        """Name what no answer of this run could decide."""
        if not self._context.ledger.entries.get("result.whole") or self._context.ledger.entries["result.whole"].proofs:
            return
        cause = "no filtered answer held a log with descendants; it takes a root log with `children_logs`"
        self._context.ledger.undecide("result.whole", cause)
