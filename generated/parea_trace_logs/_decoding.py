"""Between bytes and the generated classes: fast wherever nothing is lost by it, and else without loss."""

import math
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar, cast

import msgspec

from . import _json
from ._lossless import from_plain, to_plain
from ._unknown import convert

T = TypeVar("T")

# What msgspec raises on bytes that it does not take: broken JSON, another type, broken UTF-8, a tree too deep for it.
REFUSED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


@cache
def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """The decoder of `kind`, made once."""
    return msgspec.json.Decoder(kind)


@cache
def array_decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """The decoder of an array of `kind`, made once."""
    return decoder(list[kind])


def decode(content: bytes, kind: type[T], index: int | None = None) -> T:
    """The JSON `content` as an instance of `kind`; members that the contract does not know are kept.

    Args:
        content: The JSON.
        kind: A model, or a type made of models.
        index: Where `content` stood in an array, for the message of an error.

    Raises:
        msgspec.DecodeError: `content` is not JSON, or not of that kind; the message has the JSON path.
    """
    with suppress(*REFUSED):  # by msgspec, which is not yet to say that it is wrong
        result: T = decoder(cast("Any", kind)).decode(content)
        return result
    plain = _parse(content)
    with suppress(*REFUSED):
        return convert(plain, kind)
    return from_plain(plain, kind, None if index is None else (None, index))


def _parse(content: bytes) -> Any:
    with suppress(*REFUSED):
        return msgspec.json.decode(content)
    return _json.parse(content)


def encode(value: Any) -> bytes:
    """`value`, a model or made of models, as JSON in UTF-8; members that are `UNSET` are left out."""
    plain = to_plain(value)
    if not _holds_infinity(plain):  # msgspec would write null
        with suppress(RecursionError, UnicodeEncodeError):
            return msgspec.json.encode(plain)
    return _json.write(plain)


def _holds_infinity(plain: Any) -> bool:
    waiting = [[plain]]
    while waiting:
        for value in waiting.pop():
            kind = type(value)
            if kind is float and not math.isfinite(value):
                return True
            if kind is dict:
                waiting.append(value.values())
            elif kind is list:
                waiting.append(value)
    return False
