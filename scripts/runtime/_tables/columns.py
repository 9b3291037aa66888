"""The columns of a table of trace logs, made of the contract's schema `TraceLog`."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Final, get_args, get_type_hints

import msgspec
from attrs import frozen
from parea_trace_logs._json import text
from parea_trace_logs._json.decoding import REFUSED
from parea_trace_logs._tables.batches import Batch
from parea_trace_logs._tables.column_types import SCORES, TYPES, ColumnType, json_text
from parea_trace_logs.contract import COLUMNS
from parea_trace_logs.models import TraceLog


@frozen
class Column:
    """One column: its name, what stands in it, and its values in a batch; None where it has none there."""

    name: str
    type: ColumnType
    values: Callable[[Batch], Sequence[Any] | None]


def _member(name: str, kind: str, member: str) -> Column:
    return Column(name, TYPES[kind], lambda batch: batch.columns.get(member))


def _members() -> Iterable[Column]:
    for name, kind in COLUMNS.items():
        yield _member(name, kind, name)
        if kind == "timestamp":
            yield _member(f"{name}_text", "text", name)


UNKNOWN: Final = "additional_properties"
STABLE: Final[tuple[Column, ...]] = (*_members(), _member(UNKNOWN, "json", UNKNOWN))
"""The columns of every table, unless others are named. `children_logs` is not one: a descendant is a row."""

_SCORE: Final = "score:"
_STABLE: Final = {column.name: column for column in STABLE}
_SCORES_LIST: Final = Column("scores_list", SCORES, lambda batch: batch.columns.get("scores"))
_EXPERIMENT: Final = "experiment"


def score_column(name: str) -> Column:
    """The column of a score, called as filters call it."""
    return Column(f"{_SCORE}{name}", TYPES["number"], lambda batch: [scores.get(name) for scores in batch.scores])


@cache
def _maps() -> tuple[str, ...]:
    """The members with free keys and values."""
    hints = get_type_hints(TraceLog)
    return tuple(name for name in COLUMNS if dict[str, Any] in get_args(hints[name]))


def _key_column(member: str, key: str) -> Column:
    def values(batch: Batch) -> list[str | None] | None:
        maps = batch.columns.get(member)
        return None if maps is None else [None if each is None else _under(key, each) for each in maps]

    return Column(f"{member}.{key}", TYPES["text"], values)


_raws: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_text: Final = msgspec.json.Decoder(str)


def _under(key: str, content: bytes) -> str | None:
    """What a map has under a key: a text as it is, anything else as its JSON; None for null and absent."""
    try:
        if (raw := _raws.decode(content).get(key)) is None:
            return None
        found = bytes(raw)
        return _text.decode(found) if found[:1] == b'"' else None if found == b"null" else found.decode()
    except REFUSED:
        value = text.parse(content).get(key)
        return value if value is None or isinstance(value, str) else json_text(value)


@frozen
class Shape:
    """Which columns a table has.

    Attributes:
        stable: The columns that it has in any case.
        scores: The scores that it has a column for, after those.
        all_scores: Whether it gets one for each score that occurs, too.
    """

    stable: tuple[Column, ...]
    scores: tuple[str, ...]
    all_scores: bool

    def columns(self, scores: Iterable[str] = ()) -> tuple[Column, ...]:
        """All columns, for these scores too."""
        return (*self.stable, *map(score_column, self.names(scores)))

    def names(self, scores: Iterable[str]) -> tuple[str, ...]:
        """The scores that have a column where these occur: those of the shape first, each once."""
        return tuple(dict.fromkeys((*self.scores, *(scores if self.all_scores else ()))))


def shape(
    scores: Iterable[str] | None = None, columns: Iterable[str] | None = None, experiment: str | None = None
) -> Shape:
    """The shape that a caller asks for.

    Args:
        scores: The scores to make columns for; None for every one that occurs, if the columns are not named.
        columns: The names of the columns, in their order; None for the stable ones.
        experiment: What stands in the column `experiment`; None for no such column.

    Raises:
        TypeError: these are not names, or one in the place of several.
        ValueError: no column is called so, or one is named twice.
    """
    scores = _listed("scores", scores)
    columns = _listed("columns", columns)
    own = {_SCORES_LIST.name: _SCORES_LIST}
    if experiment is not None:
        own[_EXPERIMENT] = Column(_EXPERIMENT, TYPES["text"], lambda batch: [experiment] * batch.rows)
    named: tuple[Column, ...] = STABLE
    if columns is not None:
        named = tuple(_named(name, own) for name in columns)
    if experiment is not None and _EXPERIMENT not in [column.name for column in named]:
        named = (own[_EXPERIMENT], *named)
    names = [column.name for column in named] + [f"{_SCORE}{name}" for name in dict.fromkeys(scores or ())]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"the column {twice!r} is named twice")
    return Shape(named, tuple(dict.fromkeys(scores or ())), scores is None and columns is None)


def _listed(argument: str, names: Iterable[str] | None) -> list[str] | None:
    """The names, if they are: a text alone would be taken for its letters."""
    if names is None:
        return None
    if isinstance(names, str):
        raise TypeError(f"{argument} takes a list of names, not one: [{names!r}]")
    found = list(names)
    for name in found:
        if not isinstance(name, str):
            raise TypeError(f"{argument} takes names, which are strings, not {name!r}")
    return found


def _named(name: str, own: dict[str, Column]) -> Column:
    if found := _STABLE.get(name) or own.get(name):
        return found
    if name.startswith(_SCORE):
        return score_column(name.removeprefix(_SCORE))
    member, dot, key = name.partition(".")
    if dot and member in _maps():
        return _key_column(member, key)
    raise ValueError(f"there is no column {name!r}; {_hint(name, own)}")


def _hint(name: str, own: dict[str, Column]) -> str:
    """What may have been meant by a column that does not exist."""
    if name == _EXPERIMENT:
        return "experiment= makes one"
    member, bracket, key = name.rstrip("]").partition("[")
    if bracket and member in _maps():
        near = [f"{member}.{key}"]
    else:
        near = difflib.get_close_matches(name, [*_STABLE, *own], n=1)
    return f"did you mean {near[0]!r}?" if near else f"a score is {_SCORE + name!r}, a key of a map 'metadata.{name}'"
