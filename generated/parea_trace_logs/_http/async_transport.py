"""How a request reaches the server. The only module that sends.

Errors of httpx carry the request, key and all, so none of them leaves this module.
"""

from collections.abc import AsyncGenerator
from typing import Any, ClassVar

from parea_trace_logs._http.answers import Answer, Receiver
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
        for attempt in range(self._retries + 1):
            logger.debug("%s %s: attempt %d", request.method, request.path, attempt + 1)
            request.call.attempts = attempt + 1
            receiver.reset()
            try:
                prepared = http.build_request(**self._arguments(request, http))
                response = await http.send(prepared, auth=self._key, follow_redirects=False, stream=True)
                try:
                    receiver.begin(self._head(response))
                    async for piece in response.aiter_bytes():
                        for made in receiver.feed(piece):
                            yield made
                    for made in receiver.feed(b""):
                        yield made
                finally:
                    await response.aclose()
                failure = receiver.end()
            except self._library.RequestError as error:
                failure = self._failure(error, receiver)
            if failure is None:
                self._answered(request, receiver)
            seconds = self._pause(request, receiver, failure, attempt)
            if seconds is None:
                break
            await self._sleep(seconds)
        if failure is not None:
            raise failure.error  # outside of the handler: the error of httpx would be its context

    async def send(self, request: Request) -> Answer:
        """Send one request, again where that may help, and read the answer, whatever its status.

        Raises:
            PareaConnectionError: no answer came, or not to its end.
            InvalidAnswerError: the body is not what its Content-Encoding says.
        """
        receiver = Receiver()
        async for _ in self.exchange(request, receiver):
            pass
        return receiver.answer

    async def aclose(self) -> None:
        """Close the connections, unless they came from outside."""
        self._closed = True
        if self._source is None and self._owned and self._http is not None:
            await self._http.aclose()
