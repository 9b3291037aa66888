"""The everyday reason why msgspec refuses a log: a member that the contract does not know yet.

Such members are taken out of the plain objects, msgspec makes models of the rest in C, and each model gets its own.
"""

from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin

import msgspec
from attrs import frozen
from parea_trace_logs._json import decoders
from parea_trace_logs._json.fields import is_model, is_open, names, nested

T = TypeVar("T")

# The keys and indices from the top down to a model, as a chain with the last one first.
Route = tuple[Any, str | int] | None


@frozen
class _Place:
    """What models there are in a value, whatever it turns out to be."""

    model: type[msgspec.Struct] | None
    items: "_Place | None"
    values: "_Place | None"


@cache
def _place(kind: Any) -> _Place | None:
    origin, parts = get_origin(kind), get_args(kind)
    if origin is list:
        return _Place(None, inner, None) if (inner := _place(parts[0])) else None
    if origin is dict:
        return _Place(None, None, inner) if (inner := _place(parts[1])) else None
    if parts:
        found = [place for part in parts if (place := _place(part))]
        items = next((place.items for place in found if place.items), None)
        values = next((place.values for place in found if place.values), None)
        return _Place(next((place.model for place in found if place.model), None), items, values) if found else None
    return _Place(kind, None, None) if is_model(kind) and is_open(kind) else None


@cache
def _members(cls: type[msgspec.Struct]) -> tuple[frozenset[str], tuple[tuple[str, _Place], ...]]:
    """The known members, and those in which there are models."""
    places = ((name, _place(kind)) for name, kind in nested(cls).items())
    return frozenset(names(cls)), tuple((name, place) for name, place in places if place)


def convert(data: Any, kind: type[T]) -> T:
    """`data` as an instance of `kind`, unknown members kept. `data` is the caller's to give: it changes for a while.

    Raises:
        msgspec.ValidationError: `data` is not of that kind, or not as msgspec would have it.
        RecursionError: it is nested deeper than msgspec goes.
    """
    taken = _take(data, _place(cast("Any", kind)))
    try:
        result: T = decoders.convert(data, kind)
        for route, _, unknown in taken:
            _reached(result, route).additional_properties = unknown
    finally:
        for _, holder, unknown in taken:
            holder.update(unknown)
    return result


def _take(data: Any, place: _Place | None) -> list[tuple[Route, dict[str, Any], dict[str, Any]]]:
    """Take the unknown members out, wherever a model is to be; where they were, and what they are."""
    taken = []
    waiting: list[tuple[Any, _Place, Route]] = [(data, place, None)] if place else []
    while waiting:
        data, place, route = waiting.pop()
        kind = type(data)
        if kind is dict and place.model:
            known, deep = _members(place.model)
            if unknown := [name for name in data if name not in known]:
                taken.append((route, data, {name: data.pop(name) for name in unknown}))
            for name, inner in deep:
                if value := data.get(name):
                    waiting.append((value, inner, (route, name)))
        elif kind is dict and place.values:
            waiting += [(each, place.values, (route, name)) for name, each in data.items()]
        elif kind is list and place.items:
            waiting += [(each, place.items, (route, index)) for index, each in enumerate(data)]
    return taken


def _reached(result: Any, route: Route) -> Any:
    steps = []
    while route is not None:
        route, step = route
        steps.append(step)
    for step in reversed(steps):
        result = getattr(result, cast("str", step)) if isinstance(result, msgspec.Struct) else result[step]
    return result
