"""From the bytes of a body to a filter, or to the places of its errors. The rules are the document's prose as code."""

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, NoReturn

from second_server import values
from second_server.kinds import Kind, kind_of

MEMBERS = ("filter_field", "filter_key", "filter_operator", "filter_value")
NULL_TESTS = {"is_null", "exists"}
EQUALITY = {"equals", "not_equals"}
ORDERINGS = {"greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal"}
OPERATORS = NULL_TESTS | EQUALITY | ORDERINGS | {"like", "in", "between"}

OPERATORS_OF = {
    Kind.TEXT: NULL_TESTS | EQUALITY | {"like", "in"},
    Kind.NUMBER: NULL_TESTS | EQUALITY | ORDERINGS | {"in", "between"},
    Kind.TIMESTAMP: NULL_TESTS | EQUALITY | ORDERINGS | {"between"},
    Kind.BOOLEAN: NULL_TESTS | EQUALITY,
    Kind.STRING_LIST: NULL_TESTS | EQUALITY | {"like", "in"},
    Kind.INTEGER_LIST: NULL_TESTS | EQUALITY | {"in"},
    Kind.MAP: OPERATORS,
    Kind.STRUCTURE: NULL_TESTS,
}


class Problem(NamedTuple):
    loc: tuple[str, ...]
    msg: str
    type: str


class Filter(NamedTuple):
    field: str
    key: str | None
    operator: str
    value: str | None


class RejectedError(Exception):
    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


class _NotJsonError(ValueError):
    pass


def read_filter(raw: bytes) -> Filter | None:
    """The filter that a body asks for, or None for every log. Raises RejectedError."""
    try:
        # Not json.loads(bytes), which would guess UTF-16 and UTF-32. Integers become doubles as every JSON number:
        # the contract knows no limit on the digits of an int, as Python does.
        document = json.loads(
            raw.decode("utf-8"), parse_int=float, parse_constant=_constant, object_pairs_hook=_no_duplicates
        )
    except (ValueError, RecursionError) as error:
        # Nothing of the body is repeated: an error of the decoder may quote it.
        what = str(error) if isinstance(error, _NotJsonError) else "The body is not JSON in UTF-8."
        raise RejectedError([Problem(("body",), what, "json_invalid")]) from None
    if not isinstance(document, dict):
        raise RejectedError([Problem(("body",), "The body must be an object.", "object_type")])
    # Conditions over members make sense only where each member is of its type.
    problems = list(_members(document)) or list(_conditions(document))
    if problems:
        raise RejectedError(problems)
    if document.get("filter_field") is None:
        return None
    return Filter(*(document.get(member) for member in MEMBERS))  # type: ignore[arg-type]


def _constant(name: str) -> NoReturn:
    raise _NotJsonError(f"{name} is not JSON.")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _NotJsonError("A member occurs twice.")
    return members


def _members(document: dict[str, Any]) -> Iterator[Problem]:
    for member, value in document.items():
        if member not in MEMBERS:
            yield Problem(("body", member), "A filter has no such member.", "extra_forbidden")
        elif value is not None and not isinstance(value, str):
            yield _problem(member, "must be a string or null", "string_type")
        elif member == "filter_operator" and value is not None and value not in OPERATORS:
            yield _problem(member, "is not an operator", "enum")


def _conditions(document: dict[str, Any]) -> Iterator[Problem]:
    field, key, operator, value = (document.get(member) for member in MEMBERS)
    if field is None:
        given = [member for member in MEMBERS[1:] if document.get(member) is not None]
        yield from (_problem(member, "must be null where filter_field is", "unexpected") for member in given)
        return
    kind = kind_of(field)
    if kind is None:
        yield _problem("filter_field", "begins with annotation: but names no score or value", "field")
    if key is not None and kind is not Kind.MAP:
        yield _problem("filter_key", "must be null: the field is not a map", "unexpected")
    if operator is None:
        yield _problem("filter_operator", "is required with filter_field", "missing")
    elif kind and operator not in OPERATORS_OF[kind]:
        yield _problem("filter_operator", f"does not apply to the kind {kind.value}", "operator")
    elif operator not in NULL_TESTS:
        if key is None and kind is Kind.MAP:
            yield _problem("filter_key", "is required: the field is a map", "missing")
        yield from _value_problems(kind, operator, value)


def _value_problems(kind: Kind | None, operator: str, value: str | None) -> Iterator[Problem]:
    if value is None:
        yield _problem("filter_value", "is required by the operator", "missing")
    elif kind and not _well_formed(kind, operator, value):
        yield _problem("filter_value", f"is not in the form that {operator} requires ({kind.value})", "form")


def _well_formed(kind: Kind, operator: str, value: str) -> bool:
    match kind:
        case Kind.NUMBER | Kind.INTEGER_LIST:
            return _are_values(values.parse_number, values.parse_numbers, operator, value)
        case Kind.TIMESTAMP:
            return _are_values(values.parse_instant, values.parse_instants, operator, value)
        case Kind.BOOLEAN:
            return value in {"true", "false"}
        case _:
            return True


def _are_values(
    one: Callable[[str], Any], several: Callable[[str], list[Any] | None], operator: str, value: str
) -> bool:
    """Whether the text is made of as many values as the operator takes."""
    if operator == "in":
        return several(value) is not None
    if operator == "between":
        return len(several(value) or ()) == 2
    return one(value) is not None


def _problem(member: str, what: str, rule: str) -> Problem:
    return Problem(("body", member), f"{member} {what}.", rule)
