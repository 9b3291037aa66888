"""What a server can be asked of a Polars predicate: one filter that every row for which the predicate is true matches.

The filter may match more rows, for Polars judges the whole predicate again; it must not match fewer. So of conditions
joined by `and` one is taken, of those that are understood, and where anything is doubtful none: see `_CONDITIONS`. The
form in which Polars tells a predicate is not documented; what is not known of it is not understood.
"""

import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any, Final

import polars as pl
from attrs import frozen
from parea_trace_logs.contract import COLUMNS
from parea_trace_logs.models import FilterOperator, TraceLogFilters

_FILLED_IN: Final = ("depth", "parent_trace_id", "root_trace_id")  # in a table also where the server has nothing
_EXACT: Final = 2**53 - 1  # beyond, servers compare doubles that are not the integers
_LONGEST: Final = 8_000  # characters of a value; a body may have 65,536 bytes
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PLAIN: Final = re.compile(r"[\w \"'/:;,@#%&=<>~`!-]*", re.ASCII)  # what a regular expression takes as it is

_ORDERINGS: Final = {
    "Gt": FilterOperator.GREATER_THAN,
    "GtEq": FilterOperator.GREATER_THAN_OR_EQUAL,
    "Lt": FilterOperator.LESS_THAN,
    "LtEq": FilterOperator.LESS_THAN_OR_EQUAL,
    "Eq": FilterOperator.EQUALS,
}
_TURNED: Final = {"Gt": "Lt", "GtEq": "LtEq", "Lt": "Gt", "LtEq": "GtEq", "Eq": "Eq"}


@frozen
class _Field:
    """What a column is to a server: the kind, and how a filter addresses it."""

    kind: str
    name: str
    key: str | None = None


@frozen
class _Condition:
    """A filter, and how many rows it is likely to leave, the lowest the fewest."""

    rank: int
    field: _Field
    operator: FilterOperator
    value: str | None = None

    def filters(self) -> TraceLogFilters:
        """As a body of a request."""
        filters = TraceLogFilters(filter_field=self.field.name, filter_operator=self.operator)
        if self.field.key is not None:
            filters.filter_key = self.field.key
        if self.value is not None:
            filters.filter_value = self.value
        return filters


def filters_of(predicate: pl.Expr) -> TraceLogFilters | None:
    """A filter that every row matches for which the predicate is true; None where none is found."""
    try:
        tree = json.loads(predicate.meta.serialize(format="json"))
    except (pl.exceptions.PolarsError, ValueError):  # it calls Python, say
        return None
    found = [condition for each in _conjuncts(tree) if (condition := _condition(each)) is not None]
    found = [condition for condition in found if len(condition.value or "") <= _LONGEST]
    return min(found, key=lambda condition: condition.rank).filters() if found else None


def _conjuncts(tree: Any) -> Iterator[Any]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case {"BinaryExpr": {"left": left, "op": "And", "right": right}}:
                waiting += [right, left]
            case _:
                yield node


def _condition(node: Any) -> _Condition | None:
    match node:
        case {"Column": str(name)}:
            return _boolean(_field(name), "true")
        case {"Function": {"input": [{"Column": str(name)}], "function": {"Boolean": "Not"}}}:
            return _boolean(_field(name), "false")
        case {"BinaryExpr": {"left": left, "op": str(operator), "right": {"Literal": {"Scalar": dict(scalar)}}}}:
            return _comparison(left, operator, scalar)
        case {"BinaryExpr": {"left": {"Literal": {"Scalar": dict(scalar)}}, "op": str(operator), "right": right}}:
            return _comparison(right, _TURNED.get(operator, ""), scalar)
        case {"Function": {"input": [{"Column": str(name)}, *arguments], "function": dict(function)}}:
            return _function(_field(name), function, arguments)
    return None


def _field(column: str) -> _Field | None:
    kind = COLUMNS.get(column)
    if kind is not None:
        return None if column in _FILLED_IN else _Field(kind, column)
    if column.startswith("score:"):
        return _Field("score", column)
    member, dot, key = column.partition(".")
    return _Field("key", member, key) if dot and member in COLUMNS else None


def _boolean(field: _Field | None, value: str) -> _Condition | None:
    return _Condition(0, field, FilterOperator.EQUALS, value) if field is not None and field.kind == "boolean" else None


def _comparison(side: Any, operator: str, scalar: Any) -> _Condition | None:
    match side:
        case {"Column": str(name)}:
            field = _field(name)
        case {"Cast": {"expr": {"Column": str(name)}, "dtype": {"Literal": "Float64"}}} if (
            COLUMNS.get(name) == "integer"
        ):
            field = _Field("number", name) if name not in _FILLED_IN else None
        case _:
            return None
    if field is None or operator not in _ORDERINGS:
        return None
    compare = _COMPARISONS.get(field.kind)
    return None if compare is None else compare(field, operator, scalar)


def _of_text(field: _Field, operator: str, scalar: Any) -> _Condition | None:
    text = scalar.get("String")
    if operator != "Eq" or text is None:
        return None
    # A server has a list or an object under a key equal to nothing, and a table its JSON.
    if field.kind == "key" and text[:1] in ("[", "{"):
        return None
    return _Condition(0, field, FilterOperator.EQUALS, text)


def _of_number(field: _Field, operator: str, scalar: Any) -> _Condition | None:
    value = _number(field, scalar)
    return None if value is None else _Condition(1 + (operator != "Eq"), field, _ORDERINGS[operator], value)


