"""Cutting an answer where a log begins that looks like the first one, rather than after each log.

Where one log ends is dear to find out; that everything up to a place is whole logs, the decoder finds out by the way.
So a place is guessed, and the guess is proven by what is decoded: an array that ends there is JSON only if its last log
does. When that fails, `Splitter` goes on from the last place that was right, and says what is wrong if anything is.
"""

import re
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from parea_trace_logs._json.splitting import Chunk, Splitter, count_elements
from parea_trace_logs._tables.batches import Batch

_TOGETHER: Final = 1 << 18  # bytes of JSON that are decoded together
_PATIENCE: Final = 0.25  # seconds after which fewer are: a slow answer must not seem to stand still
_BEGINNING: Final = re.compile(rb'[ \t\n\r]*\[[ \t\n\r]*({[ \t\n\r]*"[^"\\]*"[ \t\n\r]*:)')
_BETWEEN: Final = (b",", b", ", b",\n")


class Decoded(NamedTuple):
    """Elements that arrived whole and have been decoded."""

    batch: Batch
    bounds: range
    """One for each of them."""


class GuessingSplitter:
    """Cuts one array, whose bytes come in pieces of any size, as `Splitter` does.

    Args:
        decode: Makes a batch of an array; None where that is not what it is, or something about it is odd.
        most: The most bytes of one element; of what is decoded together, none can have more unless all have.

    Attributes:
        count: How many elements have been cut out.
    """

    def __init__(self, decode: Callable[[bytes], Batch | None], most: int) -> None:
        self._decode = decode
        self._most = most
        self._pieces: list[bytes] = []
        self._size = 0
        self._head = b""
        self._begin = 0
        self._between: tuple[bytes, ...] = _BETWEEN
        self._guessed = 0
        self._exact = Splitter(most) if most <= _TOGETHER else None
        self._waiting_since = time.monotonic()

    @property
    def count(self) -> int:
        if self._exact is not None:
            return self._exact.count
        waiting = b"".join(self._pieces)
        return self._guessed + count_elements(b"[" + waiting if self._guessed else waiting)

    @property
    def within(self) -> bool:
        """Whether the array has begun, and has not ended; nothing is known to be wrong before it is cut exactly."""
        return self._exact is not None and self._exact.within

    def feed(self, piece: bytes) -> Chunk | Decoded:
        """The elements that are whole with this piece, if there are many; an empty piece asks for all.

        Raises:
            NotAnArray: the bytes cannot be the beginning of an array; the elements before that have been returned.
        """
        if self._exact is not None:
            return self._exact.feed(piece)
        self._pieces.append(piece)
        self._size += len(piece)
        few = self._size < _TOGETHER and piece
        if few and time.monotonic() < self._waiting_since + _PATIENCE:
            return Chunk(b"", self._guessed, [])
        self._waiting_since = time.monotonic()
        content = b"".join(self._pieces)
        guess = piece and len(content) <= self._most
        end = self._guessed_end(content) if guess else 0
        if few and not end:  # the first of them may be about to come
            return Chunk(b"", self._guessed, [])
        return (self._cut(content, end) if end else None) or self._cut_exactly(content)

    def finish(self) -> None:
        """There are no more bytes.

        Raises:
            CutShort: the array has not ended.
            NotAnArray: the bytes are no array.
        """
        (self._exact or Splitter()).finish()

    def _guessed_end(self, content: bytes) -> int:
        """Where the last log may end that another one follows; 0 where that is nowhere."""
        if not self._head:
            if (found := _BEGINNING.match(content)) is None:
                return 0
            self._begin, self._head = found.start(1), found[1]
        end, between = max((content.rfind(b"}" + between + self._head) + 1, between) for between in self._between)
        if end <= self._begin:
            return 0
        self._between = (between,)
        return end

    def _cut(self, content: bytes, end: int) -> Decoded | None:
        if (batch := self._decode(b"[%b]" % content[self._begin : end])) is None:
            return None
        self._begin = 0
        rest = content[end + len(self._between[0]) :]
        self._pieces, self._size = [rest], len(rest)
        first, self._guessed = self._guessed, self._guessed + batch.roots
        return Decoded(batch, range(first, self._guessed))

    def _cut_exactly(self, content: bytes) -> Chunk:
        self._pieces = []
        self._exact = Splitter(self._most)
        if not self._guessed:
            return self._exact.feed(content)
        # In the place of the elements before stands a number, which is one of them, and is taken out again.
        self._exact.count = self._guessed - 1
        chunk = self._exact.feed(b"[0," + content)
        return Chunk(chunk.content, self._guessed, chunk.bounds[1:])
