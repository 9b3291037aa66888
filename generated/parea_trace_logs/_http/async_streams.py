"""What the `iter_...` methods return: iterators that hold a connection, to be closed like a file."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import aclosing
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from parea_trace_logs._http.async_transport import AsyncTransport
from parea_trace_logs._http.elements import Elements
from parea_trace_logs._http.requests import Request
from parea_trace_logs._http.results import response_info
from parea_trace_logs._json.arrays import Refuse
from parea_trace_logs.types import Invalid, InvalidLog, ResponseInfo

T = TypeVar("T")


class AsyncLogStream(AsyncIterator[T], Generic[T]):
    """Logs, one by one, while the answer arrives. The request is sent when the first is asked for.

    It holds a connection until it ends: use it as a context manager, or close it, when it may end early.

    Attributes:
        invalid: What `invalid="collect"` has kept so far.
    """

    def __init__(
        self, transport: AsyncTransport, request: Request, success: int, kind: type[T], invalid: Invalid
    ) -> None:
        self.invalid: list[InvalidLog] = []
        self._elements = Elements(kind, success, invalid, self.invalid, transport.max_log_bytes)
        self._logs = self._received(transport, request, success)

    async def _received(self, transport: AsyncTransport, request: Request, success: int) -> AsyncGenerator[T, None]:
        with transport.told(request):
            async with aclosing(transport.exchange(request, self._elements)) as logs:
                async for log in logs:
                    yield log
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

    async def __anext__(self) -> T:
        return await anext(self._logs)

    def __aiter__(self) -> Self:
        return self

    async def aclose(self) -> None:
        """End the answer here, and give the connection back."""
        await self._logs.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
