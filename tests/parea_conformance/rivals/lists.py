"""Wrong readings of lists, and of scores and annotations where there are several."""

from collections.abc import Callable

from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import Values
from parea_conformance.rivals.registry import rival

_SOME = ("filter.equals.list", "filter.like.list", "filter.in.list", "field.score-repeated", "field.annotation-users")


@rival(*_SOME, step="some", needs="several values of which the second matches")
def only_first_value(results: list[bool]) -> bool:
    """Only the first value counts."""
    return results[:1] == [True]


@rival(*_SOME, step="some", needs="several values of which the first matches")
def only_last_value(results: list[bool]) -> bool:
    """Only the last value counts."""
    return results[-1:] == [True]


@rival(*_SOME, step="some", needs="several values of which one matches")
def every_value_must_match(results: list[bool]) -> bool:
    """Every value must match."""
    return bool(results) and all(results)


@rival("filter.equals.list", step="some", needs="several values of which one matches")
def only_value_must_match(results: list[bool]) -> bool:
    """The list must hold the one value and nothing else."""
    return results == [True]


@rival(
    "filter.not_equals.list",
    "field.score-repeated",
    "field.annotation-users",
    step="not_equals",
    needs="several values of which one equals",
)
def not_equals_some_differs(values: Values, equal: Callable[[object], bool]) -> bool:
    """`not_equals` asks that some value differs."""
    return not values or any(not equal(value) for value in values)


@rival(
    "filter.not_equals.list",
    "field.score-repeated",
    "field.annotation-users",
    step="not_equals",
    needs="several values of which the second equals",
)
def not_equals_first_only(values: Values, equal: Callable[[object], bool]) -> bool:
    """`not_equals` looks at the first value only."""
    return not values or not equal(values[0])


@rival("filter.not_equals.list", step="not_equals", needs="an empty list")
def not_equals_loses_empty_list(values: Values, equal: Callable[[object], bool]) -> bool:
    """`not_equals` does not match an empty list."""
    return values is None or (values != () and not any(equal(value) for value in values))


@rival("filter.in.list", step="split", needs="a list that holds one part alone")
def in_list_drops_last_part(value: str) -> list[str]:
    """`in` forgets the part behind the last comma."""
    return RIGHT.split(value)[:-1] or RIGHT.split(value)
