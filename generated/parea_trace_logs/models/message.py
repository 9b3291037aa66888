from __future__ import annotations

from typing import Any

from attrs import define

from .._model import OpenModel


@define(kw_only=True, eq=False, repr=False, getstate_setstate=False)
class Message(OpenModel):
    """One message of a conversation. Known roles are user, assistant, system, example_user, example_assistant,
    function and tool; others may come.
    """

    content: list[Any] | None | str
    """The text, or its parts."""
    role: str
    """Who speaks."""
