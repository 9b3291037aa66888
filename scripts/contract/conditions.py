"""Write the conditions of the schema `TraceLogFilters` from its tables, into the text of `openapi.yaml`.

JSON Schema can neither read a filter kind off the type of a member of another schema, nor an operator off a table. By
hand its conditions would be a second list of fields and operators; here they follow from the first.
"""

import textwrap
from collections.abc import Iterator
from typing import Any

import yaml
from contract.filter_rules import FilterRules, Kind, filter_rules_of
from contract.plain_types import UnsupportedError

BEGIN = (
    "        # ---- Written by `make generate`, down to the end mark: edit the tables, or `TraceLog`, instead. ----\n"
)
END = "      # ---- The end of what is written. ----\n"

_DEFS = "#/components/schemas/TraceLogFilters/$defs/"
_WIDTH = 104

Schema = dict[str, Any]


def with_conditions(text: str) -> str:
    """The document's text with the conditions that its tables give; nothing else changes.

    Raises:
        UnsupportedError: a table is wrong, or the marks are not there.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise UnsupportedError("components.schemas.TraceLogFilters: the marks of what is written are missing")
    return before + begin + _written(filter_rules_of(yaml.load(text, yaml.CSafeLoader))) + end + after


def definitions_of(rules: FilterRules) -> dict[str, Schema]:
    """What is written under `$defs`, by name: members, then fields, then rules."""
    members: dict[str, Schema] = {f"{kind}_member": {"enum": list(each.members)} for kind, each in rules.kinds.items()}
    return members | dict(_fields(rules)) | dict(_rules(rules))


def parts_of(rules: FilterRules) -> dict[str, Schema]:
    """The parts of `allOf`, each by the comment above it."""
    return {
        "Shape: a field needs an operator, and that a value, but for some; without a field there is nothing else.": {
            "if": _field_is({"type": "string"}),
            "then": {
                "required": ["filter_operator"],
                "properties": {"filter_operator": {"not": {"type": "null"}}},
                **_needs_value(rules, "filter_value"),
            },
            "else": {"properties": {f"filter_{name}": {"type": "null"} for name in ("key", "operator", "value")}},
        },
        "Names: some mean nothing.": {"properties": {"filter_field": {"not": _ref("no_field")}}},
        "Keys: only one kind takes one, and it needs one wherever an operator needs a value.": {
            "if": _field_is(_ref(f"{rules.keyed}_member")),
            "then": _needs_value(rules, "filter_key"),
            "else": {"properties": {"filter_key": {"type": "null"}}},
        },
        "Kinds: the operators of the field's kind, and the form of the value.": _ref(f"{_ruled(rules)[0]}_rule"),
    }


def _fields(rules: FilterRules) -> Iterator[tuple[str, Schema]]:
    """What a name means when it is not a member alone."""
    patterns: dict[str, list[Schema]] = {}
    for pattern, kind in rules.names.items():
        patterns.setdefault(kind, []).append({"type": "string", "pattern": pattern})
    patterns.pop(rules.otherwise, None)  # which has every name that is nothing else
    for kind, each in patterns.items():
        yield f"{kind}_field", {"anyOf": [_ref(f"{kind}_member"), *each]}
    nothing, unless = rules.no_name
    yield "no_field", {"type": "string", "pattern": nothing, "not": {"pattern": unless}}
    others = [f"{kind}_field" if kind in patterns else f"{kind}_member" for kind in rules.kinds]
    others.remove(f"{rules.otherwise}_member")
    nothing_else = {"type": "string", "not": {"anyOf": [*map(_ref, others), _ref("no_field")]}}
    yield f"{rules.otherwise}_field", {"anyOf": [_ref(f"{rules.otherwise}_member"), nothing_else]}


def _rules(rules: FilterRules) -> Iterator[tuple[str, Schema]]:
    """The rule of each kind; a field of another kind goes on to the next rule.

    Side by side, in one `allOf`, they would say the same, and schemathesis could make no body from them.
    """
    fields = {name.removesuffix("_field") for name, _ in _fields(rules)}
    ruled = _ruled(rules)
    for kind, following in zip(ruled, [*ruled[1:], None], strict=True):
        field = _ref(f"{kind}_field" if kind in fields else f"{kind}_member")
        rule = {"if": _field_is(field), "then": _kind(rules.kinds[kind], rules.operators)}
        yield f"{kind}_rule", rule if following is None else {**rule, "else": _ref(f"{following}_rule")}


def _ruled(rules: FilterRules) -> list[str]:
    """The kinds that do not take every operator with any value."""
    return [name for name, kind in rules.kinds.items() if kind.forms or kind.operators != rules.operators]


def _kind(kind: Kind, operators: tuple[str, ...]) -> Schema:
    """The operators that a kind does not take, and the forms of the values of the others.

    Said so, an operator that does not exist is one fault of the body, the enumeration's, and not a second one here.
    """
    by_form: dict[str, list[str]] = {}
    for operator, form in kind.forms.items():
        by_form.setdefault(form, []).append(operator)
    values = [
        {
            "if": {"required": ["filter_operator"], "properties": {"filter_operator": {"enum": named}}},
            "then": {"properties": {"filter_value": _ref(form)}},
        }
        for form, named in by_form.items()
    ]
    refused = [operator for operator in operators if operator not in kind.operators]
    rule: Schema = {"properties": {"filter_operator": {"not": {"enum": refused}}}} if refused else {}
    return {**rule, "allOf": values} if values else rule


def _field_is(schema: Schema) -> Schema:
    return {"required": ["filter_field"], "properties": {"filter_field": schema}}


def _needs_value(rules: FilterRules, member: str) -> Schema:
    """Where the operator needs a value, the member must be there."""
    without = {"not": {"enum": [*rules.valueless, None]}}
    return {
        "if": {"required": ["filter_operator"], "properties": {"filter_operator": without}},
        "then": {"required": [member], "properties": {member: {"type": "string"}}},
    }


def _ref(name: str) -> Schema:
    return {"$ref": _DEFS + name}


def _written(rules: FilterRules) -> str:
    lines = []
    comments = {
        "_member": "The members of `TraceLog` by kind.",
        "_field": "What a name means that is not a member's alone: see x-filter-names.",
        "_rule": "What a kind takes; a field of another kind goes on to the next rule. A kind that takes all has none.",
    }
    for name, schema in definitions_of(rules).items():
        comment = comments.pop("_" + name.rpartition("_")[2], None)
        lines += [f"        # {comment}\n"] if comment else []
        lines.append(textwrap.indent(_yaml({name: schema}), " " * 8))
    lines.append("      allOf:\n")
    for comment, schema in parts_of(rules).items():
        lines += [f"        # {comment}\n", textwrap.indent(_yaml([schema]), " " * 8)]
    return "".join(lines)


class _Dumper(yaml.SafeDumper):
    """YAML as it is written by hand here: what is short stands in one line, the rest in a block."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True

    def serialize(self, node: yaml.Node) -> None:
        _shorten(node, 0)
        super().serialize(node)


def _shorten(node: yaml.Node, depth: int) -> int:
    """Choose the style of a node by its length in one line, which is returned."""
    if isinstance(node, yaml.ScalarNode):
        return len(node.value) + 2 * (not node.value[:1].isalpha())
    if isinstance(node, yaml.MappingNode):
        parts = [_shorten(key, depth) + _shorten(value, depth + 2) + 4 for key, value in node.value]
        plain = all(isinstance(value, yaml.ScalarNode) or value.flow_style for _, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        parts = [_shorten(value, depth + 2) + 2 for value in node.value]
        plain = all(isinstance(value, yaml.ScalarNode) for value in node.value)
    else:
        raise TypeError(f"not a node of YAML: {node!r}")
    node.flow_style = plain and (depth > 0) and (isinstance(node, yaml.SequenceNode) or sum(parts) + depth < 100)
    return sum(parts)


def _yaml(value: object) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=_WIDTH - 8, allow_unicode=True)
