"""Content codings of answers, undone piece by piece: a few bytes may stand for gigabytes, and need not be held."""

import re
import zlib
from collections.abc import Iterator

import httpx

_PIECE = 1 << 20
_ALIASES = {"x-gzip": "gzip"}
_NOT = re.compile(r"q\s*=\s*0(\.0*)?")
# Window sizes, as zlib takes them: a gzip header; a zlib header; none.
_GZIP, _ZLIB, _BARE = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
_WINDOWS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _BARE)}


def is_allowed(codings: str, accept_encoding: str | None) -> bool:
    """Whether an answer may come in these codings (RFC 9110, 12.5.3); without the header none is allowed.

    Args:
        codings: the answer's header `Content-Encoding`.
        accept_encoding: the request's header; None where there is none.
    """
    weights = {}
    for part in (accept_encoding or "").lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights[_ALIASES.get(name, name)] = not any(_NOT.fullmatch(each) for each in parameters)
    asked = [name.strip().lower() for name in codings.split(",")]
    return all(
        weights.get(_ALIASES.get(name, name), weights.get("*", False)) for name in asked if name not in ("", "identity")
    )


class _Inflated:
    """One coding; what comes behind its end is dropped."""

    def __init__(self, windows: tuple[int, ...]) -> None:
        self._windows = list(windows)
        self._inflate = zlib.decompressobj(self._windows.pop(0))

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data and not self._inflate.eof:
            try:
                piece = self._inflate.decompress(data, _PIECE)
            except zlib.error as error:
                if not self._windows:
                    raise httpx.DecodingError(str(error)) from None
                self._inflate = zlib.decompressobj(self._windows.pop(0))
                continue
            self._windows.clear()
            data = self._inflate.unconsumed_tail
            if piece:
                yield piece
        # Else the object would gather whatever still comes.


class Decoder:
    """Undoes the codings that the suite accepts; others are left as they are.

    Args:
        codings: the header `Content-Encoding`.
    """

    def __init__(self, codings: str) -> None:
        names = [name.strip().lower() for name in codings.split(",")]
        self._layers = [_Inflated(_WINDOWS[name]) for name in reversed(names) if name in _WINDOWS]

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What so much of an answer stands for, in pieces of no more than a megabyte.

        Raises:
            httpx.DecodingError: it is not in that coding.
        """
        yield from self._through(data, 0)

    def _through(self, data: bytes, layer: int) -> Iterator[bytes]:
        if layer == len(self._layers):
            yield data
            return
        for piece in self._layers[layer].pieces(data):
            yield from self._through(piece, layer + 1)
