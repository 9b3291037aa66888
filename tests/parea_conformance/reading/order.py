"""The order in which logs are answered, and how they nest."""

from typing import Any

from parea_conformance.reading.values import Log, instant


def root_key(log: Log) -> tuple[int, str]:
    """The place of a root log in an answer: the instant of its start, then `trace_id` by code point."""
    return instant(log["start_timestamp"]), log["trace_id"]


def child_key(log: Log) -> tuple[int, str]:
    """The place of a child: `execution_order` (absent counts as 0), then `trace_id` by code point."""
    return int(log.get("execution_order") or 0), log["trace_id"]


def descendants(log: Log) -> list[Log]:
    """All logs below this one, depth first."""
    found: list[Log] = []
    pending: list[Any] = list(reversed(log.get("children_logs") or []))
    while pending:
        node = pending.pop()
        found.append(node)
        pending.extend(reversed(node.get("children_logs") or []))
    return found


def with_descendants(log: Log) -> list[Log]:
    """The log and all below it."""
    return [log, *descendants(log)]
