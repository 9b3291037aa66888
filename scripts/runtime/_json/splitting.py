"""Take a JSON array apart while it arrives: its elements, cut out of the bytes.

Where an element ends is msgspec's to say, at the speed of C: asked to read one value, it names the byte at which
something else begins. What it refuses (NaN, nesting too deep for it) is cut by counting brackets, so that one bad
element does not hide where the next begins.
"""

import re
from contextlib import suppress
from typing import NamedTuple

import msgspec

_RAW = msgspec.json.Decoder(msgspec.Raw)
_WHITESPACE = re.compile(rb"[ \t\n\r]*+")
_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{}]', re.DOTALL)
_SCALAR = re.compile(rb'[^\s,:"\[\]{}]++')
_TRUNCATED = "Input data was truncated"
_TRAILING = re.compile(r"JSON is malformed: trailing characters \(byte ([0-9]+)\)")
_KINDS = dict.fromkeys(b"-0123456789", "number") | {123: "object", 34: "str", 116: "bool", 102: "bool", 110: "null"}

# Below this many bytes the beginning of an element is looked at again with every piece; above it only once it has
# grown by half, or one element of many pieces would be looked at too often.
_SMALL = 1 << 16

_START, _FIRST, _NEXT, _AFTER, _END = range(5)


class NotAnArray(Exception):  # noqa: N818 - never leaves the package
    """The bytes are not a JSON array; the message says why."""


class CutShort(NotAnArray):
    """The bytes end before the array does."""


_UNKNOWN, _CUT = -1, -2


def _trailing(view: bytes | memoryview) -> int:
    """Where something else begins after the first value, as msgspec counts; or that it is cut, or that nobody knows."""
    try:
        _RAW.decode(view)
    except msgspec.DecodeError as error:
        found = _TRAILING.fullmatch(str(error))
        return int(found[1]) if found else _CUT if str(error) == _TRUNCATED else _UNKNOWN
    except RecursionError:
        return _UNKNOWN
    return _UNKNOWN


# msgspec's count, which no document promises, is measured; should a release stop telling, brackets are counted.
_BEYOND = _trailing(b"{},") - 2


class Chunk(NamedTuple):
    """Elements that arrived whole."""

    content: bytes
    first: int
    """The index of the first of them in the array."""
    bounds: list[tuple[int, int]]
    """Where in `content` each begins and ends."""

    def elements(self) -> bytes:
        """These elements alone, with commas between."""
        return self.content[self.bounds[0][0] : self.bounds[-1][1]] if self.bounds else b""

    def whole(self) -> bytes:
        """An array of these elements alone."""
        return b"[%b]" % self.elements()


class Splitter:
    """Cuts the elements out of one array, whose bytes come in pieces of any size.

    Attributes:
        count: How many elements have been cut out.
    """

    def __init__(self) -> None:
        self.count = 0
        self._state = _START
        self._pieces: list[bytes] = []
        self._size = 0
        self._enough = 0
        self._fault: NotAnArray | None = None

    def feed(self, piece: bytes) -> Chunk:
        """The elements that are whole with this piece. An empty piece asks for all that have been put off.

        Raises:
            NotAnArray: the bytes cannot be the beginning of an array; the elements before that have been returned.
        """
        if self._fault is not None:
            raise self._fault
        self._pieces.append(piece)
        self._size += len(piece)
        return self._cut() if self._size >= self._enough or not piece else Chunk(b"", self.count, [])

    def finish(self) -> None:
        """There are no more bytes.

        Raises:
            CutShort: the array has not ended.
            NotAnArray: the bytes are not an array.
        """
        if self._fault is not None:
            raise self._fault
        if self._state != _END:
            raise CutShort(f"the JSON is truncated: it ends after {self.count} elements, and the array does not")

    def _cut(self) -> Chunk:
        content = b"".join(self._pieces)
        first, bounds = self.count, []
        place = 0
        view = memoryview(content)
        try:
            while (place := _WHITESPACE.match(content, place).end()) < len(content):  # type: ignore[union-attr]
                byte = content[place]
                if self._state == _NEXT or (self._state == _FIRST and byte != 93):
                    end = _end(content, view, place)
                    if end is None:
                        break
                    bounds.append((place, end))
                    self.count += 1
                    self._state = _AFTER
                    place = end
                else:
                    self._state = _next_state(self._state, byte, self.count)
                    place += 1
        except NotAnArray as fault:
            self._fault = fault
            if not bounds:
                raise
        rest = content[place:]
        self._pieces, self._size = [rest], len(rest)
        self._enough = len(rest) * 3 // 2 if len(rest) > _SMALL else 0
        return Chunk(content, first, bounds)


def _next_state(state: int, byte: int, count: int) -> int:
    if (state, byte) == (_START, 91):
        return _FIRST
    if byte == 93 and state in (_FIRST, _AFTER):
        return _END
    if (state, byte) == (_AFTER, 44):
        return _NEXT
    if state == _START and byte in _KINDS:
        raise NotAnArray(f"Expected `array`, got `{_KINDS[byte]}`")
    what = {_START: "invalid character at its beginning", _END: "trailing characters after the array"}
    raise NotAnArray(f"JSON is malformed: {what.get(state, f'no comma after element {count - 1}')}")


def _end(content: bytes, view: memoryview, place: int) -> int | None:
    """Where the element that begins at `place` ends; None while it may go on."""
    if content[place] in b"{[":
        rest = view[place:]
        found = _trailing(rest) if _BEYOND >= 0 else _UNKNOWN
        if found >= 0 and content[(end := place + found - _BEYOND)] in b",]":
            return end
        if found == _CUT and content.find(b"\\u", place) < 0:  # half a pair of surrogates is cut, too, to msgspec
            return None
    elif content[place] != 34:
        scalar = _SCALAR.match(content, place)
        if scalar is None:
            raise NotAnArray("JSON is malformed: no value where an element should begin")
        return scalar.end() if scalar.end() < len(content) else None
    depth = 0
    for mark in _MARK.finditer(content, place):
        byte = content[mark.start()]
        if byte == 34 and mark.end() == mark.start() + 1:
            return None
        depth += {91: 1, 123: 1, 93: -1, 125: -1}.get(byte, 0)
        if depth == 0:
            return mark.end()
    return None


def count_elements(content: bytes) -> int:
    """How many elements are whole in what has arrived of an array; 0 where it is not one."""
    splitter = Splitter()
    with suppress(NotAnArray):
        splitter.feed(content)
    return splitter.count


def is_cut_short(content: bytes) -> bool:
    """Whether the bytes are the beginning of an array, and no more."""
    splitter = Splitter()
    try:
        splitter.feed(content)
        splitter.finish()
    except NotAnArray as error:
        return isinstance(error, CutShort)
    return False
