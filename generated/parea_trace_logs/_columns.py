"""The columns of a table of trace logs, made of the contract's schema `TraceLog`."""

from collections.abc import Iterable
from typing import Final

from attrs import frozen


@frozen
class Column:
    """One column: its name, and what stands in it.

    The types are `text`, `number` (a double), `integer` (64 bits), `boolean`, `instant` (microseconds, UTC), `json` (a
    text that holds JSON), `texts` and `integers` (lists).
    """

    name: str
    type: str


# The members of a log in the order of the contract. `children_logs` is none of them: a descendant is a row.
MEMBERS: Final = (
    ("trace_id", "text"),
    ("parent_trace_id", "text"),
    ("root_trace_id", "text"),
    ("start_timestamp", "timestamp"),
    ("end_timestamp", "timestamp"),
    ("trace_name", "text"),
    ("status", "text"),
    ("error", "text"),
    ("output", "text"),
    ("target", "text"),
    ("output_for_eval_metrics", "text"),
    ("project_name", "text"),
    ("project_uuid", "text"),
    ("organization_id", "text"),
    ("experiment_uuid", "text"),
    ("deployment_id", "text"),
    ("end_user_identifier", "text"),
    ("session_id", "text"),
    ("latency", "number"),
    ("time_to_first_token", "number"),
    ("cost", "number"),
    ("feedback_score", "number"),
    ("apply_eval_frac", "number"),
    ("log_sample_rate", "number"),
    ("input_tokens", "integer"),
    ("output_tokens", "integer"),
    ("total_tokens", "integer"),
    ("depth", "integer"),
    ("execution_order", "integer"),
    ("cache_hit", "boolean"),
    ("fill_children", "boolean"),
    ("inputs", "json"),
    ("metadata", "json"),
    ("tags", "texts"),
    ("children", "texts"),
    ("evaluation_metric_names", "texts"),
    ("children_ids", "integers"),
    ("evaluation_metric_ids", "integers"),
    ("scores", "json"),
    ("images", "json"),
    ("comments", "json"),
    ("annotations", "json"),
    ("configuration", "json"),
)
UNKNOWN: Final = "additional_properties"


def score_column(name: str) -> str:
    """The column of a score, called as filters call it."""
    return f"score:{name}"


def _stable() -> Iterable[Column]:
    for name, kind in MEMBERS:
        if kind == "timestamp":
            yield Column(name, "instant")
            yield Column(f"{name}_text", "text")
        else:
            yield Column(name, kind)
    yield Column(UNKNOWN, "json")


STABLE: Final[tuple[Column, ...]] = tuple(_stable())


def columns(scores: Iterable[str] = ()) -> tuple[Column, ...]:
    """The columns of every table, and after them one for each score."""
    return (*STABLE, *(Column(score_column(name), "number") for name in scores))
