"""The class of the contract's schema `ValidationError`."""

from __future__ import annotations

from .._json.attrs_protocol import define
from .._json.model import OpenModel


@define(kw_only=True, eq=False, repr=False)
class ValidationError(OpenModel, kw_only=True):
    """Why the body was not accepted."""

    detail: list[ValidationErrorDetail]
    """One entry for each error."""


# msgspec reads the annotations above at run time, so the names must be there; at the end, so that classes that refer
# to each other can be imported in any order.
from ..models.validation_error_detail import ValidationErrorDetail  # noqa: E402
