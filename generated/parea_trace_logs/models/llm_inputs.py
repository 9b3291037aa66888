"""The class of the contract's schema `LLMInputs`."""

from __future__ import annotations

from typing import Any

from .._json.attrs_protocol import define
from .._json.model import OpenModel
from ..types import UNSET, Unset


@define(kw_only=True, eq=False, repr=False)
class LLMInputs(OpenModel, kw_only=True):
    """The configuration of an LLM call."""

    model: None | str | Unset = UNSET
    """The name of the model."""
    provider: None | str | Unset = UNSET
    """Who serves it."""
    model_params: ModelParams | None | Unset = UNSET
    """The parameters of the call."""
    messages: list[Message] | None | Unset = UNSET
    """The conversation that was sent."""
    functions: list[Any] | None | Unset = UNSET
    """The functions that the model could call."""
    function_call: dict[str, Any] | None | str | Unset = UNSET
    """Which function the model should call."""
    history: list[Message] | None | Unset = UNSET
    """The conversation before what was sent."""


# msgspec reads the annotations above at run time, so the names must be there; at the end, so that classes that refer
# to each other can be imported in any order.
from ..models.message import Message  # noqa: E402
from ..models.model_params import ModelParams  # noqa: E402
