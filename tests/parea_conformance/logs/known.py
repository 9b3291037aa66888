"""What is known of the root logs, and how answers are read: fast where a log is known by its bytes.

An experiment may hold a million logs. Of each a small `Fact` is kept; whole logs only of a sample, see `sampling`.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from parea_conformance.contract import Contract
from parea_conformance.http.json_text import parse
from parea_conformance.logs.elements import Elements, elements
from parea_conformance.reading.order import descendants, root_key
from parea_conformance.reading.values import Log

_DIGEST = 16
_WHOLE = re.compile(r"\.0[,}\]]|[0-9]e\+")
"""What stands in the JSON of Python where a double may be a whole number: 1.0, -0.0, 1e+16."""
_ROUND = re.compile(rb"\.0[,}\]]|[0-9]e[0-9]")
"""The same in JSON of msgspec: 1.0, -0.0, 1e16."""
_FAULTS = 100
"""How many faults of one answer are told; a server may answer any number of logs that are wrong."""


class Fact(msgspec.Struct, frozen=True, gc=False):
    """What is kept of a root log: little, for there may be a million.

    Attributes:
        start: the instant of its start.
        root: whether it says of itself that it is a root log.
        parent: whether it has children.
        digests: of its bytes, and of what it says, whatever the order of its members.
    """

    trace_id: str
    start: int
    root: bool
    parent: bool
    digests: bytes

    @property
    def key(self) -> tuple[int, str]:
        """Its place in an answer: the instant of its start, then its trace id."""
        return self.start, self.trace_id

    @property
    def content(self) -> bytes:
        """A digest of what it says."""
        return self.digests[_DIGEST:]


class _Named(msgspec.Struct, gc=False):
    """A log of which nothing but the name is read."""

    trace_id: str


_NAMED = msgspec.json.Decoder(_Named)


def _digest(data: bytes | msgspec.Raw) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()


def fault_of_log(contract: Contract, log: object) -> str | None:
    """What is wrong with a log by itself: its schema, or the form of its timestamps; None when nothing."""
    fault = contract.fault_of_log(log)
    if fault is not None or not isinstance(log, Mapping):
        return fault
    timestamps = [member for member, kind in contract.kinds.items() if kind == "timestamp"]
    for node in (log, *descendants(log)):
        for member in timestamps:
            if node.get(member) is not None and not contract.is_timestamp(node[member]):
                return f"$.{member}: {node[member][:60]!r} has not the form of a timestamp, as a filter_value has it"
    return None


def _plain(text: str) -> float:
    """The number of a text, a whole one as an integer: 1.0 and 1 are one number, and so are -0.0 and 0."""
    number = float(text)
    return int(number) if number.is_integer() else number


_SORTED = msgspec.json.Encoder(order="deterministic")
_PLAIN = msgspec.json.Decoder(float_hook=_plain)


def _is_infinite(value: Any) -> bool:
    """Whether a number within is an infinity."""
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, float) and math.isinf(node):
            return True
        pending.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ())
    return False


def _content(log: Log, text: bytes) -> bytes:
    """A digest of what a log says, however it is written; `text` is how it is, or empty where that is not known."""
    try:
        data = _SORTED.encode(log)
    except UnicodeEncodeError:  # half of a pair, which has no UTF-8
        return _digest(_odd(log))
    # An infinity, beyond the doubles, is written as null too: then more are written than were read.
    if data.count(b"null") != text.count(b"null") and _is_infinite(log):
        return _digest(_odd(log))
    return _digest(_SORTED.encode(_PLAIN.decode(data)) if _ROUND.search(data) else data)


def _odd(log: Log) -> bytes:
    """The same for any log that can be parsed, in five times as long."""
    text = json.dumps(log, sort_keys=True)
    if _WHOLE.search(text):
        text = json.dumps(json.loads(text, parse_float=_plain), sort_keys=True)
    return text.encode()


def _fact(log: Log, digest: bytes, text: bytes) -> Fact:
    trace_id = log["trace_id"]
    root = all(log.get(name) in (None, trace_id) for name in ("parent_trace_id", "root_trace_id"))
    return Fact(trace_id, root_key(log)[0], root, bool(log.get("children_logs")), digest + _content(log, text))


class KnownLogs:
    """The facts of all root logs that were seen, by their trace id.

    Attributes:
        by_id: those of the unfiltered answer, once it was read.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.by_id: dict[str, Fact] = {}
        self._others: dict[str, Fact] = {}

    def settle(self) -> None:
        """Take what was read until now for the whole experiment."""
        self.by_id, self._others = self._others, {}

    def reader(self, visit: Callable[[Log], None] | None = None) -> "AnswerReader":
        """What reads one answer as it comes; `visit` as in `read`."""
        return AnswerReader(self, visit)

    def read(self, body: bytes, visit: Callable[[Log], None] | None = None) -> tuple[list[Fact], list[str]]:
        """The facts of an answer's logs, in their order, and what is wrong with those that break the schema.

        Args:
            body: the answer.
            visit: is given each log that is parsed and valid; with it every log is parsed.

        Raises:
            ValueError: the body is not JSON, or too deep.
            TypeError: it is not an array.
        """
        reader = self.reader(visit)
        reader.take(elements(body))
        return reader.result()

    def find(self, element: msgspec.Raw, digest: bytes) -> Fact | None:
        """The fact of a log with these very bytes, if one was seen."""
        try:
            name = _NAMED.decode(element).trace_id
        except msgspec.MsgspecError:  # not even a name: the schema has more to say of it
            return None
        fact = self.by_id.get(name) or self._others.get(name)
        return fact if fact is not None and fact.digests.startswith(digest) else None

    def keep(self, fact: Fact) -> None:
        """Remember a log that was not seen before."""
        if fact.trace_id not in self.by_id:
            self._others.setdefault(fact.trace_id, fact)


