"""Answers: what is selected, how it is written, how it is sent; and errors."""

import asyncio
import json
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from parea_target.contract import Contract
from parea_target.tables import Tables
from parea_target.workers import DatabaseDownError, StoppedError, TimeLimit, run_query, run_work

# An answer is sent in pieces of about this many bytes, so that its size does not matter; most fit in one.
_CHUNK_BYTES = 1 << 18

# How long a client may take for a chunk and hold a connection of the database all the same.
_PATIENCE_SECONDS = 0.25

JSON = "application/json"

# After how many seconds a client that was refused for lack of time or room should ask again.
_RETRY_SECONDS = 2


class Refusal(Exception):  # noqa: N818 - not an error of the server: the answer to a request that is not as it must be
    """An answer other than 200.

    Attributes:
        status: the HTTP status.
        detail: a sentence, or for 422 the list of errors; None for the sentence that the contract has as an example.
        headers: further headers.
    """

    def __init__(self, status: int, detail: object = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail
        self.headers = headers or {}


Order = list[ColumnElement[Any]]


def unavailable(detail: str, *, close: bool = False) -> Refusal:
    """What is answered where the target lacks the time or the room: 503, and when to ask again.

    Args:
        detail: what is lacking.
        close: whether the connection is closed after it.
    """
    headers = {"Retry-After": str(_RETRY_SECONDS)}
    return Refusal(503, detail, headers | {"Connection": "close"} if close else headers)


def order_by(tables: Tables) -> Order:
    """The order of an answer: by instant, then by code point, which is how the store compares text."""
    return [tables.member("start_timestamp"), tables.member("trace_id")]


def select_logs(
    tables: Tables, experiment_id: int, condition: ColumnElement[bool] | None, order: Order
) -> Select[int, int]:
    """The statement that selects the ids of the experiment and of the root logs that meet the condition, or of all."""
    log = tables.log.c
    statement = select(log.experiment_id, log.log_id).where(log.experiment_id == tables.experiment_id).order_by(*order)
    if condition is not None:
        statement = statement.where(condition)
    return statement.params(experiment_id=experiment_id).execution_options(experiment_id=experiment_id)


def render(bodies: Generator[bytes]) -> Generator[bytes]:
    """The JSON text of the answer in chunks. Closing it closes `bodies`."""
    chunk = bytearray(b"[")
    separator = b""
    with closing(bodies):
        for body in bodies:
            chunk += separator + body
            separator = b","
            if len(chunk) >= _CHUNK_BYTES:
                yield bytes(chunk)
                chunk.clear()
    chunk += b"]"
    yield bytes(chunk)


def refuse(contract: Contract, refusal: Refusal) -> Response:
    """The answer to a request that is refused."""
    return write_error(refusal, contract.detail(refusal.status) if refusal.detail is None else refusal.detail)


def write_error(refusal: Refusal, detail: object) -> Response:
    """An error answer. ASCII, so that whatever a member is called can be written."""
    return Response(json.dumps({"detail": detail}), refusal.status, refusal.headers, JSON)


@dataclass(frozen=True)
class AnswerParts:
    """How an answer is made.

    Attributes:
        order: the order of an answer, in SQL.
        select: the experiment's id, the condition (None for all) and the order → the statement that selects their ids.
        render: the bodies of the logs → the chunks of the answer.
        refuse: a refusal → the answer.
    """

    order: Callable[[Tables], Order] = order_by
    select: Callable[[Tables, int, ColumnElement[bool] | None, Order], Select[int, int]] = select_logs
    render: Callable[[Generator[bytes]], Generator[bytes]] = render
    refuse: Callable[[Contract, Refusal], Response] = refuse


@dataclass(frozen=True)
class Found:
    """An answer that is being read.

    Attributes:
        chunks: its text.
        let_go: gives the database's connection back, for who reads slowly; not while the next chunk is being read.
        is_crowded: whether so many hold one that none is to be held while a client reads.
    """

    chunks: Generator[bytes]
    let_go: Callable[[], None]
    is_crowded: Callable[[], bool]


Find = Callable[[Callable[[], bool]], Found]


async def send_answer(find: Find, seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 200: at once and with its length when there is one chunk, else as the chunks come.

    Args:
        find: begins the query, in a worker thread; asks its argument whether to stop.
        seconds: how long the database may work on each chunk; a later one that takes longer breaks the answer off.
        scope: the ASGI scope.
        receive: tells when the client leaves, which ends the query.
        send: takes the answer.

    Raises:
        Refusal: 503, the first chunk took too long.
        ClientDisconnect: the client left before the first chunk.
    """
    limit = TimeLimit(seconds)
    watcher = asyncio.create_task(_watch(receive, limit))
    found: list[Found] = []

    def begin() -> list[bytes]:
        found.append(find(limit.is_over))
        chunks = list(islice(found[0].chunks, 2))
        if found[0].is_crowded():
            found[0].let_go()
        return chunks

    try:
        first = await run_query(limit, begin)
        if len(first) == 1:
            await Response(first[0], media_type=JSON)(scope, receive, send)
        else:
            await _send_chunks(first, found[0], limit, send)
    except StoppedError:
        if limit.abandoned:
            raise ClientDisconnect from None
        raise unavailable("The filter takes too long.") from None
    finally:
        watcher.cancel()
        limit.abandoned = True
        # Where this task was cancelled, its thread may be at work still: the limit stops it, and so closes the chunks.
        with suppress(ValueError):
            for each in found:
                each.chunks.close()


async def _send_chunks(first: list[bytes], found: Found, limit: TimeLimit, send: Send) -> None:
    headers = [(b"content-type", JSON.encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    ready = first
    try:
        # Each in a worker thread, so that a long answer holds up no other.
        while ready and not limit.abandoned:
            for chunk in ready:
                await _send_chunk(chunk, found, limit, send)
            ready = await run_query(limit, lambda: list(islice(found.chunks, 1)))
    except (StoppedError, DatabaseDownError):
        return  # without its end: the server closes the connection, and the client knows that it is not whole
    if not limit.abandoned:
        await send({"type": "http.response.body", "body": b""})


async def _send_chunk(chunk: bytes, found: Found, limit: TimeLimit, send: Send) -> None:
    """Send a chunk; when the client is slow to take it, let go of the database's connection meanwhile."""
    sending = asyncio.ensure_future(send({"type": "http.response.body", "body": chunk, "more_body": True}))
    try:
        patience = 0 if found.is_crowded() else _PATIENCE_SECONDS
        if not (await asyncio.wait([sending], timeout=patience))[0]:
            # Not among the queries: all of their threads may be waiting for a connection.
            limit.restart()
            await run_work(found.let_go)
        await sending
    finally:
        sending.cancel()


async def _watch(receive: Receive, limit: TimeLimit) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    limit.abandoned = True
