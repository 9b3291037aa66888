"""The base of the generated classes, which msgspec fills in C straight from the bytes.

msgspec refuses a log with a member that the class does not know; such a log, and no other, takes the way of
`_json.unknown` or `_json.lossless`, which keep it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

import msgspec
from parea_trace_logs._json.attrs_protocol import define
from parea_trace_logs._json.fields import names
from parea_trace_logs._json.invalid_data import InvalidDataError, invalid_data
from parea_trace_logs._json.lossless import from_plain, to_plain
from parea_trace_logs._json.showing import html_of_model, shown
from parea_trace_logs._json.text import TOO_DEEP
from parea_trace_logs.types import UNSET, Unset

if TYPE_CHECKING:
    Additional = dict[str, Any]
else:
    # To msgspec, a member that no JSON matches: a server's own "additional_properties" is an unknown member, too.
    Additional = Unset


class Model(msgspec.Struct, eq=False, forbid_unknown_fields=True):
    """An object of the contract. A member that is absent is `UNSET`; one that is null is None.

    JSON may be nested about 1,000 containers deep: a tree of about 490 logs, for each brings an object and an array.
    Comparing recurses, as Python's own containers do, and so do pickling and copying: they raise a RecursionError for
    trees deeper than about 240, 160 and 140 logs.
    """

    __attrs_attrs__: ClassVar[Any]
    _FIRST: ClassVar[tuple[str, ...]] = ()
    """The members that a representation begins with."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """An instance of what `json.loads` gives for one object.

        Raises:
            InvalidDataError: a member has another type than the contract says; the message has its JSON path.
        """
        try:
            return from_plain(data, cls)
        except msgspec.ValidationError as error:
            wrong = invalid_data(error)
        except RecursionError:
            wrong = InvalidDataError(TOO_DEEP)
        raise wrong

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """An instance of what JSON says; nothing is lost.

        Raises:
            InvalidDataError: it is not JSON, or a member has another type than the contract says; the message has its
                JSON path.
        """
        from parea_trace_logs._json.decoding import decode

        try:
            return decode(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text), cls)
        except msgspec.MsgspecError as error:
            wrong = invalid_data(error)
        raise wrong

    def to_json(self) -> str:
        """The object as JSON, without the members that are `UNSET`; `from_json` gives the same again.

        Raises:
            InvalidDataError: it holds what JSON does not have, such as NaN.
        """
        from parea_trace_logs._json.decoding import encode

        try:
            return encode(self).decode()
        except (ValueError, TypeError) as error:
            wrong = invalid_data(error)
        raise wrong

    def to_dict(self) -> dict[str, Any]:
        """The object as plain dicts and lists, as `json.dumps` takes it: without the members that are `UNSET`."""
        plain: dict[str, Any] = to_plain(self)
        return plain

    def __eq__(self, other: object) -> bool:
        return self._members() == other._members() if type(other) is type(self) else NotImplemented

    def __repr__(self) -> str:
        return shown(self)

    def _repr_html_(self) -> str:
        return html_of_model(self)

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return list(self._shown().items())

    def _members(self) -> dict[str, Any]:
        """All members that are not `UNSET`, as JSON has them."""
        return {name: value for name in names(type(self)) if (value := getattr(self, name)) is not UNSET}

    def _shown(self) -> dict[str, Any]:
        """What a representation shows, in that order."""
        return self._in_order(self._members())

    def _in_order(self, members: dict[str, Any]) -> dict[str, Any]:
        first = {name: members[name] for name in self._FIRST if name in members}
        return {**first, **members}


@define(kw_only=True, eq=False, repr=False)
class OpenModel(Model, kw_only=True):
    """An object that may hold members which the contract does not know; they are kept in `additional_properties`."""

    additional_properties: Additional = cast("Additional", UNSET)
    """The members that the contract does not know, by name; to be changed in place or replaced."""

    def _members(self) -> dict[str, Any]:
        return {**unknown_members(self), **super()._members()}

    def _shown(self) -> dict[str, Any]:
        unknown = unknown_members(self)
        return self._in_order({**super()._members(), **({"additional_properties": unknown} if unknown else {})})


_slot = cast("Any", OpenModel.additional_properties)


def unknown_members(model: OpenModel) -> dict[str, Any]:
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
