"""One filter as a text, as the command's `--where` takes it: field, operator, value.

The text is read from left to right, each character a bounded number of times.
"""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from typing import Final, NamedTuple

from parea_trace_logs._filters.days import with_instants
from parea_trace_logs._filters.operators import OPERATORS, OTHER_WORDS
from parea_trace_logs._filters.rules import check, is_bare_score, kind_of
from parea_trace_logs._filters.unknown_field import warn_of
from parea_trace_logs._filters.where import Condition
from parea_trace_logs.contract import VALUELESS
from parea_trace_logs.errors import InvalidFilterError
from parea_trace_logs.models import TraceLogFilters

_VALUELESS: Final = tuple(word for word, operator in OPERATORS.items() if operator in VALUELESS)
_NEGATED: Final = ("not in", "not like", "not contains", "not between", "not exists")


def _either(words: Iterable[str]) -> str:
    """A pattern of one of the words, the longest that matches; between the parts of one there is any white space."""
    return "|".join(r"\s+".join(map(re.escape, word.split())) for word in sorted(words, key=len, reverse=True))


_KNOWN = [*OPERATORS, *OTHER_WORDS, *(word for word in _NEGATED if word not in OPERATORS)]
# A word is an operator only between spaces, a bracket or a quote before it also; case does not matter.
_TOKEN: Final = re.compile(
    rf"""(?P<symbol>{_either(word for word in _KNOWN if not word[0].isalpha())})
    |(?<=[\s\]"])(?P<word>{_either(word for word in _KNOWN if word[0].isalpha())})(?=\s|$)""",
    re.VERBOSE | re.IGNORECASE,
)
_SPACES: Final = re.compile(r"\s*")
_BRACKET: Final = re.compile(r"\[|" + _TOKEN.pattern, re.VERBOSE | re.IGNORECASE)
_AND: Final = re.compile(r"\s(?:and|or|&&|\|\|)\s+", re.IGNORECASE)
_string: Final = json.JSONDecoder(strict=False).raw_decode


class _Parts(NamedTuple):
    """The parts of a text; a key and a value are None where there is none."""

    field: str
    key: str | None
    operator: str
    value: str


def parse_where(text: str) -> TraceLogFilters:
    """The filter that a text such as `score:levenshtein >= 0.5` means.

    Names and values are taken as they stand, without the spaces around them; one that needs spaces at its ends, or a
    name that holds an operator, stands in double quotes, as JSON writes texts. A map's key stands in brackets. A day
    without a time is that whole day in UTC.

    Warns:
        UnknownFieldWarning: the field is asked as a score only because no member is called so.

    Raises:
        ValueError: the text is not FIELD OPERATOR VALUE, or several filters.
        InvalidFilterError: the contract rejects the filter.
    """
    parts = _parts(text)
    if parts is None:
        raise ValueError(f"{text!r} is not FIELD OPERATOR VALUE; the operators are {'  '.join(OPERATORS)}")
    word = _operator(parts.operator)
    operator, value = OPERATORS[word], None if word in _VALUELESS else _value(word, parts.value)
    if word in _VALUELESS and parts.value:
        raise ValueError(f"{word} takes no value, and {parts.value!r} follows it")
    if value is not None and kind_of(parts.field) == "timestamp":
        operator, value = with_instants(operator, value)
    filters = Condition(filter_field=parts.field, filter_key=parts.key, filter_operator=operator, filter_value=value)
    check(filters)
    warn_of(parts.field)
    return filters


def _parts(text: str) -> _Parts | None:
    """Field, key, operator and value; None where the text has not these parts."""
    start = _end_of_spaces(text, 0)
    brackets = _Brackets(text)
    if text.startswith('"', start):
        field, place = _quoted(text, start)
        place = _end_of_spaces(text, place)
        if text.startswith("[", place):
            return brackets.parts(field, place)
        operator = _TOKEN.match(text, place)
        return _Parts(field, None, operator[0], text[operator.end() :].strip()) if operator else None
    if _TOKEN.match(text, start):
        return None
    for found in _BRACKET.finditer(text, start + 1):
        if found[0] != "[":
            return _Parts(text[start : found.start()].rstrip(), None, found[0], text[found.end() :].strip())
        if brackets.operator_after(found.start()):
            return brackets.parts(text[start : found.start()].rstrip(), found.start())
    return None


