"""A request and its answer, and how much of an answer is taken."""

import io
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import httpx

from parea_conformance.http.coding import Decoder
from parea_conformance.http.json_text import parse
from parea_conformance.http.request import Request

WHOLE = 16 << 20
"""Answers of more bytes are not held in memory: logs are read as they come, and of others nothing is read on."""
MEGABYTE = 1_000_000

_OK, _SERVER_ERROR = 200, 500
_BRIEF = 1 << 16
_SHOWN = 300


class TooLongError(httpx.TransportError):
    """An answer is longer than is read."""


class Reader(Protocol):
    """Reads an answer as it comes."""

    def feed(self, chunk: bytes) -> bool:
        """Take more of the answer; False where no more is wanted."""


@dataclass(frozen=True)
class Exchange:
    """A request and its answer.

    Attributes:
        status: the HTTP status; 0 when no answer came, and then `error` says why.
        body: the answer's, decoded; of a long answer that was read as it came only the beginning.
        reader: what read a long answer as it came, `size` bytes; None where `body` is the whole.
        contents: a digest of the logs of an answer, in their order, once they were read.
        before: what was sent before it over the same connection, and how that was answered; None where it was sent
            in company.
        seconds: how long it took, from the request to the end of the answer; 0 where it was recorded.
    """

    request: Request
    status: int
    headers: httpx.Headers = field(repr=False)
    body: bytes = field(repr=False)
    error: str = ""
    curl: str = field(default="", repr=False)
    size: int = 0
    reader: Reader | None = field(default=None, repr=False)
    contents: bytes = field(default=b"", repr=False)
    before: tuple[Request, int] | None = field(default=None, repr=False)

    seconds: float = 0.0

    @property
    def answered(self) -> bool:
        """Whether the server answered, and not that it failed."""
        return 0 < self.status < _SERVER_ERROR

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is not JSON in UTF-8.
        """
        return parse(self.body)

    def trimmed(self) -> "Exchange":
        """The exchange with as much of its body as a report shows; many whole answers would not fit into memory."""
        return replace(self, body=self.body[: 2 * _SHOWN], reader=None)

    def received(self, scrub: Callable[[str], str] = str) -> str:
        """What came, in one line for a report.

        Args:
            scrub: takes the keys out, before the text is cut off, which may be within one.
        """
        if self.error:
            return scrub(self.error)
        text = scrub(self.body[: 2 * _SHOWN].decode("utf-8", "replace"))
        return f"{self.status} {text[:_SHOWN]}" + ("…" if len(text) > _SHOWN else "")


class Taken:
    """What is taken of one answer.

    Attributes:
        size: how many bytes came, decoded.
        reader: what reads the answer as it comes, once it is long.

    Args:
        most: the most bytes that are read.
        brief: whether the beginning is enough where the answer is 200.
        long_answer: makes what reads a long 200.
    """

    def __init__(self, most: float, *, brief: bool, long_answer: Callable[[], Reader] | None) -> None:
        self.size = self._came = 0
        self.reader: Reader | None = None
        self._most, self._brief, self._long_answer = most, brief, long_answer
        self._held = io.BytesIO()

    @property
    def body(self) -> bytes:
        """The body; of a long answer the beginning."""
        return self._held.getvalue()

    def take(self, answer: httpx.Response, deadline: float) -> None:
        """Take what comes.

        Raises:
            TooLongError: more came than is read.
            httpx.TransportError: the answer broke off, or was not whole by the deadline.
        """
        decoder = Decoder(answer.headers.get("content-encoding", ""))
        # What a transport has read already it has decoded too.
        read = answer.is_stream_consumed
        for raw in [answer.content] if read else answer.iter_raw():
            self._came += len(raw)
            self._check(self._came, deadline)
            for chunk in [raw] if read else decoder.pieces(raw):
                self.size += len(chunk)
                self._check(self.size, deadline)
                if not self._more(chunk, answer.status_code):
                    return

    def _check(self, size: int, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer took too long")
        if size > self._most:
            raise TooLongError(f"the answer has more than {self._most / MEGABYTE:,.0f} MB (--max-answer)")

    def _more(self, chunk: bytes, status: int) -> bool:
        """Take a piece; whether more is wanted."""
        if self.reader is not None:
            return self.reader.feed(chunk)
        self._held.write(chunk)
        if self._brief and status == _OK and self.size > _BRIEF:
            return False
        if self.size <= WHOLE:
            return True
        if status != _OK or self._long_answer is None:
            raise TooLongError(f"the answer, a {status}, has more than {WHOLE >> 20} MiB")
        self.reader = self._long_answer()
        wanted = self.reader.feed(self._held.getvalue())
        self._held.truncate(_BRIEF)
        return wanted
