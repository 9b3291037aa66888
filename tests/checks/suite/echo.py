"""A server that keeps every request as it arrives, octet by octet, and answers each through one function."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

# What names the program that sends, or says again how long the body is: the suite and curl differ there, rightly.
_OF_THE_SENDER = {b"host", b"user-agent", b"accept", b"accept-encoding", b"content-length", b"connection"}


@dataclass(frozen=True)
class Arrived:
    """One request as it arrived: its first line, what its headers say, sorted, and its body; whether it is the last."""

    line: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    last: bool = field(default=False, compare=False)


def short(arrived: Arrived) -> str:
    """A request in one line."""
    return f"{arrived.line!r} {arrived.headers} {len(arrived.body)} bytes {arrived.body[:100]!r}"


@dataclass
class Echo:
    """Keeps what arrives, in order.

    Args:
        answer: the status, headers and body that a request is answered with.
    """

    answer: Callable[[Arrived], tuple[int, bytes]]
    arrived: list[Arrived] = field(default_factory=list)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(reader):
                self.arrived.append(request)
                status, body = self.answer(request)
                head = request.line.startswith(b"HEAD ")
                writer.write(
                    b"HTTP/1.1 %d Echo\r\ncontent-type: application/json\r\ncontent-length: %d\r\nx-arrived: %d\r\n\r\n"
                    % (status, len(body), len(self.arrived) - 1)
                    + (b"" if head else body)
                )
                await writer.drain()
                if request.last:
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the sender has gone: what it sent whole is kept
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Arrived | None:
    line = await reader.readline()
    if not line:
        return None
    headers: list[tuple[bytes, bytes]] = []
    while (text := await reader.readline()) not in (b"\r\n", b""):
        name, _, value = text.rstrip(b"\r\n").partition(b":")
        headers.append((name, value.removeprefix(b" ")))
    by_name = {name.lower(): value for name, value in headers}
    if by_name.get(b"transfer-encoding") == b"chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(by_name.get(b"content-length", b"0")))
    # The name of this one is the transport's to spell.
    spelled = {name: name.lower() for name, _ in headers if name.lower() == b"transfer-encoding"}
    kept = [(spelled.get(name, name), value) for name, value in headers if name.lower() not in _OF_THE_SENDER]
    return Arrived(line, tuple(sorted(kept)), body, by_name.get(b"connection") == b"close")


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


@contextmanager
def echoing(answer: Callable[[Arrived], tuple[int, bytes]]) -> Iterator[tuple[Echo, str]]:
    """Serve on a free port of the loopback address; the echo, and its base URL."""
    echo, loop, started = Echo(answer), asyncio.new_event_loop(), threading.Event()
    address: list[int] = []

    async def serve() -> None:
        server = await asyncio.start_server(echo._serve, "127.0.0.1", 0, limit=1 << 20)
        address.append(server.sockets[0].getsockname()[1])
        started.set()
        async with server:
            await stop.wait()

    stop = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield echo, f"http://127.0.0.1:{address[0]}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
