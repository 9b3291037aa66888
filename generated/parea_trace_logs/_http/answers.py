"""What becomes of an answer while it arrives: it is kept whole, unless `_results` hands it out element by element."""

import io
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from parea_trace_logs._http.scrubbing import scrubbed
from parea_trace_logs.errors import InvalidAnswerError, PareaError, StatusError, TruncatedResponse, status_error

if TYPE_CHECKING:
    from parea_trace_logs._json.splitting import Splitter


KEPT_OF_ERRORS = 1 << 20
"""The most bytes of the body of an error that are read."""
MAX_LOG_BYTES = 1 << 26
"""The most bytes of one log, unless the caller says otherwise."""
_LOOK = 4
"""How many times the most bytes of one log an answer that is kept whole may become before its logs are looked at."""
_PART = 1 << 18
"""Bytes of an answer kept whole that are looked at together."""
_INFLATED = 16
"""How many times the most bytes of one log a compressed answer may become that is kept whole."""


def check_max_log_bytes(max_log_bytes: Any) -> None:
    """Is this a limit of the size of a log?

    Raises:
        TypeError: it is not an integer.
        ValueError: it is not above 0.
    """
    if isinstance(max_log_bytes, bool) or not isinstance(max_log_bytes, int):
        raise TypeError(f"max_log_bytes must be an integer, not {max_log_bytes!r}")
    if max_log_bytes < 1:
        raise ValueError(f"max_log_bytes must be above 0: {max_log_bytes}")


def _as_it_is(text: str) -> str:
    return text


class Answer(NamedTuple):
    """One answer. Names of headers are in lower case."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    framed: bool = True
    """Whether the protocol says where the body ends; else it ends, or breaks off, with the connection."""
    hidden: Callable[[str], str] = _as_it_is
    """Takes the key out of a text."""

    @property
    def succeeded(self) -> bool:
        """Whether the status is one of success; else the body is the server's words, and not the caller's data."""
        return 200 <= self.status_code < 300

    def __repr__(self) -> str:
        return f"<Answer {self.status_code}, {len(self.content)} bytes>"

    def refused(self) -> StatusError:
        """The error for this answer, whose status is not the documented success."""
        return status_error(self.status_code, self.headers, scrubbed(self.content, self.hidden))

    def wrong(self, reason: str, index: int | None = None, path: str | None = None) -> InvalidAnswerError:
        """The error for this answer, which is a success, but not as documented."""
        path = None if path is None else self.hidden(path)
        return InvalidAnswerError(self.hidden(reason), self.status_code, self.headers, index, path)


class Failure(NamedTuple):
    """Why no answer, or not all of it, came."""

    error: PareaError
    sent: bool = True
    """Whether the request may have reached the server."""
    may_pass: bool = True
    """Whether another try may succeed."""


class Receiver:
    """Keeps an answer whole, as far as that may be. One receiver sees every attempt at a call.

    Args:
        max_log_bytes: The most bytes of one element of an array, or of an answer that is none.

    Attributes:
        begun: Whether an answer has begun in this attempt.
        answer: That answer; its body when it has ended.
        delivered: Whether something has been handed out, so that the call cannot begin anew.
        inflates: Whether the body is compressed on its way.
        full: Whether the rest of the body is not wanted.
    """

    delivered = False
    answer: Answer

    def __init__(self, max_log_bytes: int = MAX_LOG_BYTES) -> None:
        self._most = max_log_bytes
        self.reset()

    def reset(self) -> None:
        """Another attempt begins."""
        self.begun = self.inflates = self.full = False
        self._body = io.BytesIO()
        self._sizes: Splitter | None = None

    def begin(self, head: Answer) -> None:
        """An answer begins."""
        self.begun = True
        self.answer = head

    def feed(self, piece: bytes) -> Iterable[Any]:
        """What can be handed out with this piece of the body; an empty one follows the last.

        Raises:
            InvalidAnswerError: the body is larger than it may be.
        """
        if self.answer.succeeded:
            self._body.write(piece)
            self._check_size(piece)
        else:
            self._keep_start(piece)
        return ()

    def _keep_start(self, piece: bytes) -> None:
        """Keep a piece of an answer that is not a result, as far as there is room."""
        self._body.write(piece[: KEPT_OF_ERRORS - self._body.tell()])
        self.full = self._body.tell() == KEPT_OF_ERRORS

    def _take_body(self) -> None:
        self.answer = self.answer._replace(content=self._body.getvalue())
        self._body = io.BytesIO()

    def _check_size(self, piece: bytes) -> None:
        """Look where logs end once a single one could have become far too large; until then `end` is soon enough."""
        size = self._body.tell()
        if size <= _LOOK * self._most:
            return
        if self.inflates and size > _INFLATED * self._most:
            reason = f"compressed, and more than {_INFLATED} x max_log_bytes ({self._most:,}) when it is not"
            raise self.answer.wrong(f"{reason}: read it as a stream, or allow more")
        from parea_trace_logs._json.splitting import NotAnArray, Splitter

        pieces: Iterable[bytes] = [piece]
        if self._sizes is None:
            self._sizes = Splitter(self._most)
            self._body.seek(0)
            pieces = iter(partial(self._body.read, _PART), b"")  # not at once, which would hold all of it twice
        try:
            for part in pieces:
                self._sizes.feed(part)
            return
        except NotAnArray as error:
            reason = str(error)
        raise self.answer.wrong(reason, self._sizes.count, f"$[{self._sizes.count}]")

    def end(self) -> Failure | None:
        """The body has ended; whether it was the end of the body is the protocol's to say, else the JSON's.

        Raises:
            InvalidAnswerError: a log is larger than it may be.
        """
        self._take_body()
        if not self.answer.succeeded:
            return None
        from parea_trace_logs._json.splitting import count_elements, first_larger, is_cut_short  # with msgspec: slow

        if len(self.answer.content) > self._most:
            found = first_larger(self.answer.content, self._most)
            if found is not None:
                raise self.answer.wrong(f"more than max_log_bytes, {self._most:,} bytes", found, f"$[{found}]")
        if self.answer.framed or not is_cut_short(self.answer.content):
            return None
        return Failure(TruncatedResponse("the connection was closed", count_elements(self.answer.content)))

    def arrived(self) -> int:
        """How many elements have arrived whole, should the body be an array."""
        from parea_trace_logs._json.splitting import count_elements

        return count_elements(self._body.getvalue()) if self.answer.succeeded else 0
