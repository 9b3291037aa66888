"""What the stages of one run share: the contract, the client, the ledger, and how an answer is read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.http.client import Client, Exchange
from parea_conformance.http.json_text import TooDeepError
from parea_conformance.ledger import Failure, Ledger
from parea_conformance.logs.elements import TooLongError
from parea_conformance.logs.known import AnswerReader, Fact, KnownLogs
from parea_conformance.options import Options
from parea_conformance.reading.oracle import Log


class CannotJudgeError(Exception):
    """The server cannot be judged: unreachable, wrong key, unknown or empty experiment. The message says which."""


@dataclass(frozen=True)
class Answer:
    """A 200 answer, read: the facts of its logs in their order, those that were readable. The exchange is trimmed."""

    exchange: Exchange
    facts: Sequence[Fact]

    @property
    def ids(self) -> tuple[str, ...]:
        """The trace ids, in the order of the answer."""
        return tuple(fact.trace_id for fact in self.facts)


@dataclass
class Context:
    """What the stages of one run share."""

    contract: Contract
    options: Options
    client: Client
    ledger: Ledger
    known: KnownLogs

    def failure(self, exchange: Exchange, summary: str, expected: str = "", **more: Any) -> Failure:
        """A failure that this exchange shows."""
        received = exchange.received(self.client.secrets.scrub)
        return Failure(summary, exchange.curl, expected, received, **more)

    def read(self, exchange: Exchange, visit: Callable[[Log], None] | None = None) -> Answer | None:
        """Read an answer of 200, and write what is wrong with it into the ledger. None when it is not an array of logs.

        Logs that break the schema are left out.

        Args:
            exchange: what was answered 200.
            visit: is given each valid log; of a long answer it was given to what has read it as it came.
        """
        try:
            if isinstance(exchange.reader, AnswerReader):
                facts, faults = exchange.reader.close()
            else:
                facts, faults = self.known.read(exchange.body, visit)
        except (TypeError, TooDeepError, TooLongError) as error:
            failure = self.failure(exchange, f"200 answers {error}", "an array of logs")
            self.ledger.fail("response.schema", failure)
            return None
        except ValueError as error:
            failure = self.failure(exchange, f"200 does not answer JSON: {error}", "JSON")
            self.ledger.fail("response.media-type", failure)
            return None
        for fault in faults:
            self.ledger.fail("response.schema", self.failure(exchange, fault, "a trace log"))
        if not faults:
            self.ledger.hold("response.schema", "every log of every answer was checked against the schema")
        return Answer(exchange.trimmed(), facts)
