"""The clients that the functions under `api` take: one server, with or without a key, sync and async alike."""

from types import TracebackType
from typing import Self

from ._transport import (
    Answer,
    AsyncHTTPClient,
    AsyncTransport,
    Key,
    Request,
    SyncHTTPClient,
    SyncTransport,
    Timeout,
    server_root,
)
from .types import UNSET


class Client:
    """One server, without a key.

    Args:
        base_url: The server, with or without `/api/parea/v1` at its end.
        timeout: Seconds for each step of a request (or an `httpx.Timeout`); None waits for ever. The default is 5 s to
            connect and 60 s for each other step.
        http_client: An `httpx.Client` to send through, with its own proxies and certificates. It is not closed here.
        async_http_client: The same for the async functions.

    Raises:
        ValueError: `base_url` is not an http or https URL, or holds more than a place.
    """

    def __init__(
        self,
        base_url: str = "https://parea-ai-backend-us-9ac16cdbc7a7b006.onporter.run",
        *,
        timeout: Timeout = UNSET,
        http_client: SyncHTTPClient | None = None,
        async_http_client: AsyncHTTPClient | None = None,
    ) -> None:
        self._connect(base_url, None, timeout, http_client, async_http_client)

    def _connect(
        self,
        base_url: str,
        key: Key | None,
        timeout: Timeout,
        http_client: SyncHTTPClient | None,
        async_http_client: AsyncHTTPClient | None,
    ) -> None:
        self._base_url = server_root(base_url, "/api/parea/v1")
        self._sync = SyncTransport(self._base_url, key, timeout, http_client)
        self._async = AsyncTransport(self._base_url, key, timeout, async_http_client)

    def send(self, request: Request) -> Answer:
        """Send one request; see `SyncTransport.send`."""
        return self._sync.send(request)

    async def asend(self, request: Request) -> Answer:
        """Send one request; see `AsyncTransport.send`."""
        return await self._async.send(request)

    def close(self) -> None:
        """Close the sync connections that this client opened itself."""
        self._sync.close()

    async def aclose(self) -> None:
        """Close the async connections that this client opened itself."""
        await self._async.close()

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
        base_url: The server, with or without `/api/parea/v1` at its end.
        token: The key.
        prefix: A word before the key, such as `Bearer`.
        auth_header_name: The header that carries the key.
        timeout: As for `Client`.
        http_client: As for `Client`.
        async_http_client: As for `Client`.

    Raises:
        MissingKeyError: `token` is empty.
        ValueError: `base_url` is not an http or https URL, or `token` holds what a header cannot carry.
    """

    def __init__(
        self,
        base_url: str = "https://parea-ai-backend-us-9ac16cdbc7a7b006.onporter.run",
        token: str = "",
        *,
        prefix: str = "",
        auth_header_name: str = "x-api-key",
        timeout: Timeout = UNSET,
        http_client: SyncHTTPClient | None = None,
        async_http_client: AsyncHTTPClient | None = None,
    ) -> None:
        self._connect(base_url, Key(auth_header_name, token, prefix), timeout, http_client, async_http_client)
