"""Which call an error belongs to: operation, address, and how often it was tried."""

import time
from types import TracebackType
from typing import Self

from parea_trace_logs.errors import PareaError


class Call:
    """One call of an operation. Used as a context, it makes every `PareaError` within it say whose it is.

    Attributes:
        attempts: How often the request has been sent; the transport counts.
    """

    __slots__ = ("_began", "_method", "_operation", "_url", "attempts")

    def __init__(self, operation: str, method: str) -> None:
        self._operation = operation
        self._method = method
        self._url = ""
        self.attempts = 0

    def at(self, url: str) -> Self:
        """The same call, now that its address is known."""
        self._url = url
        return self

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, PareaError) and error.operation is None:
            error.operation = self._operation
            error.request = f"{self._method} {self._url}"
            error.attempts = self.attempts
            error.seconds = time.monotonic() - self._began
