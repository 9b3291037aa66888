"""Take a JSON array apart while it arrives: its elements, cut out of the bytes.

Where an element ends is msgspec's to say, at the speed of C: asked to read one value, it names the byte at which
something else begins. What it refuses (NaN, nesting too deep for it) is cut by counting brackets, so that one bad
element does not hide where the next begins.
"""

import re
import sys
from contextlib import suppress
from typing import NamedTuple

import msgspec

_RAW = msgspec.json.Decoder(msgspec.Raw)
_raw_array = msgspec.json.Decoder(list[msgspec.Raw])
_WHITESPACE = re.compile(rb"[ \t\n\r]*+")
_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["\[\]{}]', re.DOTALL)
_SCALAR = re.compile(rb'[^\s,:"\[\]{}]++')
_QUOTED = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_INNER = re.compile(rb'["\[\]{}]')
_OUTER = re.compile(rb'["\[\]{},\s]')
_STEPS = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}
_TRUNCATED = "Input data was truncated"
_TRAILING = re.compile(r"JSON is malformed: trailing characters \(byte ([0-9]+)\)")
_KINDS = dict.fromkeys(b"-0123456789", "number") | {123: "object", 34: "str", 116: "bool", 102: "bool", 110: "null"}

# Below this many bytes the beginning of an element is looked at again with every piece; above it only once it has
# grown by half, or one element of many pieces would be looked at too often.
_SMALL = 1 << 16
# Below it, a piece that is less than this part of what is there is only looked through for brackets.
_OFTEN = 8

_START, _FIRST, _NEXT, _AFTER, _END = range(5)


class NotAnArray(Exception):  # noqa: N818 - never leaves the package
    """The bytes are not a JSON array; the message says why."""


class TooLarge(NotAnArray):
    """An element has more bytes than it may have."""


class CutShort(NotAnArray):
    """The bytes end before the array does."""


# An element that is nested too deep is left out where the caller says so, unless it would take seconds to find its end.
_DEEPEST = 1 << 20

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

    content: bytes | bytearray
    first: int
    """The index of the first of them in the array."""
    bounds: list[tuple[int, int]]
    """Where in `content` each begins and ends."""

    def whole(self) -> bytes:
        """An array of these elements alone."""
        if not self.bounds:
            return b"[]"
        return b"".join((b"[", memoryview(self.content)[self.bounds[0][0] : self.bounds[-1][1]], b"]"))


