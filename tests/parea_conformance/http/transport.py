"""Carries requests over the network, each answer whole within a deadline."""

import contextlib
import socket
import threading
import time
import weakref
from collections.abc import Iterable, Iterator
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

DEADLINE = "deadline"
"""The extension of a request that says by when, in `time.monotonic()`, its answer must have come whole."""


class _Clock(threading.local):
    """The deadline of the request that this thread sends."""

    deadline: float | None = None

    def left(self, timeout: float | None) -> float | None:
        """The seconds that one step may take.

        Raises:
            httpcore.ReadTimeout: none are left.
        """
        if self.deadline is None:
            return timeout
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer took too long")
        return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, clock: _Clock, opened: "weakref.WeakSet[socket.socket]") -> None:
        self._stream, self._clock, self._opened = stream, clock, opened
        opened.add(stream.get_extra_info("socket"))

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._clock.left(timeout))
        return _Stream(secured, self._clock, self._opened)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    """Opens connections that know the deadline; those that are open can be broken off."""

    def __init__(self, clock: _Clock) -> None:
        self._clock = clock
        self._over = False
        self._opened: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        if self._over:
            raise httpcore.ConnectError("the run is over")
        stream = super().connect_tcp(host, port, self._clock.left(timeout), local_address, socket_options)
        return _Stream(stream, self._clock, self._opened)

    def break_off(self) -> None:
        """Wake every thread that waits for an answer: closing a socket alone does not. None is opened after that."""
        self._over = True
        for each in list(self._opened):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _as_httpx(request: httpx.Request) -> Iterator[None]:
    """The errors of httpcore by the names of httpx, which other transports raise too."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        made: type[httpx.TransportError] = getattr(httpx, type(error).__name__, httpx.TransportError)
        raise made(str(error), request=request) from error


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response, request: httpx.Request) -> None:
        self._response, self._request = response, request

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx(self._request):
            yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class Transport(httpx.BaseTransport):
    """Like `httpx.HTTPTransport`, whose time limits are for each step of an answer and never for all of them.

    Any thread may send through it, and each has a connection of its own, as a chain of requests needs it. A request
    whose extensions hold `DEADLINE` fails as a time-out then.
    """

    def __init__(self) -> None:
        self._clock = _Clock()
        self._backend = _Backend(self._clock)
        self._context = httpx.create_ssl_context(trust_env=False)
        self._own = threading.local()
        self._pools: list[httpcore.ConnectionPool] = []

    def _pool(self) -> httpcore.ConnectionPool:
        """The connection of this thread: opened when it is needed, and anew where the server has closed it."""
        pool: httpcore.ConnectionPool | None = getattr(self._own, "pool", None)
        if pool is None:
            pool = httpcore.ConnectionPool(
                ssl_context=self._context,
                max_connections=1,
                max_keepalive_connections=1,
                network_backend=self._backend,
            )
            self._own.pool = pool
            self._pools.append(pool)
        return pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; its answer, of which the body is still to be read, in this thread.

        Raises:
            httpx.TransportError: no answer came.
        """
        self._clock.deadline = request.extensions.get(DEADLINE)
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        assert isinstance(request.stream, httpx.SyncByteStream)  # what httpx makes of bytes
        sent = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        with _as_httpx(request):
            answer = self._pool().handle_request(sent)
        body = _Body(answer, request)
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        """Break off what is under way, and close the connections."""
        self._backend.break_off()
        for pool in self._pools:
            pool.close()
