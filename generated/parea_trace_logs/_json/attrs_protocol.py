"""The protocol of attrs for classes that msgspec fills: `attrs.fields`, `asdict` and `evolve` work on them.

The classes are `msgspec.Struct` rather than attrs classes because msgspec can refuse unknown members
(`forbid_unknown_fields`) only for its own structs. Without that it would skip a member that the contract does not know,
and nobody would learn that something was lost.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
import msgspec
from parea_trace_logs._json.fields import is_open, names
from parea_trace_logs.types import UNSET

C = TypeVar("C", bound="type[msgspec.Struct]")

if TYPE_CHECKING:
    from attrs import define as define
else:

    def define(**_: bool) -> Callable[[C], C]:
        """What `attrs.define` is to type checkers: it gives the class the protocol of attrs, which is all it lacks."""
        return _with_attrs


def _with_attrs(cls: C) -> C:
    # Not `msgspec.structs.fields`: that needs the types, and the modules of some are still to be imported.
    defaults = cls.__struct_defaults__
    first = len(cls.__struct_fields__) - len(defaults)
    unset = {name for name, default in zip(cls.__struct_fields__[first:], defaults, strict=True) if default is UNSET}
    these: dict[str, Any] = {
        name: attrs.field(default=UNSET if name in unset else attrs.NOTHING, kw_only=True) for name in names(cls)
    }
    if is_open(cls):
        these["additional_properties"] = attrs.field(factory=dict, kw_only=True)
    # Nothing is added to the class but the list of its fields: all that attrs could write, msgspec has.
    attrs.define(these=these, slots=False, init=False, eq=False, repr=False, match_args=False, getstate_setstate=False)(
        cls
    )
    return cls
