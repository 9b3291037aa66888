"""Sending requests. The keys are filled in as a request leaves: `{key}`, and `{other}` for the other tenant's."""

import contextlib
import io
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import httpx

from parea_conformance.contract import Contract
from parea_conformance.http.curl import KEY, OTHER_KEY, SHOWN_AS, Request, curl
from parea_conformance.http.json_text import encode, parse
from parea_conformance.options import Options
from parea_conformance.reading.filter import Filter

_OK, _BUSY = 200, 429
_BRIEF = 1 << 16
_PATIENCE = 3
_LONGEST_WAIT = 10.0
_SHORTEST_SECRET = 8
_SHOWN = 300
_DROPPED = 2
_CLIENT_HEADERS = ((b"accept", b"*/*"), (b"accept-encoding", b"gzip, deflate"), (b"user-agent", b"parea-conformance"))


class BudgetSpentError(Exception):
    """As many requests were sent as the run may send."""


@dataclass(frozen=True)
class Exchange:
    """A request and its answer.

    Attributes:
        status: the HTTP status; 0 when no answer came, and then `error` says why.
    """

    request: Request
    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
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


def _read(answer: httpx.Response, most: int | None) -> bytes:
    """The body of an answer, in memory once; with `most` little more than so many bytes of it."""
    body = io.BytesIO()
    for chunk in answer.iter_bytes():
        body.write(chunk)
        if most is not None and body.tell() > most:
            break
    return body.getvalue()


class Client:
    """Sends requests to one server, one experiment, with one key.

    At most so many, and no faster than so, as the options say.

    Attributes:
        sent: how many requests were sent.
        observers: told of every exchange.

    Args:
        transport: carries the requests instead of the network.
    """

    def __init__(self, contract: Contract, options: Options, transport: httpx.BaseTransport | None = None) -> None:
        self.base_url = options.base_url.rstrip("/")
        self.experiment = options.experiment
        self.sent = 0
        self.observers: list[Callable[[Exchange], None]] = []
        self._template = contract.path
        self._key_header = contract.key_header
        self._keys = {KEY: options.api_key, OTHER_KEY: options.other_api_key or ""}
        self._most = options.max_requests
        self._pause = 1 / options.rate if options.rate else 0.0
        self._next = 0.0
        self._lock = threading.Lock()
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        # The transport alone: a client on top would carry cookies from one request to the next.
        self._transport = transport or httpx.HTTPTransport(limits=limits, trust_env=False)
        self._timeout = {"timeout": httpx.Timeout(options.timeout).as_dict()}

    def __repr__(self) -> str:
        return f"Client({self.base_url!r}, experiment={self.experiment!r})"

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

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
        """Send a request, and tell the observers of its exchange. Waits and repeats when the server is busy (429).

        Raises:
            BudgetSpentError: no more requests may be sent.
        """
        for attempt in range(_PATIENCE + 1):
            self._wait_for_turn()
            exchange = self._send(request)
            with self._lock:
                for observe in self.observers:
                    observe(exchange)
            if exchange.status != _BUSY or attempt == _PATIENCE:
                break
            wait = exchange.headers.get("retry-after", "")
            time.sleep(min(float(wait), _LONGEST_WAIT) if wait.isdigit() else 1.0)
        return exchange

    def _wait_for_turn(self) -> None:
        with self._lock:
            if self._most is not None and self.sent >= self._most:
                raise BudgetSpentError(f"the budget of {self._most} requests was spent")
            self.sent += 1
            now = time.monotonic()
            turn = self._next = max(now, self._next + self._pause)
        if turn > now:
            time.sleep(turn - now)

    def ask(self, filter_: Filter) -> Exchange:
        """Send a filter."""
        return self.send(self.request(filter_))

    def _send(self, request: Request) -> Exchange:
        headers = self._headers(request)
        for attempt in range(_DROPPED + 1):
            content = iter([request.body]) if request.chunked else request.body
            sent = httpx.Request(
                request.method, self.base_url + request.path, content=content, headers=headers, extensions=self._timeout
            )
            try:
                with contextlib.closing(self._transport.handle_request(sent)) as answer:
                    body = _read(answer, _BRIEF if request.brief and answer.status_code == _OK else None)
                break
            except httpx.HTTPError as error:
                # A kept connection may be closed at any time (RFC 9112, 9.5), and the operation only reads.
                if attempt == _DROPPED or not isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
                    failed = self._hidden(f"no answer: {type(error).__name__}: {error}")
                    return Exchange(request, 0, httpx.Headers(), b"", failed, self.curl(request))
        return Exchange(request, answer.status_code, answer.headers, body, "", self.curl(request))

    def _headers(self, request: Request) -> list[tuple[bytes, bytes]]:
        headers = [(name.encode(), value.encode()) for name, value in request.headers]
        if request.key is not None:
            name = request.key_header or self._key_header
            headers.append((name.encode(), self._filled(request.key).encode()))
        if request.content_type is not None:
            headers.append((b"content-type", request.content_type.encode()))
        given = {name.lower() for name, _ in headers}
        return headers + [(name, value) for name, value in _CLIENT_HEADERS if name not in given]

    def _filled(self, key: str) -> str:
        for template, secret in self._keys.items():
            key = key.replace(template, secret)
        return key

    def _hidden(self, text: str) -> str:
        for template, secret in self._keys.items():
            text = text.replace(secret or "\0", SHOWN_AS[template])
        return text

    def curl(self, request: Request) -> str:
        """A command that sends this request, with the keys as variables of the shell."""
        return curl(request, self.base_url, self._key_header)

    def hides(self, body: bytes) -> bool:
        """Whether an answer keeps the keys to itself. A key of few characters may stand anywhere by chance."""
        secrets = [secret.encode() for secret in self._keys.values() if len(secret) >= _SHORTEST_SECRET]
        return not any(secret in body for secret in secrets)
