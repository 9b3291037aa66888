"""The class of the contract's schema `TraceLog`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

from .._json.attrs_protocol import define
from .._json.model import OpenModel
from .._json.moments import moment
from ..types import UNSET, Unset


@define(kw_only=True, eq=False, repr=False)
class TraceLog(OpenModel, kw_only=True):
    """One run of one function, with its descendants. Only `trace_id` and `start_timestamp` are always present; a
    server may add members that this contract does not know. It is nested 1,000 containers deep at most.
    """

    configuration: LLMInputs | None | Unset = UNSET
    """The configuration of an LLM call."""
    inputs: dict[str, Any] | None | Unset = UNSET
    """What the function was called with. Free keys and values."""
    output: None | str | Unset = UNSET
    """What the run returned."""
    target: None | str | Unset = UNSET
    """What the run should have returned."""
    latency: float | int | None | Unset = UNSET
    """How long the run took, in seconds."""
    time_to_first_token: float | int | None | Unset = UNSET
    """How long the first token took, in seconds."""
    input_tokens: int | None | Unset = UNSET
    """Tokens sent to the model."""
    output_tokens: int | None | Unset = UNSET
    """Tokens received from the model."""
    total_tokens: int | None | Unset = UNSET
    """Tokens sent and received."""
    cost: float | int | None | Unset = UNSET
    """What the run cost, in US dollars."""
    trace_id: str
    """The log's own id."""
    start_timestamp: str
    """When the run began, in the form of a `filter_value`, e.g. `2024-04-15T22:19:13.381503+00:00`."""
    parent_trace_id: None | str | Unset = UNSET
    """The id of the log that this one was called by; on a root log equal to `trace_id`, null or absent."""
    root_trace_id: None | str | Unset = UNSET
    """The id of the root of the tree; on a root log equal to `trace_id`, null or absent."""
    organization_id: None | str | Unset = UNSET
    """The id of the organization."""
    project_uuid: None | str | Unset = UNSET
    """The id of the project."""
    error: None | str | Unset = UNSET
    """The message of the error that ended the run."""
    status: None | str | Unset = UNSET
    """`success` or `error`."""
    deployment_id: None | str | Unset = UNSET
    """The id of the deployed prompt."""
    cache_hit: bool | Unset = UNSET
    """Whether the answer came from the cache."""
    output_for_eval_metrics: None | str | Unset = UNSET
    """What the evaluation metrics judged in the place of `output`."""
    evaluation_metric_names: list[str] | None | Unset = UNSET
    """The names of the evaluation metrics to apply."""
    scores: list[EvaluationScore] | None | Unset = UNSET
    """The scores that evaluation metrics gave."""
    feedback_score: float | int | None | Unset = UNSET
    """The score that the user gave."""
    apply_eval_frac: float | int | None | Unset = UNSET
    """The fraction of logs that evaluation metrics are applied to."""
    trace_name: None | str | Unset = UNSET
    """The name of the traced function."""
    children: list[str] | None | Unset = UNSET
    """The trace ids of the children. They need not agree with `children_logs`."""
    children_ids: list[int] | None | Unset = UNSET
    """The numeric ids of the children."""
    end_timestamp: None | str | Unset = UNSET
    """When the run ended, in the form of a `filter_value`."""
    end_user_identifier: None | str | Unset = UNSET
    """Whom the run served."""
    session_id: None | str | Unset = UNSET
    """The session that the run belongs to."""
    metadata: dict[str, Any] | None | Unset = UNSET
    """What the user noted. Free keys and values."""
    tags: list[str] | None | Unset = UNSET
    """Labels."""
    experiment_uuid: None | str | Unset = UNSET
    """The id of the experiment."""
    images: list[TraceLogImage] | None | Unset = UNSET
    """Images that the run made or used."""
    comments: list[TraceLogComment] | None | Unset = UNSET
    """What people said of the log."""
    annotations: dict[str, dict[str, TraceLogAnnotation]] | None | Unset = UNSET
    """What people judged, by criterion id, then by user id."""
    evaluation_metric_ids: list[int] | None | Unset = UNSET
    """No longer used."""
    project_name: None | str | Unset = UNSET
    """The name of the project."""
    log_sample_rate: float | int | None | Unset = UNSET
    """The fraction of runs that are logged, 0 to 1."""
    depth: int | Unset = UNSET
    """How far below the root; 0 on a root log."""
    execution_order: int | Unset = UNSET
    """The place among the calls of the tree. Absent, it counts as 0 for the order of children; null is not one of
    its values.
    """
    fill_children: bool | Unset = UNSET
    """No longer used."""
    children_logs: list[TraceLog] | Unset = UNSET
    """The logs called by this one, ordered by `execution_order`, then by `trace_id`. Absent or empty on a leaf."""
    _FIRST: ClassVar = (
        "trace_id",
        "trace_name",
        "start_timestamp",
        "latency",
        "status",
        "error",
        "scores",
        "inputs",
        "output",
        "target",
    )

    @property
    def start(self) -> datetime:
        """`start_timestamp` as an aware `datetime`, to the microsecond.

        Raises:
            InvalidDataError: it is not a date-time with an offset.
        """
        found = moment(self.start_timestamp, "start_timestamp")
        assert found is not None  # noqa: S101 - the member is required, and a string
        return found

    @property
    def end(self) -> datetime | None:
        """`end_timestamp` as an aware `datetime`, to the microsecond; None where there is none.

        Raises:
            InvalidDataError: it is not a date-time with an offset.
        """
        return moment(self.end_timestamp, "end_timestamp")

    @property
    def duration(self) -> timedelta | None:
        """From `start` to `end`; None where there is no end. The member `latency` is the server's own measure.

        Raises:
            InvalidDataError: one of them is not a date-time with an offset.
        """
        return None if self.end is None else self.end - self.start

    def walk(self) -> Iterator[TraceLog]:
        """This one and all its descendants: each before its own `children_logs`, and those in their order."""
        waiting = [self]
        while waiting:
            log = waiting.pop()
            yield log
            waiting += reversed(log.children_logs or ())

    def get_score(self, name: str) -> float | None:
        """The score of this name, the first where there are several; None where there is none."""
        return next((each.score for each in self.scores or () if each.name == name), None)

    def get_scores(self, name: str) -> list[float]:
        """All scores of this name, in their order."""
        return [each.score for each in self.scores or () if each.name == name]


# msgspec reads the annotations above at run time, so the names must be there; at the end, so that classes that refer
# to each other can be imported in any order.
from ..models.evaluation_score import EvaluationScore  # noqa: E402
from ..models.llm_inputs import LLMInputs  # noqa: E402
from ..models.trace_log_annotation import TraceLogAnnotation  # noqa: E402
from ..models.trace_log_comment import TraceLogComment  # noqa: E402
from ..models.trace_log_image import TraceLogImage  # noqa: E402
