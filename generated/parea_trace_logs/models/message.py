"""The class of the contract's schema `Message`."""

from __future__ import annotations

from typing import Any

from .._json.attrs_protocol import define
from .._json.model import OpenModel


@define(kw_only=True, eq=False, repr=False)
class Message(OpenModel, kw_only=True):
    """One message of a conversation. Known roles are user, assistant, system, example_user, example_assistant,
    function and tool; others may come.
    """

    content: list[Any] | None | str
    """The text, or its parts."""
    role: str
    """Who speaks."""
