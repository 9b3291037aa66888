"""The value that a filter judges in a log, in words for a report."""

import datetime
import json
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import Log

_LONGEST, _NAMES = 200, 3
_SECONDS = 10**18
# What a filter asks, of a log that matches and of one that does not.
_VERBS = {
    "equals": ("is", "is not"),
    "not_equals": ("is not", "is"),
    "like": ("contains", "does not contain"),
    "in": ("is in", "is not in"),
    "between": ("is between", "is not between"),
    "greater_than": ("is greater than", "is not greater than"),
    "greater_than_or_equal": ("is at least", "is not at least"),
    "less_than": ("is less than", "is not less than"),
    "less_than_or_equal": ("is at most", "is not at most"),
    "is_null": ("is null or absent", "is not null"),
    "exists": ("is not null", "is null or absent"),
}


def judged(log: Log, filter_: Filter, contract: Contract, *, matches: bool) -> str:
    """Why a log matches a filter, or does not: its trace id, what the filter names, the value, what was asked."""
    value = _value(log, filter_, contract)
    if filter_.operator in ("like", "equals", "not_equals", "in") and isinstance(value, list) and len(value) > 1:
        verb = {"like": "contain", "in": "are in"}.get(filter_.operator, "equal")
        some = matches is (filter_.operator != "not_equals")
        verb = f"of which some {verb}" if some else f"of which none {verb}"
    else:
        verb = _VERBS[filter_.operator or ""][0 if matches else 1]
    kind = contract.field_kind(filter_.field or "")
    asked = "" if filter_.operator in ("is_null", "exists") else f" {_shown(filter_.value, kind)}"
    key = "" if filter_.key is None else f"[{json.dumps(filter_.key, ensure_ascii=False)}]"
    return (
        f"{log['trace_id']}: {filter_.field}{key} {_shown(value, kind)} {verb}{asked}{_instead(log, filter_, contract)}"
    )


def _instead(log: Log, filter_: Filter, contract: Contract) -> str:
    """Where a log has nothing of a name, the names that it has: one of them may have been taken for it."""
    what, name = RIGHT.address(filter_.field or "", contract.kinds)
    asked = filter_.key if what == "member" else name
    held = log.get({"member": name, "score": "scores"}.get(what, "annotations"))
    if what == "score" and held:
        held = dict.fromkeys(entry["name"] for entry in held)
    names = [] if asked is None or not isinstance(held, dict) or asked in held else [*held][:_NAMES]
    return f"; it has {', '.join(_shown(each, 'text') for each in names)}" if names else ""


def _value(log: Log, filter_: Filter, contract: Contract) -> Any:
    """What the log holds where the filter looks, as it stands in the answer."""
    what, name = RIGHT.address(filter_.field or "", contract.kinds)
    if what == "member":
        held = log.get(name)
        return held.get(filter_.key) if filter_.key is not None and isinstance(held, dict) else held
    if what == "score":
        found = [entry["score"] for entry in log.get("scores") or () if entry["name"] == name]
    else:
        users = (log.get("annotations") or {}).get(name) or {}
        part = what.removeprefix("annotation.")
        found = [entry[part] for entry in users.values() if entry.get(part) is not None]
    return found[0] if len(found) == 1 else found or None


def _shown(value: Any, kind: str) -> str:
    plain = isinstance(value, str) and kind not in ("text", "string_list", "map")
    text = value if plain else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def instant_text(instant: int) -> str:
    """An instant of the oracle in UTC, in ISO 8601, with as many digits as it has."""
    seconds, fraction = divmod(instant, _SECONDS)
    days, of_day = divmod(seconds, 86400)
    clock = f"{of_day // 3600:02}:{of_day // 60 % 60:02}:{of_day % 60:02}"
    digits = f".{fraction:018}".rstrip("0").rstrip(".")
    if not 1 <= days <= datetime.date.max.toordinal():
        return f"day {days} after the year 0, {clock}{digits}Z"
    return f"{datetime.date.fromordinal(days).isoformat()}T{clock}{digits}Z"
