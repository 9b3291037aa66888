"""The class of the contract's schema `ModelParams`."""

from __future__ import annotations

from typing import Any

from .._json.attrs_protocol import define
from .._json.model import OpenModel
from ..types import UNSET, Unset


@define(kw_only=True, eq=False, repr=False)
class ModelParams(OpenModel, kw_only=True):
    """The parameters of an LLM call."""

    model: None | str | Unset = UNSET
    """The name of the model."""
    temp: float | int | None | Unset = UNSET
    """The temperature."""
    top_p: float | int | None | Unset = UNSET
    """The nucleus from which tokens are drawn."""
    frequency_penalty: float | int | None | Unset = UNSET
    """The penalty on frequent tokens."""
    presence_penalty: float | int | None | Unset = UNSET
    """The penalty on tokens that occurred."""
    max_length: int | None | Unset = UNSET
    """The most tokens to answer with."""
    response_format: dict[str, Any] | None | Unset = UNSET
    """The form that the answer must have."""
    safe_prompt: bool | None | Unset = UNSET
    """Whether a safety prompt is put in front."""
