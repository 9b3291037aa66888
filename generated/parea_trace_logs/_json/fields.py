"""What there is to know of the members of a generated class."""

from functools import cache
from typing import Any, get_args, get_type_hints

import msgspec


@cache
def names(cls: type[msgspec.Struct]) -> tuple[str, ...]:
    """The members that the contract knows, in the order of the class."""
    return tuple(name for name in cls.__struct_fields__ if name != "additional_properties")


@cache
def nested(cls: type[msgspec.Struct]) -> dict[str, Any]:
    """The types of those members that hold models, at whatever depth."""
    hints = get_type_hints(cls)
    return {name: hints[name] for name in names(cls) if _holds_model(hints[name])}


def is_open(cls: type[msgspec.Struct]) -> bool:
    """Whether the class keeps members that the contract does not know."""
    return "additional_properties" in cls.__struct_fields__


def is_model(kind: Any) -> bool:
    """Whether a type is one of the generated classes."""
    return isinstance(kind, type) and not get_args(kind) and issubclass(kind, msgspec.Struct)


def _holds_model(kind: Any) -> bool:
    return is_model(kind) or any(_holds_model(part) for part in get_args(kind))
