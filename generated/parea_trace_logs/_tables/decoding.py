"""JSON decoded straight into columns: no model is made of a log, and a member that stays JSON is kept as it came.

Only what is beyond doubt goes this way. Whatever is odd about a log (a member of another type, an integer written 2.0,
half a pair of surrogates, a number beyond doubles) makes `decode` give up, and the caller goes by the models, which
lose nothing and say what is wrong. Unknown members are nothing odd: their names are learnt.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Final, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec.structs import astuple
from parea_trace_logs._json.decoders import made_decoder
from parea_trace_logs._json.decoding import REFUSED
from parea_trace_logs._json.fields import is_model, names
from parea_trace_logs._json.learning import MOST_UNKNOWN, unknown_field
from parea_trace_logs._tables.batches import Batch, placed
from parea_trace_logs._tables.column_types import TYPES
from parea_trace_logs._tables.columns import UNKNOWN
from parea_trace_logs.contract import COLUMNS
from parea_trace_logs.models import TraceLog

_NULL: Final = msgspec.Raw(b"null")
_JSON: Final = tuple(name for name, kind in COLUMNS.items() if kind == "json")
_children = attrgetter("children_logs")


class Decoder:
    """Decodes arrays of logs, and learns the unknown members that they have.

    Args:
        descendants: Whether their descendants are rows, too.
    """

    def __init__(self, *, descendants: bool = True) -> None:
        self._descendants = descendants
        self._unknown: tuple[str, ...] = ()

    def decode(self, content: bytes) -> Batch | None:
        """The logs of a JSON array and their descendants; None where something is odd about them."""
        while True:
            try:
                rows = _decoder(self._unknown).decode(content)
                roots = len(rows)
                if self._descendants and any(map(_children, rows)):
                    rows = [log for root in rows for log in _filled_in(root)]
                return _batch(rows, roots, self._unknown, len(content))
            except msgspec.ValidationError as error:
                found = unknown_field(error)
                if found is None or len(self._unknown) >= MOST_UNKNOWN:
                    return None
                self._unknown = (*self._unknown, found[0])
            except REFUSED:
                return None


@lru_cache(maxsize=16)
def _decoder(unknown: tuple[str, ...]) -> msgspec.json.Decoder[list[Any]]:
    """The decoder of rows that have these members beside those of the contract."""
    hints = get_type_hints(TraceLog)
    required = {field.name for field in msgspec.structs.fields(TraceLog) if field.required}
    fields: list[Any] = []
    for name, kind in COLUMNS.items():
        decoded = TYPES[kind].decoded
        nullable = decoded is not msgspec.Raw and type(None) in get_args(hints[name])
        fields.append((name, decoded | None if nullable else decoded, *([] if name in required else [None])))
    renamed = {f"unknown_{place}": name for place, name in enumerate(unknown)}
    fields += ((field, msgspec.Raw, None) for field in renamed)
    fields.append(("children_logs", list["Row"], ()))  # type: ignore[name-defined] # noqa: F821 - named below
    row = msgspec.defstruct("Row", fields, kw_only=True, forbid_unknown_fields=True, gc=False, rename=renamed)
    cast("Any", row).Row = row
    return made_decoder(cast("Any", list)[row])


def _batch(rows: Sequence[Any], roots: int, unknown: Sequence[str], size: int) -> Batch:
    if not rows:
        return Batch()
    columns: dict[str, list[Any]] = {}
    for name, values in zip(COLUMNS, zip(*map(astuple, rows), strict=True), strict=False):
        if values[0] is not None or values.count(None) < len(rows):
            columns[name] = list(values)
    _fill_in_roots(columns, len(rows))
    scores: list[dict[str, float]] = [{}] * len(rows)
    for name in _JSON:
        if name in columns:
            texts = columns[name] = _json_texts(columns[name])
            found = _nested_decoder(name)(texts)
            if name == "scores":
                scores = list(_first_scores(texts, found))
    if unknown:
        columns[UNKNOWN] = _unknown_members(rows, unknown)
    return Batch(len(rows), columns, scores, size, roots)


def _filled_in(root: Any) -> Iterator[Any]:
    """Every log of a tree; what the server left out of it is known from the tree itself."""
    for log, depth, parent in placed(root):
        if log.depth is None:
            log.depth = depth
        if log.parent_trace_id is None:
            log.parent_trace_id = parent
        if log.root_trace_id is None:
            log.root_trace_id = root.trace_id
        yield log


def _fill_in_roots(columns: dict[str, list[Any]], rows: int) -> None:
    """As `_filled_in`, of logs without children: those that are left have their places."""
    ids = columns["trace_id"]
    if None in (depths := columns.setdefault("depth", [None] * rows)):
        columns["depth"] = [0 if depth is None else depth for depth in depths]
    for name in ("parent_trace_id", "root_trace_id"):
        found = columns.setdefault(name, list(ids))
        if None in found:
            columns[name] = [own if each is None else each for each, own in zip(found, ids, strict=True)]


def _json_texts(values: Sequence[Any]) -> list[msgspec.Raw | None]:
    """The JSON of each row; None for null and absent."""
    return [None if value is None or value == _NULL else value for value in values]


@cache
def _nested_decoder(name: str) -> Callable[[Sequence[msgspec.Raw | None]], list[Any]]:
    """Decodes the values of a member that is a map or a structure; raises one of `REFUSED` where one is odd."""
    decoder = made_decoder(cast("Any", list)[_lenient(get_type_hints(TraceLog)[name])])

    def decode(texts: Sequence[msgspec.Raw | None]) -> list[Any]:
        content = b"[%b]" % b",".join([text for text in texts if text is not None])
        if not content.isascii():
            content.decode()  # what is skipped is not read
        found: list[Any] = decoder.decode(content)
        return found

    return decode


@cache
def _lenient(kind: Any) -> Any:
    """What `kind` takes, and any unknown member: those are in the JSON that is kept."""
    parts = tuple(_lenient(part) for part in get_args(kind) if part is not msgspec.UnsetType)
    origin = get_origin(kind)
    if origin in (list, dict):
        return origin[parts]
    if parts:
        return Union[parts]  # noqa: UP007 - the parts are known at run time only
    if is_model(kind):
        hints = get_type_hints(kind)
        required = {field.name for field in msgspec.structs.fields(kind) if field.required}
        fields = [(each, _lenient(hints[each]), *([] if each in required else [None])) for each in names(kind)]
        return msgspec.defstruct(kind.__name__, cast("Any", fields), kw_only=True, gc=False)
    return str if isinstance(kind, type) and issubclass(kind, Enum) else kind


def _first_scores(texts: Sequence[msgspec.Raw | None], decoded: Sequence[Any]) -> Iterator[dict[str, float]]:
    found = iter(decoded)
    for text in texts:
        scores: dict[str, float] = {}
        for each in next(found) if text is not None else ():
            if each.name not in scores:
                scores[each.name] = float(each.score)
        yield scores


def _unknown_members(rows: Sequence[Any], unknown: Sequence[str]) -> list[bytes | None]:
    keys = [(f"unknown_{place}", msgspec.json.encode(name) + b":") for place, name in enumerate(unknown)]
    found = []
    for row in rows:
        members = [key + bytes(value) for field, key in keys if (value := getattr(row, field)) is not None]
        found.append(b"{" + b",".join(members) + b"}" if members else None)
    return found
