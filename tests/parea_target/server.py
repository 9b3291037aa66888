"""Serving an application over HTTP, in a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

# How long, in seconds, answers that are under way may take when the server stops.
_GRACE = 2.0


class _Server(uvicorn.Server):
    """uvicorn's server, but it starts and stops at once: its own looks around only ten times a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
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
        if self.server_state.tasks:
            _, late = await asyncio.wait(set(self.server_state.tasks), timeout=_GRACE)
            for task in late:
                task.cancel()
        for sock in sockets or []:
            sock.close()

    def stop(self) -> None:
        """Stop serving; from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)


@contextmanager
def running(app: ASGIApp, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve the application while the context is entered; its value is the base URL, without a slash at the end.

    Args:
        app: the application.
        host: the address to listen on.
        port: the port; 0 for one that is free.

    Raises:
        OSError: the address is not there, or not free.
        RuntimeError: the server did not start.
    """
    [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    # With its protocol named: asyncio sets TCP_NODELAY on no other, and answers in two writes would wait 40 ms.
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            access_log=False,
            log_config=None,
            log_level="error",
            server_header=False,
            # Longer than a client is likely to pause, so that none sends into a connection that is just closed.
            timeout_keep_alive=60,
        )
        server = _Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), name="parea-target", daemon=True)
        thread.start()
        while not server.ready.wait(0.1):
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
        try:
            shown = f"[{host}]" if ":" in host else host
            yield f"http://{shown}:{listener.getsockname()[1]}"
        finally:
            server.stop()
            thread.join()
