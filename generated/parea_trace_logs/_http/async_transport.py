"""How a request reaches the server. The only module that sends.

Errors of httpx carry the request, key and all, so none of them leaves this module.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, ClassVar

from parea_trace_logs._http.answers import Answer, Receiver
from parea_trace_logs._http.codings import CodingError, coding_of
from parea_trace_logs._http.deadlines import Deadline
from parea_trace_logs._http.leftovers import nothing_follows
from parea_trace_logs._http.requests import Request
from parea_trace_logs._http.transport import Transport, logger


class AsyncTransport(Transport):
    """Sends requests through an `httpx.AsyncClient`; no redirect is followed."""

    _KIND: ClassVar = "AsyncClient"

    @staticmethod
    async def _sleep(seconds: float) -> None:
        import asyncio  # here, because importing the package must not cost what few calls need

        await asyncio.sleep(seconds)

    async def exchange(self, request: Request, receiver: Receiver) -> AsyncGenerator[Any, None]:
        """Send a request, again where that may help, and hand out what `receiver` makes of the answer as it comes.

        Raises:
            ClientClosedError: the client has been closed.
            PareaConnectionError: no answer came, or not to its end.
            InvalidAnswerError: the body is not what its Content-Encoding says, or the receiver says so.
        """
        http = self._client()
        with self._limit(request) as deadline:
            for attempt in range(self._retries + 1):
                logger.debug("%s %s: attempt %d", request.method, request.path, attempt + 1)
                request.call.attempts = attempt + 1
                receiver.reset()
                try:
                    async with aclosing(self._parts(http, request, receiver, deadline)) as parts:
                        async for part in parts:
                            for made in receiver.feed(part):
                                yield made
                    failure = receiver.end()
                except CodingError as error:
                    failure = self._undecoded(error, receiver)
                except (self._library.RequestError, TimeoutError) as error:
                    failure = self._failure(error, receiver, deadline)
                if failure is None:
                    self._answered(request, receiver)
                seconds = self._pause(request, receiver, failure, attempt, deadline)
                if seconds is None:
                    break
                await self._sleep(seconds)
        if failure is not None:
            raise failure.error  # outside of the handler: the error of httpx would be its context

    async def _parts(
        self, http: Any, request: Request, receiver: Receiver, deadline: Deadline
    ) -> AsyncGenerator[bytes, None]:
        """The body of the answer to one attempt, no longer compressed, in pieces; an empty one after the last.

        Raises:
            CodingError: the body is not what its Content-Encoding says.
            TimeoutError: the deadline passed.
            httpx.RequestError: no answer came, or not to its end.
        """
        prepared = http.build_request(**self._arguments(request, http), extensions=deadline.awaited_extensions())
        prepared.extensions["timeout"] = deadline.limited(prepared.extensions["timeout"])
        async with deadline.awaited():
            response = await http.send(prepared, auth=self._key, follow_redirects=False, stream=True)
        try:
            deadline.used(response)
            receiver.begin(self._head(response))
            if response.is_stream_consumed:  # a mock's, which httpx has read when it was made
                yield response.content
                yield b""
                return
            coding = coding_of(receiver.answer.headers)
            receiver.inflates = coding.inflates
            pieces = aiter(response.stream)  # not `aiter_raw`, which lets go of the connection at the end
            while True:
                async with deadline.awaited():
                    piece = await anext(pieces, None)
                if piece is None:
                    break
                self.bytes_received += len(piece)
                for part in coding.feed(piece):
                    yield part
                    if receiver.full:
                        return
            coding.finish()
            yield b""
            if "network_stream" in response.extensions and not nothing_follows(response):
                await response.extensions["network_stream"].aclose()
        finally:
            await response.aclose()

    async def send(self, request: Request) -> Answer:
        """Send one request, again where that may help, and read the answer, whatever its status.

        Raises:
            PareaConnectionError: no answer came, or not to its end.
            InvalidAnswerError: the body is not what its Content-Encoding says.
        """
        receiver = Receiver(self.max_log_bytes)
        async for _ in self.exchange(request, receiver):
            pass
        return receiver.answer

    async def aclose(self) -> None:
        """Close the connections, unless they came from outside."""
        self._closed = True
        if self._source is None and self._owned and self._http is not None:
            await self._http.aclose()
