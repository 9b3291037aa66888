"""A filter, and what it judges: the subject that `filter_field` and `filter_key` name, in terms of the tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, false, literal

from parea_target.contract import Contract
from parea_target.tables import Tables, head
from parea_target.texts import StoredText
from parea_target.values import ReadingParts

# Parts of an `in` that are sought by an index; of more, one look at every log is as quick.
_INDEXED_PARTS = 100


@dataclass(frozen=True)
class Filter:
    """The members of a request body that the contract accepts; None where null or absent."""

    filter_field: str | None = None
    filter_key: str | None = None
    filter_operator: str | None = None
    filter_value: str | None = None


@dataclass(frozen=True)
class Subject:
    """What a filter judges.

    Attributes:
        kind: the filter kind of the contract.
        source: `member`, `score` or `annotation`.
        value: one value of it, in the column type of its kind; of a map's key the text (also of a boolean).
        number: of a map's key the number; elsewhere the same as `value`.
        present: whether it is there: not null, not absent.
        some: makes of a condition on `value` and `number` the condition that some value of the log meets it.
    """

    kind: str
    source: str
    value: ColumnElement[Any]
    number: ColumnElement[Any]
    present: ColumnElement[bool]
    some: Callable[[ColumnElement[bool]], ColumnElement[bool]]


@dataclass(frozen=True)
class Asked:
    """What a condition may look at beside the subject: the filter's value, the contract, the parts that read values."""

    filter_value: str
    contract: Contract
    parts: ReadingParts


Condition = Callable[[Subject, Asked], ColumnElement[bool]]


def find_subject(contract: Contract, tables: Tables, asked: Filter) -> Subject:
    """The subject of a filter. A member's name means the member; other names mean annotations and scores."""
    field = asked.filter_field or ""
    kind = contract.field_kind(field)
    if field in contract.kinds:
        return SUBJECTS[kind](kind, tables, field, asked.filter_key)
    prefix = next(prefix for prefix in _ADDRESSES if field.startswith(prefix))
    return _ADDRESSES[prefix](kind, tables, field.removeprefix(prefix))


def _scalar(kind: str, tables: Tables, member: str, _filter_key: str | None) -> Subject:
    column = tables.member(member)
    return Subject(kind, "member", column, column, column.is_not(None), lambda condition: condition)


def _marked(kind: str, tables: Tables, member: str, _filter_key: str | None) -> Subject:
    # Without a key, a map is only there or not, as a structure is.
    column = tables.member(member)
    return Subject(kind, "member", column, column, column, lambda condition: condition)


def _list_of(column: str) -> Callable[[str, Tables, str, str | None], Subject]:
    def subject(kind: str, tables: Tables, member: str, _filter_key: str | None) -> Subject:
        element = tables.element
        some = _some(tables, element, element.c.member == member)
        return Subject(kind, "member", element.c[column], element.c[column], tables.member(member), some)

    return subject


def _map(kind: str, tables: Tables, member: str, filter_key: str | None) -> Subject:
    if filter_key is None:
        return _marked(kind, tables, member, filter_key)
    entry = tables.entry
    some = _some(tables, entry, and_(entry.c.member == member, same_text(entry.c.key, filter_key)))
    return Subject(kind, "member", entry.c.text, entry.c.number, some(entry.c.present), some)


def _score(kind: str, tables: Tables, name: str) -> Subject:
    score = tables.score
    some = _some(tables, score, same_text(score.c.name, name))
    return Subject(kind, "score", score.c.number, score.c.number, some(score.c.number.is_not(None)), some)


def _annotation_of(column: str) -> Callable[[str, Tables, str], Subject]:
    def subject(kind: str, tables: Tables, criterion: str) -> Subject:
        annotation = tables.annotation
        value = annotation.c[column]
        some = _some(tables, annotation, same_text(annotation.c.criterion, criterion))
        return Subject(kind, "annotation", value, value, some(value.is_not(None)), some)

    return subject


def same_text(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    """The column equals the text; its beginning, by which indexes find it, then does so, too."""
    return and_(head(column) == head(literal(text, StoredText)), column == text)


def one_of_texts(column: ColumnElement[Any], texts: Sequence[str]) -> ColumnElement[bool]:
    """The column equals one of the texts; of none, it equals nothing."""
    if not texts:
        # SQLAlchemy's list without members is no SQL where each member is cast, as SQLite's are.
        return false()
    if len(texts) > _INDEXED_PARTS:
        return column.in_(texts)
    return and_(head(column).in_([head(literal(text, StoredText)) for text in texts]), column.in_(texts))


def _some(
    tables: Tables, table: Table, own: ColumnElement[bool]
) -> Callable[[ColumnElement[bool]], ColumnElement[bool]]:
    """A condition on one row of a table that belongs to a log → that some such row of the log meets it."""

    def some(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        here = and_(table.c.experiment_id == tables.experiment_id, own, condition)
        return tables.dialect.some(table, here, tables.log.c.log_id)

    return some


# By kind: what a filter on a member judges.
SUBJECTS: dict[str, Callable[[str, Tables, str, str | None], Subject]] = {
    "text": _scalar,
    "number": _scalar,
    "timestamp": _scalar,
    "boolean": _scalar,
    "string_list": _list_of("text"),
    "integer_list": _list_of("number"),
    "map": _map,
    "structure": _marked,
}

# What a name that is not a member's addresses in a log, by its prefix: the first of these; every name has the last.
_ADDRESSES: dict[str, Callable[[str, Tables, str], Subject]] = {
    "annotation:score:": _annotation_of("number"),
    "annotation:value:": _annotation_of("text"),
    "score:": _score,
    "": _score,
}
