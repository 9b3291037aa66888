"""What is sent, where, and with which key.

The key is put on a request at the last moment, by `Key`, so that no list of headers of ours holds it.
"""

import enum
from collections.abc import Generator
from typing import NamedTuple, NoReturn, TypeAlias
from urllib.parse import quote

import httpx
from parea_trace_logs._http.answers import Answer
from parea_trace_logs.errors import MissingKeyError


class Default(enum.Enum):
    """What stands for an argument that was not given, where None means something."""

    DEFAULT = "default"

    def __repr__(self) -> str:
        return self.name


DEFAULT = Default.DEFAULT
Timeout: TypeAlias = float | httpx.Timeout | Default | None


class Request(NamedTuple):
    """One request: its path is percent-encoded and begins with a slash; its body, when it has one, is JSON."""

    method: str
    path: str
    content: bytes | None = None
    safe: bool = False
    """Whether the contract says that it only reads, so that it may be sent again."""
    timeout: Timeout = DEFAULT


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
            raise ValueError("the API key holds a space, a line break or a character that is not ASCII")
        self._header = header
        self._key = key
        self._value = f"{prefix} {key}" if prefix else key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers[self._header] = self._value
        yield request

    def hidden(self, text: str) -> str:
        """`text` without the key, should the server have echoed it; a key this short occurs by chance."""
        return text if len(self._key) < 4 else text.replace(self._key, "***")

    def without(self, answer: Answer) -> Answer:
        """The answer without the key."""
        headers = {name: self.hidden(value) for name, value in answer.headers.items()}
        # Latin-1 has a character for each byte, and the key is ASCII.
        content = self.hidden(answer.content.decode("latin-1")).encode("latin-1")
        return Answer(answer.status_code, headers, content, answer.framed)

    def __repr__(self) -> str:
        return f"Key({self._header!r}, ***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds a key and connections: make a new one instead of copying or pickling it")


def segment(value: str) -> str:
    """`value` as one segment of a path: slashes, spaces and the like percent-encoded, and never a step up or on."""
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
