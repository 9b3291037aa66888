"""One filter as a text, as the command's `--where` takes it: field, operator, value."""

import json
import re
from typing import Final, NamedTuple

from parea_trace_logs._filters.rules import check
from parea_trace_logs.errors import InvalidFilterError
from parea_trace_logs.models import FilterOperator, TraceLogFilters

OPERATORS: Final = {
    "=": FilterOperator.EQUALS,
    "!=": FilterOperator.NOT_EQUALS,
    "~": FilterOperator.LIKE,
    ">": FilterOperator.GREATER_THAN,
    ">=": FilterOperator.GREATER_THAN_OR_EQUAL,
    "<": FilterOperator.LESS_THAN,
    "<=": FilterOperator.LESS_THAN_OR_EQUAL,
    "in": FilterOperator.IN,
    "between": FilterOperator.BETWEEN,
    "is null": FilterOperator.IS_NULL,
    "exists": FilterOperator.EXISTS,
}
_QUOTED: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
# A symbol may stand anywhere, a word after a space, a bracket or a quote; "is null" and "exists" end the text.
_OPERATOR: Final = re.compile(
    r"""(?:!=|>=|<=|=|~|>|<)
    |(?<=[\s\]"])(?:(?:in|between)(?=\s)|(?P<alone>is\s++null|exists)(?=\s*+\Z))""",
    re.VERBOSE,
)
_PLACE: Final = re.compile(rf"\[|{_OPERATOR.pattern}", re.VERBOSE)
_SPACES: Final = re.compile(r"\s*+")


class _Parts(NamedTuple):
    """A text taken apart; where the field ends, its key, and the operator."""

    end: int
    key: str | None
    operator: re.Match[str]


def parse_where(text: str) -> TraceLogFilters:
    """The filter that a text such as `score:levenshtein >= 0.5` means.

    Names and values are taken as they stand, without the spaces around them; one that needs spaces at its ends, or a
    name that holds an operator, stands in double quotes, as JSON writes texts. A map's key stands in brackets.

    Raises:
        ValueError: the text is no such thing; an `InvalidFilterError`, which is one, if the contract rejects it.
    """
    text = text.lstrip()
    parts = _parts(text)
    if parts is None:
        raise ValueError(f"{text!r} is not FIELD OPERATOR VALUE; the operators are {'  '.join(OPERATORS)}")
    word = " ".join(parts.operator[0].split())
    value = None if parts.operator["alone"] else text[parts.operator.end() :].strip()
    filters = TraceLogFilters(
        filter_field=_plain(text[: parts.end].rstrip()),
        filter_key=None if parts.key is None else _plain(parts.key),
        filter_operator=OPERATORS[word],
        filter_value=None if value is None else _plain(value),
    )
    if value == "":
        raise InvalidFilterError([(("body", "filter_value"), f'{word} needs a value; the empty text is ""')])
    check(filters)
    return filters


def _parts(text: str) -> _Parts | None:
    """Field, key and operator, each character looked at a bounded number of times; None where there are none."""
    brackets = _Brackets(text)
    if text.startswith('"'):
        field = _QUOTED.match(text)
        return brackets.operator_at(field.end(), field.end()) if field else None
    # The leftmost operator counts. A bracket with one behind it holds a key, and then what is in it is no operator.
    for place in _PLACE.finditer(text, 1):
        if place[0] != "[":
            return _Parts(place.start(), None, place)
        if (parts := brackets.keyed_at(place.start())) is not None:
            return parts
    return None


class _Brackets:
    """The keys of a text. Where the next bracket closes is looked for once, not once for each that opens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._close = -1

    def operator_at(self, end: int, place: int) -> _Parts | None:
        """What follows a field that ends at `end`, perhaps with a key, at `place`."""
        place = self._after_spaces(place)
        if self._text.startswith("[", place):
            return self.keyed_at(place, end)
        operator = _OPERATOR.match(self._text, place)
        return _Parts(end, None, operator) if operator else None

    def keyed_at(self, opening: int, end: int | None = None) -> _Parts | None:
        """The key in the bracket that opens here, when an operator follows it."""
        text = self._text
        if text.startswith('"', opening + 1):
            quoted = _QUOTED.match(text, opening + 1)
            close = quoted.end() if quoted else len(text)
            if not text.startswith("]", close):
                return None
        else:
            if self._close <= opening:
                self._close = text.find("]", opening + 1) % (len(text) + 1)  # -1 becomes the end
            close = self._close
            if close == len(text) or close == opening + 1:
                return None
        operator = _OPERATOR.match(text, self._after_spaces(close + 1))
        return _Parts(opening if end is None else end, text[opening + 1 : close], operator) if operator else None

    def _after_spaces(self, place: int) -> int:
        found = _SPACES.match(self._text, place)
        return found.end() if found else place


def _plain(text: str) -> str:
    """The text itself, or what it holds if it begins with a quote."""
    if not text.startswith('"'):
        return text
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        raise ValueError(f"{text} begins with a quote and is not one text as JSON writes it") from None
    return str(value)
