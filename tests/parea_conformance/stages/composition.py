"""How an answer is made up: its logs once each, roots only, in order, whole, with their children in order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from parea_conformance.context import KEPT, Answer, Context, first
from parea_conformance.ledger import Failure
from parea_conformance.logs.known import Fact
from parea_conformance.logs.sample import Sample
from parea_conformance.reading.judged import instant_text
from parea_conformance.reading.order import child_key, with_descendants
from parea_conformance.reading.values import Log
from parea_conformance.rivals.answers import CAPS, CHILD_ORDERS, LARGER_CAPS, ROOT_ORDERS, OrderRival

REQUIREMENTS = ("result.roots", "result.once", "result.order", "result.tree", "result.whole", "result.uncapped")


def _wrong_pair(keys: Sequence[tuple[int, str]], values: Sequence[str]) -> str:
    """The first two neighbours that stand the wrong way round, with their values."""
    place = next(place for place, (one, other) in enumerate(pairwise(keys)) if one > other)
    return f"{values[place]}, and before it should stand: {values[place + 1]}"


def _ruled_out(number: int) -> str:
    """Of which caps an answer of so many logs shows that there is none."""
    caps = (*CAPS, *LARGER_CAPS)
    out, open_ = ([f"{cap:,}" for cap in caps if (cap < number) is below] for below in (True, False))
    said = f"{number:,} logs came in one answer, so none stops at {', '.join(out)}"
    return said + (f"; of {', '.join(open_)} only a larger experiment could tell" if open_ else "")


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
        self._families(answer)
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
            self._context.ledger.hold("result.uncapped", _ruled_out(len(answer.facts)))

    def _decide(self, rivals: Sequence[OrderRival], families: Sequence[Sequence[Log]]) -> None:
        ledger = self._context.ledger
        for rival in rivals:
            if rival.lacking and all(rival.lacking in log for family in families for log in family):
                ledger.hold(rival.requirement, f"no log lacks {rival.lacking}: nothing to tell from: {rival.text}")
            elif any(rival.arrange(family) != list(family) for family in families):
                ledger.hold(rival.requirement, f"told from: {rival.text}")
            else:
                cause = f"no log tells the contract from “{rival.text}”; it takes {rival.needs}"
                ledger.undecide(rival.requirement, cause)

    def _children(self, answer: Answer) -> None:
        for log in self._sample.logs:
            for node in with_descendants(log):
                family = node.get("children_logs") or []
                if sorted(family, key=child_key) != family:
                    keys = [child_key(child) for child in family]
                    values = [f"{trace_id} has execution_order {place}" for place, trace_id in keys]
                    summary = f"the children of {node['trace_id']!r} are out of order: {_wrong_pair(keys, values)}"
                    wanted, came = (" ".join(first([trace_id for _, trace_id in one])) for one in (sorted(keys), keys))
                    failure = self._context.failure(answer.exchange, summary, wanted)
                    self._context.ledger.fail("result.tree", replace(failure, received=came))

    def _families(self, answer: Answer) -> None:
        """Judge that no log comes twice below a root."""
        for log in self._sample.logs:
            names = Counter(node["trace_id"] for node in with_descendants(log))
            twice = [name for name, count in names.items() if count > 1]
            self._accuse("result.once", answer, f"in the tree of {log['trace_id']!r} some logs come twice", twice)

    def answer(self, answer: Answer, asked: str) -> None:
        """Judge one answer, whatever was asked for."""
        once: Sequence[Fact] = list({fact.trace_id: fact for fact in answer.facts}.values())
        twice: list[str] = []
        if len(once) == len(answer.facts):
            once = answer.facts  # There may be a million: one list of them is enough.
        else:
            twice = [name for name, count in Counter(answer.ids).items() if count > 1]
        known = self._context.known.by_id
        changed = [
            fact.trace_id
            for fact in once
            if (said := known.get(fact.trace_id, fact)) is not fact and said.content != fact.content
        ]
        below = [fact.trace_id for fact in once if not fact.root or fact.trace_id in self._below]
        self._accuse("result.once", answer, f"{asked}: some logs come twice", twice)
        self._accuse("result.roots", answer, f"{asked}: logs that are not root logs stand in the array", below)
        self._accuse("result.whole", answer, f"{asked}: logs differ from those of the unfiltered answer", changed)
        if any(one.key > other.key for one, other in pairwise(once)):
            ordered = sorted(once, key=lambda fact: fact.key)
            self._context.ledger.fail("result.order", self._out_of_order(answer, asked, once, ordered))
        if asked != "no filter" and not changed and any(fact.parent for fact in once):
            self._context.ledger.hold("result.whole", "logs with descendants came whole through filters")

    def _out_of_order(self, answer: Answer, asked: str, came: Sequence[Fact], ordered: Sequence[Fact]) -> Failure:
        values = [f"{fact.trace_id} starts at {instant_text(fact.key[0])}" for fact in came]
        summary = f"{asked}: the logs are out of order: {_wrong_pair([fact.key for fact in came], values)}"
        wanted, received = (" ".join(first([fact.trace_id for fact in facts])) for facts in (ordered, came))
        return replace(self._context.failure(answer.exchange, summary, wanted), received=received)

    def _accuse(self, requirement: str, answer: Answer, summary: str, ids: Sequence[str]) -> None:
        if ids:
            failure = self._context.failure(answer.exchange, summary, unexpected=tuple(ids[:KEPT]))
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
