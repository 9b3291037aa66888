"""What the stages of one run share: the contract, the client, the ledger, and how an answer is read."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.http.client import Client, Exchange
from parea_conformance.http.json_text import TooDeepError
from parea_conformance.ledger import Failure, Ledger
from parea_conformance.logs.elements import TooLongError
from parea_conformance.logs.known import AnswerReader, Fact, KnownLogs
from parea_conformance.logs.sample import LogSet
from parea_conformance.options import Options
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.values import Log


class CannotJudgeError(Exception):
    """The server cannot be judged: unreachable, wrong key, unknown or empty experiment. The message says which."""


_SHOWN = 20
_OK = 200
KEPT = 200
"""How many trace ids a failure keeps at the most; a report shows fewer, and says so."""


def first(names: Sequence[str]) -> tuple[str, ...]:
    """As many trace ids as a report shows, and how many it leaves out."""
    more = len(names) - _SHOWN
    return (*names[:_SHOWN], *([f"(and {more:,} more)"] if more > 0 else []))


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
    """What the stages of one run share.

    Attributes:
        observed: the set of known logs that was answered to each filter, where an array of logs was.
    """

    contract: Contract
    options: Options
    client: Client
    ledger: Ledger
    known: KnownLogs
    observed: dict[Filter, LogSet] = field(default_factory=dict)

    def failure(self, exchange: Exchange, summary: str, expected: str = "", **more: Any) -> Failure:
        """A failure that this exchange shows."""
        received = exchange.received(self.client.secrets.scrub)
        kept = replace(exchange.trimmed(), contents=exchange.contents or self.said(exchange))
        return Failure(summary, exchange.curl, expected, received, exchange=kept, **more)

    def said(self, exchange: Exchange) -> bytes:
        """A digest of what an answer says: of its logs, or of the `detail` of an error.

        However it is written, and whatever other members an error has: they are the server's own. Nothing is written
        into the ledger. Empty where an answer was read as it came.
        """
        if exchange.reader is not None:
            return b""
        try:
            if exchange.status == _OK:
                facts, faults = self.known.read(exchange.body)
                return _contents(facts, faults)
            body = exchange.json()
        except (TypeError, ValueError) as error:
            return f"{error}".encode()
        return _digest(json.dumps(body.get("detail") if isinstance(body, dict) else body, sort_keys=True).encode())

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
        return Answer(replace(exchange.trimmed(), contents=_contents(facts, faults)), facts)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _contents(facts: Sequence[Fact], faults: Sequence[str]) -> bytes:
    """A digest of what logs say, and of their order; and of what is wrong with them."""
    digest = hashlib.blake2b(digest_size=16)
    for fact in facts:  # one after another: there may be a million, which joined are 100 MB
        digest.update(fact.content)
    digest.update("".join(faults).encode())
    return digest.digest()
