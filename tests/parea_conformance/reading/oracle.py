"""The right reading of a filter, in plain Python over the logs that the server itself returned.

A `Reading` is made of small steps, each a function that can be replaced: a rival (see `rivals`) is the right reading
with one step read wrongly.
"""

import functools
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from parea_conformance.reading.filter import Filter
from parea_conformance.reading.values import OPAQUE, Log, Values, ascii_lower, double, instant, number


def _address(field: str, kinds: Mapping[str, str]) -> tuple[str, str]:
    """What a field means: ("member" | "score" | "annotation.score" | "annotation.value", name)."""
    if field in kinds:
        return "member", field
    for prefix, what in (
        ("score:", "score"),
        ("annotation:score:", "annotation.score"),
        ("annotation:value:", "annotation.value"),
    ):
        if field.startswith(prefix):
            return what, field.removeprefix(prefix)
    return "score", field


def _scores(log: Log, name: str) -> list[float]:
    return [double(entry["score"]) for entry in log.get("scores") or () if entry["name"] == name]


def _annotations(log: Log, part: str, criterion: str) -> list[object]:
    users = (log.get("annotations") or {}).get(criterion) or {}
    values = [annotation.get(part) for annotation in users.values()]
    return [double(value) if part == "score" else value for value in values if value is not None]


def _under_key(entries: Mapping[str, Any], key: str) -> object:
    return entries.get(key)


def _whole(raw: object) -> Values:
    """The values of a structure, or of a map without a key: present, and nothing to compare."""
    del raw
    return ()


def _map_value(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return double(value)
    return value if isinstance(value, str) else OPAQUE


def _is_null(values: Values) -> bool:
    return values is None


def _exists(values: Values) -> bool:
    return values is not None


def _negate(values: Values, equal: Callable[[object], bool]) -> bool:
    return values is None or not any(equal(value) for value in values)


def _split(value: str) -> list[str]:
    return [part.strip(" ") for part in value.split(",")]


def _text_equal(text: str, value: str) -> bool:
    return text == value


def _number_equal(this: float, value: str) -> bool:
    return this == number(value)


def _instant_equal(this: int, value: str) -> bool:
    return this == instant(value)


def _boolean_equal(this: bool, value: str) -> bool:
    return this is (value == "true")


def _contains(text: str, value: str) -> bool:
    return ascii_lower(value) in ascii_lower(text)


_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "greater_than": operator.gt,
    "greater_than_or_equal": operator.ge,
    "less_than": operator.lt,
    "less_than_or_equal": operator.le,
}


def _compare(filter_operator: str, this: Any, that: Any) -> bool:
    return _ORDERINGS[filter_operator](this, that)


def _within(this: float, low: float, high: float) -> bool:
    return low <= this <= high


def _comparable(this: object, value: str) -> float | int | None:
    """The side of an ordering that `filter_value` states, for this value of a log; None when they do not compare."""
    if isinstance(this, float):
        return number(value)
    return instant(value) if isinstance(this, int) and not isinstance(this, bool) else None


