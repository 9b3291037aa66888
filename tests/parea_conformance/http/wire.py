"""What leaves for the server: a declared request with its keys and address; and the commands that send the same."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

import httpx

from parea_conformance.http import script
from parea_conformance.http.curl import curl, piece
from parea_conformance.http.request import KEY, Request, filled
from parea_conformance.http.transport import DEADLINE

_CLIENT_HEADERS = ((b"accept", b"*/*"), (b"user-agent", b"parea-conformance"))


class Wire:
    """Makes of declared requests what is sent to one server.

    Args:
        base_url: the server, without a slash at the end.
        key_header: the header of the key.
        keys: by their templates.
    """

    def __init__(self, base_url: str, key_header: str, keys: Mapping[str, str]) -> None:
        self._base_url, self._key_header, self._keys = base_url, key_header, keys
        self._prefix = urlsplit(base_url).path
        self._quoted = {template: quote(key, safe="") for template, key in keys.items()}

    def __repr__(self) -> str:
        return f"Wire({self._base_url!r})"

    def made(self, request: Request, timeout: float, deadline: float) -> httpx.Request:
        """The request that is sent.

        Args:
            request: what is declared.
            timeout: seconds for each step of the connection.
            deadline: when its answer must have come, by `time.monotonic`.
        """
        body = self._fill(request.body.decode("latin-1")).encode("latin-1") if request.filled else request.body
        url, target = self._address(request)
        made = httpx.Request(
            request.method,
            url,
            content=iter([body]) if request.chunked else body,
            headers=self._headers(request),
            extensions={"timeout": httpx.Timeout(timeout).as_dict(), DEADLINE: deadline, **target},
        )
        made.method = request.method  # which httpx has put into upper case
        return made

    def is_key(self, request: Request) -> bool:
        """Whether the key of a request is the key itself, though its template is that of a change."""
        return request.key not in (None, KEY) and self._fill(request.key or "") == self._keys[KEY]

    def curl(self, request: Request) -> str:
        """A command that sends this request, with the keys as variables of the shell."""
        return curl(request, self._base_url, self._key_header)

    def piece(self, request: Request) -> str:
        """The request as it stands in a script of several."""
        return piece(request, self._base_url, self._key_header)

    def script_after(self, before: Sequence[Request], usual: Sequence[Request], asked: Request) -> str:
        """A script that shows what comes of sending a request after others over one connection, see `script.after`."""
        return script.after(before, usual, asked, self._base_url, self._key_header)

    def script_beside(self, crowd: Sequence[Request], asked: Request) -> str:
        """A script that shows what comes of sending a request in parallel with others, of which it is one."""
        return script.beside(crowd, asked, self._base_url, self._key_header)

    def _address(self, request: Request) -> tuple[httpx.URL, dict[str, bytes]]:
        """The URL of a request; and its target as it is to be sent, where that is not what httpx makes of the URL."""
        path = filled(request.path, self._quoted) if request.filled else request.path
        target = f"{self._base_url if request.absolute else self._prefix}{path}".encode("ascii")
        try:
            url = httpx.URL(self._base_url + path)
        except httpx.InvalidURL:
            url = httpx.URL(self._base_url)
        return url, {} if url.raw_path == target else {"target": target}

    def _headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        fill = self._fill if request.filled else str
        headers = [(name.encode(), fill(value).encode()) for name, value in request.headers]
        if request.key is not None:
            name = request.key_header or self._key_header
            headers.append((name.encode(), self._fill(request.key).encode()))
        if request.content_type is not None:
            headers.append((b"content-type", request.content_type.encode()))
        if request.codings is not None:
            headers.append((b"accept-encoding", request.codings.encode()))
        given = {name.lower() for name, _ in headers}
        return headers + [(name, value) for name, value in _CLIENT_HEADERS if name not in given]

    def _fill(self, text: str) -> str:
        return filled(text, self._keys)
