"""The time that a whole call may take, whatever the server does: `timeout` only limits the silence between two bytes.

An async call is cancelled. A sync one hangs in the system, where nothing but the end of its connection reaches it: a
timer shuts that down. While a name is looked up there is none yet, so that is waited for in a thread of its own.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from typing import Any, Self
from weakref import WeakSet

_UNLIMITED = contextlib.nullcontext()
# By names of events of httpcore's extension `trace`: a connection is about to be made; it has been, or wrapped in TLS.
_CONNECTING = "connect_tcp.started"
_CONNECTED = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")


def check_deadline(deadline: Any) -> None:
    """Is this a time limit of a call: seconds, or None?

    Raises:
        TypeError: it is something else.
        ValueError: it is not above 0.
    """
    if deadline is None or type(deadline).__name__ == "Default":
        return
    if isinstance(deadline, bool) or not isinstance(deadline, int | float):
        raise TypeError(f"deadline must be seconds as a number or None, not {deadline!r}")
    if not deadline > 0:
        raise ValueError(f"deadline must be above 0 seconds: {deadline}")


class Connections:
    """The connections that sync calls of one client have used, by which a call that hangs can be reached."""

    def __init__(self) -> None:
        self.known: WeakSet[Any] = WeakSet()
        self.taken: WeakSet[Any] = WeakSet()
        """Those that belong to a call under way with a deadline of its own."""


class Deadline:
    """When one call must have ended. As a context it lasts as long as the call.

    Args:
        seconds: How long the call may take; None for as long as it likes.
        connections: Those of the client.
    """

    def __init__(self, seconds: float | None, connections: Connections) -> None:
        self.seconds = seconds
        self._end = float("inf") if seconds is None else time.monotonic() + seconds
        self._connections = connections
        self._mine: list[Any] = []
        self._timer: threading.Timer | None = None

    @property
    def left(self) -> float:
        """Seconds that are left; never below 0."""
        return max(0.0, self._end - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether the time has passed."""
        return time.monotonic() >= self._end

    def limited(self, timeouts: Mapping[str, float | None]) -> dict[str, float | None]:
        """The time limits of each step, none of them beyond the deadline."""
        if self.seconds is None:
            return dict(timeouts)
        left = self.left
        return {name: left if value is None else min(value, left) for name, value in timeouts.items()}

    def used(self, response: Any) -> None:
        """The call's answer has begun, and so it is known on which connection."""
        stream = response.extensions.get("network_stream")
        if stream is not None:
            self._connections.known.add(stream)
            self._took(stream)

    def awaited(self) -> AbstractAsyncContextManager[object]:
        """A context for one step of an async call.

        Raises:
            TimeoutError: the time passed within it.
        """
        if self.seconds is None:
            return _UNLIMITED
        import asyncio  # here, because importing the package must not cost what few calls need

        return asyncio.timeout(self.left)

    def awaited_extensions(self) -> dict[str, Any]:
        """What an async request needs beside."""
        return {}

    def watched(self) -> AbstractContextManager[object]:
        """A context for one step of a sync call.

        Raises:
            TimeoutError: the time passed within it.
        """
        return _UNLIMITED if self.seconds is None else self._watched()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        if self._timer is None:
            self._timer = threading.Timer(self.left, self._shut)
            self._timer.daemon = True
            self._timer.start()
        try:
            yield
        except Exception:
            if not self.over:
                raise
        if self.over:
            raise TimeoutError

    def watched_extensions(self) -> dict[str, Any]:
        """What a sync request needs beside: to be told of the connection that is made for it."""
        return {} if self.seconds is None else {"trace": self._traced}

    def _traced(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(_CONNECTING):
            self._resolve(info["host"], info["port"])
        elif event.endswith(_CONNECTED):
            self._took(info["return_value"])

    def _resolve(self, host: str, port: int) -> None:
        """Wait, no longer than the call may take, until the name has been looked up, which nothing can interrupt.

        To connect looks it up again, and finds it where the system, or its resolver, has just put it.

        Raises:
            TimeoutError: the time passed.
        """
        found = threading.Event()

        def look_up() -> None:
            with contextlib.suppress(OSError, UnicodeError):  # to connect will fail alike, and say so
                socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.set()

        threading.Thread(target=look_up, daemon=True).start()
        if not found.wait(self.left):
            raise TimeoutError

    def _took(self, stream: Any) -> None:
        if self.seconds is not None:
            self._mine.append(stream)
            self._connections.taken.add(stream)

    def _shut(self) -> None:
        """End the call's connection; before it is known which of those used before it is, all that may be it."""
        streams = self._mine or set(self._connections.known) - set(self._connections.taken)
        for stream in streams:
            with contextlib.suppress(OSError, TypeError):  # it has ended already
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for stream in self._mine:
            self._connections.taken.discard(stream)
