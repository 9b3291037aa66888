"""Members that the contract does not know, once their names are known: decoded as fast as those that it knows.

A server that has news has them in every log. So a class is made that has members of those names, too, which msgspec
fills in C; of each object a model is made, and what stood in the others becomes its `additional_properties`.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Final, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import astuple
from parea_trace_logs._json.decoders import made_decoder
from parea_trace_logs._json.decoding import REFUSED
from parea_trace_logs._json.fields import is_model, is_open, names
from parea_trace_logs.types import UNSET

MOST_UNKNOWN: Final = 64
"""How many names are learnt; a server that makes up more of them has keys rather than members."""
_EARLY: Final = 64  # logs after which a new name is late: what comes before it was decoded in vain
_LATE_NAMES: Final = 4  # of them so many are learnt from one array
_UNKNOWN_FIELD: Final = re.compile(r"Object contains unknown field `(.*)` - at `([^`]*)`\Z", re.DOTALL)


def unknown_field(error: Exception) -> tuple[str, str] | None:
    """The name of the unknown member that msgspec has refused, and the path of its object; None where it has not.

    None, too, where msgspec would not take the name for a member of a class.
    """
    found = _UNKNOWN_FIELD.match(str(error)) if isinstance(error, msgspec.ValidationError) else None
    if not found or not found[1].isprintable() or {'"', "\\"} & set(found[1]):
        return None
    return found[1], found[2]


class Learnt:
    """The unknown members of one model, as far as they have been seen, and how arrays with them are decoded.

    Those of models within it are not learnt, but of those within lists of itself.
    """

    def __init__(self, kind: type[msgspec.Struct]) -> None:
        self._kind = kind
        lists = "|".join(map(re.escape, _lists_of_itself(kind))) or "(?!)"
        self._path = re.compile(rf"\$\[\d+\](?:\.(?:{lists})\[\d+\])*\Z")
        self._unknown: tuple[str, ...] = ()

    def decode(self, content: bytes, error: Exception) -> list[Any] | None:
        """The models of a JSON array; None where it has anything odd but unknown members.

        Args:
            content: The array.
            error: What msgspec has said of it.
        """
        late = 0
        while True:
            name, path = unknown_field(error) or ("", "")
            if not self._path.match(path):
                return None
            if name not in self._unknown:
                late += int(path[2 : path.index("]")]) >= _EARLY
                if late > _LATE_NAMES or len(self._unknown) >= MOST_UNKNOWN:
                    return None
                self._unknown = (*self._unknown, name)
            unknown = self._unknown  # another thread may learn meanwhile
            try:
                rows = _decoder(self._kind, unknown).decode(content)
            except REFUSED as raised:
                error = raised
            else:
                return _made_models(rows, self._kind, unknown)


@cache
def learnt(kind: Any) -> Learnt | None:
    """What has been learnt of a model in this process; None of what is not a model, or has no unknown members."""
    return Learnt(kind) if is_model(kind) and is_open(kind) else None


@lru_cache(maxsize=16)
def _decoder(kind: type[msgspec.Struct], unknown: tuple[str, ...]) -> msgspec.json.Decoder[list[Any]]:
    """The decoder of arrays of objects that have these members beside those of a model."""
    hints = get_type_hints(kind)
    required = {field.name for field in msgspec.structs.fields(kind) if field.required}
    fields: list[Any] = [
        (name, _of_rows(hints[name], kind), *([] if name in required else [UNSET])) for name in names(kind)
    ]
    renamed = {f"unknown_{place}": name for place, name in enumerate(unknown)}
    fields += ((field, Any, UNSET) for field in renamed)
    # None lives longer than this module has to do with it: the collector of cycles need not know it.
    row = msgspec.defstruct("Row", fields, kw_only=True, forbid_unknown_fields=True, gc=False, rename=renamed)
    cast("Any", row).Row = row
    return made_decoder(cast("Any", list)[row])


def _of_rows(hint: Any, kind: type) -> Any:
    """The type with `Row` in the place of the model in a list."""
    if get_args(hint) == (kind,):
        return list["Row"]  # type: ignore[name-defined] # noqa: F821 - the class is still to be made
    if get_origin(hint) in (list, dict) or not get_args(hint):
        return hint
    return Union[tuple(_of_rows(part, kind) for part in get_args(hint))]  # noqa: UP007 - known at run time only


@cache
def _lists_of_itself(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The members that are lists of such objects."""
    hints = get_type_hints(kind)
    return tuple(name for name in names(kind) if _of_rows(hints[name], kind) != hints[name])


@cache
def _positional(kind: type[msgspec.Struct]) -> Callable[..., Any]:
    """Makes what has the members of a model, given in their order, and its layout: it becomes one by `__class__`."""
    members = names(kind)
    base = kind.__bases__[0]
    body = {"__annotations__": dict.fromkeys(members, Any), "__module__": __name__, **dict.fromkeys(members, UNSET)}
    made: Callable[..., Any] = cast("Any", type(kind))(kind.__name__, (base,), body)
    return made


def _made_models(rows: list[Any], kind: type[msgspec.Struct], unknown: tuple[str, ...]) -> list[Any]:
    """Each row, and each below it, made a model in its place."""
    make = _positional(kind)
    known = len(names(kind))
    lists = [names(kind).index(name) for name in _lists_of_itself(kind)]
    waiting = [rows]
    while waiting:
        current = waiting.pop()
        for place, row in enumerate(current):
            values = astuple(row)
            model = make(*values[:known])
            found = {name: value for name, value in zip(unknown, values[known:], strict=True) if value is not UNSET}
            model.__class__ = kind
            if found:
                model.additional_properties = found
            current[place] = model
            waiting += [values[each] for each in lists if values[each]]
    return rows
