"""Logs for tests, valid by construction."""

import itertools
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from parea_trace_logs._json.invalid_data import InvalidDataError
from parea_trace_logs._shared.words import did_you_mean, similar
from parea_trace_logs.contract import MEMBERS
from parea_trace_logs.models import TraceLog
from parea_trace_logs.types import UNSET

_BEGINNING: Final = datetime(2024, 1, 1, tzinfo=UTC)
_numbers = itertools.count(1)


def trace_log(
    *,
    scores: Mapping[str, float] | Iterable[Mapping[str, Any]] | None = None,
    children_logs: Iterable[TraceLog] = (),
    additional_properties: Mapping[str, Any] | None = None,
    **members: Any,
) -> TraceLog:
    """A trace log that the contract accepts, with what is not given filled in.

    Ids count up from 1, and each log starts a second after the one that was made before it; it ends after its
    `latency`, which is 1 s, and succeeds unless it has an `error`. Descendants become part of its tree: copies of them
    get their parent, root, depth and order.

        trace_log(trace_name="chat", latency=0.5, scores={"correct": 1.0}, children_logs=[trace_log()])

    Args:
        scores: Scores by name, or as the member of that name holds them.
        children_logs: The children, in their order.
        additional_properties: Members that the contract does not know.
        **members: Members of the log. A timestamp may be an aware `datetime`; a member that is `UNSET` is left out.

    Raises:
        TypeError: the contract knows no such member.
        InvalidDataError: a member is not as the contract says.
    """
    for name in members.keys() - MEMBERS.keys():
        raise TypeError(f"a trace log has no member {name!r}{did_you_mean(similar(name, MEMBERS))}")
    plain = {**_defaults(members), **(additional_properties or {})}
    if scores is not None:
        named = scores.items() if isinstance(scores, Mapping) else ()
        plain["scores"] = [{"name": name, "score": score} for name, score in named] or list(scores)
    log = TraceLog.from_dict({name: value for name, value in plain.items() if value is not UNSET})
    _adopt(log, [TraceLog.from_dict(child.to_dict()) for child in children_logs])
    TraceLog.from_json(log.to_json())  # which refuses what JSON does not have
    start, end = log.start, log.end  # which refuse what is not an instant
    if end is not None and end < start:
        raise InvalidDataError("the log ends before it starts", "$.end_timestamp")
    return log


def _defaults(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a root log that are not given, beside those that are."""
    number = next(_numbers)
    start = members.get("start_timestamp", _BEGINNING + timedelta(seconds=number))
    latency = members.get("latency", 1.0)
    trace_id = members.get("trace_id", str(uuid.UUID(int=number)))
    plain = {
        "trace_id": trace_id,
        "start_timestamp": start,
        "end_timestamp": _end(start, latency),
        "latency": latency,
        "status": "success" if members.get("error") in (None, UNSET) else "error",
        "trace_name": "trace",
        "parent_trace_id": trace_id,
        "root_trace_id": trace_id,
        "depth": 0,
        "execution_order": 0,
        **members,
    }
    return {name: _text(value, name) if isinstance(value, datetime) else value for name, value in plain.items()}


def _end(start: Any, latency: Any) -> Any:
    """The end of a log that starts then and takes so long; `UNSET` where that is not known."""
    if isinstance(start, str):
        try:
            start = datetime.fromisoformat(start.upper())
        except ValueError:
            return UNSET
    if not isinstance(start, datetime) or not _is_number(latency):
        return UNSET
    try:
        return start + timedelta(seconds=latency)
    except OverflowError:
        return UNSET


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e9


def _text(moment: datetime, member: str) -> str:
    if moment.tzinfo is None:
        raise InvalidDataError(f"{moment!r} is not an instant: give it a time zone", f"$.{member}")
    return moment.isoformat()


def _adopt(parent: TraceLog, children: list[TraceLog]) -> None:
    """Make logs the children of another, and what is below them its descendants."""
    parent.children_logs = children
    parent.children = [child.trace_id for child in children]
    waiting = [(parent, parent.depth or 0)]
    while waiting:
        log, depth = waiting.pop()
        for order, child in enumerate(log.children_logs or ()):
            child.parent_trace_id, child.root_trace_id = log.trace_id, parent.trace_id
            child.depth, child.execution_order = depth + 1, order
            waiting.append((child, depth + 1))
