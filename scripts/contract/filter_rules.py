"""Which filters are valid: the tables `x-filter-kinds` and `x-filter-names` of the schema `TraceLogFilters`, read.

The conditions of the schema are written from what is read here (`contract.conditions`), and so are the tables that the
client checks a filter by: it must not depend on a validator of JSON Schema.
"""

import difflib
import re
from collections.abc import Iterable
from typing import Any

import attrs
from contract.kinds import KINDS, members_by_kind
from contract.operations import JSON, operations_of
from contract.plain_types import UnsupportedError

SCHEMA = "components.schemas.TraceLogFilters"
_TABLE = f"{SCHEMA}.x-filter-kinds"

# Forms of `filter_value` that need no definition: any string will do, or none is needed.
_ANY, _NONE = "any", "none"


@attrs.frozen
class Form:
    """A form of `filter_value`: what it must match, or what it must be one of."""

    description: str
    pattern: str | None = None
    values: tuple[str, ...] = ()


@attrs.frozen
class Kind:
    """What the fields of one kind take."""

    members: tuple[str, ...]
    operators: tuple[str, ...]
    forms: dict[str, str]
    """By operator, the name of the form of its value; any string where there is none."""


@attrs.frozen
class FilterRules:
    """What the templates know as `filter_rules`."""

    kinds: dict[str, Kind]
    forms: dict[str, Form]
    keyed: str
    """The kind that takes a key, and needs one wherever an operator needs a value."""
    otherwise: str
    """The kind of a name that is nothing else."""
    names: dict[str, str]
    """Kinds by a pattern of names that are no members."""
    no_name: tuple[str, str]
    """Names of the first pattern mean nothing, unless they are of the second."""
    valueless: tuple[str, ...]
    """The operators that need no value."""
    operators: tuple[str, ...]
    """Every operator, in the order of the contract."""
    max_bytes: int
    """The largest body."""


def filter_rules_of(document: dict[str, Any]) -> FilterRules:
    """Read the tables.

    Raises:
        UnsupportedError: a table names an operator, a kind or a form that does not exist, or leaves one out.
    """
    schemas = document["components"]["schemas"]
    schema = schemas["TraceLogFilters"]
    operators = tuple(schemas["FilterOperator"]["enum"])
    table = schema.get("x-filter-kinds", {})
    forms = [name for name in schema.get("$defs", {}) if name.endswith("_value")]
    kinds = _kinds(table, operators, forms, members_by_kind(document))
    for operator in operators:
        if not any(operator in kind.operators for kind in kinds.values()):
            raise UnsupportedError(f"{_TABLE}: no kind has the operator {operator} of FilterOperator")
    _same_names(f"{SCHEMA}.$defs", forms, {form for kind in kinds.values() for form in kind.forms.values()}, "form")
    keyed = [name for name, entry in table.items() if entry.get("takes_key") is True]
    if len(keyed) != 1:
        raise UnsupportedError(f"{_TABLE}: one kind must say takes_key: true, not {len(keyed)}")
    valueless = _valueless(table)
    return FilterRules(
        kinds=kinds,
        forms={name: _form(name, schema["$defs"][name]) for name in forms},
        keyed=keyed[0],
        valueless=tuple(operator for operator in operators if operator in valueless),
        operators=operators,
        max_bytes=_max_bytes(document),
        **_names(schema.get("x-filter-names", {})),
    )


def _kinds(
    table: dict[str, Any], operators: tuple[str, ...], known: list[str], members: dict[str, list[str]]
) -> dict[str, Kind]:
    """The kinds of the table; `known` are the forms that are defined."""
    _same_names(_TABLE, table, KINDS, "kind")
    kinds = {}
    for name, entry in table.items():
        _known(f"{_TABLE}.{name}", entry, ("title", "operators", "takes_key"), "attribute")
        asked = entry.get("operators", {})
        _known(f"{_TABLE}.{name}.operators", asked, operators, "operator")
        forms = {}
        for operator in operators:
            form = asked.get(operator, _ANY)
            if form not in (_ANY, _NONE):
                short = [each.removesuffix("_value") for each in known]
                _known(f"{_TABLE}.{name}.operators.{operator}", [form], [_ANY, _NONE, *short], "form")
                forms[operator] = f"{form}_value"
        kinds[name] = Kind(tuple(members[name]), tuple(each for each in operators if each in asked), forms)
    return kinds


