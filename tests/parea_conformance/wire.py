"""Requests and answers, the only module of the suite that touches the network.

A request never holds the API key: `key` is a template in which `{key}` stands for it, filled in as the request leaves.
"""

import base64
import json
import shlex
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import httpx

from parea_conformance.filters import Filter

JSON = "application/json"
_TEMPLATE = "{key}"
_BUSY = 429
_PATIENCE = 3
_LONGEST_WAIT = 10.0
_SHORTEST_SECRET = 8
_SHOWN = 300


@dataclass(frozen=True)
class Request:
    """One request, without its secret.

    Attributes:
        path: what follows the base URL, percent-encoded.
        key: template of the key header's value; None sends no such header.
        content_type: None sends no such header.
        body_shell: a shell command that prints the body, where the body is too long to quote.
    """

    path: str
    body: bytes = b"{}"
    method: str = "POST"
    key: str | None = _TEMPLATE
    content_type: str | None = JSON
    headers: tuple[tuple[str, str], ...] = ()
    body_shell: str = ""


@dataclass(frozen=True)
class Exchange:
    """A request and its answer.

    Attributes:
        status: the HTTP status; 0 when no answer came, and then `error` says why.
        seconds: from sending to the last byte.
    """

    request: Request
    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    seconds: float = 0.0
    error: str = ""
    curl: str = field(default="", repr=False)

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is not JSON in UTF-8.
        """
        return parse(self.body)

    def trimmed(self) -> "Exchange":
        """The exchange with as much of its body as a report shows; many whole answers would not fit into memory."""
        return replace(self, body=self.body[: _SHOWN + 1])

    def received(self) -> str:
        """What came, in one line for a report."""
        if self.error:
            return self.error
        text = self.body[:_SHOWN].decode("utf-8", "replace")
        return f"{self.status} {text}" + ("…" if len(self.body) > _SHOWN else "")


def _integer(text: str) -> int | float:
    # Python refuses to read integers of thousands of digits; as doubles they are infinite.
    return int(text) if len(text) <= 400 else float(text)


def parse(body: bytes) -> Any:
    """JSON in UTF-8, numbers of any size.

    Raises:
        ValueError: the bytes are no such thing.
    """
    try:
        return json.loads(body.decode("utf-8"), parse_int=_integer)
    except RecursionError:
        raise ValueError("JSON nested too deep to read") from None


def encode(body: object) -> bytes:
    """A JSON value as the suite sends it; lone surrogates stay escaped."""
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(body).encode()


class Wire:
    """Sends requests to one server, one experiment, with one key.

    Args:
        base_url: what precedes the contract's path.
        template: the contract's path template.
        key_header: the header that carries the key.
        api_key: the key; it leaves this object in requests only.
        timeout: seconds to wait for each answer.
    """

    def __init__(
        self, base_url: str, template: str, key_header: str, api_key: str, experiment: str, timeout: float = 30.0
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.experiment = experiment
        self.sent = 0
        self.seconds = 0.0
        self.observers: list[Callable[[Exchange], None]] = []
        self._template = template
        self._key_header = key_header
        self._api_key = api_key
        self._lock = threading.Lock()
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        self._client = httpx.Client(timeout=timeout, limits=limits, follow_redirects=False, trust_env=False)

    def __repr__(self) -> str:
        return f"Wire({self.base_url!r}, experiment={self.experiment!r})"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def path(self, experiment: str | None = None) -> str:
        """The path of an experiment's trace logs; this run's own by default."""
        name = self.experiment if experiment is None else experiment
        return self._template.replace("{experiment_uuid}", quote(name, safe=""))

    def request(self, body: Filter | bytes | object, experiment: str | None = None) -> Request:
        """A request with this body: a filter, raw bytes, or a JSON value."""
        if isinstance(body, Filter):
            return Request(self.path(experiment), encode(body.body()))
        return Request(self.path(experiment), body if isinstance(body, bytes) else encode(body))

    def send(self, request: Request) -> Exchange:
        """Send a request, and tell the observers of its exchange. Waits and repeats when the server is busy (429)."""
        for attempt in range(_PATIENCE + 1):
            exchange = self._send(request)
            with self._lock:
                self.sent += 1
                self.seconds += exchange.seconds
                for observe in self.observers:
                    observe(exchange)
            if exchange.status != _BUSY or attempt == _PATIENCE:
                break
            wait = exchange.headers.get("retry-after", "")
            time.sleep(min(float(wait), _LONGEST_WAIT) if wait.isdigit() else 1.0)
        return exchange

    def ask(self, filter_: Filter) -> Exchange:
        """Send a filter."""
        return self.send(self.request(filter_))

    def _send(self, request: Request) -> Exchange:
        headers: list[tuple[bytes, bytes]] = [(name.encode(), value.encode()) for name, value in request.headers]
        if request.key is not None:
            headers.append((self._key_header.encode(), request.key.replace(_TEMPLATE, self._api_key).encode()))
        if request.content_type is not None:
            headers.append((b"content-type", request.content_type.encode()))
        start = time.perf_counter()
        try:
            answer = self._client.request(
                request.method, self.base_url + request.path, content=request.body, headers=headers
            )
        except httpx.HTTPError as error:
            failed = f"no answer: {type(error).__name__}: {error}".replace(self._api_key or "\0", "$PAREA_API_KEY")
            seconds = time.perf_counter() - start
            return Exchange(request, 0, httpx.Headers(), b"", seconds, failed, self.curl(request))
        seconds = time.perf_counter() - start
        return Exchange(request, answer.status_code, answer.headers, answer.content, seconds, "", self.curl(request))

    def curl(self, request: Request) -> str:
        """A command that sends this request, with the key as `$PAREA_API_KEY`."""
        words = ["curl", "-sS", "-i", "-X", request.method, shlex.quote(self.base_url + request.path)]
        if request.key is not None:
            words += ["-H", f'"{self._key_header}: {request.key.replace(_TEMPLATE, "$PAREA_API_KEY")}"']
        content_type = "content-type:" if request.content_type is None else f"content-type: {request.content_type}"
        words += ["-H", shlex.quote(content_type)]
        for name, value in request.headers:
            words += ["-H", shlex.quote(f"{name}: {value}")]
        if request.body_shell:
            return f"{request.body_shell} | {' '.join(words)} --data-binary @-"
        try:
            text = request.body.decode("utf-8")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            encoded = base64.b64encode(request.body).decode()
            return f"echo {encoded} | base64 -d | {' '.join(words)} --data-binary @-"
        return " ".join([*words, "--data-binary", shlex.quote(text)])

    def hides(self, body: bytes) -> bool:
        """Whether an answer keeps the key to itself. A key of few characters may stand anywhere by chance."""
        return len(self._api_key) < _SHORTEST_SECRET or self._api_key.encode() not in body