class Splitter:
    """Cuts the elements out of one array, whose bytes come in pieces of any size.

    Args:
        most: The most bytes of one element.

    Attributes:
        count: How many elements have been cut out.
    """

    def __init__(self, most: int = sys.maxsize) -> None:
        self.count = 0
        self._most = most
        self._state = _START
        self._rest = bytearray()  # the beginning of an element, when nothing else
        self._enough = 0
        self._brackets = _Brackets()
        # Not the exception itself, whose traceback would hold the bytes for as long as this lives.
        self._fault: tuple[type[NotAnArray], str] | None = None

    @property
    def within(self) -> bool:
        """Whether the array has begun, and has not ended."""
        return self._state not in (_START, _END)

    def feed(self, piece: bytes) -> Chunk:
        """The elements that are whole with this piece. An empty piece asks for all that have been put off.

        Raises:
            NotAnArray: the bytes cannot be the beginning of an array; the elements before that have been returned.
            TooLarge: an element has more bytes than it may have; likewise.
        """
        self._raise_fault()
        self._rest += piece
        return self._cut() if self._is_worth_it(len(piece)) else Chunk(b"", self.count, [])

    def _raise_fault(self) -> None:
        if self._fault is not None:
            kind, reason = self._fault
            raise kind(reason)

    def _is_worth_it(self, size: int) -> bool:
        """Whether to look for the end of the element now: each byte may be looked at a bounded number of times only."""
        total = len(self._rest)
        if not size or total > self._most:
            return True
        if total > _SMALL:
            return total >= self._enough
        return size * _OFTEN >= total or self._brackets.may_have_closed(self._rest)

    def finish(self) -> None:
        """There are no more bytes.

        Raises:
            CutShort: the array has not ended.
            NotAnArray: the bytes are not an array.
        """
        self._raise_fault()
        if self._state == _START:
            raise CutShort("the answer has no body")
        if self._state != _END:
            raise CutShort(f"the JSON is truncated: it ends after {self.count} elements, and the array does not")

    def _cut(self) -> Chunk:
        content = self._rest
        first, bounds = self.count, list[tuple[int, int]]()
        place = 0
        view = memoryview(content)
        try:
            while (place := _WHITESPACE.match(content, place).end()) < len(content):  # type: ignore[union-attr]
                byte = content[place]
                if self._state == _NEXT or (self._state == _FIRST and byte != 93):
                    end = _end(content, view, place)
                    if (len(content) if end is None else end) - place > self._most:
                        raise TooLarge(f"element {self.count} has more than max_log_bytes, {self._most:,} bytes")
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
            self._fault = type(fault), str(fault)
        if self._fault is not None:
            self._rest = bytearray()
            if not bounds:
                content = self._rest
                view.release()
                self._raise_fault()
            return Chunk(content, first, bounds)
        # What has been cut out is given away as it is, for it may be large.
        if place:
            self._rest = bytearray(view[place:])
            self._brackets = _Brackets()
        size = len(self._rest)
        self._enough = min(size * 3 // 2, self._most + 1) if size > _SMALL else 0
        return Chunk(content, first, bounds)


class _Brackets:
    """Counts the brackets of an element that comes in tiny pieces, each byte once."""

    def __init__(self) -> None:
        self._place = 0
        self._depth = 0
        self._quoted = False

    def may_have_closed(self, content: bytearray) -> bool:
        """Whether the element that `content` begins with may have ended in what has been added to it since."""
        while (place := self._place) < len(content):
            if self._quoted:
                self._place = _QUOTED.match(content, place).end()  # type: ignore[union-attr]  # it may be empty
                if content[self._place : self._place + 1] != b'"':  # the end, or a backslash whose pair is to come
                    return False
                self._place += 1
                self._quoted = False
            else:
                found = (_INNER if self._depth else _OUTER).search(content, place)
                self._place = found.end() if found else len(content)
                if found is None:
                    return False
                self._quoted = found[0] == b'"'
                self._depth += _STEPS.get(found[0], 0)
            if self._depth <= 0 and not self._quoted:
                return True
        return False


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


def _end(content: bytes | bytearray, view: memoryview, place: int) -> int | None:
    """Where the element that begins at `place` ends; None while it may go on.

    Raises:
        NotAnArray: no element begins there, or brackets open without end.
    """
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
        if depth > _DEEPEST:
            raise NotAnArray(f"JSON is nested deeper than {_DEEPEST:,} containers")
    return None


def count_elements(content: bytes) -> int:
    """How many elements are whole in what has arrived of an array; 0 where it is not one."""
    splitter = Splitter()
    with suppress(NotAnArray):
        splitter.feed(content)
    return splitter.count


def first_larger(content: bytes, most: int) -> int | None:
    """The index of the first element of an array that has more bytes than `most`; None where none has."""
    try:
        sizes = [len(memoryview(each)) for each in _raw_array.decode(content)]
    except (msgspec.DecodeError, RecursionError):  # not JSON to msgspec: then as it would have been cut
        splitter = Splitter(most)
        try:
            splitter.feed(content)
            splitter.feed(b"")
        except TooLarge:
            return splitter.count
        except NotAnArray:
            return None
        return None
    return next((index for index, size in enumerate(sizes) if size > most), None)


def is_cut_short(content: bytes) -> bool:
    """Whether the bytes are the beginning of an array, and no more."""
    splitter = Splitter()
    try:
        splitter.feed(content)
        splitter.finish()
    except NotAnArray as error:
        return isinstance(error, CutShort)
    return False
