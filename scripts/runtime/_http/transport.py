"""What sending has in common, sync and async: headers, time limits, what becomes of errors, when to send again.

Errors of httpx carry the request, key and all, so none of them leaves the transports.
"""

import logging
from typing import Any

import httpx
from parea_trace_logs._http.answers import Answer, Failure, Receiver
from parea_trace_logs._http.requests import DEFAULT, Key, Request, Timeout
from parea_trace_logs._http.retrying import may_pass, pause
from parea_trace_logs.contract import __version__
from parea_trace_logs.errors import (
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


# The first kind that matches decides what a call raises, whether the request had been sent, and whether another try may
# help.
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


class Transport:
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
