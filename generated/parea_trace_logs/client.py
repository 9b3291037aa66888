"""The clients that the functions under `api` take: one server, with or without a key, sync and async alike."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from parea_trace_logs._http.answers import MAX_LOG_BYTES, Answer
from parea_trace_logs._http.arguments import headers_of
from parea_trace_logs._http.async_transport import AsyncTransport
from parea_trace_logs._http.calls import Call
from parea_trace_logs._http.requests import DEFAULT, Key, Request, Seconds, Timeout, server_root
from parea_trace_logs._http.scrubbing import Secret
from parea_trace_logs._http.sync_transport import SyncTransport
from parea_trace_logs.contract import API_ROOT, BASE_URL, KEY_HEADER

if TYPE_CHECKING:
    from parea_trace_logs._http.async_streams import AsyncLogStream
    from parea_trace_logs._http.protocols import AsyncHTTPClient, SyncHTTPClient
    from parea_trace_logs._http.sync_streams import LogStream
    from parea_trace_logs.types import Invalid

T = TypeVar("T")


class Client:
    """One server, without a key.

    Args:
        base_url: The server, with or without the API root at its end.
        timeout: Seconds for each step of a request (or an `httpx.Timeout`); None disables the timeout. The default is
            5 s to connect and 60 s for each other step.
        max_retries: Maximum number of retries, after 408, 409, 429, 5xx, or no answer; where the operation does not
            only read, after a failure to connect alone.
        http_client: An `httpx.Client` (or httpx2's) to send through, with its own proxies and certificates. It is not
            closed here.
        async_http_client: The same for the async functions.
        default_headers: Headers of every request, such as a proxy asks for.
        deadline: Seconds for a whole call, retries included, after which it ends with a `PareaTimeoutError`; None, the
            default, for as long as the server keeps sending.
        max_log_bytes: The most bytes of one log, as JSON; an answer with a larger one is an `InvalidAnswerError`.

    Raises:
        TypeError: An argument is of another type.
        ValueError: `base_url` is not an http or https URL, or holds more than a place, `max_retries` is negative, a
            header cannot be sent, or `deadline` or `max_log_bytes` is not above 0.
    """

    _key: Key | None = None
    _base_url = ""

    def __init__(  # noqa: PLR0913 - the documented options
        self,
        base_url: str = BASE_URL,
        *,
        timeout: Timeout = DEFAULT,
        max_retries: int = 2,
        http_client: SyncHTTPClient | None = None,
        async_http_client: AsyncHTTPClient | None = None,
        default_headers: Mapping[str, str] | None = None,
        deadline: float | None = None,
        max_log_bytes: int = MAX_LOG_BYTES,
    ) -> None:
        self._base_url = server_root(base_url, API_ROOT)
        headers = headers_of(default_headers, "default_headers")
        self._sync = SyncTransport(
            self._base_url, self._key, timeout, max_retries, http_client, headers, deadline, max_log_bytes
        )
        self._async = AsyncTransport(
            self._base_url, self._key, timeout, max_retries, async_http_client, headers, deadline, max_log_bytes
        )

    def with_options(
        self,
        *,
        timeout: Timeout = DEFAULT,
        max_retries: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        deadline: Seconds = DEFAULT,
        max_log_bytes: int | None = None,
    ) -> Self:
        """The same server, key and connections with other options; to close it does not close this one.

        Args:
            timeout: As for the client; by default this one's.
            max_retries: As for the client; by default this one's.
            default_headers: Headers beside this one's, or in their place.
            deadline: As for the client; by default this one's.
            max_log_bytes: As for the client; by default this one's.

        Raises:
            TypeError: An argument is of another type.
            ValueError: `max_retries` is negative, a header cannot be sent, or another limit is not above 0.
        """
        headers = headers_of(default_headers, "default_headers")
        twin = copy.copy(self)
        twin._sync = self._sync.with_options(timeout, max_retries, headers, deadline, max_log_bytes)
        twin._async = self._async.with_options(timeout, max_retries, headers, deadline, max_log_bytes)
        return twin

    def told(self, request: Request) -> Call:
        """A context within which errors say which call they belong to."""
        return self._sync.told(request)

    def send(self, request: Request) -> Answer:
        """Send one request; see `SyncTransport.send`."""
        return self._sync.send(request)

    async def asend(self, request: Request) -> Answer:
        """Send one request; see `AsyncTransport.send`."""
        return await self._async.send(request)

    def stream(self, request: Request, success: int, kind: type[T], invalid: Invalid) -> LogStream[T]:
        """The elements of the answer to one request, while it arrives."""
        from parea_trace_logs._http.sync_streams import LogStream

        return LogStream(self._sync, request, success, kind, invalid)

    def astream(self, request: Request, success: int, kind: type[T], invalid: Invalid) -> AsyncLogStream[T]:
        """The elements of the answer to one request, while it arrives."""
        from parea_trace_logs._http.async_streams import AsyncLogStream

        return AsyncLogStream(self._async, request, success, kind, invalid)

    @property
    def bytes_received(self) -> int:
        """How many bytes of the bodies of answers sync calls have received, as they were sent."""
        return self._sync.bytes_received

    def close(self) -> None:
        """Close the sync connections that this client opened itself."""
        self._sync.close()

    async def aclose(self) -> None:
        """Close the async connections that this client opened itself."""
        await self._async.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self._base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()


class AuthenticatedClient(Client):
    """One server and one key.

    Args:
        base_url: The server, with or without the API root at its end.
        token: The key.
        prefix: A word before the key, such as `Bearer`.
        auth_header_name: The header that carries the key.
        timeout: As for `Client`.
        max_retries: As for `Client`.
        http_client: As for `Client`.
        async_http_client: As for `Client`.
        default_headers: As for `Client`.
        deadline: As for `Client`.
        max_log_bytes: As for `Client`.

    Raises:
        TypeError: An argument is of another type.
        MissingKeyError: `token` is empty.
        ValueError: `base_url` is not an http or https URL, or `token` holds what a header cannot carry.
    """

    def __init__(  # noqa: PLR0913 - the documented options
        self,
        base_url: str = BASE_URL,
        token: str | Secret = "",
        *,
        prefix: str = "",
        auth_header_name: str = KEY_HEADER,
        timeout: Timeout = DEFAULT,
        max_retries: int = 2,
        http_client: SyncHTTPClient | None = None,
        async_http_client: AsyncHTTPClient | None = None,
        default_headers: Mapping[str, str] | None = None,
        deadline: float | None = None,
        max_log_bytes: int = MAX_LOG_BYTES,
    ) -> None:
        secret = token if isinstance(token, Secret) else Secret(token)
        del token  # no frame shows it, whatever is raised below
        self._key = Key(auth_header_name, secret, prefix)
        super().__init__(
            base_url,
            timeout=timeout,
            max_retries=max_retries,
            http_client=http_client,
            async_http_client=async_http_client,
            default_headers=default_headers,
            deadline=deadline,
            max_log_bytes=max_log_bytes,
        )
