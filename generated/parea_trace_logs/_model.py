"""The base of the generated classes.

A class is a `msgspec.Struct`, which msgspec fills in C straight from the bytes, and speaks the protocol of attrs, so
that `attrs.fields`, `asdict` and `evolve` work. msgspec refuses a log with a member that the class does not know; such
a log, and no other, takes the way of `_lossless`, which keeps it.

Trees of logs may be deeper than Python's stack, so nothing here recurses into them.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast, get_args, get_type_hints

import attrs
import msgspec

from .types import UNSET, Unset

C = TypeVar("C", bound="type[Model]")

if TYPE_CHECKING:
    from attrs import define as define

    Additional = dict[str, Any]
else:
    # To msgspec, a member that no JSON fits: a server's own "additional_properties" is an unknown member, too.
    Additional = Unset

    def define(**_: bool) -> Callable[[C], C]:
        """What `attrs.define` is to type checkers: it gives the class the protocol of attrs, which is all it lacks."""
        return _with_attrs


_SHOWN_DEPTH = 12


@cache
def names(cls: "type[Model]") -> tuple[str, ...]:
    """The members that the contract knows, in the order of the class."""
    return tuple(name for name in cls.__struct_fields__ if name != "additional_properties")


def _with_attrs(cls: C) -> C:
    # Not `msgspec.structs.fields`: that needs the types, and the modules of some are still to be imported.
    defaults = cls.__struct_defaults__
    first = len(cls.__struct_fields__) - len(defaults)
    unset = {name for name, default in zip(cls.__struct_fields__[first:], defaults, strict=True) if default is UNSET}
    these: dict[str, Any] = {
        name: attrs.field(default=UNSET if name in unset else attrs.NOTHING, kw_only=True) for name in names(cls)
    }
    if "additional_properties" in cls.__struct_fields__:
        these["additional_properties"] = attrs.field(factory=dict, kw_only=True)
    # Nothing is added to the class but the list of its fields: all that attrs could write, msgspec has.
    attrs.define(these=these, slots=False, init=False, eq=False, repr=False, match_args=False, getstate_setstate=False)(
        cls
    )
    return cls


class Model(msgspec.Struct, eq=False, forbid_unknown_fields=True):
    """An object of the contract. A member that is absent is `UNSET`; one that is null is None."""

    __attrs_attrs__: ClassVar[Any]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """An instance of what `json.loads` gives for one object.

        Raises:
            msgspec.ValidationError: a member has another type than the contract says; the message has its JSON path.
        """
        from ._lossless import from_plain

        return from_plain(data, cls)

    def to_dict(self) -> dict[str, Any]:
        """The object as plain dicts and lists, as `json.dumps` takes it: without the members that are `UNSET`."""
        from ._lossless import to_plain

        plain: dict[str, Any] = to_plain(self)
        return plain

    def __eq__(self, other: object) -> bool:
        return _equal(self, other) if type(other) is type(self) else NotImplemented

    def __repr__(self) -> str:
        return _shown(self, _SHOWN_DEPTH)

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return list(self._shown().items())

    def __reduce__(self) -> tuple[Any, ...]:
        return _revived, (_flat(self),)

    def _known(self) -> dict[str, Any]:
        """The members of the contract that are not `UNSET`."""
        return {name: value for name in names(type(self)) if (value := getattr(self, name)) is not UNSET}

    def _members(self) -> dict[str, Any]:
        """All members that are not `UNSET`, as JSON has them."""
        return self._known()

    def _shown(self) -> dict[str, Any]:
        """What a representation shows."""
        return self._known()


@define(kw_only=True, eq=False, repr=False)
class OpenModel(Model, kw_only=True):
    """An object that may hold members which the contract does not know; they are kept in `additional_properties`."""

    additional_properties: Additional = cast("Additional", UNSET)
    """The members that the contract does not know, by name; to be changed in place or replaced."""

    def _members(self) -> dict[str, Any]:
        return {**_unknown(self), **self._known()}

    def _shown(self) -> dict[str, Any]:
        unknown = _unknown(self)
        return {**self._known(), "additional_properties": unknown} if unknown else self._known()


_slot = cast("Any", OpenModel.additional_properties)


def _unknown(model: OpenModel) -> dict[str, Any]:
    """The unknown members for reading only: no dict is made where there are none."""
    return _slot.__get__(model) or {}


def _additional_properties(model: OpenModel) -> dict[str, Any]:
    if _slot.__get__(model) is UNSET:
        model.additional_properties = {}
    unknown: dict[str, Any] = _slot.__get__(model)
    return unknown


# msgspec writes the slot itself. Who reads the attribute gets a dict, made when it is asked for: a log without unknown
# members pays nothing for them.
OpenModel.additional_properties = property(  # type: ignore[assignment]
    _additional_properties, _slot.__set__, doc="The members that the contract does not know, by name."
)


@cache
def nested(cls: type[Model]) -> dict[str, Any]:
    """The types of those members that hold models, at whatever depth."""
    hints = get_type_hints(cls)
    return {name: hints[name] for name in names(cls) if _holds_model(hints[name])}


def _holds_model(kind: Any) -> bool:
    if isinstance(kind, type) and not get_args(kind):
        return issubclass(kind, Model)
    return any(_holds_model(part) for part in get_args(kind))


def _equal(one: Any, other: Any) -> bool:
    waiting = [(one, other)]
    while waiting:
        one, other = waiting.pop()
        if one is other:
            continue
        kind = type(one)
        if isinstance(one, Model):
            one, other, kind = (one._members(), other._members(), dict) if type(other) is kind else (one, None, kind)
        if kind is dict and type(other) is dict:
            if one.keys() != other.keys():
                return False
            waiting += [(value, other[name]) for name, value in one.items()]
        elif kind is list and type(other) is list:
            if len(one) != len(other):
                return False
            waiting += zip(one, other, strict=True)
        elif isinstance(one, Model) or one != other:
            return False
    return True


def _shown(value: Any, depth: int) -> str:
    """`value` as Python would show it, but that nothing is shown `depth` containers below it."""
    kind = type(value)
    if isinstance(value, Model):
        shown = [f"{name}={_shown(each, depth - 1)}" for name, each in value._shown().items()] if depth else ["..."]
        return f"{kind.__name__}({', '.join(shown)})"
    if kind is dict and value:
        shown = [f"{key!r}: {_shown(each, depth - 1)}" for key, each in value.items()] if depth else ["..."]
        return "{" + ", ".join(shown) + "}"
    if kind is list and value:
        shown = [_shown(each, depth - 1) for each in value] if depth else ["..."]
        return "[" + ", ".join(shown) + "]"
    return repr(value)


class _At(tuple[int]):
    """Stands for the model of that number in a flat list of models."""

    __slots__ = ()


def _flat(root: Model) -> list[tuple[type[Model], dict[str, Any]]]:
    """All models within `root`, itself first, each with its members, in which other models are `_At`."""
    places = {id(root): 0}
    models = [root]
    flat = []
    for model in models:  # which grows
        members: dict[str, Any] = dict(model._known())
        if isinstance(model, OpenModel) and (unknown := _unknown(model)):
            members["additional_properties"] = unknown
        for name in nested(type(model)).keys() & members.keys():
            members[name] = _swapped(members[name], models, places)
        flat.append((type(model), members))
    return flat


def _swapped(value: Any, models: list[Model], places: dict[int, int]) -> Any:
    if isinstance(value, Model):
        if id(value) not in places:
            places[id(value)] = len(models)
            models.append(value)
        return _At((places[id(value)],))
    if type(value) is list:
        return [_swapped(each, models, places) for each in value]
    if type(value) is dict:
        return {key: _swapped(each, models, places) for key, each in value.items()}
    return value


def _revived(flat: list[tuple[type[Model], dict[str, Any]]]) -> Model:
    """The first of the models that `_flat` took apart."""
    models = [cls(**members) for cls, members in flat]
    for model, (_, members) in zip(models, flat, strict=True):
        for name in nested(type(model)).keys() & members.keys():
            setattr(model, name, _restored(members[name], models))
    return models[0]


def _restored(value: Any, models: list[Model]) -> Any:
    if type(value) is _At:
        return models[value[0]]
    if type(value) is list:
        return [_restored(each, models) for each in value]
    if type(value) is dict:
        return {key: _restored(each, models) for key, each in value.items()}
    return value
