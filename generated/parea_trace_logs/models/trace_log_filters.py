"""The class of the contract's schema `TraceLogFilters`."""

from __future__ import annotations

from .._json.attrs_protocol import define
from .._json.model import Model
from ..types import UNSET, Unset


@define(kw_only=True, eq=False, repr=False)
class TraceLogFilters(Model, kw_only=True):
    """One filter over the root logs of an experiment. Without `filter_field` it is no filter, and the other members
    must be null or absent too.
    """

    filter_field: None | str | Unset = UNSET
    """What is judged: a member of the trace log, `score:{name}`, `annotation:score:{criterion}`,
    `annotation:value:{criterion}`, or any other name, which is the name of a score.
    """
    filter_key: None | str | Unset = UNSET
    """The key, when the field is a map. Exact; any characters, and it may be empty."""
    filter_operator: FilterOperator | None | Unset = UNSET
    """How the value is compared. Required with `filter_field`."""
    filter_value: None | str | Unset = UNSET
    """The value to compare with, always as a string. Required but for `is_null` and `exists`."""


# msgspec reads the annotations above at run time, so the names must be there; at the end, so that classes that refer
# to each other can be imported in any order.
from ..models.filter_operator import FilterOperator  # noqa: E402
