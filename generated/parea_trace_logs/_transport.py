"""How a request reaches the server. The only module that sends.

Errors of httpx carry the request, key and all, so none of them leaves this module.
"""

import logging
import threading
import time
from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx

from ._receiving import Answer, Failure, Receiver
from ._requests import DEFAULT, Key, Request, Timeout
from ._retrying import may_pass, pause
from ._version import __version__
from .errors import (
    InvalidAnswerError,
    PareaConnectionError,
    PareaTimeoutError,
    TruncatedResponse,
)

SyncHTTPClient = httpx.Client
AsyncHTTPClient = httpx.AsyncClient

DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
logger = logging.getLogger("parea_trace_logs")
_HEADERS = {"Accept": "application/json", "User-Agent": f"parea-trace-logs/{__version__}"}


# The first kind that fits decides: what a call raises, whether the request had been sent, whether another try may help.
_FAILURES: list[tuple[type[httpx.RequestError], type[PareaConnectionError], bool, bool]] = [
    (httpx.ConnectTimeout, PareaTimeoutError, False, True),
    (httpx.PoolTimeout, PareaTimeoutError, False, True),
    (httpx.TimeoutException, PareaTimeoutError, True, True),
    (httpx.ConnectError, PareaConnectionError, False, True),
    (httpx.ProxyError, PareaConnectionError, False, True),
    (httpx.UnsupportedProtocol, PareaConnectionError, False, False),
    (httpx.LocalProtocolError, PareaConnectionError, True, False),
    (httpx.RequestError, PareaConnectionError, True, True),
]


class _Transport:
    """What sending has in common, sync and async."""

    def __init__(self, root: str, key: Key | None, timeout: Timeout, max_retries: int, owned: bool) -> None:
        if max_retries < 0:
            raise ValueError(f"max_retries must not be negative: {max_retries}")
        self._root = root
        self._key = key
        self._retries = max_retries
        self._owned = owned
        if timeout is DEFAULT:
            self._timeout: Any = DEFAULT_TIMEOUT if owned else httpx.USE_CLIENT_DEFAULT
        else:
            self._timeout = timeout

    def _arguments(self, request: Request) -> dict[str, Any]:
        """What `build_request` of either httpx client takes."""
        headers = _HEADERS if request.content is None else {**_HEADERS, "Content-Type": "application/json"}
        return {
            "method": request.method,
            "url": self._root + request.path,
            "content": request.content,
            "headers": headers,
            "timeout": self._timeout if request.timeout is DEFAULT else request.timeout,
        }

    def _head(self, response: httpx.Response) -> Answer:
        """The answer without its body. The key stays out of it, and out of all that is made of it."""
        headers = dict(response.headers.items())
        framed = "content-length" in headers or "transfer-encoding" in headers or response.http_version == "HTTP/2"
        answer = Answer(response.status_code, headers, b"", framed)
        return answer if self._key is None else self._key.without(answer)

    def _answered(self, request: Request, receiver: Receiver) -> None:
        """The body has ended. An error's is looked through for the key; a result's is the caller's own data."""
        if not 200 <= receiver.answer.status_code < 300 and self._key is not None:
            receiver.answer = self._key.without(receiver.answer)
        logger.debug("%s %s: %d", request.method, request.path, receiver.answer.status_code)

    def _failure(self, error: httpx.RequestError, receiver: Receiver) -> Failure:
        """What becomes of an error of httpx, which itself would bring the request along, key and all."""
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        reason = reason if self._key is None else self._key.hidden(reason)
        kind, sent, passing = next(row[1:] for row in _FAILURES if isinstance(error, row[0]))
        if receiver.begun and isinstance(error, httpx.DecodingError):
            head = receiver.answer
            wrong = InvalidAnswerError(f"not what Content-Encoding says: {reason}", head.status_code, head.headers)
            return Failure(wrong, may_pass=False)
        if receiver.begun and kind is PareaConnectionError:
            return Failure(TruncatedResponse(reason, receiver.arrived()))
        return Failure(
            kind(f"{reason} (after {receiver.arrived()} whole logs)" if receiver.begun else reason), sent, passing
        )

    def _pause(self, request: Request, receiver: Receiver, failure: Failure | None, attempt: int) -> float | None:
        """Seconds until the request is sent again; None when it is not."""
        if failure is None:
            again, headers = request.safe and may_pass(receiver.answer.status_code), receiver.answer.headers
            what = str(receiver.answer.status_code)
        else:
            again, headers = failure.may_pass and (request.safe or not failure.sent), {}
            what = type(failure.error).__name__
        if not again or receiver.delivered or attempt >= self._retries:
            return None
        seconds = pause(attempt, headers)
        logger.debug("%s %s: %s; again in %.2f s", request.method, request.path, what, seconds)
        return seconds


