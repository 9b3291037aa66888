"""The class of the contract's schema `TraceLogImage`."""

from __future__ import annotations

from .._json.attrs_protocol import define
from .._json.model import OpenModel
from ..types import UNSET, Unset


@define(kw_only=True, eq=False, repr=False)
class TraceLogImage(OpenModel, kw_only=True):
    """An image that belongs to a log."""

    url: str
    """Where the image is."""
    caption: None | str | Unset = UNSET
    """What it shows."""
