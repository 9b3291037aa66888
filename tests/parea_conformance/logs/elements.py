"""The elements of a JSON array: of one that is whole, and of one that comes in pieces and is too long to be held."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from parea_conformance.http.json_text import TooDeepError, parse

_RAW = msgspec.json.Decoder(list[msgspec.Raw])
_BETWEEN = re.compile(rb"\}\s*(,)\s*(?=\{)")
_SPACE = b" \t\r\n"
_SPACES = re.compile(r"[ \t\r\n]*")
_TRIES = 64
_WINDOW = 4 << 20
_LARGEST = 64 << 20
"""The most bytes of one element that are read."""


class TooLongError(ValueError):
    """An element is longer than is read."""

    def __init__(self) -> None:
        super().__init__(f"an element of more than {_LARGEST >> 20} MiB, which is not read")


def elements(body: bytes) -> list[msgspec.Raw | Any]:
    """The elements of a JSON array, as views of its bytes; as values where the fast reader refuses what JSON allows.

    Raises:
        ValueError: the body is not JSON in UTF-8, or too deep.
        TypeError: it is JSON, but not an array.
    """
    try:
        return list(_RAW.decode(body))
    except RecursionError:
        raise TooDeepError from None
    except msgspec.DecodeError:
        value = parse(body, unique=True)
        if not isinstance(value, list):
            raise TypeError("what is not an array") from None
        return value


class Elements:
    """The elements of an array that comes in pieces; no more of it is held than a few megabytes, or one element.

    A piece of the text that ends at a comma holds whole elements exactly when it is an array between brackets: within a
    string or a nested array it is not one. So the fast reader finds the commas, and nothing else need be understood.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._window = _WINDOW
        self._begun = False

    def feed(self, chunk: bytes) -> Iterator[msgspec.Raw | Any]:
        """Take more of the text; the elements that are whole by now.

        Raises:
            ValueError: it is not JSON in UTF-8, or too deep, or too long.
            TypeError: it is not an array.
        """
        self._held += chunk
        while len(self._held) >= self._window:
            self._begin()
            if (end := self._boundary()) is not None:
                yield from elements(b"[%b]" % bytes(self._held[: end - 1]))
                del self._held[:end]
                self._window = _WINDOW
            elif self._window < _LARGEST:
                self._window *= 2
            else:
                raise TooLongError

    def close(self) -> Iterator[msgspec.Raw | Any]:
        """The elements that are left, once the text has ended.

        Raises:
            ValueError: it is not JSON in UTF-8, or too deep.
            TypeError: it is not an array.
        """
        self._begin()
        yield from elements(b"[%b" % bytes(self._held))

    def _begin(self) -> None:
        """Read the bracket that opens the array."""
        if not self._begun:
            text = self._held.lstrip(_SPACE)
            if not text.startswith(b"["):
                raise TypeError("what is not an array")
            self._held = text[1:]
            self._begun = True

    def _boundary(self) -> int | None:
        """The end of a comma behind a whole element, the last that is found; None where there is none."""
        commas = [found.start(1) for found in _BETWEEN.finditer(self._held)]
        for comma in reversed(commas[-_TRIES:]):
            if _is_array(b"[%b]" % bytes(self._held[:comma])):
                return comma + 1
        # What the fast reader refuses (an escaped half of a pair), or no comma near the end: element by element.
        return _end_of_elements(self._held)


def _end_of_elements(held: bytearray) -> int | None:
    """The end of the last comma behind a whole element, as the slow reader finds it."""
    decode, text = json.JSONDecoder().raw_decode, held.decode("utf-8", "surrogateescape")
    place, end = 0, None
    while True:
        try:
            _, place = decode(text, _beyond_space(text, place))
        except ValueError:
            break
        except RecursionError:
            raise TooDeepError from None
        place = _beyond_space(text, place)
        if not text.startswith(",", place):
            break
        place = end = place + 1
    return None if end is None else len(text[:end].encode("utf-8", "surrogateescape"))


def _beyond_space(text: str, place: int) -> int:
    found = _SPACES.match(text, place)
    return found.end() if found is not None else place


def _is_array(text: bytes) -> bool:
    try:
        _RAW.decode(text)
    except RecursionError:
        raise TooDeepError from None
    except msgspec.DecodeError:
        return False
    return True
