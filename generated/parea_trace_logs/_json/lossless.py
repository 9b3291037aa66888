"""The way to the generated classes that loses nothing, for the few logs that the fast one refuses, and the way back.

Between plain Python objects, as `json.loads` gives them, and models. What the contract does not know is kept: members,
values of an enumeration, and the form of a number (2.0 is an integer to JSON Schema). No recursion, so that how deep a
log may be nested is decided by the parser alone.
"""

import math
import re
from collections.abc import Callable
from enum import Enum
from functools import cache
from types import NoneType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from attrs import frozen
from parea_trace_logs._json import decoders
from parea_trace_logs._json.fields import is_model, is_open, names
from parea_trace_logs._shared.words import did_you_mean, similar
from parea_trace_logs.types import UNSET

T = TypeVar("T")

# A path is a chain, its last step first; it is written out only for an error.
Path = tuple[Any, str | int] | None


@frozen
class _Plan:
    """What there is to know of a class to build it from a dict."""

    flat: type[msgspec.Struct]
    """The class with nothing below it: a dict in the place of each model, a float allowed for an integer."""
    known: frozenset[str]
    """Its members."""
    deep: dict[str, Any]
    """The types of the members in which there is more to do: models, enumerations, integers."""


@cache
def _plan(cls: type[msgspec.Struct]) -> _Plan:
    hints = get_type_hints(cls)
    required = {field.name for field in msgspec.structs.fields(cls) if field.required}
    members = [(name, _flattened(hints[name]), *([] if name in required else [UNSET])) for name in names(cls)]
    deep = {name: hints[name] for name in names(cls) if _is_deep(hints[name])}
    flat = msgspec.defstruct(cls.__name__, cast("Any", members), kw_only=True)
    return _Plan(flat, frozenset(names(cls)), deep)


@cache
def _is_deep(kind: Any) -> bool:
    if get_args(kind):
        return any(_is_deep(part) for part in get_args(kind))
    return kind is int or is_model(kind) or _is_enum(kind)


def _is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


def _flattened(kind: Any) -> Any:
    parts = tuple(_flattened(part) for part in get_args(kind))
    origin = get_origin(kind)
    if origin in (list, dict):
        return origin[parts]
    if parts:
        return Union[parts]  # noqa: UP007 - the parts are known at run time only
    if kind is int:
        return int | float
    if is_model(kind):
        return dict[str, Any]
    if _is_enum(kind):
        return str
    return kind


def from_plain(data: Any, kind: type[T], path: Path = None) -> T:
    """`data`, as `json.loads` gives it, as an instance of `kind`; unknown members are kept.

    Args:
        data: Dicts, lists and what they hold.
        kind: A model, or a type made of models.
        path: Where `data` itself stood, for the message of an error.

    Raises:
        msgspec.ValidationError: `data` is not of that kind; the message has the JSON path.
    """
    top: list[Any] = [_converted(data, _flattened(kind), path)]
    waiting: list[tuple[Any, Any, Any, Path]] = [(top, 0, kind, path)]
    while waiting:
        holder, key, kind_, path = waiting.pop()
        value = getattr(holder, key) if isinstance(holder, msgspec.Struct) else holder[key]
        kind_ = _matching(kind_, value)
        if kind_ is None:
            continue
        if type(value) is list:
            waiting += [(value, index, get_args(kind_)[0], (path, index)) for index in range(len(value))]
            continue
        if get_origin(kind_) is dict:
            waiting += [(value, name, get_args(kind_)[1], (path, name)) for name in value]
            continue
        if kind_ is int:
            _check_whole(value, path)
            continue
        if issubclass(kind_, Enum):
            made: Any = next((each for each in kind_ if each.value == value), value)
        else:
            made = _model(value, kind_, path)
            waiting += [(made, name, deep, (path, name)) for name, deep in _plan(kind_).deep.items()]
        if isinstance(holder, msgspec.Struct):
            setattr(holder, key, made)
        else:
            holder[key] = made
    return cast("T", top[0])


