"""How a request reaches the server. The only module that touches httpx.

The key is put on a request at the last moment, by `Key`, so that no list of headers of ours holds it; errors of httpx
carry the request, key and all, so none of them leaves this module.
"""

import threading
from collections.abc import Generator, Mapping
from typing import Any, NoReturn, TypeAlias
from urllib.parse import quote

import httpx
from attrs import frozen

from ._version import __version__
from .errors import MissingKeyError, PareaConnectionError, PareaTimeoutError
from .types import Unset

Timeout: TypeAlias = float | httpx.Timeout | Unset | None
SyncHTTPClient = httpx.Client
AsyncHTTPClient = httpx.AsyncClient

DEFAULT_TIMEOUT = httpx.Timeout(60.0, connect=5.0)
_HEADERS = {"Accept": "application/json", "User-Agent": f"parea-trace-logs/{__version__}"}


@frozen
class Request:
    """One request: its path is percent-encoded and begins with a slash; its body, when it has one, is JSON."""

    method: str
    path: str
    content: bytes | None = None


@frozen
class Answer:
    """One answer, read to its end. Names of headers are in lower case."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


class Key(httpx.Auth):
    """A key and the header that carries it. Hidden from representations, refused to pickle.

    Raises:
        MissingKeyError: the key is empty.
        ValueError: the key holds what a header cannot carry. The message does not hold the key.
    """

    def __init__(self, header: str, key: str, prefix: str = "") -> None:
        if not key:
            raise MissingKeyError("no API key: pass it, or set the environment variable PAREA_API_KEY")
        if any(not "!" <= character <= "~" for character in key):
            raise ValueError("the API key holds a blank, a line break or a character that is not ASCII")
        self._header = header
        self._key = key
        self._value = f"{prefix} {key}" if prefix else key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers[self._header] = self._value
        yield request

    def without(self, answer: Answer) -> Answer:
        """The answer with the key taken out, should the server have echoed it; a key this short occurs by chance."""
        if len(self._key) < 4:
            return answer
        headers = {name: value.replace(self._key, "***") for name, value in answer.headers.items()}
        return Answer(answer.status_code, headers, answer.content.replace(self._key.encode(), b"***"))

    def __repr__(self) -> str:
        return f"Key({self._header!r}, ***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds a key and connections: make a new one instead of copying or pickling it")


def segment(value: str) -> str:
    """`value` as one segment of a path: slashes, blanks and the like percent-encoded, and never a step up or on."""
    encoded = quote(str(value), safe="")
    return encoded.replace(".", "%2E") if encoded in (".", "..") else encoded


def server_root(base_url: str, api_root: str) -> str:
    """`base_url` without the slash, and without the `api_root`, that it may end with.

    Raises:
        ValueError: it is not an http or https URL, or holds a user, a query or a fragment.
    """
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError) as error:
        raise ValueError(f"base_url is not a URL: {error}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"base_url must begin with http:// or https:// and a host, not {base_url!r}")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("base_url must hold no user, query or fragment")
    return base_url.rstrip("/").removesuffix(api_root).rstrip("/")


class _Transport:
    """What sending has in common, sync and async."""

    def __init__(self, root: str, key: Key | None, timeout: Timeout, owned: bool) -> None:
        self._root = root
        self._key = key
        self._owned = owned
        if isinstance(timeout, Unset):
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
            "timeout": self._timeout,
        }

    def _answer(self, response: httpx.Response) -> Answer:
        answer = Answer(response.status_code, dict(response.headers.items()), response.content)
        return answer if response.is_success or self._key is None else self._key.without(answer)


def _failure(error: httpx.RequestError) -> PareaConnectionError:
    kind = PareaTimeoutError if isinstance(error, httpx.TimeoutException) else PareaConnectionError
    return kind(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


class SyncTransport(_Transport):
    """Sends requests through an `httpx.Client`; no redirect is followed."""

    def __init__(self, root: str, key: Key | None, timeout: Timeout, http: SyncHTTPClient | None) -> None:
        super().__init__(root, key, timeout, owned=http is None)
        self._http = http
        self._making = threading.Lock()  # one client may serve many threads, and none is made before it is needed

    def send(self, request: Request) -> Answer:
        """Send one request and read the answer, whatever its status.

        Raises:
            PareaConnectionError: no answer came, or not to its end.
        """
        with self._making:
            http = self._http = self._http or SyncHTTPClient()
        try:
            prepared = http.build_request(**self._arguments(request))
            return self._answer(http.send(prepared, auth=self._key, follow_redirects=False))
        except httpx.RequestError as error:
            failure = _failure(error)
        raise failure  # outside of the handler: the error of httpx, as a context, would bring the request along

    def close(self) -> None:
        """Close the connections, unless they came from outside."""
        if self._owned and self._http is not None:
            self._http.close()


class AsyncTransport(_Transport):
    """Sends requests through an `httpx.AsyncClient`; no redirect is followed."""

    def __init__(self, root: str, key: Key | None, timeout: Timeout, http: AsyncHTTPClient | None) -> None:
        super().__init__(root, key, timeout, owned=http is None)
        self._http = http

    async def send(self, request: Request) -> Answer:
        """Send one request and read the answer, whatever its status.

        Raises:
            PareaConnectionError: no answer came, or not to its end.
        """
        if self._http is None:
            self._http = AsyncHTTPClient()
        try:
            prepared = self._http.build_request(**self._arguments(request))
            return self._answer(await self._http.send(prepared, auth=self._key, follow_redirects=False))
        except httpx.RequestError as error:
            failure = _failure(error)
        raise failure  # outside of the handler: the error of httpx, as a context, would bring the request along

    async def close(self) -> None:
        """Close the connections, unless they came from outside."""
        if self._owned and self._http is not None:
            await self._http.aclose()
