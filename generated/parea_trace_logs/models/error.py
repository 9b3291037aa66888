from __future__ import annotations

from attrs import define

from .._model import OpenModel


@define(kw_only=True, eq=False, repr=False, getstate_setstate=False)
class Error(OpenModel):
    """Any error but 422. It never holds the key, a stack trace or another tenant's data."""

    detail: str
    """What went wrong, in one sentence."""
