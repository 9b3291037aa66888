"""Some rows of a table, by column."""

from collections.abc import Iterator
from typing import Any, Final

from attrs import define, field

BATCH_ROWS: Final = 8192
BATCH_BYTES: Final = 1_000_000


@define
class Batch:
    """Some rows, a log each, by column.

    Attributes:
        rows: How many.
        columns: The values of each member by its name, None for null and absent; a member that no log has is missing.
            Timestamps are their text, maps and structures their JSON.
        scores: The first score of each name, by name, for each row.
        size: How many bytes or characters these were.
        roots: How many of the logs are at the top level of the answer.
    """

    rows: int = 0
    columns: dict[str, list[Any]] = field(factory=dict)
    scores: list[dict[str, float]] = field(factory=list)
    size: int = 0
    roots: int = 0

    @property
    def full(self) -> bool:
        """Whether this is as large as a batch may become."""
        return self.rows >= BATCH_ROWS or self.size >= BATCH_BYTES

    def score_names(self) -> Iterator[str]:
        """The names of the scores, in the order in which they occur, more than once."""
        for scores in self.scores:
            yield from scores

    def extend(self, other: "Batch") -> None:
        """Append the rows of another batch, which is given away."""
        for name in self.columns.keys() | other.columns.keys():
            values = self.columns.setdefault(name, [None] * self.rows)
            values += other.columns.get(name) or [None] * other.rows
        self.scores += other.scores
        self.rows += other.rows
        self.size += other.size
        self.roots += other.roots

    def first(self, rows: int) -> "Batch":
        """The first rows."""
        columns = {name: values[:rows] for name, values in self.columns.items()}
        return Batch(min(rows, self.rows), columns, self.scores[:rows], self.size)


def placed(root: Any) -> Iterator[tuple[Any, int, str]]:
    """Every log of a tree in the order of `walk`, with its depth and the id of its parent; a root is its own."""
    waiting = [(root, 0, root.trace_id)]
    while waiting:
        log, depth, parent = waiting.pop()
        yield log, depth, parent
        if log.children_logs:
            waiting += [(child, depth + 1, log.trace_id) for child in reversed(log.children_logs)]
