"""Answers that are meant to do harm: endless, inflated, dripping, deceiving. Each is an act of a `fault_server`."""

import gzip
import itertools
import json
import socket
import struct
import time
import zlib
from collections.abc import Iterable

from checks.client.network_faults import BODY, Act, read_request

SENT_AT_MOST = 1 << 29
"""Bytes after which an endless answer ends after all: a client that reads on must not fill the machine."""

LOG = b'{"trace_id":"a","start_timestamp":"2024-04-15T22:19:13+00:00"%b}'


def pieces(status: str, headers: Iterable[str], body: Iterable[bytes], pause: float = 0) -> Act:
    """An answer whose body comes in pieces, until there are no more or the client has gone away."""

    def act(connection: socket.socket) -> None:
        connection.sendall("\r\n".join([f"HTTP/1.1 {status}", *headers, "Connection: close", "", ""]).encode())
        sent = 0
        for piece in body:
            connection.sendall(piece)
            sent += len(piece)
            if sent > SENT_AT_MOST:
                return
            if pause:
                time.sleep(pause)

    return act


def endless(status: str, start: bytes, again: bytes, *headers: str) -> Act:
    """An answer that begins with `start` and goes on with `again` for ever."""
    block = again * max(1, (1 << 16) // len(again))

    def body() -> Iterable[bytes]:
        yield start
        yield from itertools.repeat(block)

    return lambda connection: pieces(status, headers, body())(connection)


def _squeezed(start: bytes, again: bytes, size: int) -> bytes:
    """A gzip file that becomes `start` and then `again` over and over, `size` bytes in all; made in no time."""
    squeeze = zlib.compressobj(9, wbits=-15)
    block = again * ((1 << 20) // len(again))
    first = squeeze.compress(start) + squeeze.flush(zlib.Z_FULL_FLUSH)
    repeated = squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)
    times, crc = size // len(block), zlib.crc32(start)
    for _ in range(times):
        crc = zlib.crc32(block, crc)
    end = struct.pack("<II", crc, (len(start) + times * len(block)) & 0xFFFFFFFF)
    return gzip.compress(b"")[:10] + first + repeated * times + b"\3\0" + end


def inflated(status: str, start: bytes, again: bytes, size: int) -> Act:
    """A gzip answer of few bytes that becomes `size` bytes: `start`, then `again` over and over."""
    return lambda connection: pieces(status, ["Content-Encoding: gzip"], [_squeezed(start, again, size)])(connection)


def stacked(times: int, size: int, *headers: str, status: str = "200 OK") -> Act:
    """A bomb: `size` spaces, compressed several times over, each time named in Content-Encoding."""

    def act(connection: socket.socket) -> None:
        body = _squeezed(b"", b" ", size)
        for _ in range(times - 1):
            body = gzip.compress(body, 9)
        coding = headers or (f"Content-Encoding: {', '.join(['gzip'] * times)}",)
        pieces(status, coding, [body])(connection)

    return act


def one_by_one(body: bytes) -> Act:
    """A chunked answer of which each chunk is one byte."""
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    return pieces("200 OK", ["Transfer-Encoding: chunked"], [chunks])


def dripping(status: str, start: bytes, drop: bytes, pause: float = 0.02) -> Act:
    """An answer that goes on for ever, a drop at a time: never silent for as long as a timeout."""
    return lambda connection: pieces(status, [], itertools.chain([start], itertools.repeat(drop, 500)), pause)(
        connection
    )


def informational(connection: socket.socket) -> None:
    """Nothing but 1xx."""
    for _ in range(500):
        connection.sendall(b"HTTP/1.1 102 Processing\r\n\r\n")
        time.sleep(0.02)


def dripping_head(connection: socket.socket) -> None:
    """A header that never ends."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(500):
        connection.sendall(b"a")
        time.sleep(0.02)


def bare(status: str, *headers: str) -> Act:
    """An answer without a body, and without a word about how long it is."""
    return pieces(status, headers, [])


def escaped(key: str) -> bytes:
    """The key as JSON may spell it: no two characters in the same way."""
    return "".join(f"\\u{ord(each):04X}" if place % 2 else each for place, each in enumerate(key)).encode()


def log(**members: object) -> bytes:
    """An array of one log that is as documented but for these members."""
    return b"[" + LOG % (", " + json.dumps(members)[1:-1]).encode() + b"]"


SPACES = 100 << 20
STRING = b'[{"trace_id":"'

# Named as what they do; each must end in an error of the package (or in nothing at all: None), never in anything else,
# and in memory of bounded size.
MEMORY: dict[str, tuple[Act, str | None]] = {
    "gzip, three times": (stacked(3, SPACES), "InvalidAnswerError"),
    "gzip, twice": (stacked(2, SPACES), "InvalidAnswerError"),
    "gzip, twice, in two headers": (
        stacked(2, SPACES, "Content-Encoding: gzip", "Content-Encoding: gzip"),
        "InvalidAnswerError",
    ),
    "gzip of spaces": (stacked(1, SPACES), "TruncatedResponse"),
    "gzip of one string": (inflated("200 OK", STRING, b"a", SPACES), "InvalidAnswerError"),
    "gzip of one log": (inflated("200 OK", STRING + b'a"', b',"b":"c"', SPACES), "InvalidAnswerError"),
    "gzip, three times, 500": (stacked(3, SPACES, status="500 Oops"), "StatusError"),
    "gzip, 500": (inflated("500 Oops", b"", b"a", SPACES), "StatusError"),
    "500 without end": (endless("500 Oops", b"", b"a"), "StatusError"),
    "400 without end": (endless("400 Bad Request", b'{"detail": "', b"a"), "StatusError"),
    "a string without end": (endless("200 OK", STRING, b"a"), "InvalidAnswerError"),
    "a number without end": (endless("200 OK", b"[1", b"1"), "InvalidAnswerError"),
    "a log without end": (endless("200 OK", STRING + b'a"', b',"b":"c"'), "InvalidAnswerError"),
    "no array, without end": (endless("200 OK", b'{"detail":"', b"a"), "InvalidAnswerError"),
}
DRIPPING: dict[str, Act] = {
    "a byte at a time": dripping("200 OK", b"[", b" "),
    "a log at a time": dripping("200 OK", b"[" + LOG % b"", b"," + LOG % b""),
    "an error, a byte at a time": dripping("500 Oops", b"", b"a"),
    "1xx without end": informational,
    "a header without end": dripping_head,
}
EVERY_STATUS = ("401", "404", "405", "413", "415", "422", "429", "500", "503", "302", "204", "304", "418")
HTTP_AFTER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"


def two_in_one(connection: socket.socket) -> None:
    """An answer, and another one that nobody asked for, in one write; then every further request is answered well."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b"
    connection.sendall(head % (len(BODY), BODY) + HTTP_AFTER)
    while read_request(connection):
        connection.sendall(head % (len(BODY), BODY))


def chunked_and_more(connection: socket.socket) -> None:
    """The same, with chunks."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
    connection.sendall(head % (len(BODY), BODY) + HTTP_AFTER)
    while read_request(connection):
        connection.sendall(head % (len(BODY), BODY))


def kept_alive(connection: socket.socket) -> None:
    """Well-formed answers, as many as are asked for on one connection."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
    connection.sendall(head)
    while read_request(connection):
        connection.sendall(head)
