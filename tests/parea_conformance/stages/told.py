"""What an answer says, as far as it must be the same each time."""

from dataclasses import dataclass

from parea_conformance.context import Context
from parea_conformance.http.client import Exchange
from parea_conformance.logs.known import AnswerReader


@dataclass(frozen=True)
class Told:
    """What an answer says, as far as it must be the same each time.

    Not the date and not ids, nor any other header than those that the contract gives a meaning to; of an error its
    `detail`, unless two answers to the same, one right after the other, differ in it.
    """

    status: int
    headers: tuple[str | None, ...]
    contents: bytes


def told(context: Context, exchange: Exchange) -> Told:
    """What an answer says."""
    headers = tuple(exchange.headers.get(name) for name in ("content-type", "allow", "www-authenticate"))
    return Told(exchange.status, headers, _contents(context, exchange))


def _contents(context: Context, exchange: Exchange) -> bytes:
    if not isinstance(exchange.reader, AnswerReader):
        return context.said(exchange)
    answer = context.read(exchange)
    return b"" if answer is None else answer.exchange.contents
