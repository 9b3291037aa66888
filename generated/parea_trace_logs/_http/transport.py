"""What sending has in common, sync and async: headers, time limits, what becomes of errors, when to send again.

Errors of httpx carry the request, key and all, so none of them leaves the transports.
"""

import copy
import logging
import threading
from typing import Any, ClassVar, Self

import httpx
from parea_trace_logs._http.answers import Answer, Failure, Receiver
from parea_trace_logs._http.arguments import Headers, check_retries, check_timeout
from parea_trace_logs._http.calls import Call
from parea_trace_logs._http.library import failures, library_of, own_library, timeout_in
from parea_trace_logs._http.log import follow_environment
from parea_trace_logs._http.requests import DEFAULT, Key, Request, Timeout
from parea_trace_logs._http.retrying import may_pass, pause
from parea_trace_logs.contract import __version__
from parea_trace_logs.errors import ClientClosedError, InvalidAnswerError, PareaConnectionError, TruncatedResponse

DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
logger = logging.getLogger("parea_trace_logs")
_HEADERS = {"accept": "application/json", "user-agent": f"parea-trace-logs/{__version__}"}
_AGENTS_OF_LIBRARIES = "python-httpx"


class Transport:
    """What sending has in common, sync and async."""

    _KIND: ClassVar[str]
    """The name of the class of the client to send through."""

    def __init__(  # noqa: PLR0913, PLR0917 - the documented options
        self, root: str, key: Key | None, timeout: Timeout, max_retries: int, http: Any, headers: Headers
    ) -> None:
        follow_environment()
        check_timeout(timeout)
        check_retries(max_retries)
        self._root = root
        self._key = key
        self._library = own_library() if http is None else library_of(http, self._KIND)
        self._owned = http is None
        self._http = http
        self._making = threading.Lock()  # one client may serve many threads, and none is made before it is needed
        self._source: Self | None = None
        self._closed = False
        self._timeout: Any = self._default_timeout() if timeout is DEFAULT else timeout
        self._retries = max_retries
        self._headers = headers

    def with_options(self, timeout: Timeout, max_retries: int | None, headers: Headers) -> Self:
        """The same connections with other options; to close it closes none of them."""
        check_timeout(timeout)
        twin = copy.copy(self)
        twin._source = self
        if timeout is not DEFAULT:
            twin._timeout = timeout
        if max_retries is not None:
            check_retries(max_retries)
            twin._retries = max_retries
        twin._headers = Headers({**self._headers, **headers})
        return twin

    def told(self, request: Request) -> Call:
        """A context within which errors say which call they belong to."""
        return request.call.at(self._root + request.path)

    def _default_timeout(self) -> Any:
        return DEFAULT_TIMEOUT if self._owned else self._library.USE_CLIENT_DEFAULT

    def _client(self) -> Any:
        """The client to send through.

        Raises:
            ClientClosedError: it has been closed.
        """
        if self._closed:
            raise ClientClosedError("this client has been closed: make a new one")
        if self._source is not None:
            return self._source._client()
        with self._making:
            if self._http is None:
                self._http = getattr(self._library, self._KIND)()
        if self._http.is_closed:
            raise ClientClosedError(f"the {self._library.__name__} client that was passed has been closed")
        return self._http

    def _arguments(self, request: Request, http: Any) -> dict[str, Any]:
        """What `build_request` of either httpx client takes."""
        headers = {**_HEADERS, **self._headers, **request.headers}
        agent = http.headers.get("user-agent", "")
        if headers["user-agent"] == _HEADERS["user-agent"] and not agent.startswith(_AGENTS_OF_LIBRARIES):
            headers["user-agent"] = agent
        if request.content is not None:
            headers["content-type"] = "application/json"
        timeout = self._timeout if request.timeout is DEFAULT else request.timeout
        return {
            "method": request.method,
            "url": self._root + request.path,
            "content": request.content,
            "headers": headers,
            "timeout": timeout_in(self._library, timeout),
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

    def _failure(self, error: Any, receiver: Receiver) -> Failure:
        """What becomes of an error of httpx, which itself would bring the request along, key and all."""
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        reason = reason if self._key is None else self._key.hidden(reason)
        kind, sent, passing = next(row[1:] for row in failures(self._library) if isinstance(error, row[0]))
        if receiver.begun and isinstance(error, self._library.DecodingError):
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
