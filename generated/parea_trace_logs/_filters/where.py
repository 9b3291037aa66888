"""Filters built in Python: `where("latency") > 0.5`. Each is checked against the contract when it is made."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from numbers import Integral, Number
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeAlias

from parea_trace_logs._filters.days import with_instants
from parea_trace_logs._filters.rules import check, kind_of
from parea_trace_logs._filters.unknown_field import warn_of
from parea_trace_logs.contract import KINDS, VALUELESS
from parea_trace_logs.errors import InvalidFilterError
from parea_trace_logs.models import FilterOperator, TraceLogFilters

if TYPE_CHECKING:  # importing the package must not cost what only some filters need
    from decimal import Decimal

Value: TypeAlias = "str | float | int | bool | Decimal | date"

_NUMBERS = ("number", "integer_list")


class _Single:
    """What cannot be combined: a call takes one filter."""

    __slots__ = ()

    def __and__(self, other: object) -> NoReturn:
        raise TypeError(
            "filters cannot be combined, for the endpoint takes one: ask for that which matches fewer logs, "
            "and judge those that come in Python; `between` has two ends, and `isin` several values"
        )

    __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = __and__

    def __invert__(self) -> NoReturn:
        raise TypeError("no filter is the opposite of another, but for != of == and is_null() of exists()")


class Condition(TraceLogFilters, _Single):
    """A filter that `where` has made. It has no truth value, so that `and`, `or` and `0 < x < 1` lose nothing."""

    __hash__: ClassVar[None]  # type: ignore[assignment]  # as of every model, which can be changed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TraceLogFilters) and self._members() == other._members()

    def __bool__(self) -> NoReturn:
        raise TypeError("a filter is neither true nor false, and a call takes one: `between` has two ends")


class Field(_Single):
    """A field to be compared with a value, as `where` gives it. Every comparison is one filter for a call.

    Raises:
        InvalidFilterError: from every comparison that the contract does not accept.
    """

    __slots__ = ("_field", "_key")
    __hash__: ClassVar[None]  # type: ignore[assignment]  # its == is a filter
    __iter__: ClassVar[None] = None  # else Python would go on asking for keys by number

    def __init__(self, field: str, key: str | None = None) -> None:
        self._field = field
        self._key = key

    def __getitem__(self, key: str) -> Field:
        """The value under a key of a map: `where("metadata")["user.id"] == "u"`.

        Raises:
            TypeError: the key is not a string, or there is one already: a filter looks no deeper.
        """
        if not isinstance(key, str):
            raise TypeError(f"a key is a string, not {key!r}")
        if self._key is not None:
            raise TypeError(f"{self!r} has a key already: a filter looks no deeper than that")
        return Field(self._field, key)

    def __contains__(self, value: object) -> NoReturn:
        raise TypeError(f"`in` gives no filter: say {self!r} == {value!r}, which of a list is true of any element")

    def __eq__(self, value: Value) -> TraceLogFilters:  # type: ignore[override]
        """The field equals the value; in a list, some element does."""
        return self._filter(FilterOperator.EQUALS, self._spelled(value))

    def __ne__(self, value: Value) -> TraceLogFilters:  # type: ignore[override]
        """The exact complement of `==`: logs whose value is null or absent match too."""
        return self._filter(FilterOperator.NOT_EQUALS, self._spelled(value))

    def __gt__(self, value: Value) -> TraceLogFilters:
        """The field is above the value."""
        return self._filter(FilterOperator.GREATER_THAN, self._spelled(value))

    def __ge__(self, value: Value) -> TraceLogFilters:
        """The field is the value or above it."""
        return self._filter(FilterOperator.GREATER_THAN_OR_EQUAL, self._spelled(value))

    def __lt__(self, value: Value) -> TraceLogFilters:
        """The field is below the value."""
        return self._filter(FilterOperator.LESS_THAN, self._spelled(value))

    def __le__(self, value: Value) -> TraceLogFilters:
        """The field is the value or below it."""
        return self._filter(FilterOperator.LESS_THAN_OR_EQUAL, self._spelled(value))

    def like(self, value: str) -> TraceLogFilters:
        """The value occurs in the text, ASCII letters without case; no character is a wildcard."""
        return self._filter(FilterOperator.LIKE, self._spelled(value))

    def contains(self, value: str) -> TraceLogFilters:
        """Another word for `like`."""
        return self.like(value)

    def isin(self, values: Iterable[Value]) -> TraceLogFilters:
        """The field equals one of the values; of a list, some element does.

        Raises:
            InvalidFilterError: also for no value at all, and for a text that a list with commas between cannot hold:
                one with a comma, or with a space at an end, which the server drops.
        """
        if isinstance(values, str):
            raise _wrong(f"isin takes a list of values, not the text {values!r}")
        parts = [self._spelled(value) for value in values]
        if not parts:
            raise _wrong("isin needs at least one value")
        if kind_of(self._field) not in _NUMBERS:
            for part in parts:
                if "," in part or part != part.strip(" "):
                    raise _wrong(f"{part!r} cannot be one of several: it holds a comma, or a space at an end")
        return self._filter(FilterOperator.IN, ",".join(parts))

    def between(self, low: Value, high: Value) -> TraceLogFilters:
        """The field is between low and high, both included."""
        return self._filter(FilterOperator.BETWEEN, f"{self._spelled(low)},{self._spelled(high)}")

    def is_null(self) -> TraceLogFilters:
        """The value is null or absent. An empty text, list or map is neither."""
        return self._filter(FilterOperator.IS_NULL, None)

    def exists(self) -> TraceLogFilters:
        """The exact complement of `is_null`."""
        return self._filter(FilterOperator.EXISTS, None)

    def is_not_null(self) -> TraceLogFilters:
        """Another word for `exists`."""
        return self.exists()

    def __repr__(self) -> str:
        return f"where({self._field!r}{'' if self._key is None else f', key={self._key!r}'})"

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self!r} is neither true nor false: compare it with a value")

    def _filter(self, operator: FilterOperator, value: str | None) -> TraceLogFilters:
        if value is not None and kind_of(self._field) == "timestamp":
            operator, value = with_instants(operator, value)
        made = Condition(filter_field=self._field, filter_key=self._key, filter_operator=operator, filter_value=value)
        check(made)
        return made

    def _spelled(self, value: Any) -> str:
        """A value as the contract writes values of this field's kind. A string is taken as it is."""
        if isinstance(value, str):
            return value
        if value is None:
            raise _wrong("null equals nothing: say is_null() or exists()")
        kind = kind_of(self._field)
        if isinstance(value, bool) and kind in ("boolean", "map"):
            return "true" if value else "false"
        if isinstance(value, Number) and not isinstance(value, bool) and kind in (*_NUMBERS, "map"):
            return _number(value)
        if isinstance(value, datetime) and kind == "timestamp":
            return _instant(value)
        if isinstance(value, date) and not isinstance(value, datetime) and kind == "timestamp":
            return value.isoformat()
        if kind is None or set(KINDS[kind].operators) <= set(VALUELESS):
            return str(value)  # the fault is the field's, or the operator's: the check says so
        raise _wrong(f"{self._field} ({kind.replace('_', ' ')}) is not compared with {value!r}")


