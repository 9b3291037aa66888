from __future__ import annotations

from attrs import define

from .._model import OpenModel
from ..types import UNSET, Unset


@define(kw_only=True, eq=False, repr=False, getstate_setstate=False)
class TraceLogImage(OpenModel):
    """An image that belongs to a log."""

    url: str
    """Where the image is."""
    caption: None | str | Unset = UNSET
    """What it shows."""
