"""Which filters the contract accepts: the tables are made of the conditions in its JSON Schema of the body.

The server decides, so a call does not ask here; `where` and the command do, to say what is wrong before anything is
sent. Verdict and places are those of the schema.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from ._decoding import encode
from .errors import InvalidFilterError
from .models import FilterOperator, TraceLogFilters
from .types import UNSET


class Form(NamedTuple):
    """A form of `filter_value`: the pattern that it matches, or else the values that it is one of."""

    description: str
    pattern: str | None = None
    values: tuple[str, ...] = ()

    def fits(self, value: str) -> bool:
        """Whether a value has this form."""
        return value in self.values if self.pattern is None else _compiled(self.pattern).match(value) is not None


class Kind(NamedTuple):
    """What fields of one kind take: operators, and by operator the form of the value, where not any string will do."""

    operators: tuple[str, ...]
    forms: dict[str, str]


FORMS: Final[dict[str, Form]] = {
    "boolean_value": Form(
        "`true` or `false`.",
        values=("true", "false"),
    ),
    "number_value": Form(
        "The grammar of JSON (RFC 8259, 6), nothing around it.",
        pattern="^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?\\Z",
    ),
    "number_list_value": Form(
        "One number or more, a comma between, spaces around each allowed.",
        pattern="^ *-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)? *(, *-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)? *)*\\Z",  # noqa: E501
    ),
    "number_pair_value": Form(
        "Low and high, a comma between, spaces around each allowed.",
        pattern="^ *-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)? *, *-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)? *\\Z",  # noqa: E501
    ),
    "timestamp_value": Form(
        "RFC 3339 with offset: years 0001 to 9999, capital T and Z, at most 6 fraction digits, days that are on the (proleptic Gregorian) calendar, no second 60, no hour 24.",  # noqa: E501
        pattern="^(((000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])\\Z",
    ),
    "timestamp_pair_value": Form(
        "Two timestamps, a comma between, spaces around each allowed.",
        pattern="^ *(((000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]) *, *(((000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)-02-29)T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9]) *\\Z",  # noqa: E501
    ),
}

KINDS: Final[dict[str, Kind]] = {
    "text": Kind(("equals", "not_equals", "like", "is_null", "exists", "in"), {}),
    "number": Kind(
        (
            "equals",
            "not_equals",
            "greater_than_or_equal",
            "less_than_or_equal",
            "greater_than",
            "less_than",
            "is_null",
            "exists",
            "in",
            "between",
        ),
        {
            "equals": "number_value",
            "not_equals": "number_value",
            "greater_than_or_equal": "number_value",
            "less_than_or_equal": "number_value",
            "greater_than": "number_value",
            "less_than": "number_value",
            "in": "number_list_value",
            "between": "number_pair_value",
        },
    ),
    "timestamp": Kind(
        (
            "equals",
            "not_equals",
            "greater_than_or_equal",
            "less_than_or_equal",
            "greater_than",
            "less_than",
            "is_null",
            "exists",
            "between",
        ),
        {
            "equals": "timestamp_value",
            "not_equals": "timestamp_value",
            "greater_than_or_equal": "timestamp_value",
            "less_than_or_equal": "timestamp_value",
            "greater_than": "timestamp_value",
            "less_than": "timestamp_value",
            "between": "timestamp_pair_value",
        },
    ),
    "boolean": Kind(
        ("equals", "not_equals", "is_null", "exists"), {"equals": "boolean_value", "not_equals": "boolean_value"}
    ),
    "string_list": Kind(("equals", "not_equals", "like", "is_null", "exists", "in"), {}),
    "integer_list": Kind(
        ("equals", "not_equals", "is_null", "exists", "in"),
        {"equals": "number_value", "not_equals": "number_value", "in": "number_list_value"},
    ),
    "map": Kind(
        (
            "equals",
            "not_equals",
            "like",
            "greater_than_or_equal",
            "less_than_or_equal",
            "greater_than",
            "less_than",
            "is_null",
            "exists",
            "in",
            "between",
        ),
        {},
    ),
    "structure": Kind(("is_null", "exists"), {}),
}

# The members of a trace log by kind; a name that is none has the kind of the first pattern that it matches.
MEMBERS: Final[dict[str, str]] = {
    "trace_id": "text",
    "parent_trace_id": "text",
    "root_trace_id": "text",
    "trace_name": "text",
    "status": "text",
    "error": "text",
    "output": "text",
    "target": "text",
    "output_for_eval_metrics": "text",
    "project_name": "text",
    "project_uuid": "text",
    "organization_id": "text",
    "experiment_uuid": "text",
    "deployment_id": "text",
    "end_user_identifier": "text",
    "session_id": "text",
    "latency": "number",
    "time_to_first_token": "number",
    "cost": "number",
    "feedback_score": "number",
    "apply_eval_frac": "number",
    "log_sample_rate": "number",
    "input_tokens": "number",
    "output_tokens": "number",
    "total_tokens": "number",
    "depth": "number",
    "execution_order": "number",
    "start_timestamp": "timestamp",
    "end_timestamp": "timestamp",
    "cache_hit": "boolean",
    "fill_children": "boolean",
    "tags": "string_list",
    "children": "string_list",
    "evaluation_metric_names": "string_list",
    "children_ids": "integer_list",
    "evaluation_metric_ids": "integer_list",
    "inputs": "map",
    "metadata": "map",
    "scores": "structure",
    "images": "structure",
    "comments": "structure",
    "annotations": "structure",
    "configuration": "structure",
    "children_logs": "structure",
}
_NAMES: Final = {"^annotation:score:": "number", "^annotation:value:": "text"}
_NO_NAME: Final = "^annotation:"
_UNLESS: Final = "^(annotation:score:|annotation:value:)"
_OTHERWISE: Final = "number"

KEYED: Final = "map"  # the kind that takes a key
_VALUELESS: Final = ("is_null", "exists")
_OPERATORS: Final = tuple(operator.value for operator in FilterOperator)
_MAX_BYTES: Final = 65536
_ABSENT: Final = (None, UNSET)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first needed: importing the package compiles none."""
    return re.compile(pattern)


