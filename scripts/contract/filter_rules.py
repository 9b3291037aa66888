"""The rules of the body's JSON Schema, as the tables that the client checks a filter by.

The client must not depend on a validator of JSON Schema. So the conditions of `TraceLogFilters` are read once, here.
What is read must look exactly as this module knows it: a condition that it would skip is a rule that the client breaks.
"""

import re
from collections.abc import Iterator
from typing import Any

import attrs
from contract.operations import JSON, operations_of
from contract.plain_types import UnsupportedError

_SCHEMA = "#/components/schemas/TraceLogFilters/$defs/"


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
    max_bytes: int
    """The largest body."""


def filter_rules_of(document: dict[str, Any]) -> FilterRules:
    """Read the rules off the document.

    Raises:
        UnsupportedError: the schema says something that is not understood here.
    """
    schemas = document["components"]["schemas"]
    operators = tuple(schemas["FilterOperator"]["enum"])
    return _Reader(schemas["TraceLogFilters"], operators).rules(_max_bytes(document))


def _max_bytes(document: dict[str, Any]) -> int:
    """The largest body of the operations that take a filter."""
    schema = {"$ref": "#/components/schemas/TraceLogFilters"}
    return max(
        int(operation.body["x-max-bytes"])
        for operation in operations_of(document)
        if operation.body is not None and operation.body["content"][JSON]["schema"] == schema
    )


def python_pattern(pattern: str) -> str:
    r"""An ECMA-262 pattern as Python's `re` reads it: `$` is the end only as `\Z`.

    Raises:
        UnsupportedError: it holds what means something else in Python.
    """
    body = pattern.removesuffix("$")
    if not body.startswith("^") or body.endswith("\\") or re.search(r"(?<!\\)\$|\\[^.\\]|\(\?|(?<!\\)\.", body):
        raise UnsupportedError(f"TraceLogFilters: the pattern {pattern} may mean something else in Python")
    return body + (r"\Z" if body != pattern else "")


