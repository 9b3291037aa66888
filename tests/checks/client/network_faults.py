"""A server of raw sockets that misbehaves as it is told: one fault per connection, then the next."""

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import attrs
from checks.client.support import SAMPLE

LOGS = 3
BODY = json.dumps(SAMPLE * LOGS).encode()
CUT = BODY[: len(json.dumps(SAMPLE * 2).encode()) + 40]  # in the third log

Act = Callable[[socket.socket], None]
"""What a server does with a connection on which a request has arrived."""


def answer(
    status: str, body: bytes, *headers: str, length: int | None = None, pause: float = 0, cut: bool = False
) -> Act:
    """An answer: `length` in the place of the true Content-Length, a pause amid the body, a reset after it."""

    def act(connection: socket.socket) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body[: len(body) // 2])
        time.sleep(pause)
        connection.sendall(body[len(body) // 2 :])
        if cut:
            time.sleep(0.05)  # a reset overtakes what the client has not read yet
            reset(connection)

    return act


def unframed(body: bytes) -> Act:
    """An answer that ends with the connection."""
    return lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body)


def chunked(body: bytes, end: bytes) -> Act:
    """An answer in one chunk and then `end`."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    return lambda connection: connection.sendall(head + b"%x\r\n%b\r\n%b" % (len(body), body, end))


def reset(connection: socket.socket) -> None:
    """Close the connection with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def silent(connection: socket.socket) -> None:
    """Answer nothing until the client has given up."""
    connection.settimeout(5)
    with suppress(OSError):
        connection.recv(1)


def garbage(connection: socket.socket) -> None:
    """Answer what is not HTTP."""
    connection.sendall(b"220 smtp.example.org ready\r\n\r\n")


def stalled(connection: socket.socket) -> None:
    """Send the head and some logs of an answer, then nothing more."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + CUT)
    silent(connection)


OK = answer("200 OK", BODY)
GZIPPED = answer("200 OK", gzip.compress(BODY), "Content-Encoding: gzip")


@attrs.define
class FaultServer:
    """What to do with each connection in turn (the last for ever), and the heads of the requests that came."""

    url: str
    acts: list[Act]
    heads: list[bytes] = attrs.field(factory=list)


def read_request(connection: socket.socket) -> bytes:
    """The head of one request; its body is read too, or closing would reset the connection."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head


@contextmanager
def fault_server(*acts: Act) -> Iterator[FaultServer]:
    """A running server; it is gone when the context ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = FaultServer(f"http://127.0.0.1:{listener.getsockname()[1]}", list(acts))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # closed below
                return
            with connection, suppress(OSError):  # the client may go away at any moment
                head = read_request(connection)
                if head:
                    act = server.acts[min(len(server.heads), len(server.acts) - 1)]
                    server.heads.append(head)
                    act(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
