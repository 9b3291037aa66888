"""How the generated classes show themselves: as Python would, but not endlessly deep."""

from typing import Any

import msgspec

_DEPTH = 12


def shown(value: Any, depth: int = _DEPTH) -> str:
    """`value` as Python would show it, but that nothing is shown `depth` containers below it."""
    kind = type(value)
    if isinstance(value, msgspec.Struct):
        items = value._shown().items()  # type: ignore[attr-defined]  # every struct here is a model
        return f"{kind.__name__}({_joined((f'{name}={shown(each, depth - 1)}' for name, each in items), depth)})"
    if kind is dict and value:
        return "{" + _joined((f"{key!r}: {shown(each, depth - 1)}" for key, each in value.items()), depth) + "}"
    if kind is list and value:
        return "[" + _joined((shown(each, depth - 1) for each in value), depth) + "]"
    return repr(value)


def _joined(parts: Any, depth: int) -> str:
    return ", ".join(parts) if depth else "..."
