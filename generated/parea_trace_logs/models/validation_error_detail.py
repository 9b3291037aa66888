"""The class of the contract's schema `ValidationErrorDetail`."""

from __future__ import annotations

from .._json.attrs_protocol import define
from .._json.model import OpenModel


@define(kw_only=True, eq=False, repr=False)
class ValidationErrorDetail(OpenModel, kw_only=True):
    """One error of the body."""

    loc: list[int | str]
    """The place, from `body` to the member at fault."""
    msg: str
    """What is wrong there."""
    type: str
    """The rule that was broken."""