def kind_of(field: str) -> str | None:
    """The kind of a field; None for a name that the contract gives no meaning."""
    if field in MEMBERS:
        return MEMBERS[field]
    for pattern, kind in _NAMES.items():
        if _compiled(pattern).match(field):
            return kind
    if _compiled(_NO_NAME).match(field) and not _compiled(_UNLESS).match(field):
        return None
    return _OTHERWISE


def faults(filters: TraceLogFilters) -> dict[str, str]:
    """What the contract finds wrong with a filter: by member, what is wrong there."""
    found: dict[str, str] = {}
    for member, message in _faults(filters):
        found.setdefault(member, message)
    return found


def check(filters: TraceLogFilters) -> None:
    """Refuse a filter that the contract does not accept.

    Raises:
        InvalidFilterError: the contract does not accept it; the place is the one that a server's 422 names.
    """
    found = [(("body", member), message) for member, message in faults(filters).items()]
    if found:
        raise InvalidFilterError(found)
    size = len(encode(filters))
    if size > _MAX_BYTES:
        raise InvalidFilterError([(("body",), f"{size:,} bytes, more than the {_MAX_BYTES:,} that a server takes")])


def _faults(filters: TraceLogFilters) -> Iterator[tuple[str, str]]:
    # As a caller may have passed anything, whatever the annotations say.
    field: Any = filters.filter_field
    operator: Any = filters.filter_operator
    key: Any = filters.filter_key
    value: Any = filters.filter_value
    kind = kind_of(field) if isinstance(field, str) else _OTHERWISE
    needs_value = operator not in _ABSENT and operator not in _VALUELESS

    if field not in _ABSENT and not isinstance(field, str):
        yield "filter_field", _no_text(field)
    if kind is None:
        yield "filter_field", f"{field!r} is neither annotation:score:CRITERION nor annotation:value:CRITERION"

    if operator not in _ABSENT and operator not in _OPERATORS:
        yield "filter_operator", f"{operator!r} is none of {', '.join(_OPERATORS)}"
    if not isinstance(field, str):
        for member, content in (("filter_operator", operator), ("filter_key", key), ("filter_value", value)):
            if content not in _ABSENT:
                yield member, "there is no filter_field for it"
    elif operator in _ABSENT:
        yield "filter_operator", "filter_field needs one"
    elif kind is not None and operator not in KINDS[kind].operators:
        yield "filter_operator", f"{field} ({_words(kind)}) takes {', '.join(KINDS[kind].operators)}, not {operator}"

    if key not in _ABSENT and not isinstance(key, str):
        yield "filter_key", _no_text(key)
    if kind == KEYED and isinstance(field, str):
        if needs_value and not isinstance(key, str):
            yield "filter_key", f"{field} is a {KEYED}: say which key to compare"
    elif key not in _ABSENT:
        yield "filter_key", f"only a {KEYED} takes a key, and {field} is none"

    if value not in _ABSENT and not isinstance(value, str):
        yield "filter_value", _no_text(value)
    if isinstance(field, str) and needs_value and not isinstance(value, str):
        yield "filter_value", f"{operator} needs a value"
    if kind is not None and isinstance(field, str) and isinstance(operator, str) and isinstance(value, str):
        form = KINDS[kind].forms.get(operator)
        if form is not None and not FORMS[form].fits(value):
            yield "filter_value", f"{value!r} is no {_words(form)}: {FORMS[form].description}"


def _no_text(value: object) -> str:
    return f"{value!r} is no string"


def _words(name: str) -> str:
    return name.replace("_", " ")
