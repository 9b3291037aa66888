"""The experiments in memory: who may see them, which of their logs match, and how logs are written as JSON."""

import hmac
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from second_server import predicates, values
from second_server.body import Filter


class _Root(NamedTuple):
    log: predicates.Log
    text: str


class Store:
    def __init__(self, experiments: Mapping[str, list[dict[str, Any]]], keys: Mapping[str, Collection[str]]) -> None:
        # Everything is ordered and written once: a log is the same in every answer because it is the same text.
        self._experiments = {
            uuid: [
                _Root(log, write(_arranged(log)))
                for log in sorted(
                    logs, key=lambda log: (values.instant_of_log(log["start_timestamp"]), log["trace_id"])
                )
            ]
            for uuid, logs in experiments.items()
        }
        self._visible = {key.encode(): frozenset(uuids) & set(experiments) for key, uuids in keys.items()}

    def visible(self, key: bytes) -> frozenset[str] | None:
        """The experiments that exist for a key; None for a wrong key. Takes as long for every wrong key."""
        found = None
        for known, uuids in self._visible.items():
            if hmac.compare_digest(known, key):
                found = uuids
        return found

    def answer(self, uuid: str, asked: Filter | None) -> str:
        roots: Iterable[_Root] = self._experiments[uuid]
        if asked is not None:
            matches = predicates.predicate(asked)
            roots = (root for root in roots if matches(root.log))
        return "[" + ",".join(root.text for root in roots) + "]"


def _arranged(log: Mapping[str, Any]) -> Mapping[str, Any]:
    """The log with its descendants in order; members that are absent stay absent."""
    children = log.get("children_logs")
    if not children:
        return log
    ordered = sorted(children, key=lambda child: (child.get("execution_order") or 0, child["trace_id"]))
    return {**log, "children_logs": [_arranged(child) for child in ordered]}


def write(value: Any) -> str:
    """JSON in ASCII (so that a lone surrogate of a log can be sent), where an infinity is a number out of range.

    json.dumps would write `Infinity`, which is not JSON; the log said something like 1e400, and so does this.
    """
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(name)}:{write(member)}" for name, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(write(element) for element in value) + "]"
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(values.as_double(value)) == float("inf"):
        return "1e999" if value > 0 else "-1e999"
    return json.dumps(value, allow_nan=False)
