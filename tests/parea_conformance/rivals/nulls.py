"""Wrong readings of null, absent and empty, and filters that are not applied at all."""

from collections.abc import Callable

from parea_conformance.reading.values import Values
from parea_conformance.rivals.registry import rival

_VALUED = (
    "filter.equals.*", "filter.like.*", "filter.in.*", "filter.between.*",
    "filter.greater_than.*", "filter.greater_than_or_equal.*", "filter.less_than.*", "filter.less_than_or_equal.*",
)  # fmt: skip


@rival(*_VALUED, step="null_matches", needs="a log whose value is null or absent")
def null_matches(operator: str) -> bool:
    """A null or absent value matches any filter."""
    return operator != ""


@rival(*_VALUED, step="some", needs="a log that matches")
def nothing_matches(results: list[bool]) -> bool:
    """No log matches."""
    return bool(results) and False


@rival(*_VALUED, step="some", needs="a log with a value that does not match")
def everything_present_matches(results: list[bool]) -> bool:
    """The filter is not applied to logs that have a value."""
    return bool(results) or True


@rival(*_VALUED, step="some", needs="a log that matches beside one that does not")
def matches_the_others(results: list[bool]) -> bool:
    """The logs that do not match are returned."""
    return not any(results)


@rival("filter.not_equals.*", step="not_equals", needs="a log whose value is null or absent")
def not_equals_loses_null(values: Values, equal: Callable[[object], bool]) -> bool:
    """`not_equals` drops logs whose value is null, as SQL does."""
    return values is not None and not any(equal(value) for value in values)


@rival("filter.not_equals.*", step="not_equals", needs="a log whose value equals")
def not_equals_is_exists(values: Values, equal: Callable[[object], bool]) -> bool:
    """`not_equals` matches everything."""
    del values, equal
    return True


@rival("filter.not_equals.*", step="not_equals", needs="a log whose value equals")
def not_equals_is_equals(values: Values, equal: Callable[[object], bool]) -> bool:
    """`not_equals` is taken for `equals`."""
    return values is not None and any(equal(value) for value in values)


@rival("filter.not_equals.*", step="not_equals", needs="a log whose value differs")
def not_equals_null_only(values: Values, equal: Callable[[object], bool]) -> bool:
    """`not_equals` matches null only."""
    del equal
    return values is None


@rival("filter.is_null.*", step="is_null", needs="a log whose value is null or absent")
def is_null_is_exists(values: Values) -> bool:
    """`is_null` is taken for `exists`."""
    return values is not None


@rival("filter.is_null.*", step="is_null", needs="a log whose value is not null")
def is_null_everywhere(values: Values) -> bool:
    """`is_null` matches everything."""
    return values is None or True


@rival("filter.is_null.*", step="is_null", needs="a log whose value is null or absent")
def is_null_nowhere(values: Values) -> bool:
    """`is_null` matches nothing."""
    return values is None and False


def _empty(values: Values, *empty: object) -> bool:
    # Compared with its type: 0.0 == False.
    return values is not None and any(
        (type(value), value) == (type(other), other) for value in values for other in empty
    )


@rival("filter.is_null.text", "filter.is_null.map", step="is_null", needs="an empty text")
def is_null_empty_text(values: Values) -> bool:
    """An empty text is null."""
    return values is None or _empty(values, "")


@rival("filter.is_null.number", "filter.is_null.map", step="is_null", needs="the number 0")
def is_null_zero(values: Values) -> bool:
    """Zero is null."""
    return values is None or _empty(values, 0.0)


@rival("filter.is_null.boolean", "filter.is_null.map", step="is_null", needs="the boolean false")
def is_null_false(values: Values) -> bool:
    """False is null."""
    return values is None or _empty(values, False, "false")


@rival("filter.is_null.list", step="is_null", needs="an empty list")
def is_null_empty_list(values: Values) -> bool:
    """An empty list is null."""
    return not values


@rival("filter.exists.*", step="exists", needs="a log whose value is null or absent")
def exists_is_is_null(values: Values) -> bool:
    """`exists` is taken for `is_null`."""
    return values is None


@rival("filter.exists.*", step="exists", needs="a log whose value is null or absent")
def exists_everywhere(values: Values) -> bool:
    """`exists` matches everything."""
    return values is not None or True


@rival("filter.exists.*", step="exists", needs="a log whose value is not null")
def exists_nowhere(values: Values) -> bool:
    """`exists` matches nothing."""
    return values is not None and False


@rival("filter.exists.text", "filter.exists.map", step="exists", needs="an empty text")
def exists_not_for_empty_text(values: Values) -> bool:
    """An empty text does not exist."""
    return values is not None and not _empty(values, "")


@rival("filter.exists.number", "filter.exists.map", step="exists", needs="the number 0")
def exists_not_for_zero(values: Values) -> bool:
    """Zero does not exist."""
    return values is not None and not _empty(values, 0.0)


@rival("filter.exists.boolean", "filter.exists.map", step="exists", needs="the boolean false")
def exists_not_for_false(values: Values) -> bool:
    """False does not exist."""
    return values is not None and not _empty(values, False, "false")


@rival("filter.exists.list", step="exists", needs="an empty list")
def exists_not_for_empty_list(values: Values) -> bool:
    """An empty list does not exist."""
    return bool(values)


@rival("filter.equals.boolean", "filter.not_equals.boolean", step="boolean_equal", needs="both booleans")
def boolean_always_true(this: bool, value: str) -> bool:
    """Any value is taken for true."""
    return this is bool(value)


@rival("filter.equals.boolean", "filter.not_equals.boolean", step="boolean_equal", needs="a boolean")
def boolean_equals_no_text(this: bool, value: str) -> bool:
    """A boolean is compared as the text `True` or `False`."""
    return str(this) == value
