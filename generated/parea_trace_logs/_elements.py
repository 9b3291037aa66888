"""The elements of a JSON array as instances of the generated classes, decoded by the batch."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar, cast

import msgspec

from ._decoding import REFUSED, array_decoder, decode
from ._splitting import Batch, Splitter

T = TypeVar("T")

Refuse = Callable[[int, str, str, bytes], None]
"""Told of an element that is not as documented: its index, JSON path, what is wrong, and its bytes. It may raise."""


def decode_batch(batch: Batch, kind: type[T], refuse: Refuse) -> Iterable[T]:
    """The elements of `batch` as instances of `kind`, without those that `refuse` was told of."""
    with suppress(*REFUSED):
        decoded: list[T] = array_decoder(cast("Any", kind)).decode(batch.whole())
        if len(decoded) == len(batch.bounds):
            return decoded
    return _each(batch, kind, refuse)


def _each(batch: Batch, kind: type[T], refuse: Refuse) -> Iterator[T]:
    for index, (start, end) in enumerate(batch.bounds, batch.first):
        content = batch.content[start:end]
        try:
            element = decode(content, kind, index)
        except msgspec.MsgspecError as error:
            reason, _, path = str(error).partition(" - at `")
        else:
            yield element
            continue
        refuse(index, path.removesuffix("`") or f"$[{index}]", reason, content)


def decode_array(content: bytes, kind: type[T], refuse: Refuse) -> list[T]:
    """The elements of an array that has arrived whole.

    Raises:
        NotAnArray: it is none, or not whole.
    """
    whole: list[T] | None
    try:
        whole = array_decoder(cast("Any", kind)).decode(content)
    except REFUSED:  # not `suppress`, which a single log would feel
        whole = None
    if whole is not None:
        return whole
    splitter = Splitter()
    decoded = list(decode_batch(splitter.feed(content), kind, refuse))
    splitter.finish()
    return decoded
