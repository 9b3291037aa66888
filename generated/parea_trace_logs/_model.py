"""The base of the generated classes, and their way from and to plain Python objects.

msgspec builds the classes but drops the members that they do not know. So an answer is first parsed to plain objects,
then converted, and then both are walked side by side for what was dropped.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Self, TypeVar, cast, get_args, get_type_hints

import attrs
import msgspec

from .types import UNSET

T = TypeVar("T")


class Model:
    """An object of the contract. A member that is absent is `UNSET`; one that is null is None."""

    __slots__ = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """An instance of what `json.loads` gives for one object.

        Raises:
            msgspec.ValidationError: a member has another type than the contract says; the message has its JSON path.
        """
        return from_plain(dict(data), cls)

    def to_dict(self) -> dict[str, Any]:
        """The object as plain dicts and lists, as `json.dumps` takes it: without the members that are `UNSET`."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._members() == other._members()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._known().items())})"

    def _known(self) -> dict[str, Any]:
        """The members of the contract that are not `UNSET`."""
        return {name: value for name in shape(type(self)).names if (value := getattr(self, name)) is not UNSET}

    def _members(self) -> dict[str, Any]:
        """All members that are not `UNSET`, as JSON has them."""
        return self._known()


class OpenModel(Model):
    """An object that may hold members which the contract does not know; they are kept in `additional_properties`."""

    # Empty until it is asked for: a log without unknown members pays nothing. No attrs field, because that would be
    # one more member to msgspec.
    __slots__ = ("_unknown",)
    _unknown: dict[str, Any]

    @property
    def additional_properties(self) -> dict[str, Any]:
        """The members that the contract does not know, by name; to be changed in place or replaced."""
        try:
            return self._unknown
        except AttributeError:
            self._unknown = {}
            return self._unknown

    @additional_properties.setter
    def additional_properties(self, value: dict[str, Any]) -> None:
        self._unknown = value

    def __repr__(self) -> str:
        unknown = getattr(self, "_unknown", {})
        return f"{super().__repr__()[:-1]}, additional_properties={unknown!r})" if unknown else super().__repr__()

    def _members(self) -> dict[str, Any]:
        return {**getattr(self, "_unknown", {}), **self._known()}


@attrs.frozen
class Shape:
    """What of a class is asked for once for each object."""

    names: tuple[str, ...]
    """The members that the contract knows, in its order."""
    known: frozenset[str]
    """The same, to look a name up."""
    nested: tuple[str, ...]
    """Those of them that hold models, at whatever depth."""


_SHAPES: dict[type, Shape] = {}


def shape(cls: type[Model]) -> Shape:
    """The shape of `cls`, found once."""
    if cls not in _SHAPES:
        names = tuple(field.name for field in attrs.fields(cast("Any", cls)))
        hints = get_type_hints(cls)
        nested = tuple(name for name in names if _holds_model(hints[name]))
        _SHAPES[cls] = Shape(names, frozenset(names), nested)
    return _SHAPES[cls]


def _holds_model(kind: Any) -> bool:
    if isinstance(kind, type):
        return issubclass(kind, Model)
    return any(_holds_model(part) for part in get_args(kind))


def from_plain(data: Any, kind: type[T]) -> T:
    """`data`, as `json.loads` gives it, as an instance of `kind`; unknown members are kept.

    Raises:
        msgspec.ValidationError: `data` is not of that kind; the message has the JSON path.
    """
    result = msgspec.convert(data, kind)
    _keep_unknown(data, result)
    return result


def _keep_unknown(data: Any, result: Any) -> None:
    """Give every model within `result` the members of `data` that it does not know."""
    waiting = [(data, result)]
    while waiting:
        data, result = waiting.pop()
        if isinstance(result, Model):
            own = shape(type(result))
            if not data.keys() <= own.known:
                unknown = {name: value for name, value in data.items() if name not in own.known}
                if not isinstance(result, OpenModel):
                    raise msgspec.ValidationError(f"{type(result).__name__} has no member {next(iter(unknown))!r}")
                result.additional_properties = unknown
            waiting += [(value, getattr(result, name)) for name in own.nested if (value := data.get(name))]
        elif isinstance(result, list):
            waiting += zip(data, result, strict=True)
        elif isinstance(result, dict):
            waiting += [(data[key], value) for key, value in result.items()]


def to_plain(value: Any) -> Any:
    """`value` with every model within it as a dict. No recursion: trees of logs may be deeper than Python's stack."""
    top: list[Any] = [value]
    waiting: list[tuple[Any, Any]] = [(top, 0)]
    while waiting:
        holder, key = waiting.pop()
        value = holder[key]
        if isinstance(value, Enum):
            holder[key] = value.value
        elif isinstance(value, Model):
            holder[key] = plain = value._members()
            waiting += [(plain, name) for name in plain]
        elif isinstance(value, dict):
            holder[key] = copied = dict(value)
            waiting += [(copied, name) for name in copied]
        elif isinstance(value, list | tuple):
            holder[key] = listed = list(value)
            waiting += [(listed, index) for index in range(len(listed))]
    return top[0]
