"""A server that answers in bytes of the test's choice, however wrong: no HTTP library stands in its way."""

import contextlib
import functools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = Callable[[socket.socket, bytes, bytes], None]
"""Is given the connection, the head of a request and its body as it was sent, chunks and all; the connection is closed
behind it."""


def response(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", "content-type: application/json", f"content-length: {len(body)}", *headers]
    return ("\r\n".join([*lines, "connection: close", "", ""])).encode("latin-1") + body


def _request(connection: socket.socket) -> tuple[bytes, bytes]:
    received = _until(connection, b"", lambda received: b"\r\n\r\n" in received)
    head, _, body = received.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            body = _until(connection, body, functools.partial(_has, int(value)))
        if name == b"transfer-encoding" and b"chunked" in value:
            body = _until(connection, body, lambda body: body.endswith(b"0\r\n\r\n"))
    return head, body


def _has(size: int, body: bytes) -> bool:
    return len(body) >= size


def _until(connection: socket.socket, received: bytes, whole: Callable[[bytes], bool]) -> bytes:
    """Read on until what was received is whole, or no more comes."""
    while not whole(received) and (more := connection.recv(65536)):
        received += more
    return received if whole(received) else b""


@contextmanager
def raw_server(answer: Answer) -> Iterator[str]:
    """Serve while the context is entered, a thread for each connection; its value is the base URL."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:

        def one(connection: socket.socket) -> None:
            with connection, contextlib.suppress(OSError):
                head, body = _request(connection)
                if head:
                    answer(connection, head, body)

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=one, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
