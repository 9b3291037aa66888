"""Serving an application over HTTP, in a thread of its own."""

import asyncio
import functools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from parea_target.answers import unavailable, write_error
from parea_target.messages import in_our_words

# How long, in seconds, what is left when the grace is over may take to notice that its connection is gone.
NOTICE_SECONDS = 1.0


@dataclass(frozen=True)
class Limits:
    """What clients may take of the server.

    Attributes:
        connections: how many are served at once; each beyond is answered 503, and closed at once beyond twice as many.
        head_seconds: how long the head of a request may take to arrive.
        write_seconds: how long a client may read nothing of an answer.
        idle_seconds: how long a connection stays open between requests.
        grace_seconds: how long answers that have begun may take when the server stops; what is left is broken off.
    """

    connections: int = 500
    head_seconds: float = 10.0
    write_seconds: float = 60.0
    # Longer than a client is likely to pause, so that none sends into a connection that is just closed.
    idle_seconds: float = 60.0
    grace_seconds: float = 5.0


_LIMITS = Limits()
_BUSY = unavailable("Too many connections.", close=True)


class _Timer:
    """Runs an action once when it was not stopped for so many seconds."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, action: Callable[[], None]) -> None:
        self._begin = functools.partial(loop.call_later, seconds, action)
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to count, unless it does so already."""
        self._handle = self._handle or self._begin()

    def stop(self) -> None:
        """Count no more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class _Connection(H11Protocol):
    """uvicorn's connection, with limits for the head of a request and for a client that does not read its answer."""

    def __init__(self, limits: Limits, **options: Any) -> None:
        super().__init__(**options)
        self._most = limits.connections
        self._head = _Timer(self.loop, limits.head_seconds, self._abort)
        self._reader = _Timer(self.loop, limits.write_seconds, self._abort)

    def _abort(self) -> None:
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._head.start()
        if len(self.connections) > 2 * self._most:
            transport.abort()
        elif len(self.connections) > self._most:
            self.app = write_error(_BUSY, _BUSY.detail)

    def handle_events(self) -> None:
        super().handle_events()
        if self.cycle is None or self.cycle.response_complete:
            self._head.start()
        else:
            self._head.stop()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._reader.start()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._reader.stop()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.conn.trailing_data[0]:
            self._head.stop()  # nothing of the next request has arrived: the connection is idle, which may take longer
        if self.transport.is_closing():
            self._reader.start()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self.transport.abort()  # what is still unread will not be read

    def connection_lost(self, exc: Exception | None) -> None:
        self._head.stop()
        self._reader.stop()
        super().connection_lost(exc)


class _Server(uvicorn.Server):
    """uvicorn's server, but it starts and stops at once: its own looks around only ten times a second."""

    def __init__(self, config: uvicorn.Config, grace_seconds: float) -> None:
        super().__init__(config)
        self._grace_seconds = grace_seconds
        self.ready = threading.Event()
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.ready.set()
        while not self._stop.is_set():
            await self.on_tick(0)  # the Date header
            try:
                await asyncio.wait_for(self._stop.wait(), 1.0)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        # An answer is over when its bytes have left, and its connection is closed then.
        await self._wait(self._grace_seconds)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await self._wait(NOTICE_SECONDS)
        for task in set(self.server_state.tasks):
            task.cancel()
        for sock in sockets or []:
            sock.close()

    async def _wait(self, seconds: float) -> None:
        """Wait until nothing is under way, but no longer than so many seconds."""
        end = time.monotonic() + seconds
        while (self.server_state.tasks or self.server_state.connections) and time.monotonic() < end:
            await asyncio.sleep(0.01)

    def stop(self) -> None:
        """Stop serving; from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)


@contextmanager
def listening(host: str = "127.0.0.1", port: int = 0) -> Iterator[tuple[socket.socket, str]]:
    """An address that is listened on while the context is entered, and its base URL, without a slash at the end.

    Args:
        host: the address.
        port: the port; 0 for a free one.

    Raises:
        OSError: the address is not there, or not free.
    """
    [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    # With its protocol named: asyncio sets TCP_NODELAY on no other, and answers in two writes would wait 40 ms.
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        shown = f"[{host}]" if ":" in host else host
        yield listener, f"http://{shown}:{listener.getsockname()[1]}"


@contextmanager
def serving(app: ASGIApp, listener: socket.socket, limits: Limits = _LIMITS) -> Iterator[None]:
    """Serve the application to who connects to the listener, while the context is entered; it is closed then.

    Args:
        app: the application.
        listener: the address; several processes may share it.
        limits: what clients may take of the server.

    Raises:
        RuntimeError: the server did not start.
    """
    in_our_words()
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        access_log=False,
        log_config=None,
        log_level="error",
        server_header=False,
        timeout_keep_alive=limits.idle_seconds,  # type: ignore[arg-type]  # any number of seconds
        http=functools.partial(_Connection, limits),  # type: ignore[arg-type]  # uvicorn only calls it
    )
    server = _Server(config, limits.grace_seconds)
    thread = threading.Thread(target=server.run, args=([listener],), name="parea-target", daemon=True)
    thread.start()
    while not server.ready.wait(0.1):
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
    try:
        yield
    finally:
        server.stop()
        thread.join()


@contextmanager
def running(app: ASGIApp, host: str = "127.0.0.1", port: int = 0, limits: Limits = _LIMITS) -> Iterator[str]:
    """Serve the application at an address while the context is entered; its value is the base URL.

    Raises:
        OSError: the address is not there, or not free.
        RuntimeError: the server did not start.
    """
    with listening(host, port) as (listener, base_url), serving(app, listener, limits):
        yield base_url
