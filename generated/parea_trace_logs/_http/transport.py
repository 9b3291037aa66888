"""What sending has in common, sync and async: headers, time limits, what becomes of errors, when to send again.

Errors of httpx carry the request, key and all, so none of them leaves the transports.
"""

import copy
import logging
import threading
from typing import Any, ClassVar, Self

import httpx
from parea_trace_logs._http.answers import MAX_LOG_BYTES, Answer, Failure, Receiver, check_max_log_bytes
from parea_trace_logs._http.arguments import Headers, check_retries, check_timeout
from parea_trace_logs._http.calls import Call
from parea_trace_logs._http.codings import ACCEPTED, BrokenOffError, CodingError
from parea_trace_logs._http.deadlines import Connections, Deadline, check_deadline
from parea_trace_logs._http.implementation import failures, library_of, own_library, timeout_in
from parea_trace_logs._http.log import follow_environment
from parea_trace_logs._http.requests import DEFAULT, Default, Key, Request, Seconds, Timeout
from parea_trace_logs._http.retrying import may_pass, pause
from parea_trace_logs.contract import __version__
from parea_trace_logs.errors import ClientClosedError, PareaConnectionError, PareaTimeoutError, TruncatedResponse

DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
logger = logging.getLogger("parea_trace_logs")
_HEADERS = {
    "accept": "application/json",
    "accept-encoding": ACCEPTED,
    "user-agent": f"parea-trace-logs/{__version__}",
}
_WITHOUT_BODY = frozenset({204, 304})
_AGENTS_OF_LIBRARIES = "python-httpx"


class Transport:
    """What sending has in common, sync and async."""

    _KIND: ClassVar[str]
    """The name of the class of the client to send through."""

    def __init__(  # noqa: PLR0913, PLR0917 - the documented options
        self,
        root: str,
        key: Key | None,
        timeout: Timeout,
        max_retries: int,
        http: Any,
        headers: Headers,
        deadline: float | None = None,
        max_log_bytes: int = MAX_LOG_BYTES,
    ) -> None:
        follow_environment()
        check_timeout(timeout)
        check_retries(max_retries)
        check_deadline(deadline)
        check_max_log_bytes(max_log_bytes)
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
        self._deadline = deadline
        self.max_log_bytes = max_log_bytes
        self._connections = Connections()
        self.bytes_received = 0
        """Of the bodies of answers, as they were sent."""

    def with_options(
        self,
        timeout: Timeout,
        max_retries: int | None,
        headers: Headers,
        deadline: Seconds = DEFAULT,
        max_log_bytes: int | None = None,
    ) -> Self:
        """The same connections with other options; to close it closes none of them."""
        check_timeout(timeout)
        check_deadline(deadline)
        twin = copy.copy(self)
        twin._source = self
        if timeout is not DEFAULT:
            twin._timeout = timeout
        if max_retries is not None:
            check_retries(max_retries)
            twin._retries = max_retries
        if not isinstance(deadline, Default):
            twin._deadline = deadline
        if max_log_bytes is not None:
            check_max_log_bytes(max_log_bytes)
            twin.max_log_bytes = max_log_bytes
        twin._headers = Headers({**self._headers, **headers})
        return twin

    def told(self, request: Request) -> Call:
        """A context within which errors say which call they belong to."""
        return request.call.at(self._hidden(self._root + request.path))

    def _hidden(self, text: str) -> str:
        return text if self._key is None else self._key.hidden(text)

    def _limit(self, request: Request) -> Deadline:
        """The deadline of a call that begins now."""
        seconds = self._deadline if isinstance(request.deadline, Default) else request.deadline
        return Deadline(seconds, self._connections)

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
            "url": self._root + request.path + request.query,
            "content": request.content,
            "headers": headers,
            "timeout": timeout_in(self._library, timeout),
        }

    def _head(self, response: httpx.Response) -> Answer:
        """The answer without its body. The key stays out of it, and out of all that is made of it."""
        headers = dict(response.headers.items())
        framed = (
            "content-length" in headers
            or "transfer-encoding" in headers
            or response.http_version == "HTTP/2"
            or response.status_code in _WITHOUT_BODY
            or "network_stream" not in response.extensions  # a mock's: it has not come over a connection
        )
        answer = Answer(response.status_code, headers, b"", framed, self._hidden)
        return answer if self._key is None else self._key.without(answer)

    def _answered(self, request: Request, receiver: Receiver) -> None:
        """The body has ended."""
        logger.debug("%s %s: %d", request.method, request.path, receiver.answer.status_code)

    def _undecoded(self, error: CodingError, receiver: Receiver) -> Failure | None:
        """What becomes of a body that is not what its Content-Encoding says; of an error's, as much as can be read."""
        if not receiver.answer.succeeded:
            return receiver.end()
        if isinstance(error, BrokenOffError) and not receiver.answer.framed:
            return Failure(TruncatedResponse("the connection was closed", receiver.arrived()))
        return Failure(receiver.answer.wrong(str(error)), may_pass=False)

    def _failure(self, error: Any, receiver: Receiver, deadline: Deadline) -> Failure:
        """What becomes of an error of httpx, which itself would bring the request along, key and all."""
        if isinstance(error, TimeoutError):
            so_far = f" (after {receiver.arrived()} whole logs)" if receiver.begun else ""
            late = PareaTimeoutError(f"the call was not done within its deadline of {deadline.seconds:g} s{so_far}")
            return Failure(late, may_pass=False)
        reason = self._hidden(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        kind, sent, passing = next(row[1:] for row in failures(self._library) if isinstance(error, row[0]))
        if receiver.begun and kind is PareaConnectionError:
            return Failure(TruncatedResponse(reason, receiver.arrived()))
        return Failure(
            kind(f"{reason} (after {receiver.arrived()} whole logs)" if receiver.begun else reason), sent, passing
        )

    def _pause(
        self, request: Request, receiver: Receiver, failure: Failure | None, attempt: int, deadline: Deadline
    ) -> float | None:
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
        if seconds >= deadline.left:
            return None
        logger.debug("%s %s: %s; again in %.2f s", request.method, request.path, what, seconds)
        return seconds
