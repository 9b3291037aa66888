from __future__ import annotations

from attrs import define

from .._model import OpenModel


@define(kw_only=True, eq=False, repr=False, getstate_setstate=False)
class ValidationErrorDetail(OpenModel):
    """One error of the body."""

    loc: list[int | str]
    """The place, from `body` to the member at fault."""
    msg: str
    """What is wrong there."""
    type: str
    """The rule that was broken."""