@dataclass(frozen=True)
class Reading:
    """A reading of the contract's filters, step by step. The defaults are the right ones."""

    # What of a log a filter means.
    address: Callable[[str, Mapping[str, str]], tuple[str, str]] = _address
    scores: Callable[[Log, str], list[float]] = _scores
    annotations: Callable[[Log, str, str], list[object]] = _annotations
    under_key: Callable[[Mapping[str, Any], str], object] = _under_key
    whole: Callable[[object], Values] = _whole
    map_value: Callable[[object], object] = _map_value
    double: Callable[[float], float] = double
    log_instant: Callable[[str], int] = instant
    # How its values are judged.
    is_null: Callable[[Values], bool] = _is_null
    exists: Callable[[Values], bool] = _exists
    not_equals: Callable[[Values, Callable[[object], bool]], bool] = _negate
    null_matches: Callable[[str], bool] = lambda _operator: False
    some: Callable[[Iterable[bool]], bool] = any
    # How one value is compared.
    text_equal: Callable[[str, str], bool] = _text_equal
    number_equal: Callable[[float, str], bool] = _number_equal
    instant_equal: Callable[[int, str], bool] = _instant_equal
    boolean_equal: Callable[[bool, str], bool] = _boolean_equal
    contains: Callable[[str, str], bool] = _contains
    like: Callable[[object, str], bool] | None = None
    split: Callable[[str], list[str]] = _split
    pair: Callable[[str], list[str]] = _split
    comparable: Callable[[object, str], float | int | None] = _comparable
    compare: Callable[[str, Any, Any], bool] = _compare
    within: Callable[[Any, Any, Any], bool] = _within

    def addressing(self) -> tuple[object, ...]:
        """The steps that decide what `values` gives; readings that share them share the values."""
        steps = (self.address, self.scores, self.annotations, self.under_key)
        return (*steps, self.whole, self.map_value, self.double, self.log_instant)

    def values(self, log: Log, filter_: Filter, kinds: Mapping[str, str]) -> Values:
        """The values of the log that the filter judges; see the module of values for their types."""
        what, name = self.address(filter_.field or "", kinds)
        if what == "member":
            return self._member(log.get(name), kinds[name], filter_.key)
        if what == "score":
            return tuple(self.scores(log, name)) or None
        return tuple(self.annotations(log, what.removeprefix("annotation."), name)) or None

    def _member(self, raw: Any, kind: str, key: str | None) -> Values:
        if raw is None:
            return None
        if kind == "map" and key is not None:
            value = self.under_key(raw, key)
            return None if value is None else (self.map_value(value),)
        return _OF_KIND[kind](self, raw)

    def judge(self, values: Values, filter_: Filter) -> bool:
        """Whether these values match the filter.

        Raises:
            ValueError: the oracle does not know the operator.
        """
        return self.judging(filter_)(values)

    def judging(self, filter_: Filter) -> Callable[[Values], bool]:
        """What judges values by the filter: `judge`, for many of them.

        Raises:
            ValueError: the oracle does not know the operator.
        """
        name, value = filter_.operator or "", filter_.value or ""
        if name in _OF_ALL_VALUES:
            all_values = _OF_ALL_VALUES[name]
            return lambda values: all_values(self, values, value)
        if name not in _OF_ONE_VALUE:
            raise ValueError(f"{filter_}: the oracle does not know the operator {name!r}")
        one_value, some = _OF_ONE_VALUE[name](self, value), self.some

        def judge(values: Values) -> bool:
            return self.null_matches(name) if values is None else some([*map(one_value, values)])

        return judge

    def _equal(self, this: object, value: str) -> bool:
        return _EQUAL[type(this)](self, this, value)

    def _equals(self, value: str) -> Callable[[object], bool]:
        return lambda this: self._equal(this, value)

    def _in(self, value: str) -> Callable[[object], bool]:
        parts = self.split(value)
        # Planning asks this a million times; a generator would take half as long again.
        return lambda this: any(map(functools.partial(_EQUAL[type(this)], self, this), parts))

    def _like(self, value: str) -> Callable[[object], bool]:
        like, contains = self.like, self.contains
        if like is not None:
            return lambda this: like(this, value)
        return lambda this: isinstance(this, str) and contains(this, value)

    def _between(self, value: str) -> Callable[[object], bool]:
        ends = self.pair(value)

        def judge(this: object) -> bool:
            low, high = (self.comparable(this, end) for end in ends)
            return low is not None and high is not None and self.within(this, low, high)

        return judge if len(ends) == 2 else lambda _this: False


def _ordering(name: str) -> Callable[[Reading, str], Callable[[object], bool]]:
    def by(reading: Reading, value: str) -> Callable[[object], bool]:
        def judge(this: object) -> bool:
            that = reading.comparable(this, value)
            return that is not None and reading.compare(name, this, that)

        return judge

    return by


_OF_KIND: dict[str, Callable[[Reading, Any], Values]] = {
    "text": lambda _reading, raw: (raw,),
    "boolean": lambda _reading, raw: (raw,),
    "number": lambda reading, raw: (reading.double(raw),),
    "timestamp": lambda reading, raw: (reading.log_instant(raw),),
    "string_list": lambda _reading, raw: tuple(raw),
    "integer_list": lambda reading, raw: tuple(reading.double(element) for element in raw),
    "map": lambda reading, raw: reading.whole(raw),
    "structure": lambda reading, raw: reading.whole(raw),
}
"""The values of a member by its kind; a map has none but under a key."""
_OF_ALL_VALUES: dict[str, Callable[[Reading, Values, str], bool]] = {
    "is_null": lambda reading, values, _: reading.is_null(values),
    "exists": lambda reading, values, _: reading.exists(values),
    "not_equals": lambda reading, values, value: reading.not_equals(values, lambda this: reading._equal(this, value)),
}
"""Operators that judge null as well."""
_OF_ONE_VALUE: dict[str, Callable[[Reading, str], Callable[[object], bool]]] = {
    "equals": Reading._equals,
    "in": Reading._in,
    "like": Reading._like,
    "between": Reading._between,
    **{name: _ordering(name) for name in _ORDERINGS},
}
"""Operators that a log matches when some value of it does: what judges one value."""
OPERATORS = frozenset({*_OF_ALL_VALUES, *_OF_ONE_VALUE})
"""The operators that the oracle knows."""
_EQUAL: dict[type, Callable[[Reading, Any, str], bool]] = {
    str: lambda reading, this, value: reading.text_equal(this, value),
    float: lambda reading, this, value: reading.number_equal(this, value),
    bool: lambda reading, this, value: reading.boolean_equal(this, value),
    int: lambda reading, this, value: reading.instant_equal(this, value),
    type(OPAQUE): lambda _reading, _this, _value: False,
}

RIGHT = Reading()
