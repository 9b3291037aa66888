"""The class of the contract's schema `TraceLogComment`."""

from __future__ import annotations

from .._json.attrs_protocol import define
from .._json.model import OpenModel
from ..types import UNSET, Unset


@define(kw_only=True, eq=False, repr=False)
class TraceLogComment(OpenModel, kw_only=True):
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
    """When, ISO 8601. No filter reaches it, and nothing judges its form."""
    user_email_address: None | str | Unset = UNSET
    """Their address."""