def _of_timestamp(field: _Field, operator: str, scalar: Any) -> _Condition | None:
    moment = _moment(scalar)
    if moment is None:
        return None
    match operator:  # what a table has is cut to the microsecond
        case "LtEq":
            value = _timestamp(moment, 1)
            return None if value is None else _Condition(2, field, FilterOperator.LESS_THAN, value)
        case "Eq":
            operator = "GtEq"
    value = _timestamp(moment)
    return None if value is None else _Condition(2, field, _ORDERINGS[operator], value)


_COMPARISONS: Final[dict[str, Callable[[_Field, str, Any], _Condition | None]]] = {
    "text": _of_text,
    "key": _of_text,
    "number": _of_number,
    "score": _of_number,  # the column has the first of that name, a server asks all: where the first matches, one does
    "integer": _of_number,
    "timestamp": _of_timestamp,
}


def _number(field: _Field, scalar: Any) -> str | None:
    """A number of the column's type as a filter has it."""
    if field.kind == "integer":
        value = scalar.get("Int64")
        return repr(value) if isinstance(value, int) and abs(value) <= _EXACT else None
    value = scalar.get("Float64")  # null for infinities, and for what is not a number
    return repr(value) if isinstance(value, float) and math.isfinite(value) else None


def _moment(scalar: Any) -> int | None:
    """The microseconds since 1970 of a literal of the column's type."""
    match scalar:
        case {"Datetime": [int(value), "Microseconds", {"inner": "UTC"}]}:
            return value
    return None


def _timestamp(moment: int, more: int = 0) -> str | None:
    """An instant as a filter has it, so many microseconds later."""
    try:
        return (_EPOCH + timedelta(microseconds=moment + more)).isoformat()
    except OverflowError:
        return None


def _function(field: _Field | None, function: dict[str, Any], arguments: list[Any]) -> _Condition | None:
    group, what = next(iter(function.items()))
    name, options = next(iter(what.items())) if isinstance(what, dict) else (what, {})
    make = _FUNCTIONS.get((group, name))
    scalars = [_scalar(each) for each in arguments]
    return None if field is None or make is None or None in scalars else make(field, options, scalars)


def _scalar(node: Any) -> dict[str, Any] | None:
    match node:
        case {"Literal": {"Scalar": dict(scalar)}}:
            return scalar
    return None


def _exists(field: _Field, _: Any, __: Any) -> _Condition:
    return _Condition(5, field, FilterOperator.EXISTS)


def _is_null(field: _Field, _: Any, __: Any) -> _Condition | None:
    # Of a timestamp a table has null, too, where the text is none; of scores it has the first only.
    return None if field.kind in ("timestamp", "score") else _Condition(4, field, FilterOperator.IS_NULL)


def _between(field: _Field, _: Any, ends: list[Any]) -> _Condition | None:
    """Both ends belong to `between`, whatever the predicate says of them."""
    low, high = ends[0], ends[-1]
    if field.kind == "timestamp":
        begin, end = _moment(low), _moment(high)
        values = (None if begin is None else _timestamp(begin), None if end is None else _timestamp(end, 1))
    elif field.kind in ("number", "integer", "score"):
        values = (_number(field, low), _number(field, high))
    else:
        return None
    if values[0] is None or values[1] is None:
        return None
    return _Condition(1, field, FilterOperator.BETWEEN, ",".join(map(str, values)))


def _one_of(field: _Field, _: Any, scalars: list[Any]) -> _Condition | None:
    """A comma parts the values of `in`, and the spaces around them are dropped."""
    literal = {"Literal": {"Scalar": scalars[0]}}
    values = pl.select(pl.Expr.deserialize(StringIO(json.dumps(literal)), format="json")).to_series().to_list()
    values = values[0] if len(values) == 1 and isinstance(values[0], list) else values
    if not values:
        return None
    if field.kind == "text":
        good = all(isinstance(value, str) and "," not in value and value == value.strip(" ") for value in values)
    elif field.kind == "integer":
        good = all(isinstance(value, int) and abs(value) <= _EXACT for value in values)
    elif field.kind in ("number", "score"):
        good = all(isinstance(value, float) and math.isfinite(value) for value in values)
    else:
        return None
    texts = [value if isinstance(value, str) else repr(value) for value in values]
    return _Condition(1, field, FilterOperator.IN, ",".join(texts)) if good else None


def _part(field: _Field, options: Any, scalars: list[Any]) -> _Condition | None:
    """`like` finds a part anywhere, and in either case."""
    part = scalars[0].get("String")
    if field.kind != "text" or part is None:
        return None
    literal = not options or options.get("literal") or _PLAIN.fullmatch(part)
    return _Condition(3, field, FilterOperator.LIKE, part) if literal else None


def _element(field: _Field, _: Any, scalars: list[Any]) -> _Condition | None:
    match field.kind, scalars[0]:
        case "texts", {"String": str(text)}:
            return _Condition(0, field, FilterOperator.EQUALS, text)
        case "integers", {"Int64": int(value)} if abs(value) <= _EXACT:
            return _Condition(0, field, FilterOperator.EQUALS, repr(value))
    return None


_FUNCTIONS: Final[dict[tuple[str, str], Callable[[_Field, Any, list[Any]], _Condition | None]]] = {
    ("Boolean", "IsNull"): _is_null,
    ("Boolean", "IsNotNull"): _exists,
    ("Boolean", "IsBetween"): _between,
    ("Boolean", "IsIn"): _one_of,
    ("StringExpr", "StartsWith"): _part,
    ("StringExpr", "EndsWith"): _part,
    ("StringExpr", "Contains"): _part,
    ("ListExpr", "Contains"): _element,
}
