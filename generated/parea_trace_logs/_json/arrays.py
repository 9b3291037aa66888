"""The elements of a JSON array as instances of the generated classes, decoded together."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar, cast

import msgspec
from parea_trace_logs._json.decoders import array_decoder
from parea_trace_logs._json.decoding import REFUSED, decode
from parea_trace_logs._json.learning import learnt
from parea_trace_logs._json.splitting import Chunk, Splitter
from parea_trace_logs._json.unknown import convert

T = TypeVar("T")

_RUN = 256  # elements that are decoded together where not all can be
_TWICE = 1 << 24  # bytes of an array that may stand in memory as plain objects and as models
_plain = msgspec.json.Decoder()

Refuse = Callable[[int, str, str, bytes], None]
"""Told of an element that is not as documented: its index, JSON path, what is wrong, and its bytes. It may raise."""


def decode_chunk(chunk: Chunk, kind: type[T], refuse: Refuse) -> Iterable[T]:
    """The elements of `chunk` as instances of `kind`, without those that `refuse` was told of."""
    large = chunk.bounds and chunk.bounds[-1][1] - chunk.bounds[0][0] > _TWICE  # a log of which no copy is made
    decoded = None if large else _together(chunk.whole(), kind)
    if decoded is not None and len(decoded) == len(chunk.bounds):
        return decoded
    return _apart(chunk, kind, refuse)


def _together(content: bytes, kind: type[T]) -> list[T] | None:
    """The elements of an array, of which some may have unknown members.

    None where something else is wrong, or where the array is too large to stand in memory twice.
    """
    decoded: list[T]
    try:
        decoded = array_decoder(cast("Any", kind)).decode(content)
    except REFUSED as error:  # not `suppress`, which a single log would feel
        known = learnt(cast("Any", kind))
        if known is not None and (found := known.decode(content, error)) is not None:
            return found
        if len(content) > _TWICE:
            return None
        with suppress(*REFUSED):
            decoded = convert(_plain.decode(content), cast("Any", list)[kind])
            return decoded
        return None
    return decoded


def _apart(chunk: Chunk, kind: type[T], refuse: Refuse) -> Iterator[T]:
    """The elements of a chunk that cannot be decoded together, a run at a time; those of a single run one by one.

    So one odd element does not slow down all the others.
    """
    if len(chunk.bounds) <= _RUN:
        yield from _each(chunk, kind, refuse)
        return
    for start in range(0, len(chunk.bounds), _RUN):
        run = Chunk(chunk.content, chunk.first + start, chunk.bounds[start : start + _RUN])
        yield from decode_chunk(run, kind, refuse)


def _each(chunk: Chunk, kind: type[T], refuse: Refuse) -> Iterator[T]:
    for index, (start, end) in enumerate(chunk.bounds, chunk.first):
        content = memoryview(chunk.content)[start:end]
        try:
            element = decode(content, kind, index)
        except msgspec.MsgspecError as error:
            reason, _, path = str(error).partition(" - at `")
        else:
            yield element
            continue
        refuse(index, path.removesuffix("`") or f"$[{index}]", reason, bytes(content))


def decode_array(content: bytes, kind: type[T], refuse: Refuse) -> list[T]:
    """The elements of an array that has arrived whole.

    Raises:
        NotAnArray: it is not an array, or not whole.
    """
    whole = _together(content, kind)
    if whole is not None:
        return whole
    splitter = Splitter()
    decoded = list(_apart(splitter.feed(content), kind, refuse))
    splitter.finish()
    return decoded
