"""The class of the contract's schema `EvaluationScore`."""

from __future__ import annotations

from .._json.attrs_protocol import define
from .._json.model import OpenModel
from ..types import UNSET, Unset


@define(kw_only=True, eq=False, repr=False)
class EvaluationScore(OpenModel, kw_only=True):
    """One score of one evaluation metric."""

    name: str
    """The name by which filters reach the score."""
    score: float | int
    """The score."""
    evaluation_metric_id: int | None | Unset = UNSET
    """The id of the metric."""
    reason: None | str | Unset = UNSET
    """Why the metric gave this score."""
    id: int | None | Unset = UNSET
    """The score's own id."""
