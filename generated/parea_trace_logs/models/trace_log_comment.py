from __future__ import annotations

from attrs import define

from .._model import OpenModel
from ..types import UNSET, Unset


@define(kw_only=True, eq=False, repr=False, getstate_setstate=False)
class TraceLogComment(OpenModel):
    """What one user said of a log."""

    trace_id: str
    """The log that the comment is on."""
    comment: str
    """The text."""
    id: int | str
    """The comment's own id."""
    user_id: str
    """Who said it."""
    created_at: str
    """When, ISO 8601."""
    user_email_address: None | str | Unset = UNSET
    """Their address."""
