"""Between bytes and the generated classes: fast wherever nothing is lost by it, and else without loss."""

from contextlib import suppress
from typing import Any, TypeVar, cast

import msgspec
from parea_trace_logs._json import text
from parea_trace_logs._json.decoders import decoder
from parea_trace_logs._json.lossless import from_plain, to_plain
from parea_trace_logs._json.unknown import convert

T = TypeVar("T")

# What msgspec raises on bytes that it does not take: broken JSON, another type, broken UTF-8, nesting too deep for it;
# and half a pair of surrogates where it would say that another type is due.
REFUSED = (msgspec.MsgspecError, UnicodeError, RecursionError)


def decode(content: bytes | memoryview, kind: type[T], index: int | None = None) -> T:
    """The JSON `content` as an instance of `kind`; members that the contract does not know are kept.

    Args:
        content: The JSON.
        kind: A model, or a type made of models.
        index: Where `content` stood in an array, for the message of an error.

    Raises:
        msgspec.DecodeError: `content` is not JSON, not of that kind, or nested deeper than about `text.MAX_DEPTH`
            containers; the message has the JSON path.
    """
    with suppress(*REFUSED):  # by msgspec, which is not yet to say that it is wrong
        result: T = decoder(cast("Any", kind)).decode(content)
        return result
    try:
        plain = parse(content)
        with suppress(*REFUSED):
            return convert(plain, kind)
        return from_plain(plain, kind, None if index is None else (None, index))
    except RecursionError:
        raise msgspec.DecodeError(text.TOO_DEEP) from None


def parse(content: bytes | memoryview) -> Any:
    """The JSON `content` as plain objects.

    Raises:
        msgspec.DecodeError: `content` is not JSON.
        RecursionError: it is nested too deep.
    """
    with suppress(*REFUSED):
        return msgspec.json.decode(content)
    return text.parse(bytes(content))


def encode(value: Any) -> bytes:
    """`value`, a model or made of models, as JSON in UTF-8; members that are `UNSET` are left out.

    Raises:
        ValueError: a number is NaN, or `value` is nested deeper than about `text.MAX_DEPTH` containers.
        TypeError: it holds what JSON does not have.
    """
    try:
        with suppress(UnicodeEncodeError):
            return msgspec.json.encode(to_plain(value, text.number))
        return text.write(to_plain(value))
    except RecursionError:
        raise ValueError(text.TOO_DEEP) from None
