"""Filters on scores, maps and instants, as databases of documents and languages without types read them."""

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

from parea_target.values import read_instant

from faults.registry import Log
from faults.stacks.declaring import Asked, contract, matching, show

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "greater_than": operator.gt,
    "greater_than_or_equal": operator.ge,
    "less_than": operator.lt,
    "less_than_or_equal": operator.le,
}
_EQUAL = ("filter.equals.timestamp", "filter.not_equals.timestamp")
_ORDERED = tuple(f"filter.{name}.timestamp" for name in (*list(_COMPARE)[1:], "between"))


def _compares(asked: Asked, value: Any, operands: Sequence[Any]) -> bool | None:
    """Whether a value compares so with the operands; None for an operator that compares nothing."""
    if asked.operator in {"is_null", "exists", "like"}:
        return None
    if value is None or asked.operator == "not_equals":
        return asked.operator == "not_equals" and (value is None or value != operands[0])
    if asked.operator == "between":
        return bool(operands[0] <= value <= operands[1])
    return value in operands if asked.operator == "in" else _COMPARE[asked.operator](value, operands[0])


def _instants(log: Log, asked: Asked, form: Callable[[str], Any]) -> bool | None:
    """Whether a timestamp compares, all of them in another form; None for other filters."""
    if asked.kind != "timestamp":
        return None
    text = log.get(asked.field)
    return _compares(asked, None if text is None else form(text), [form(part) for part in asked.parts if part])


# Instants ----------------------------------------------------------------------------------------------------------


@matching(*_EQUAL, *_ORDERED, shown=show("start_timestamp", "equals", "2024-04-15T10:00:00.1234Z"))
def instants_have_milliseconds(log: Log, asked: Asked) -> bool | None:
    """Instants are compared by milliseconds, both those of logs and those of filters.

    JavaScript, Date; MongoDB, BSON Date; Elasticsearch, date: milliseconds since the epoch.
    """

    def form(text: str) -> str:
        seconds, _, fraction = read_instant(text).partition(".")
        return f"{seconds}.{fraction[:3].rstrip('0')}"

    return _instants(log, asked, form)


@matching(*_EQUAL, *_ORDERED, shown=show("start_timestamp", "equals", "2024-04-15T10:00:00.123456Z"))
def instants_are_compared_as_text(log: Log, asked: Asked) -> bool | None:
    """Timestamps are compared as they are written.

    SQLite has no date type (Fastify with better-sqlite3, Django keeps text); DynamoDB, dates as strings.
    """
    return _instants(log, asked, str)


@matching(*_ORDERED, shown=show("start_timestamp", "greater_than_or_equal", "9999-12-31T23:59:59Z"))
def instants_end_in_1900_and_2299(log: Log, asked: Asked) -> bool | None:
    """Instants before 1900 are the first of that year, those after 2299 its last.

    ClickHouse, DateTime64, supported range 1900 to 2299; DateTime, 1970 to 2106.
    """
    low, high = map(read_instant, ("1900-01-01T00:00:00Z", "2299-12-31T23:59:59Z"))
    return _instants(log, asked, lambda text: min(max(read_instant(text), low), high))


@matching(*_EQUAL, shown=show("start_timestamp", "equals", "2024-04-15T10:00:01Z"))
def instants_round_to_seconds(log: Log, asked: Asked) -> bool | None:
    """Timestamps of logs are rounded to the second as they are stored.

    MySQL, fractional seconds, DATETIME without precision: rounded, not cut (TypeORM `datetime`, Eloquent `dateTime`).
    """

    def form(text: str) -> str:
        seconds, _, fraction = read_instant(text).partition(".")
        return f"{int(seconds) + (fraction[:1] >= '5'):012d}."

    if asked.kind != "timestamp" or asked.operator in {"is_null", "exists"}:
        return None
    text = log.get(asked.field)
    return _compares(asked, text and form(text), [read_instant(part) for part in asked.parts])


# Null and what is missing ------------------------------------------------------------------------------------------


@matching("filter.is_null.text", "filter.exists.text", shown=show("output", "exists"))
def nulls_exist(log: Log, asked: Asked) -> bool | None:
    """A member that is null exists, and one that is absent does not.

    MongoDB, `$exists`: it matches documents that contain the field, including null; DynamoDB, attribute_exists.
    """
    if asked.key is not None or asked.operator not in {"is_null", "exists"} or not asked.kind:
        return None
    return (asked.field in log) == (asked.operator == "exists")


