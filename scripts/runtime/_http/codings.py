"""Undo one Content-Encoding, a bounded piece at a time: a few bytes may become gigabytes."""

import zlib
from collections.abc import Iterator, Mapping

STEP = 1 << 18
"""The most bytes that stand in memory inflated and not yet looked at."""

_ZLIB, _RAW, _GZIP = 15, -15, 31  # what zlib's `wbits` means
_NONE = frozenset({"", "identity"})
_KNOWN = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}
ACCEPTED = "gzip"
"""What requests say in Accept-Encoding. `deflate`, which some servers send unasked, is understood as well."""


class CodingError(Exception):
    """The body is not what Content-Encoding says, or that says too much."""


class BrokenOffError(CodingError):
    """The compressed data ends before its end."""


class Plain:
    """No coding."""

    inflates = False

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What a piece of the body stands for, in pieces."""
        if piece:
            yield piece

    def finish(self) -> None:
        """There are no more pieces."""


class Inflating(Plain):
    """gzip (of any number of members, as RFC 1952 has it) or deflate."""

    inflates = True

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inflate: zlib._Decompress | None = None
        self._members = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What a piece of the body stands for, in pieces of at most `STEP` bytes.

        Raises:
            CodingError: the body is not what Content-Encoding says.
        """
        while piece:
            inflate = self._inflate = self._inflate or self._member(piece)
            try:
                inflated = inflate.decompress(piece, STEP)
            except zlib.error as error:
                reason = str(error)
            else:
                if inflated:
                    yield inflated
                piece = inflate.unconsumed_tail
                if inflate.eof:
                    piece, self._inflate = inflate.unused_data, None
                continue
            raise CodingError(f"not what Content-Encoding says: {reason}")

    def finish(self) -> None:
        """There are no more pieces.

        Raises:
            BrokenOffError: the compressed data is not whole.
        """
        if self._inflate is not None:
            raise BrokenOffError("the compressed data is truncated")

    def _member(self, piece: bytes) -> "zlib._Decompress":
        """A decompressor of what begins with `piece`. Deflate may come without zlib's header, against RFC 9110."""
        bare = self._wbits == _ZLIB and piece[0] & 0x0F != zlib.DEFLATED
        return zlib.decompressobj(_RAW if bare else self._wbits)


def coding_of(headers: Mapping[str, str]) -> Plain:
    """What undoes the coding that an answer's headers name.

    Raises:
        CodingError: there are several, or one that is not known.
    """
    named = [
        each for part in headers.get("content-encoding", "").split(",") if (each := part.strip().lower()) not in _NONE
    ]
    if len(named) > 1:
        raise CodingError(f"more than one Content-Encoding: {', '.join(named)}"[:200])
    if named and named[0] not in _KNOWN:
        raise CodingError(f"the Content-Encoding {named[0][:100]} was not asked for")
    return Inflating(_KNOWN[named[0]]) if named else Plain()
