"""What has arrived, on one line that is written over; nothing where no person looks."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TextIO, TypeVar

T = TypeVar("T")

_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")


def size(count: float) -> str:
    """A number of bytes for people: `1.4 kB`."""
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:,.1f} {_UNITS[unit]}" if unit else f"{count:,} {_UNITS[0]}"


class Progress:
    """Counts root logs, and shows them on a terminal.

    Args:
        file: The terminal, or what is none; None to be silent.
        received: How many bytes have come.
    """

    def __init__(self, file: TextIO | None, received: Callable[[], int]) -> None:
        self._file = file if file is not None and file.isatty() else None
        self._received = received
        self._next = 0.0
        self._logs = 0

    def counted(self, logs: Iterable[T]) -> Iterator[T]:
        """The same logs, each counted when it has come."""
        for log in logs:
            self.count(self._logs + 1)
            yield log

    def count(self, logs: int) -> None:
        """So many have come."""
        self._logs = logs
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.1
            self._write(self.summary())

    def summary(self) -> str:
        """What has arrived."""
        return f"{self._logs:,} root logs, {size(self._received())} received"

    def _write(self, text: str) -> None:
        if self._file is not None:
            self._file.write(f"\r\x1b[K{text}")
            self._file.flush()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        self._write("")