class SyncTransport(_Transport):
    """Sends requests through an `httpx.Client`; no redirect is followed."""

    _sleep = staticmethod(time.sleep)

    def __init__(
        self, root: str, key: Key | None, timeout: Timeout, max_retries: int, http: SyncHTTPClient | None
    ) -> None:
        super().__init__(root, key, timeout, max_retries, owned=http is None)
        self._http = http
        self._making = threading.Lock()  # one client may serve many threads, and none is made before it is needed

    def _client(self) -> SyncHTTPClient:
        with self._making:
            self._http = self._http or SyncHTTPClient()
            return self._http

    def exchange(self, request: Request, receiver: Receiver) -> Generator[Any, None, None]:
        """Send a request, again where that may help, and hand out what `receiver` makes of the answer as it comes.

        Raises:
            PareaConnectionError: no answer came, or not to its end.
            InvalidAnswerError: the body is not what its Content-Encoding says, or the receiver says so.
        """
        http = self._client()
        for attempt in range(self._retries + 1):
            logger.debug("%s %s: attempt %d", request.method, request.path, attempt + 1)
            receiver.reset()
            try:
                prepared = http.build_request(**self._arguments(request))
                response = http.send(prepared, auth=self._key, follow_redirects=False, stream=True)
                try:
                    receiver.begin(self._head(response))
                    for piece in response.iter_bytes():
                        yield from receiver.feed(piece)
                    yield from receiver.feed(b"")
                finally:
                    response.close()
                failure = receiver.end()
            except httpx.RequestError as error:
                failure = self._failure(error, receiver)
            if failure is None:
                self._answered(request, receiver)
            seconds = self._pause(request, receiver, failure, attempt)
            if seconds is None:
                break
            self._sleep(seconds)
        if failure is not None:
            raise failure.error  # outside of the handler: the error of httpx would be its context

    def send(self, request: Request) -> Answer:
        """Send one request, again where that may help, and read the answer, whatever its status.

        Raises:
            PareaConnectionError: no answer came, or not to its end.
            InvalidAnswerError: the body is not what its Content-Encoding says.
        """
        receiver = Receiver()
        for _ in self.exchange(request, receiver):
            pass
        return receiver.answer

    def close(self) -> None:
        """Close the connections, unless they came from outside."""
        if self._owned and self._http is not None:
            self._http.close()


class AsyncTransport(_Transport):
    """Sends requests through an `httpx.AsyncClient`; no redirect is followed."""

    @staticmethod
    async def _sleep(seconds: float) -> None:
        import asyncio  # whoever awaits this has imported it; others need not wait for it

        await asyncio.sleep(seconds)

    def __init__(
        self, root: str, key: Key | None, timeout: Timeout, max_retries: int, http: AsyncHTTPClient | None
    ) -> None:
        super().__init__(root, key, timeout, max_retries, owned=http is None)
        self._http = http
        self._making = threading.Lock()  # one client may serve many threads, and none is made before it is needed

    def _client(self) -> AsyncHTTPClient:
        with self._making:
            self._http = self._http or AsyncHTTPClient()
            return self._http

    async def exchange(self, request: Request, receiver: Receiver) -> AsyncGenerator[Any, None]:
        """Send a request, again where that may help, and hand out what `receiver` makes of the answer as it comes.

        Raises:
            PareaConnectionError: no answer came, or not to its end.
            InvalidAnswerError: the body is not what its Content-Encoding says, or the receiver says so.
        """
        http = self._client()
        for attempt in range(self._retries + 1):
            logger.debug("%s %s: attempt %d", request.method, request.path, attempt + 1)
            receiver.reset()
            try:
                prepared = http.build_request(**self._arguments(request))
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
            except httpx.RequestError as error:
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

    async def close(self) -> None:
        """Close the connections, unless they came from outside."""
        if self._owned and self._http is not None:
            await self._http.aclose()
