"""What the stages of one run share: the contract, the wire, the ledger, and how an answer is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.oracle import Log, instant
from parea_conformance.universe import descendants
from parea_conformance.verdict import Failure, Ledger
from parea_conformance.wire import Exchange, Wire


class CannotJudgeError(Exception):
    """The server cannot be judged: unreachable, wrong key, unknown or empty experiment. The message says which."""


@dataclass(frozen=True)
class Options:
    """What a run was asked for. `repr` does not hold the keys."""

    base_url: str
    experiment: str
    api_key: str = field(repr=False)
    classes: tuple[str, ...]
    seed: int = 0
    other_experiment: str | None = None
    empty_experiment: str | None = None
    timeout: float = 30.0
    fuzz: int = 60
    accept_undecided: bool = False


@dataclass(frozen=True)
class Answer:
    """A 200 answer, read: the root logs in their order, those that were readable."""

    exchange: Exchange
    logs: Sequence[Log]
    ids: tuple[str, ...]


@dataclass
class Run:
    """One run of the suite."""

    contract: Contract
    options: Options
    wire: Wire
    ledger: Ledger
    known: dict[str, Log] = field(default_factory=dict)

    def failure(self, exchange: Exchange, summary: str, expected: str = "", **more: Any) -> Failure:
        """A failure that this exchange shows."""
        return Failure(summary, exchange.curl, expected, exchange.received(), **more)

    def fault_of_log(self, log: object) -> str | None:
        """What is wrong with a log by itself: its schema, or timestamps that are no instants; None when nothing."""
        fault = self.contract.fault_of_log(log)
        if fault is not None or not isinstance(log, Mapping):
            return fault
        for node in (log, *descendants(log)):
            for member, kind in self.contract.kinds.items():
                if kind == "timestamp" and node.get(member) is not None:
                    try:
                        instant(node[member])
                    except ValueError as error:
                        return f"$.{member}: {error}"
        return None

    def read(self, exchange: Exchange) -> Answer | None:
        """Read an answer of 200, and write what is wrong with it into the ledger. None when it is no array of logs.

        Logs that break the schema are left out; those that are known already are not judged twice.
        """
        try:
            body = exchange.json()
        except ValueError as error:
            self.ledger.fail(
                "response.media-type", self.failure(exchange, f"200 does not answer JSON: {error}", "JSON")
            )
            return None
        if not isinstance(body, list):
            self.ledger.fail(
                "response.schema", self.failure(exchange, "200 does not answer an array", "an array of logs")
            )
            return None
        logs: list[Log] = []
        for index, log in enumerate(body):
            known = self.known.get(log.get("trace_id", "")) if isinstance(log, dict) else None
            fault = None if known is not None and known == log else self.fault_of_log(log)
            if fault is None:
                logs.append(log)
            else:
                self.ledger.fail(
                    "response.schema",
                    self.failure(exchange, f"log {index} of the answer breaks the schema at {fault}", "a trace log"),
                )
        if len(logs) == len(body):
            self.ledger.hold("response.schema", "every log of every answer was checked against the schema")
        return Answer(exchange, logs, tuple(log["trace_id"] for log in logs))
