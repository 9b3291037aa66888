"""Answers: what is selected, how it is written, how it is sent; and errors."""

import json
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from parea_target.contract import Contract
from parea_target.tables import Tables

# An answer is sent in pieces of about this many bytes, so that its size does not matter; most fit in one.
_CHUNK_BYTES = 1 << 18

JSON = "application/json"


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


def order_by(tables: Tables) -> Order:
    """The order of an answer: by instant, then by code point, which is how SQLite compares text."""
    return [tables.member("start_timestamp"), tables.member("trace_id")]


def select_logs(
    tables: Tables, experiment_id: int, condition: ColumnElement[bool] | None, order: Order
) -> Select[bytes]:
    """The statement that selects the bodies of the root logs that meet the condition, or of all."""
    statement = select(tables.log.c.body).where(tables.log.c.experiment_id == experiment_id).order_by(*order)
    return statement if condition is None else statement.where(condition)


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
    """The answer to a request that is refused. ASCII, so that whatever a member is called can be written."""
    detail = contract.detail(refusal.status) if refusal.detail is None else refusal.detail
    return Response(json.dumps({"detail": detail}), refusal.status, refusal.headers, JSON)


@dataclass(frozen=True)
class AnswerParts:
    """How an answer is made.

    Attributes:
        order: the order of an answer, in SQL.
        select: the experiment's id, the condition (None for all) and the order → the statement that selects bodies.
        render: the bodies of the logs → the chunks of the answer.
        refuse: a refusal → the answer.
    """

    order: Callable[[Tables], Order] = order_by
    select: Callable[[Tables, int, ColumnElement[bool] | None, Order], Select[bytes]] = select_logs
    render: Callable[[Generator[bytes]], Generator[bytes]] = render
    refuse: Callable[[Contract, Refusal], Response] = refuse


async def send_answer(chunks: Generator[bytes], scope: Scope, receive: Receive, send: Send) -> None:
    """Answer 200 with the chunks: at once and with its length when there is one, else as they come."""
    with closing(chunks):
        first = [chunk for _, chunk in zip(range(2), chunks, strict=False)]
        if len(first) == 1:
            await Response(first[0], media_type=JSON)(scope, receive, send)
        else:
            # Reads on in a worker thread, so that a long answer holds up no other, and stops when the client is gone.
            await StreamingResponse(chain(first, chunks), media_type=JSON)(scope, receive, send)
