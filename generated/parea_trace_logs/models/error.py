"""The class of the contract's schema `Error`."""

from __future__ import annotations

from .._json.attrs_protocol import define
from .._json.model import OpenModel


@define(kw_only=True, eq=False, repr=False)
class Error(OpenModel, kw_only=True):
    """Any error but 422. It never holds the key, a stack trace or another tenant's data."""

    detail: str
    """What went wrong, in one sentence."""