def where(field: str, *, key: str | None = None) -> Field:
    """A field to compare: `where("latency") > 0.5` is a filter for `get_experiment_trace_logs`.

    The comparisons are `==`, `!=`, `>`, `>=`, `<`, `<=`, `.like(text)` (or `.contains`), `.isin(values)`,
    `.between(low, high)`, `.is_null()` and `.exists()` (or `.is_not_null()`). Numbers are written as JSON writes them.
    A `datetime` must be aware. A `date`, or a text such as `"2024-04-15"`, is that whole day in UTC: `>` means after
    its end, `>=` from its beginning, `==` within it. Filters cannot be combined: a call takes one.

    Args:
        field: A member of the trace log, `score:{name}`, `annotation:score:{criterion}`,
            `annotation:value:{criterion}`, or any other name, which is the name of a score.
        key: The key, when the field is a map: `where("metadata", key="user.id") == "u"`, or
            `where("metadata")["user.id"] == "u"`.

    Warns:
        UnknownFieldWarning: `field` is asked as a score only because no member is called so.

    Raises:
        TypeError: `field` is not a string.
        InvalidFilterError: from a comparison that the contract does not accept.
    """
    if not isinstance(field, str):
        raise TypeError(f"a field is the name of a member or a score, not {field!r}")
    warn_of(field)
    return Field(field, key)


def _number(value: Any) -> str:
    """A number in the grammar of JSON. An infinity is written as a number that no double can hold."""
    if value != value:
        raise _wrong("NaN is not a number in JSON's grammar")
    if isinstance(value, Integral):
        return str(int(value))
    if abs(value) == float("inf"):
        return "1e999" if value > 0 else "-1e999"
    # Decimals as they are; floats of numpy, and fractions, as the doubles that the server compares.
    return str(value) if hasattr(value, "as_tuple") else repr(float(value))


def _instant(value: datetime) -> str:
    offset = value.utcoffset()
    if offset is None:
        raise _wrong(f"{value!r} is not an instant: give it a time zone")
    if offset % timedelta(minutes=1):
        value = value.astimezone(UTC)  # RFC 3339 has no seconds in an offset, as places had before standard time
    return value.isoformat()


def _wrong(message: str) -> InvalidFilterError:
    return InvalidFilterError([(("body", "filter_value"), message)])
