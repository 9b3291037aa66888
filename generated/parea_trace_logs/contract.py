"""What the contract says and this package needs as data: server, key, columns of tables, rules of filters."""

from typing import Final, NamedTuple

__version__: Final = "0.1.0"
"""The version of this package."""
BASE_URL: Final = "https://parea-ai-backend-us-9ac16cdbc7a7b006.onporter.run"
"""The server, unless another is named."""
API_ROOT: Final = "/api/parea/v1"
"""What every path begins with; a base URL may end with it."""
KEY_HEADER: Final = "x-api-key"
"""The header that carries the key."""

COLUMNS: Final[dict[str, str]] = {
    "trace_id": "text",
    "parent_trace_id": "text",
    "root_trace_id": "text",
    "start_timestamp": "timestamp",
    "end_timestamp": "timestamp",
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
    "input_tokens": "integer",
    "output_tokens": "integer",
    "total_tokens": "integer",
    "depth": "integer",
    "execution_order": "integer",
    "cache_hit": "boolean",
    "fill_children": "boolean",
    "inputs": "json",
    "metadata": "json",
    "tags": "texts",
    "children": "texts",
    "evaluation_metric_names": "texts",
    "children_ids": "integers",
    "evaluation_metric_ids": "integers",
    "scores": "json",
    "images": "json",
    "comments": "json",
    "annotations": "json",
    "configuration": "json",
}
"""The members of a log that are columns of a table, in the order of the contract, and what stands in each."""


class Form(NamedTuple):
    """A form of `filter_value`: the pattern that it matches, or else the values that it is one of."""

    description: str
    pattern: str | None = None
    values: tuple[str, ...] = ()


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
"""The members of a trace log by kind."""
NAMES: Final[dict[str, str]] = {"^annotation:score:": "number", "^annotation:value:": "text"}
"""A name that is not a member has the kind of the first of these patterns that it matches."""
NO_NAME: Final = "^annotation:"
"""Names that match this mean nothing, unless they match the next."""
UNLESS: Final = "^(annotation:score:|annotation:value:)"
OTHERWISE: Final = "number"
"""The kind of every other name."""
KEYED: Final = "map"
"""The kind that takes a key."""
VALUELESS: Final[tuple[str, ...]] = ("is_null", "exists")
"""The operators that need no value."""
MAX_BYTES: Final = 65536
"""The largest body that a server takes."""
