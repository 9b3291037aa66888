"""How an answer is made up: its logs once each, roots only, in order, whole, with their children in order."""

from collections.abc import Sequence

from parea_conformance.oracle import Log
from parea_conformance.rivals.answers import CAPS, CHILD_ORDERS, ROOT_ORDERS, OrderRival, child_key, with_descendants
from parea_conformance.run import Answer, Run
from parea_conformance.universe import Universe, sort_key

REQUIREMENTS = ("result.roots", "result.once", "result.order", "result.tree", "result.whole", "result.uncapped")


class Shape:
    """Judges the make-up of answers against the unfiltered one."""

    def __init__(self, run: Run, universe: Universe) -> None:
        self._run = run
        self._universe = universe
        self._below = {node["trace_id"]: log["trace_id"] for log in universe.logs for node in with_descendants(log)[1:]}

    def unfiltered(self, answer: Answer) -> None:
        """Judge the unfiltered answer, and decide what its logs can tell of order and number."""
        self.answer(answer, "no filter")
        self._children(answer)
        logs = [self._run.known[trace_id] for trace_id in self._universe.ids]
        self._decide(ROOT_ORDERS, [logs])
        families = [
            node["children_logs"] for log in logs for node in with_descendants(log) if node.get("children_logs")
        ]
        self._decide(CHILD_ORDERS, [sorted(family, key=child_key) for family in families])
        for cap in CAPS:
            if len(answer.ids) <= cap:
                cause = f"no answer shows that none stops at {cap} logs; it takes an experiment of more"
                self._run.ledger.undecide("result.uncapped", cause)
        if len(answer.ids) > CAPS[0]:
            self._run.ledger.hold("result.uncapped", f"{len(answer.ids)} logs came in one answer")

    def _decide(self, rivals: Sequence[OrderRival], families: Sequence[Sequence[Log]]) -> None:
        ledger = self._run.ledger
        for rival in rivals:
            if any(rival.arrange(family) != list(family) for family in families):
                ledger.hold(rival.requirement, f"told from: {rival.text}")
            else:
                ledger.undecide(
                    rival.requirement, f"no log tells the contract from “{rival.text}”; it takes {rival.needs}"
                )

    def _children(self, answer: Answer) -> None:
        for log in answer.logs:
            for node in with_descendants(log):
                family = node.get("children_logs") or []
                if sorted(family, key=child_key) != family:
                    self._run.ledger.fail(
                        "result.tree",
                        self._run.failure(
                            answer.exchange,
                            f"the children of {node['trace_id']!r} are out of order",
                            " ".join(child["trace_id"] for child in sorted(family, key=child_key)),
                        ),
                    )

    def answer(self, answer: Answer, asked: str) -> None:
        """Judge one answer, whatever was asked for."""
        run, ids = self._run, answer.ids
        repeated = sorted({trace_id for trace_id in ids if ids.count(trace_id) > 1}) if len(set(ids)) < len(ids) else []
        if repeated:
            run.ledger.fail(
                "result.once",
                run.failure(answer.exchange, f"{asked}: some logs come twice", "each once", unexpected=tuple(repeated)),
            )
        first = list({log["trace_id"]: log for log in answer.logs}.values())
        if sorted(first, key=sort_key) != first:
            ordered = " ".join(log["trace_id"] for log in sorted(first, key=sort_key)[:10])
            run.ledger.fail(
                "result.order", run.failure(answer.exchange, f"{asked}: the logs are out of order", ordered)
            )
        below = [log["trace_id"] for log in first if self._is_below(log)]
        if below:
            summary = f"{asked}: logs that are not root logs stand in the array"
            run.ledger.fail("result.roots", run.failure(answer.exchange, summary, "root logs", unexpected=tuple(below)))
        changed = [log["trace_id"] for log in first if log != run.known.get(log["trace_id"], log)]
        whole = any(log.get("children_logs") for log in first) and asked != "no filter"
        if changed:
            summary = f"{asked}: {changed[0]!r} is not the log that the unfiltered answer holds"
            run.ledger.fail(
                "result.whole", run.failure(answer.exchange, summary, "the same log", unexpected=tuple(changed))
            )
        elif whole:
            run.ledger.hold("result.whole", "logs with descendants came whole through filters")

    def _is_below(self, log: Log) -> bool:
        parent = log.get("parent_trace_id")
        return log["trace_id"] in self._below or parent not in (None, log["trace_id"])

    def strangers(self, answer: Answer) -> list[str]:
        """The ids of an answer that the unfiltered one does not hold, those below a root aside."""
        return [name for name in answer.ids if name not in self._universe.index and name not in self._below]

    def close(self) -> None:
        """Name what no answer of this run could decide."""
        if not self._run.ledger.entries.get("result.whole") or self._run.ledger.entries["result.whole"].proofs:
            return
        cause = "no filtered answer held a log with descendants; it takes a root log with `children_logs`"
        self._run.ledger.undecide("result.whole", cause)
