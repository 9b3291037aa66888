"""What is known of the root logs, and how answers are read: fast where a log is known by its bytes.

An experiment may hold 100,000 logs. Of each a small `Fact` is kept; whole logs only of a sample, see `sampling`.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from parea_conformance.contract import Contract
from parea_conformance.http.json_text import TooDeepError, parse
from parea_conformance.reading.oracle import Log, instant
from parea_conformance.reading.order import descendants, root_key

_RAW = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True)
class Fact:
    """What is kept of a root log.

    Attributes:
        key: its place in an answer: the instant of its start, then its trace id.
        root: whether it says of itself that it is a root log.
        parent: whether it has children.
        content: a digest of what it says, whatever the order of its members.
    """

    trace_id: str
    key: tuple[int, str]
    root: bool
    parent: bool
    content: bytes


def _digest(data: bytes | msgspec.Raw) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def fault_of_log(contract: Contract, log: object) -> str | None:
    """What is wrong with a log by itself: its schema, or timestamps that are not instants; None when nothing."""
    fault = contract.fault_of_log(log)
    if fault is not None or not isinstance(log, Mapping):
        return fault
    timestamps = [member for member, kind in contract.kinds.items() if kind == "timestamp"]
    for node in (log, *descendants(log)):
        for member in timestamps:
            if node.get(member) is not None:
                try:
                    instant(node[member])
                except ValueError as error:
                    return f"$.{member}: {error}"
    return None


def _fact(log: Log) -> Fact:
    trace_id, parent = log["trace_id"], log.get("parent_trace_id")
    content = _digest(json.dumps(log, sort_keys=True).encode())
    return Fact(trace_id, root_key(log), parent in (None, trace_id), bool(log.get("children_logs")), content)


def elements(body: bytes) -> list[msgspec.Raw | Any]:
    """The elements of a JSON array, as views of its bytes; as values where the fast reader refuses what JSON allows.

    Raises:
        ValueError: the body is not JSON in UTF-8, or too deep.
        TypeError: it is JSON, but not an array.
    """
    try:
        return list(_RAW.decode(body))
    except RecursionError:
        raise TooDeepError from None
    except msgspec.DecodeError:
        value = parse(body)
        if not isinstance(value, list):
            raise TypeError("what is not an array") from None
        return value


@dataclass
class KnownLogs:
    """The facts of all root logs that were seen, by their bytes and by their trace id."""

    contract: Contract
    by_id: dict[str, Fact] = field(default_factory=dict)
    _by_bytes: dict[bytes, Fact] = field(default_factory=dict)

    def read(self, body: bytes, visit: Callable[[Log], None] | None = None) -> tuple[list[Fact], list[str]]:
        """The facts of an answer's logs, in their order, and what is wrong with those that break the schema.

        Args:
            body: the answer.
            visit: is given each log that is parsed and valid; with it every log is parsed.

        Raises:
            ValueError: the body is not JSON, or too deep.
            TypeError: it is not an array.
        """
        facts: list[Fact] = []
        faults: list[str] = []
        for index, element in enumerate(elements(body)):
            digest = _digest(element) if isinstance(element, msgspec.Raw) else b""
            fact = self._by_bytes.get(digest)
            if fact is None or visit is not None:
                log = parse(bytes(element)) if isinstance(element, msgspec.Raw) else element
                fault = None if fact is not None else fault_of_log(self.contract, log)
                if fault is not None:
                    faults.append(f"log {index} of the answer breaks the schema at {fault}")
                    continue
                if visit is not None:
                    visit(log)
                fact = fact or _fact(log)
                if digest:
                    self._by_bytes[digest] = fact
            facts.append(fact)
        return facts, faults