class AnswerReader:
    """Reads one answer, whole or as it comes; the facts of its logs are what is kept of it."""

    def __init__(self, known: KnownLogs, visit: Callable[[Log], None] | None = None) -> None:
        self._known, self._visit = known, visit
        self._facts: list[Fact] = []
        self._faults: list[str] = []
        self._count = self._wrong = 0
        self._elements = Elements()
        self._problem: ValueError | TypeError | None = None

    def feed(self, chunk: bytes) -> bool:
        """Take more of the answer; False where it cannot be read on, which `close` tells."""
        try:
            self.take(self._elements.feed(chunk))
        except (ValueError, TypeError) as error:
            self._problem = error
        return self._problem is None

    def close(self) -> tuple[list[Fact], list[str]]:
        """What `KnownLogs.read` gives, once the answer has come whole.

        Raises:
            ValueError: the answer is not JSON, or too deep or too long.
            TypeError: it is not an array.
        """
        if self._problem is not None:
            raise self._problem
        self.take(self._elements.close())
        return self.result()

    def take(self, found: Iterable[msgspec.Raw | Any]) -> None:
        """Read the next logs."""
        for element in found:
            fact, fault = self._one(element)
            if fact is not None:
                self._facts.append(fact)
            elif self._wrong < _FAULTS:
                self._faults.append(f"log {self._count} of the answer breaks the schema at {fault}")
            self._wrong += fact is None
            self._count += 1

    def result(self) -> tuple[list[Fact], list[str]]:
        """The facts, and the faults; of many faults the first, and how many more there are."""
        more = self._wrong - len(self._faults)
        return self._facts, [*self._faults, *([f"{more} more logs of the answer break the schema"] if more else [])]

    def _one(self, element: msgspec.Raw | Any) -> tuple[Fact | None, str | None]:
        """The fact of one log, or what is wrong with it."""
        digest, fact = bytes(_DIGEST), None
        if isinstance(element, msgspec.Raw):
            digest = _digest(element)
            fact = self._known.find(element, digest)
        if fact is not None and self._visit is None:
            return fact, None
        text = bytes(element) if isinstance(element, msgspec.Raw) else b""
        log: Any = parse(text, unique=True) if text else element
        if fact is None:
            fault = fault_of_log(self._known.contract, log)
            if fault is not None:
                return None, fault
            fact = _fact(log, digest, text)
            self._known.keep(fact)
        if self._visit is not None:
            self._visit(log)
        return fact, None