def _valueless(table: dict[str, Any]) -> set[str]:
    """The operators that need no value, which the shape of the body says of them wherever they stand."""
    valueless = {operator for entry in table.values() for operator, form in entry["operators"].items() if form == _NONE}
    for name, entry in table.items():
        for operator, form in entry["operators"].items():
            if operator in valueless and form != _NONE:
                raise UnsupportedError(f"{_TABLE}.{name}.operators.{operator}: {form}, and elsewhere none")
    return valueless


def titles_of(document: dict[str, Any]) -> dict[str, str]:
    """What requirements call each kind: both kinds of lists are `list`."""
    table = document["components"]["schemas"]["TraceLogFilters"]["x-filter-kinds"]
    return {name: entry["title"] for name, entry in table.items()}


def python_pattern(pattern: str) -> str:
    r"""An ECMA-262 pattern as Python's `re` reads it: `$` is the end only as `\Z`.

    Raises:
        UnsupportedError: it holds what means something else in Python.
    """
    body = pattern.removesuffix("$")
    if not body.startswith("^") or body.endswith("\\") or re.search(r"(?<!\\)\$|\\[^.\\]|\(\?|(?<!\\)\.", body):
        raise UnsupportedError(f"{SCHEMA}: the pattern {pattern} may mean something else in Python")
    return body + (r"\Z" if body != pattern else "")


def _names(table: dict[str, str | None]) -> dict[str, Any]:
    """The facts of names that are no members: the first prefix of a name gives its kind, null that it has none."""
    place = f"{SCHEMA}.x-filter-names"
    prefixes = list(table)
    if not prefixes or prefixes[-1] or table[""] is None:
        raise UnsupportedError(f"{place}: the last prefix must be the empty one, with the kind of every other name")
    _known(place, [kind for kind in table.values() if kind is not None], KINDS, "kind")
    for number, prefix in enumerate(prefixes[:-1]):
        if not re.fullmatch(r"[A-Za-z0-9_:-]+", prefix) or ":" not in prefix:
            raise UnsupportedError(
                f"{place}.{prefix}: a prefix has letters, digits, _, - and a colon, as no member has"
            )
        if hidden := [later for later in prefixes[number + 1 :] if later.startswith(prefix)]:
            raise UnsupportedError(f"{place}.{hidden[0]}: {prefix} comes first and takes all of these names")
    nothing = [prefix for prefix in prefixes if table[prefix] is None]
    if len(nothing) != 1:
        raise UnsupportedError(f"{place}: one prefix must be null, not {len(nothing)}")
    better = [prefix for prefix in prefixes if prefix.startswith(nothing[0]) and prefix != nothing[0]]
    return {
        "otherwise": table[""],
        "names": {f"^{prefix}": kind for prefix, kind in table.items() if prefix and kind is not None},
        "no_name": (f"^{nothing[0]}", f"^({'|'.join(better)})"),
    }


def _form(name: str, schema: dict[str, Any]) -> Form:
    place = f"{SCHEMA}.$defs.{name}"
    _known(place, schema, ("description", "pattern", "enum"), "keyword")
    sentence = re.split(r"(?<=\.)\s", " ".join(schema["description"].split()))[0]
    if "pattern" in schema:
        return Form(sentence, pattern=python_pattern(schema["pattern"]))
    values = tuple(value for value in schema["enum"] if value is not None)
    if len(values) == len(schema["enum"]):
        raise UnsupportedError(f"{place}: null must pass; that a value is missing is said by the shape")
    return Form(sentence, values=values)


def _max_bytes(document: dict[str, Any]) -> int:
    """The largest body of the operations that take a filter."""
    schema = {"$ref": "#/components/schemas/TraceLogFilters"}
    return max(
        int(operation.body["x-max-bytes"])
        for operation in operations_of(document)
        if operation.body is not None and operation.body["content"][JSON]["schema"] == schema
    )


def _known(place: str, found: Iterable[str], known: Iterable[str], what: str) -> None:
    known = list(known)
    for name in found:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, 1)
            raise UnsupportedError(f"{place}: unknown {what} {name}" + (f"; did you mean {close[0]}?" if close else ""))


def _same_names(place: str, found: Iterable[str], wanted: Iterable[str], what: str) -> None:
    found, wanted = list(found), list(wanted)
    _known(place, found, wanted, what)
    for name in wanted:
        if name not in found:
            raise UnsupportedError(f"{place}: the {what} {name} is missing")