class _Reader:
    """The conditions of `TraceLogFilters`, part by part."""

    def __init__(self, schema: dict[str, Any], operators: tuple[str, ...]) -> None:
        self.parts: list[Any] = schema["allOf"]
        self.defs: dict[str, Any] = schema["$defs"]
        self.operators = operators
        self.forms: dict[str, Form] = {}

    def rules(self, max_bytes: int) -> FilterRules:
        if len(self.parts) != 4:
            raise UnsupportedError("TraceLogFilters.allOf: shape, names, keys and kinds are known, nothing else")
        shape, names, keys, kinds = self.parts
        valueless = tuple(self._at(shape, "then", "if", "properties", "filter_operator", "not", "enum"))
        self._same("shape", shape, _shape(valueless))
        self._same("names", names, {"properties": {"filter_field": {"not": {"$ref": f"{_SCHEMA}no_field"}}}})
        keyed = self._definition(self._at(keys, "if", "properties", "filter_field")).removesuffix("_member")
        self._same("keys", keys, _keys(keyed, valueless))
        no_field = self.defs["no_field"]
        no_name = (no_field["pattern"], self._at(no_field, "not", "pattern"))
        self._same("no_field", no_field, {"type": "string", "pattern": no_name[0], "not": {"pattern": no_name[1]}})
        return FilterRules(
            kinds=self._kinds(self._definition(kinds)),
            forms=self.forms,
            keyed=keyed,
            otherwise=self._otherwise(),
            names=dict(self._names()),
            no_name=(python_pattern(no_name[0]), python_pattern(no_name[1])),
            valueless=tuple(name for name in valueless if name is not None),
            max_bytes=max_bytes,
        )

    def _kinds(self, first: str) -> dict[str, Kind]:
        """Every kind; those that no rule is about take every operator and any value."""
        members = {name.removesuffix("_member"): each["enum"] for name, each in self.defs.items() if "_member" in name}
        kinds = {name: Kind(tuple(enum), self.operators, {}) for name, enum in members.items()}
        rule: dict[str, Any] | None = {"$ref": _SCHEMA + first}
        while rule is not None:
            name = self._definition(rule)
            kind, rule = name.removesuffix("_rule"), self.defs[name]
            self._only(name, rule, "if", "then", "else", "description")
            field = self._at(rule, "if", "properties", "filter_field")
            condition = {"required": ["filter_field"], "properties": {"filter_field": field}}
            self._same(name, rule["if"], condition)
            if self._definition(field) not in (f"{kind}_field", f"{kind}_member"):
                raise UnsupportedError(f"TraceLogFilters.{name}: it is about the fields of another kind")
            then = rule["then"]
            self._only(name, then, "properties", "allOf", "if", "then")
            self._only(name, then["properties"], "filter_operator")
            allowed = tuple(self._allowed(name, then["properties"]["filter_operator"]))
            kinds[kind] = Kind(tuple(members[kind]), allowed, dict(self._values(name, then)))
            rule = rule.get("else")
        return kinds

    def _allowed(self, name: str, schema: dict[str, Any]) -> Iterator[str]:
        """The operators that a schema of `filter_operator` lets through. Null always passes: the shape speaks of it."""
        negated = "not" in schema
        inner = schema["not"] if negated else schema
        self._only(name, schema, *(("not",) if negated else ("enum", "const")))
        self._only(name, inner, "enum", "const")
        named = inner["enum"] if "enum" in inner else [inner["const"]]
        if (None in named) is negated:
            raise UnsupportedError(f"TraceLogFilters.{name}: null must pass as filter_operator")
        yield from (operator for operator in self.operators if (operator in named) is not negated)

    def _values(self, name: str, then: dict[str, Any]) -> Iterator[tuple[str, str]]:
        conditions = list(then.get("allOf", ()))
        if "if" in then:
            conditions.append({"if": then["if"], "then": then["then"]})
        for condition in conditions:
            self._only(name, condition, "if", "then")
            operator = self._at(condition, "if", "properties", "filter_operator")
            self._only(name, operator, "enum", "const")
            wanted = {"required": ["filter_operator"], "properties": {"filter_operator": operator}}
            self._same(name, condition["if"], wanted)
            value = self._at(condition, "then", "properties", "filter_value")
            self._same(name, condition["then"], {"properties": {"filter_value": value}})
            form = self._form(name, value)
            yield from ((each, form) for each in operator.get("enum", [operator.get("const")]))

    def _form(self, rule: str, schema: dict[str, Any]) -> str:
        """The name of a form, which is kept."""
        if "$ref" in schema:
            name = self._definition(schema)
            schema = self.defs[name]
            self._only(name, schema, "description", "pattern")
            sentence = re.split(r"(?<=\.)\s", " ".join(schema["description"].split()))[0]
            self.forms[name] = Form(sentence, pattern=python_pattern(schema["pattern"]))
            return name
        self._only(rule, schema, "enum")
        values = tuple(value for value in schema["enum"] if value is not None)
        if len(values) == len(schema["enum"]):
            raise UnsupportedError(f"TraceLogFilters.{rule}: null must pass as filter_value")
        name = rule.replace("_rule", "_value")
        self.forms[name] = Form(" or ".join(f"`{value}`" for value in values) + ".", values=values)
        return name

    def _names(self) -> Iterator[tuple[str, str]]:
        """The patterns of `..._field` beside the members."""
        for name, schema in self.defs.items():
            if name.endswith("_field") and name != "no_field":
                kind = name.removesuffix("_field")
                member, *others = schema["anyOf"]
                self._same(name, member, {"$ref": f"{_SCHEMA}{kind}_member"})
                for other in others:
                    if "not" not in other:
                        self._same(name, other, {"type": "string", "pattern": other.get("pattern")})
                        yield python_pattern(other["pattern"]), kind

    def _otherwise(self) -> str:
        """The kind whose fields are named by what they are not: nothing that another kind or `no_field` claims."""
        found = [name for name, each in self.defs.items() if any("not" in part for part in each.get("anyOf", ()))]
        if len(found) != 1:
            raise UnsupportedError("TraceLogFilters: one kind must take the names that are nothing else")
        return self._fallback(found[0])

    def _fallback(self, found: str) -> str:
        kind = found.removesuffix("_field")
        excluded = {self._definition(each) for each in self._at(self.defs[found], "anyOf", 1, "not", "anyOf")}
        claimed = {name for name in self.defs if name.endswith(("_member", "_field"))}
        claimed -= {found, f"{kind}_member", *(f"{name[:-6]}_member" for name in claimed if name.endswith("_field"))}
        self._same(found, sorted(excluded), sorted(claimed))
        return kind

    def _definition(self, schema: Any) -> str:
        """The name of the definition that a schema refers to, and does nothing else."""
        reference = schema.get("$ref", "") if isinstance(schema, dict) and len(schema) == 1 else ""
        if not reference.startswith(_SCHEMA) or reference.removeprefix(_SCHEMA) not in self.defs:
            raise UnsupportedError(f"TraceLogFilters: a reference to one of its $defs was expected, not {schema}")
        return str(reference.removeprefix(_SCHEMA))

    def _at(self, schema: Any, *path: str | int) -> Any:
        for part in path:
            try:
                schema = schema[part]
            except (KeyError, IndexError, TypeError):
                raise UnsupportedError(
                    f"TraceLogFilters: no {'.'.join(map(str, path))} where it is looked for"
                ) from None
        return schema

    def _same(self, name: str, found: object, wanted: object) -> None:
        if found != wanted:
            raise UnsupportedError(f"TraceLogFilters.{name}: the templates know {wanted}, not {found}")

    def _only(self, name: str, schema: dict[str, Any], *keys: str) -> None:
        if unknown := schema.keys() - set(keys):
            raise UnsupportedError(f"TraceLogFilters.{name}: the templates have no words for {sorted(unknown)}")


def _needs_value(valueless: tuple[str, ...]) -> dict[str, Any]:
    return {"required": ["filter_operator"], "properties": {"filter_operator": {"not": {"enum": list(valueless)}}}}


def _shape(valueless: tuple[str, ...]) -> dict[str, Any]:
    """A field needs an operator and, but for some, a value; without a field there is nothing else."""
    return {
        "if": {"required": ["filter_field"], "properties": {"filter_field": {"type": "string"}}},
        "then": {
            "required": ["filter_operator"],
            "properties": {"filter_operator": {"not": {"type": "null"}}},
            "if": _needs_value(valueless),
            "then": {"required": ["filter_value"], "properties": {"filter_value": {"type": "string"}}},
        },
        "else": {"properties": {name: {"type": "null"} for name in ("filter_key", "filter_operator", "filter_value")}},
    }


def _keys(keyed: str, valueless: tuple[str, ...]) -> dict[str, Any]:
    """Only one kind takes a key, and it needs one wherever a value is needed."""
    field = {"$ref": f"{_SCHEMA}{keyed}_member"}
    return {
        "if": {"required": ["filter_field"], "properties": {"filter_field": field}},
        "then": {
            "if": _needs_value(valueless),
            "then": {"required": ["filter_key"], "properties": {"filter_key": {"type": "string"}}},
        },
        "else": {"properties": {"filter_key": {"type": "null"}}},
    }
