"""Clients of raw sockets for `bench.target`: HTTP/1.1 by hand, so that they cost little beside what they measure."""

import asyncio
import math
import re
import socket
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

Address = tuple[str, int]

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_RETRY_AFTER = re.compile(rb"\r\nretry-after: *\d+\r\n", re.IGNORECASE)

# Connections that are opened at a time: fewer than a listener keeps waiting.
_OPENED_AT_ONCE = 64
# What a slow reader reads, how often, and how much its socket keeps: 16 kB a second.
_SLOW_BYTES = 1 << 14
_SLOW_SECONDS = 1.0


class WrongAnswerError(RuntimeError):
    """An answer that is not the right one; the message says how."""


@dataclass(frozen=True)
class Question:
    """A request, and its right answer.

    Attributes:
        request: the request, head and body.
        answer: the body of the answer, whose status is 200.
    """

    request: bytes = field(repr=False)
    answer: bytes = field(repr=False)


@dataclass(frozen=True)
class Figures:
    """What was measured.

    Attributes:
        seconds: how long it was measured.
        times: what each right answer took, in seconds, in ascending order.
        refused: how many requests were answered 503 with `Retry-After`.
    """

    seconds: float
    times: list[float] = field(repr=False)
    refused: int = 0

    @property
    def rate(self) -> float:
        """Right answers a second."""
        return len(self.times) / self.seconds

    def quantile(self, share: float) -> float:
        """The milliseconds that this share of the answers took at most; NaN where there was none."""
        return self.times[math.ceil(share * len(self.times)) - 1] * 1000 if self.times else math.nan


class Connection:
    """A connection that is kept alive."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: Address) -> Self:
        """Connect."""
        return cls(*await asyncio.open_connection(*address))

    async def ask(self, question: Question, *, may_refuse: bool = False) -> bool:
        """Ask once; whether the right answer came, rather than a refusal.

        Args:
            question: what is asked.
            may_refuse: whether 503 with `Retry-After` is a refusal, and not wrong.

        Raises:
            WrongAnswerError: another answer came, or none.
        """
        try:
            self._writer.write(question.request)
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await self._reader.readexactly(int(length[1])) if length else None
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise WrongAnswerError(f"the connection ended before the answer did: {error}") from None
        status = _STATUS.match(head)
        code = status and int(status[1])
        if code == 200 and body == question.answer:
            return True
        if may_refuse and code == 503 and _RETRY_AFTER.search(head):
            return False
        came = "without its length" if body is None else f"with {len(body):,} bytes, {body[:120]!r}…"
        raise WrongAnswerError(f"status {code} {came}, rather than 200 with the right {len(question.answer):,} bytes")

    @property
    def is_open(self) -> bool:
        """Whether the server has not closed it."""
        return not self._reader.at_eof() and not self._writer.is_closing()

    def close(self) -> None:
        """Close it at once."""
        self._writer.transport.abort()


@asynccontextmanager
async def connected(address: Address, count: int, question: Question) -> AsyncIterator[list[Connection]]:
    """So many connections, each of which has been answered once.

    Raises:
        WrongAnswerError: a wrong answer came.
    """
    connections: list[Connection] = []

    async def connect() -> None:
        connections.append(connection := await Connection.open(address))
        await connection.ask(question)

    try:
        for begun in range(0, count, _OPENED_AT_ONCE):
            await _all(*(connect() for _ in range(min(_OPENED_AT_ONCE, count - begun))))
        yield connections
    finally:
        for connection in connections:
            connection.close()


async def measure(
    address: Address, questions: list[Question], connections: int, seconds: float, *, may_refuse: bool = False
) -> Figures:
    """Ask by so many connections at once, each again as soon as it has its answer.

    Args:
        address: the server.
        questions: asked in turn; the first also before the time begins, once by each connection.
        connections: how many.
        seconds: how long; each connection asks at least once.
        may_refuse: whether 503 with `Retry-After` is counted, and not wrong.

    Raises:
        WrongAnswerError: a wrong answer came.
    """
    times: list[float] = []
    refused = 0
    async with AsyncExitStack() as stack:
        if may_refuse:
            opened = [await Connection.open(address) for _ in range(connections)]
            for connection in opened:
                stack.callback(connection.close)
        else:
            opened = await stack.enter_async_context(connected(address, connections, questions[0]))
        begun = time.perf_counter()

        async def ask(connection: Connection, turn: int) -> None:
            nonlocal refused
            now = time.perf_counter()
            while True:
                right = await connection.ask(questions[turn % len(questions)], may_refuse=may_refuse)
                before, now = now, time.perf_counter()
                if right:
                    times.append(now - before)
                else:
                    refused += 1
                if now >= begun + seconds:
                    return
                turn += 1

        await _all(*(ask(connection, turn) for turn, connection in enumerate(opened)))
        return Figures(time.perf_counter() - begun, sorted(times), refused)


@dataclass
class SlowReaders:
    """Clients that read a long answer slowly.

    Attributes:
        reading: how many of them have the beginning of the answer, and not its end.
        refused: how many were answered 503.
        left: how many the server has left before the end.
    """

    reading: int = 0
    refused: int = 0
    left: int = 0

    async def read(self, address: Address, question: Question) -> None:
        """Be one of them, until cancelled."""
        loop = asyncio.get_running_loop()
        with socket.socket() as connection:
            connection.setblocking(False)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SLOW_BYTES)
            await loop.sock_connect(connection, address)
            await loop.sock_sendall(connection, question.request)
            head = await loop.sock_recv(connection, _SLOW_BYTES)
            if head.startswith(b"HTTP/1.1 503 "):
                self.refused += 1
                return
            if not head.startswith(b"HTTP/1.1 200 "):
                raise WrongAnswerError(f"a slow reader was answered {head[:120]!r}")
            self.reading += 1
            received = len(head)
            try:
                while more := await loop.sock_recv(connection, _SLOW_BYTES):
                    received += len(more)
                    await asyncio.sleep(_SLOW_SECONDS)
            except ConnectionError:
                received = 0
            self.reading -= 1
            self.left += received < len(question.answer)


@asynccontextmanager
async def slow_readers(address: Address, question: Question, count: int, seconds: float) -> AsyncIterator[SlowReaders]:
    """So many slow readers, once all of them read or are refused, or so many seconds are over.

    Raises:
        WrongAnswerError: one was answered neither 200 nor 503.
    """
    readers = SlowReaders()
    tasks = [asyncio.create_task(readers.read(address, question)) for _ in range(count)]
    try:
        end = time.perf_counter() + seconds
        while readers.reading + readers.refused + readers.left < count and time.perf_counter() < end:
            for task in tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.05)
        yield readers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _all(*coroutines: Coroutine[Any, Any, None]) -> None:
    """Run all at once; the first wrong answer ends the others.

    Raises:
        WrongAnswerError: a wrong answer came.
    """
    try:
        async with asyncio.TaskGroup() as group:
            for coroutine in coroutines:
                group.create_task(coroutine)
    except* WrongAnswerError as wrong:
        raise WrongAnswerError(str(wrong.exceptions[0])) from None
