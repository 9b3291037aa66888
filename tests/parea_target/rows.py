"""What the store keeps of a log: its rows, by table."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from parea_target.contract import Contract
from parea_target.tables import Tables, member_column
from parea_target.values import read_instant

Row = dict[str, Any]

# What stands in the log's own row for a member that is neither null nor absent; other kinds note that it is there.
_SCALARS: Mapping[str, Callable[[Any], object]] = {
    "text": str,
    "number": float,
    "timestamp": read_instant,
    "boolean": bool,
}


class RowMaker:
    """Makes rows of logs that the schema `TraceLog` accepts.

    Attributes:
        tables: the tables that the rows are for.
    """

    def __init__(self, contract: Contract, tables: Tables) -> None:
        self.tables = tables
        self._scalars = {member: _SCALARS[kind] for kind in _SCALARS for member in contract.members[kind]}
        self._others = [member for member, kind in contract.kinds.items() if kind not in _SCALARS]
        self._texts = contract.members["string_list"]
        self._numbers = contract.members["integer_list"]
        self._maps = contract.members["map"]

    def log_row(self, log: Mapping[str, Any], log_id: int, experiment_id: int, body: bytes) -> Row:
        """The row of the log in `Tables.log`.

        Raises:
            ValueError: a timestamp is none.
        """
        row: Row = {"log_id": log_id, "experiment_id": experiment_id, "body": body}
        for member, value_of in self._scalars.items():
            value = log.get(member)
            row[member_column(member)] = None if value is None else value_of(value)
        for member in self._others:
            row[member_column(member)] = log.get(member) is not None
        return row

    def element_rows(self, log: Mapping[str, Any], log_id: int) -> Iterator[Row]:
        """The rows of the elements of its lists."""
        for member in self._texts:
            for position, text in enumerate(log.get(member) or ()):
                yield _row(log_id, member=member, position=position, text=text, number=None)
        for member in self._numbers:
            for position, number in enumerate(log.get(member) or ()):
                yield _row(log_id, member=member, position=position, text=None, number=float(number))

    def entry_rows(self, log: Mapping[str, Any], log_id: int) -> Iterator[Row]:
        """The rows of the entries of its maps."""
        for member in self._maps:
            for key, value in (log.get(member) or {}).items():
                text, number = _comparable(value)
                yield _row(log_id, member=member, key=key, text=text, number=number, present=value is not None)

    def score_rows(self, log: Mapping[str, Any], log_id: int) -> Iterator[Row]:
        """The rows of its scores."""
        for position, score in enumerate(log.get("scores") or ()):
            yield _row(log_id, position=position, name=score["name"], number=float(score["score"]))

    def annotation_rows(self, log: Mapping[str, Any], log_id: int) -> Iterator[Row]:
        """The rows of its annotations."""
        for criterion, users in (log.get("annotations") or {}).items():
            for user, annotation in users.items():
                score = annotation.get("score")
                number = None if score is None else float(score)
                yield _row(log_id, criterion=criterion, user=user, text=annotation.get("value"), number=number)


def _row(log_id: int, **columns: object) -> Row:
    return {"log_id": log_id, **columns}


def _comparable(value: object) -> tuple[str | None, float | None]:
    """The value under a map's key as text and as number: neither for null, an array and an object."""
    if isinstance(value, bool):
        return str(value).lower(), None
    if isinstance(value, str):
        return value, None
    if value is None or isinstance(value, (list, dict)):
        return None, None
    return None, float(value)  # type: ignore[arg-type]  # what is left of JSON is a number