class _Brackets:
    """Keys in brackets, each followed by an operator. What follows a bracket is looked for once, however many open."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._closing = -1
        self._after: dict[int, re.Match[str] | None] = {}

    def operator_after(self, begin: int) -> re.Match[str] | None:
        """The operator after the key whose bracket opens here; None where there is no key, or no operator."""
        end = self._end(begin)
        if end is None:
            return None
        if end not in self._after:
            self._after[end] = _TOKEN.match(self._text, _end_of_spaces(self._text, end + 1))
        return self._after[end]

    def parts(self, field: str, begin: int) -> _Parts | None:
        """The parts of the text whose key opens here."""
        operator, end = self.operator_after(begin), self._end(begin)
        if operator is None or end is None:
            return None
        key = self._text[begin + 1 : end]
        plain = _quoted(key, 0)[0] if key.startswith('"') else key
        return _Parts(field, plain, operator[0], self._text[operator.end() :].strip())

    def _end(self, begin: int) -> int | None:
        """Where the bracket that opens here closes."""
        if self._text.startswith('"', begin + 1):
            try:
                _, end = _string(self._text, begin + 1)
            except ValueError:
                return None
            return end if self._text.startswith("]", end) else None
        if self._closing <= begin:
            found = self._text.find("]", begin)
            self._closing = found if found >= 0 else len(self._text)
        return self._closing if begin + 1 < self._closing < len(self._text) else None


def _end_of_spaces(text: str, place: int) -> int:
    found = _SPACES.match(text, place)
    return place if found is None else found.end()


def _quoted(text: str, place: int) -> tuple[str, int]:
    """The text in quotes that begins here, and where it ends."""
    try:
        value, end = _string(text, place)
    except ValueError:
        raise ValueError(f"{text[place:]} begins with a quote and is not one text as JSON writes it") from None
    return str(value), end


def _operator(written: str) -> str:
    """The operator as `OPERATORS` has it.

    Raises:
        ValueError: it is the negation of one, which the contract has not.
    """
    word = " ".join(written.lower().split())
    word = OTHER_WORDS.get(word, word)
    if word == "not exists":
        return "is null"
    if word.startswith("not "):
        raise ValueError(f"no filter is the opposite of {word[4:]!r}: only = has one, !=, and is null, which is exists")
    return word


def _value(word: str, text: str) -> str:
    """The value that a text means.

    Raises:
        InvalidFilterError: there is none.
        ValueError: it is not one text, or another filter stands within it.
    """
    if not text:
        raise InvalidFilterError([(("body", "filter_value"), f'{word} needs a value; the empty text is ""')])
    if not text.startswith('"'):
        _refuse_several(text)
        return text
    value, end = _quoted(text, 0)
    if end < len(text):
        raise ValueError(f"{text} begins with a quote and is not one text as JSON writes it")
    return value


def _refuse_several(value: str) -> None:
    """Refuse a value in which, after a word such as `and`, another filter stands; in quotes it would be one text."""
    for found in islice(_AND.finditer(value), _MOST):
        with suppress(ValueError):  # a quote that begins no text
            parts = _parts(value[found.end() : found.end() + _NAME])
            if parts is not None and not is_bare_score(parts.field):
                break
    else:
        return
    word = found[0].strip()
    raise ValueError(f"one filter is all that the endpoint takes, and another follows {word!r}; {_HOW}")


_NAME: Final = 200  # characters of a field with its operator
_MOST: Final = 20  # places at which another filter is looked for
_HOW: Final = "judge the rest of the logs yourself, or put the value in double quotes if it is one text"
