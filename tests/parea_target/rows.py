"""What the store keeps of a log: its rows, by table."""

from collections.abc import Iterator, Mapping
from typing import Any

from parea_target.contract import Contract
from parea_target.tables import MEMBER_COLUMNS, Tables, member_column

Row = dict[str, Any]


class RowMaker:
    """Makes rows of logs that the schema `TraceLog` accepts.

    Attributes:
        tables: the tables that the rows are for.
    """

    def __init__(self, contract: Contract, tables: Tables) -> None:
        self.tables = tables
        self._members = {member: MEMBER_COLUMNS[kind] for member, kind in contract.kinds.items()}
        self._texts = contract.members["string_list"]
        self._numbers = contract.members["integer_list"]
        self._maps = contract.members["map"]

    def log_row(self, log: Mapping[str, Any], log_id: int, experiment_id: int, body: bytes) -> Row:
        """The row of the log in `Tables.log`.

        Raises:
            ValueError: a timestamp is not a date-time with offset.
        """
        row: Row = {"log_id": log_id, "experiment_id": experiment_id, "body": body}
        for member, column in self._members.items():
            value = log.get(member)
            row[member_column(member)] = column.absent if value is None else column.value_of(value)
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
