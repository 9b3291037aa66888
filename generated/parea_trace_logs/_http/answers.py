"""What becomes of an answer while it arrives: it is kept whole, unless `_results` hands it out element by element."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from parea_trace_logs.errors import PareaError, TruncatedResponse


class Answer(NamedTuple):
    """One answer. Names of headers are in lower case."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    framed: bool = True
    """Whether the protocol says where the body ends; else it ends, or breaks off, with the connection."""


class Failure(NamedTuple):
    """Why no answer, or not all of it, came."""

    error: PareaError
    sent: bool = True
    """Whether the request may have reached the server."""
    may_pass: bool = True
    """Whether another try may succeed."""


class Receiver:
    """Keeps an answer whole, whatever it is. One receiver sees every attempt at a call.

    Attributes:
        begun: Whether an answer has begun in this attempt.
        answer: That answer; its body when it has ended.
        delivered: Whether something has been handed out, so that the call cannot begin anew.
    """

    delivered = False
    answer: Answer

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Another attempt begins."""
        self.begun = False
        self._pieces: list[bytes] = []

    def begin(self, head: Answer) -> None:
        """An answer begins."""
        self.begun = True
        self.answer = head

    def feed(self, piece: bytes) -> Iterable[Any]:
        """What can be handed out with this piece of the body; an empty one follows the last."""
        self._pieces.append(piece)
        return ()

    def end(self) -> Failure | None:
        """The body has ended; whether it was the end of the body is the protocol's to say, else the JSON's."""
        self.answer = self.answer._replace(content=b"".join(self._pieces))
        self._pieces = []
        if self.answer.framed:
            return None
        from parea_trace_logs._json.splitting import (
            count_elements,
            is_cut_short,
        )  # with msgspec, which no import is to wait for

        if not is_cut_short(self.answer.content):
            return None
        return Failure(TruncatedResponse("the connection was closed", count_elements(self.answer.content)))

    def arrived(self) -> int:
        """How many elements have arrived whole, should the body be an array."""
        from parea_trace_logs._json.splitting import count_elements

        return count_elements(b"".join(self._pieces))