@matching("filter.equals.text", shown=show("output", "equals", ""))
def empty_values_are_not_asked(log: Log, asked: Asked) -> bool | None:  # noqa: ARG001
    """A filter whose value is empty matches every log.

    Go, gorm, Where with a struct: only fields that are not zero; JavaScript, falsy values.
    """
    return True if asked.value == "" and asked.operator not in {"is_null", "exists"} else None


# Scores ------------------------------------------------------------------------------------------------------------


def _score(asked: Asked) -> str | None:
    """The name of the score that a filter asks for."""
    if asked.kind or asked.field.startswith("annotation:"):
        return None
    return asked.field.removeprefix("score:")


@matching("field.score", "field.score-repeated", shown=show("score:levenshtein", "less_than", "100"))
def scores_are_flattened(log: Log, asked: Asked) -> bool | None:
    """A score matches when the log has one of its name, and any of its scores compares so.

    Elasticsearch, nested, How arrays of objects are flattened: the association of name and score is lost.
    """
    name, scores = _score(asked), log.get("scores") or []
    if name is None or asked.operator not in {"equals", "in", "between", *_COMPARE}:
        return None
    operands = [float(part) for part in asked.parts]
    return any(each["name"] == name for each in scores) and any(
        bool(_compares(asked, float(each["score"]), operands)) for each in scores
    )


_INHERITED = {"constructor", "toString", "hasOwnProperty", "valueOf", "__proto__", "isPrototypeOf", "toLocaleString"}


@matching("field.score", "field.score-bare", shown=show("constructor", "exists"))
def every_object_has_a_constructor(log: Log, asked: Asked) -> bool | None:  # noqa: ARG001
    """Every log has a score with a name that every object has.

    ECMAScript, Object.prototype: `scores[name]` and `name in scores` find `constructor` and `toString`.
    """
    if _score(asked) not in _INHERITED:
        return None
    return {"exists": True, "is_null": False}.get(asked.operator)


@matching("field.key", shown=show("metadata", "exists", key="toString"))
def every_map_has_a_constructor(log: Log, asked: Asked) -> bool | None:
    """Every map has a key with a name that every object has.

    ECMAScript, Object.prototype: `metadata[key]` finds `constructor`.
    """
    if asked.kind != "map" or asked.key not in _INHERITED or log.get(asked.field) is None:
        return None
    return {"exists": True, "is_null": False}.get(asked.operator)


# Maps --------------------------------------------------------------------------------------------------------------


@matching("filter.equals.map", "filter.in.map", shown=show("metadata", "equals", "true", key="flag"))
def booleans_under_a_key_are_digits(log: Log, asked: Asked) -> bool | None:
    """A boolean under a key equals `1` or `0`.

    SQLite, json_extract: JSON true and false are the integers 1 and 0; MySQL, JSON_VALUE RETURNING.
    """
    value = (log.get(asked.field) or {}).get(asked.key) if asked.kind == "map" else None
    if not isinstance(value, bool) or asked.operator not in {"equals", "not_equals", "in"}:
        return None
    numbers = [float(part) for part in asked.parts if contract().accepts("number_value", part)]
    return (float(value) in numbers) != (asked.operator == "not_equals")


@matching("field.key", shown=show("metadata", "equals", "flat", key="list[0]"))
def keys_index_lists(log: Log, asked: Asked) -> bool | None:
    """A number in square brackets behind a key is the place in a list.

    MySQL and SQLite, JSON path, `$.list[0]`; DuckDB, JSON path; MongoDB writes `list.0`.
    """
    found = re.fullmatch(r"(.+)\[(\d+)\]", asked.key or "")
    if asked.kind != "map" or not found or asked.operator not in {"equals", "exists"}:
        return None
    inner = (log.get(asked.field) or {}).get(found[1])
    value = inner[int(found[2])] if isinstance(inner, list) and int(found[2]) < len(inner) else None
    return value == asked.value if asked.operator == "equals" else value is not None


@matching("field.key", shown=show("metadata", "exists", key="*"))
def star_is_any_key(log: Log, asked: Asked) -> bool | None:
    """The key `*` is any key.

    MySQL, DuckDB and SQL/JSON, JSON path, `$.*`; Elasticsearch, field names with wildcards.
    """
    if asked.kind != "map" or asked.key != "*" or asked.operator not in {"exists", "is_null"}:
        return None
    there = any(value is not None for value in (log.get(asked.field) or {}).values())
    return there == (asked.operator == "exists")
