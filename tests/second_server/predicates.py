"""A filter as a predicate over a log.

Every filter is asked in the same way: which values of the log count (none, one or several), and does one of them
pass a test? Then `not_equals` is the negation of `equals`, whatever the kind, and null matches it by itself.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from second_server import values
from second_server.body import Filter
from second_server.kinds import Kind, kind_of, members

Log = Mapping[str, Any]
Predicate = Callable[[Log], bool]
Test = Callable[[Any], bool]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "equals": operator.eq,
    "greater_than": operator.gt,
    "greater_than_or_equal": operator.ge,
    "less_than": operator.lt,
    "less_than_or_equal": operator.le,
}


def predicate(asked: Filter) -> Predicate:
    """What a filter that was found valid means."""
    if asked.operator in {"is_null", "exists"}:
        wanted = asked.operator == "exists"
        return lambda log: _present(asked, log) is wanted
    if asked.operator == "not_equals":
        equals = predicate(asked._replace(operator="equals"))
        return lambda log: not equals(log)
    test = _test(asked)
    return lambda log: any(test(value) for value in _counting(asked, log))


def _present(asked: Filter, log: Log) -> bool:
    if asked.field in members() and asked.key is None:
        # The member itself, not its elements: an empty list is not null.
        return log.get(asked.field) is not None
    return any(True for _ in _counting(asked, log))


def _counting(asked: Filter, log: Log) -> Iterator[Any]:
    """The values that count, null left out."""
    return (value for value in _named(asked, log) if value is not None)


def _named(asked: Filter, log: Log) -> Iterator[Any]:
    field = asked.field
    if field in members():  # before scores: a member's name means the member
        value = log.get(field)
        match members()[field]:
            case Kind.STRING_LIST | Kind.INTEGER_LIST:
                yield from value or ()
            case Kind.MAP:
                yield (value or {}).get(asked.key)
            case _:
                yield value
    elif field.startswith("annotation:"):
        _, part, criterion = field.split(":", 2)  # a criterion may hold colons
        users = (log.get("annotations") or {}).get(criterion) or {}
        for annotation in users.values():
            yield (annotation or {}).get(part)  # `score` or `value`, as the annotation's members are called
    else:
        name = field.removeprefix("score:")
        for score in log.get("scores") or ():
            if score.get("name") == name:
                yield score.get("score")


def _test(asked: Filter) -> Test:
    assert asked.value is not None, "only is_null and exists do without a value"
    kind, wanted = kind_of(asked.field), asked.value
    match kind:
        case Kind.TEXT | Kind.STRING_LIST:
            return _text_test(asked.operator, wanted)
        case Kind.NUMBER | Kind.INTEGER_LIST:
            return _number_test(asked.operator, wanted)
        case Kind.TIMESTAMP:
            ends = values.parse_instants(wanted)
            return _scalar_test(asked.operator, ends, values.instant_of_log)
        case Kind.BOOLEAN:
            return lambda value: value is (wanted == "true")
        case Kind.MAP:
            return _map_test(asked.operator, wanted)
        case _:
            raise AssertionError(f"{asked.operator} on {kind}")


def _text_test(name: str, wanted: str) -> Test:
    if name == "like":
        needle = values.lower_ascii(wanted)
        return lambda value: needle in values.lower_ascii(value)
    if name == "in":
        listed = set(values.parts(wanted))
        return lambda value: value in listed
    return lambda value: bool(value == wanted)


def _number_test(name: str, wanted: str) -> Test:
    if name in {"in", "between"}:
        numbers = values.parse_numbers(wanted)
    else:
        single = values.parse_number(wanted)
        numbers = None if single is None else [single]
    return _scalar_test(name, numbers, values.as_double)


def _scalar_test(name: str, wanted: list[Any] | None, convert: Callable[[Any], Any]) -> Test:
    """Over anything ordered. Nothing wanted, or another count than `between` takes, matches nothing (maps allow it)."""
    if wanted is None:
        return lambda _: False
    if name == "in":
        return lambda value: convert(value) in wanted
    if name == "between":
        if len(wanted) != 2:
            return lambda _: False
        low, high = wanted
        return lambda value: bool(low <= convert(value) <= high)
    compare = _COMPARE[name]
    return lambda value: compare(convert(value), wanted[0])


def _map_test(name: str, wanted: str) -> Test:
    """The value under a key says what it is: each test is made for texts and for numbers, and the value picks one."""
    # The orderings and between compare numbers only.
    text_test = _text_test(name, wanted) if name in {"equals", "like", "in"} else _never
    if name == "in":
        # Unlike a number's, the list of a map may be mixed: the parts that are numbers count for numbers.
        numbers = [number for part in values.parts(wanted) if (number := values.parse_number(part)) is not None]
        number_test = _scalar_test(name, numbers, values.as_double)
    elif name == "like":
        number_test = _never
    else:
        number_test = _number_test(name, wanted)

    def test(value: Any) -> bool:
        if isinstance(value, bool):  # before int, which a bool is too
            return text_test("true" if value else "false")
        if isinstance(value, str):
            return text_test(value)
        if isinstance(value, int | float):
            return number_test(value)
        return False  # an array or an object is present, and equal to nothing

    return test


def _never(_: Any) -> bool:
    return False
