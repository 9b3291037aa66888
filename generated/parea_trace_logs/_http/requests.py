"""What is sent, where, and with which key.

The key is put on a request at the last moment, by `Key`, so that no list of headers of ours holds it.
"""

import enum
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeAlias

import httpx
from parea_trace_logs._http.answers import Answer
from parea_trace_logs._http.arguments import check_text
from parea_trace_logs._http.calls import Call
from parea_trace_logs._http.scrubbing import Scrub, Secret, scrubber
from parea_trace_logs.errors import MissingKeyError

if TYPE_CHECKING:
    from parea_trace_logs._http.protocols import Limits


class Default(enum.Enum):
    """What stands for an argument that was not given, where None means something."""

    DEFAULT = "default"

    def __repr__(self) -> str:
        return self.name


DEFAULT = Default.DEFAULT
Timeout: TypeAlias = "float | Limits | Default | None"
Seconds: TypeAlias = "float | Default | None"


class Request(NamedTuple):
    """One request: its path is percent-encoded and begins with a slash; its body, when it has one, is JSON."""

    method: str
    path: str
    call: Call
    """What its errors are told by."""
    content: bytes | None = None
    query: str = ""
    """What follows the path, from its question mark on."""
    safe: bool = False
    """Whether the contract says that it only reads, so that it may be sent again."""
    timeout: Timeout = DEFAULT
    deadline: Seconds = DEFAULT
    headers: Mapping[str, str] = {}
    """Of the operation and of the call, beside those of every request; names in lower case."""


_LONGEST_LABEL, _HIGHEST_PORT = 63, 65535
_UNSENDABLE = re.compile(r"[^!-~]")


class Key:
    """A key and the header that carries it. Hidden from representations, refused to pickle.

    As a function of a request, which httpx and httpx2 both take for `auth`, it puts the key on it.

    Raises:
        TypeError: the key is not a string.
        MissingKeyError: the key is empty.
        ValueError: the key holds what a header cannot carry. The message does not hold the key.
    """

    def __init__(self, header: str, key: "str | Secret", prefix: str = "") -> None:
        self._header = header
        secret = key if isinstance(key, Secret) else Secret(key)
        del key  # no frame shows it, whatever is raised below
        check_text(secret.reveal(), "api_key")
        if not secret.reveal():
            raise MissingKeyError("no API key: pass it, or set the environment variable PAREA_API_KEY")
        if _UNSENDABLE.search(str(secret.reveal())):
            raise ValueError("the API key holds a space, a line break or a character that is not ASCII")
        self._prefix = f"{prefix} " if prefix else ""
        self._secret = secret
        self.hidden: Scrub = scrubber(secret)
        """A text without the key, should the server have echoed it."""

    def __call__(self, request: httpx.Request) -> httpx.Request:
        request.headers[self._header] = f"{self._prefix}{self._secret.reveal()}"
        return request

    def without(self, answer: Answer) -> Answer:
        """The head of an answer without the key; its body is the caller's data, until it becomes an error."""
        headers = {self.hidden(name): self.hidden(value) for name, value in answer.headers.items()}
        return answer._replace(headers=headers)

    def __repr__(self) -> str:
        return f"Key({self._header!r}, ***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds a key and connections: make a new one instead of copying or pickling it")


def server_root(base_url: str, api_root: str) -> str:
    """`base_url` without the slash, and without the `api_root`, that it may end with.

    Raises:
        ValueError: it is not an http or https URL, or holds a user, a query or a fragment.
    """
    check_text(base_url, "base_url")
    try:
        url = httpx.URL(base_url)
        host = url.host
    except (httpx.InvalidURL, UnicodeError) as error:  # the latter, of names that only seem to be internationalized
        raise ValueError(f"base_url is not a URL: {error}") from None
    if url.scheme not in ("http", "https") or not host:
        meant = f"; did you mean http://{base_url}?" if base_url and "://" not in base_url else ""
        raise ValueError(f"base_url must begin with http:// or https:// and a host, not {base_url!r}{meant}")
    if any(not 0 < len(label) <= _LONGEST_LABEL for label in host.removesuffix(".").split(".")) and ":" not in host:
        raise ValueError(f"base_url: {host!r} is not the name of a host")
    if not 0 <= (url.port or 0) <= _HIGHEST_PORT:
        raise ValueError(f"base_url: {url.port} is not a port")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("base_url must hold no user, query or fragment")
    return base_url.rstrip("/").removesuffix(api_root).rstrip("/")
