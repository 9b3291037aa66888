"""How msgspec gets to know a class: from one thread at a time.

What it knows of a class it notes in the class, and the note is there before it is whole. A second thread that comes
meanwhile, for the same class, decodes by half a note, and the process dies (msgspec 0.22, measured). So whatever makes
msgspec look at a class for the first time goes through here.
"""

from functools import cache
from threading import RLock
from typing import Any, Final

import msgspec

_one_at_a_time: Final = RLock()


def made_decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """A new decoder of `kind`."""
    with _one_at_a_time:
        return msgspec.json.Decoder(kind)


@cache
def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """The decoder of `kind`, made once."""
    return made_decoder(kind)


@cache
def array_decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """The decoder of an array of `kind`, made once."""
    return decoder(list[kind])


def convert(data: Any, kind: Any) -> Any:
    """`data`, plain objects, as an instance of `kind`.

    Raises:
        msgspec.ValidationError: `data` is not of that kind.
        UnicodeEncodeError: it is not, and msgspec cannot say so.
        RecursionError: it is nested deeper than msgspec goes.
    """
    decoder(kind)  # so that msgspec knows the classes
    return msgspec.convert(data, kind)