def _matching(kind: Any, value: Any) -> Any:
    """That part of `kind` which `value` must be made into; None where it is what it should be."""
    found = None
    for part in get_args(kind) if get_origin(kind) not in (list, dict) and get_args(kind) else (kind,):
        if type(value) is float and part is float:
            return None
        if _is_deep(part) and _takes(part, type(value)):
            found = part
    return found


# What a value that JSON has can be made into, beside what it is.
_MADE_OF: dict[type, Any] = {dict: msgspec.Struct, str: Enum, float: int}


def _takes(kind: Any, given: type) -> bool:
    if get_origin(kind) is given:
        return True
    return isinstance(kind, type) and not get_args(kind) and issubclass(kind, _MADE_OF.get(given, ()))


def _model(data: dict[str, Any], cls: type[msgspec.Struct], path: Path) -> msgspec.Struct:
    plan = _plan(cls)
    # msgspec would have to look an unknown name up, and cannot when it holds half a pair of surrogates.
    flat = _converted({name: value for name, value in data.items() if name in plan.known}, plan.flat, path)
    model: Any = cls(**{name: value for name in plan.known if (value := getattr(flat, name)) is not UNSET})
    if not data.keys() <= plan.known:
        unknown = {name: value for name, value in data.items() if name not in plan.known}
        if not is_open(cls):
            name = next(iter(unknown))
            meant = did_you_mean(similar(str(name), sorted(plan.known)))
            raise msgspec.ValidationError(f"{cls.__name__} has no member {name!r}{meant}{_at(path)}")
        model.additional_properties = unknown
    return cast("msgspec.Struct", model)


def _converted(data: Any, kind: Any, path: Path) -> Any:
    try:
        return decoders.convert(data, kind)
    except msgspec.ValidationError as error:
        reason, _, below = str(error).partition(" - at `$")
    except UnicodeEncodeError:  # msgspec makes UTF-8 of a text that is not what is due, to say so
        reason, below = "half a pair of surrogates", ""
        if isinstance(data, dict) and isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            _each_member(data, kind, path)
    raise msgspec.ValidationError(reason + _at(path, below.removesuffix("`")))


def _each_member(data: dict[str, Any], kind: type[msgspec.Struct], path: Path) -> None:
    """Convert the members one by one, so that the error names the one that is wrong."""
    for name, hint in get_type_hints(kind).items():
        if name in data:
            _converted(data[name], hint, (path, name))


def _check_whole(value: float, path: Path) -> None:
    if not (value.is_integer() or math.isinf(value)):  # beyond the range of doubles every number is whole
        raise msgspec.ValidationError(f"Expected `int`, got `float`{_at(path)}")


def _at(path: Path, below: str = "") -> str:
    steps: list[str] = []
    while path is not None:
        path, step = path
        steps.append(f"[{step}]" if isinstance(step, int) else f".{step}" if _PLAIN.fullmatch(step) else f"[{step!r}]")
    place = "".join(reversed(steps)) + below
    return f" - at `${place}`" if place else ""


_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def to_plain(value: Any, number: Callable[[float], Any] = float) -> Any:
    """`value` with every model within it as a dict, and every float as `number` says."""
    top: list[Any] = [value]
    waiting: list[tuple[Any, Any]] = [(top, 0)]
    while waiting:
        holder, key = waiting.pop()
        value = holder[key]
        if isinstance(value, Enum):
            holder[key] = value.value
        elif isinstance(value, float):
            holder[key] = number(value)
        elif isinstance(value, msgspec.Struct):
            holder[key] = plain = value._members()  # type: ignore[attr-defined]  # every struct here is a model
            waiting += [(plain, name) for name, each in plain.items() if type(each) not in _SCALARS]
        elif isinstance(value, dict):
            holder[key] = copied = dict(value)
            waiting += [(copied, name) for name, each in copied.items() if type(each) not in _SCALARS]
        elif isinstance(value, list | tuple):
            holder[key] = listed = list(value)
            waiting += [(listed, index) for index, each in enumerate(listed) if type(each) not in _SCALARS]
    return top[0]


_SCALARS = frozenset({str, int, bool, NoneType})
