"""The class of the contract's schema `TraceLogAnnotation`."""

from __future__ import annotations

from .._json.attrs_protocol import define
from .._json.model import OpenModel
from ..types import UNSET, Unset


@define(kw_only=True, eq=False, repr=False)
class TraceLogAnnotation(OpenModel, kw_only=True):
    """What one user judged by one criterion."""

    trace_id: str
    """The log that was judged."""
    defined_annotation_id: int
    """The criterion."""
    id: int | None | str
    """The annotation's own id."""
    created_at: str
    """When, ISO 8601. No filter reaches it, and nothing judges its form."""
    user_id: str
    """Who judged."""
    score: float | int | None | Unset = UNSET
    """The judgement as a number; filters reach it as `annotation:score:{criterion}`."""
    value: None | str | Unset = UNSET
    """The judgement as a text; filters reach it as `annotation:value:{criterion}`."""
    user_email_address: None | str | Unset = UNSET
    """Their address."""
    annotation_name: None | str | Unset = UNSET
    """The criterion's name."""
