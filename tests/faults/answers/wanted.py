"""What must come of a change: nothing, where the answer still means the same, or a failure of one of some requirements.

Computed from the schema of the document and the right reading of filters; nothing is written beside a change.
"""

import datetime
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.order import child_key, root_key, with_descendants
from parea_conformance.reading.values import Values

from faults.answers.changes import Again
from faults.answers.data import Log

SCHEMA, WHOLE, ORDER, TREE, ONCE, ROOTS = (
    ("response.schema", "response.media-type"), ("result.whole",), ("result.order",), ("result.tree",),
    ("result.once",), ("result.roots",),
)  # fmt: skip
MISSING = ("result.uncapped", "result.whole", "request.unfiltered", "filter.*", "field.*")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
MEANING = ("filter.*", "field.*")
NOT_JUDGED = "not judged: the experiment has no logs"
"""What stands for a requirement where an experiment is shown without logs: there is nothing to judge by."""


Show = Callable[[list[Log]], Any]
"""What an answer shows of its logs."""


def wanted(contract: Contract, stored: list[Log], unfiltered: Show, filtered: Show) -> list[tuple[str, ...]]:
    """The requirements of which one must fail, by what is amiss; empty where the answers mean the same.

    Args:
        contract: the contract.
        stored: the logs that filters judge.
        unfiltered: what is shown of logs without a filter.
        filtered: what is shown of logs with one.
    """
    whole = unfiltered(stored)
    if whole == []:
        return [(f"{NOT_JUDGED}*",)]
    parts = [stored, [], *([log] for log in stored)]
    shown = [whole, *map(filtered, parts)]
    if not all(isinstance(logs, list) and all(_is_log(contract, log) for log in logs) for logs in shown):
        return [SCHEMA]
    by_id = {log["trace_id"]: log for log in whole}
    amiss = {
        ORDER: any(root_key(one) > root_key(other) for logs in shown for one, other in pairwise(logs)),
        TREE: any(
            child_key(one) > child_key(other)
            for log in whole
            for node in with_descendants(log)
            for one, other in pairwise(node.get("children_logs") or ())
        ),
        ONCE: any(len(set(names)) < len(names) for names in map(_all_ids, shown)),
        ROOTS: any(not _is_root(log) for logs in shown for log in logs),
        MISSING: any(_ids(logs) != _ids(part) & by_id.keys() for part, logs in zip(parts, shown[1:], strict=True)),
        WHOLE: any(
            log["trace_id"] in by_id and not _same(log, by_id[log["trace_id"]]) for logs in shown for log in logs
        ),
        MEANING: _is_told_apart(contract, stored, by_id),
    }
    return [requirements for requirements, wrong in amiss.items() if wrong]


def _same(one: Log, other: Log) -> bool:
    return one is other or _content(one) == _content(other)


def _is_log(contract: Contract, log: object) -> bool:
    """Whether it is a log by the schema, its timestamps of the form that a `filter_value` has."""
    if not isinstance(log, dict) or _is_no_json(log) or contract.fault_of_log(log) is not None:
        return False
    return all(
        _is_instant(node[member])
        for node in with_descendants(log)
        for member, kind in contract.kinds.items()
        if kind == "timestamp" and node.get(member) is not None
    )


def _is_instant(text: str) -> bool:
    if _INSTANT.fullmatch(text) is None:
        return False
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_no_json(value: Any) -> bool:
    """Whether JSON has no such value: a number that is none, an object that holds a name twice."""
    if isinstance(value, Mapping):
        return any(isinstance(name, Again) or _is_no_json(held) for name, held in value.items())
    if isinstance(value, list):
        return any(map(_is_no_json, value))
    return isinstance(value, float) and math.isnan(value)


def _is_root(log: Log) -> bool:
    return all(log.get(name) in (None, log["trace_id"]) for name in ("parent_trace_id", "root_trace_id"))


def _ids(logs: Sequence[Log]) -> set[str]:
    return {log["trace_id"] for log in logs}


def _all_ids(logs: Sequence[Log]) -> list[str]:
    return [node["trace_id"] for log in logs for node in with_descendants(log)]


def _content(value: Any) -> object:
    """What a JSON value says: numbers by their value, members in any order."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return type(value), value
    if isinstance(value, Mapping):
        return frozenset((name, _content(held)) for name, held in value.items())
    if isinstance(value, list):
        return tuple(map(_content, value))
    return value or 0  # minus zero is zero


def _is_told_apart(contract: Contract, stored: Sequence[Log], shown: Mapping[str, Log]) -> bool:
    """Whether some filter, made of what is shown, matches a log as it is stored and not as it is shown, or otherwise.

    A value that is stored and shown nowhere nobody knows of.
    """
    unknown = shown.keys() - {log["trace_id"] for log in stored}
    pairs = [(log, shown[log["trace_id"]]) for log in stored if log["trace_id"] in shown]
    return bool(unknown) or any(_differs(contract, pairs, asked) for asked in _fields(contract, shown.values()))


def _differs(contract: Contract, pairs: Sequence[tuple[Log, Log]], asked: Filter) -> bool:
    judged = [tuple(RIGHT.values(log, asked, contract.kinds) for log in pair) for pair in pairs]
    known = {_typed(value) for _, values in judged for value in values or () if _can_be_asked(value)}
    return any(
        (one is None) != (other is None)
        or _sorts(one) != _sorts(other)
        or known & set(map(_typed, one or ())) != known & set(map(_typed, other or ()))
        for one, other in judged
    )


def _sorts(values: Values) -> set[type]:
    """The types of values: one that is empty, or not of a type, occurs in no text and has no order."""
    return set(map(type, values or ()))


def _typed(value: object) -> tuple[type, object]:
    return type(value), value


def _can_be_asked(value: object) -> bool:
    """Whether a filter can hold a value: an escaped half of a pair may be refused."""
    return not isinstance(value, str) or value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)


def _fields(contract: Contract, logs: Collection[Log]) -> Iterator[Filter]:
    """What can be asked for, of what is shown."""
    for asked in _shown_fields(contract, logs):
        if _can_be_asked(asked.field) and _can_be_asked(asked.key):
            yield asked


def _shown_fields(contract: Contract, logs: Collection[Log]) -> Iterator[Filter]:
    for member, kind in contract.kinds.items():
        yield Filter(member)
        for log in logs if kind == "map" else ():
            yield from (Filter(member, key=key) for key in log.get(member) or ())
    for log in logs:
        yield from (Filter(f"score:{score['name']}") for score in log.get("scores") or ())
        for criterion in log.get("annotations") or ():
            yield from (Filter(f"annotation:{part}:{criterion}") for part in ("score", "value"))
