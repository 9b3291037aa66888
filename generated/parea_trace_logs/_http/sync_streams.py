"""What the `iter_...` methods return: iterators that hold a connection, to be closed like a file."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from parea_trace_logs._http.elements import Elements
from parea_trace_logs._http.requests import Request
from parea_trace_logs._http.results import response_info
from parea_trace_logs._http.sync_transport import SyncTransport
from parea_trace_logs._json.arrays import Refuse
from parea_trace_logs.types import Invalid, InvalidLog, ResponseInfo

T = TypeVar("T")


class LogStream(Iterator[T], Generic[T]):
    """Logs, one by one, while the answer arrives. The request is sent when the first is asked for.

    It holds a connection until it ends: use it as a context manager, or close it, when it may end early.

    Attributes:
        invalid: What `invalid="collect"` has kept so far.
    """

    def __init__(
        self, transport: SyncTransport, request: Request, success: int, kind: type[T], invalid: Invalid
    ) -> None:
        self.invalid: list[InvalidLog] = []
        self._elements = Elements(kind, success, invalid, self.invalid, transport.max_log_bytes)
        self._logs = self._received(transport, request, success)

    def _received(self, transport: SyncTransport, request: Request, success: int) -> Generator[T, None, None]:
        with transport.told(request):
            with closing(transport.exchange(request, self._elements)) as logs:
                yield from logs
            answer = self._elements.answer
            if answer.status_code != success:
                raise answer.refused()

    @property
    def response(self) -> ResponseInfo | None:
        """Status and headers of the answer; None before it has begun, which it does when the first log is asked for."""
        return response_info(self._elements.answer) if self._elements.begun else None

    def hand_out(self, splitter: Callable[[int], Any], decode: Callable[[Any, Refuse], Iterable[Any]]) -> None:
        """For tables, instead of logs: what `decode` makes of what a `splitter` cuts out of what is still to come."""
        self._elements.hand_out(splitter, decode)

    def __next__(self) -> T:
        return next(self._logs)

    def __iter__(self) -> Self:
        return self

    def close(self) -> None:
        """End the answer here, and give the connection back."""
        self._logs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
