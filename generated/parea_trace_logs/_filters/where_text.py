"""One filter as a text, as the command's `--where` takes it: field, operator, value."""

import json
import re
from typing import Final

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
_QUOTED = r'"(?:[^"\\]|\\.)*"'
# The leftmost operator counts, and of those that begin there the longest. A name that holds one stands in quotes.
_WHERE: Final = re.compile(
    rf"""\s*(?P<field>{_QUOTED}|[^"].*?)\s*
    (?:\[(?P<key>{_QUOTED}|[^"\]][^\]]*)\]\s*)?
    (?:(?P<operator>!=|>=|<=|=|~|>|<|(?<=[\s\]"])(?:in|between)(?=\s))\s*(?P<value>.*?)
      |(?<=[\s\]"])(?P<alone>is\s+null|exists))\s*""",
    re.VERBOSE | re.DOTALL,
)


def parse_where(text: str) -> TraceLogFilters:
    """The filter that a text such as `score:levenshtein >= 0.5` means.

    Names and values are taken as they stand, without the spaces around them; one that needs spaces at its ends, or a
    name that holds an operator, stands in double quotes, as JSON writes texts. A map's key stands in brackets.

    Raises:
        ValueError: the text is not FIELD OPERATOR VALUE.
        InvalidFilterError: the contract rejects the filter.
    """
    found = _WHERE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not FIELD OPERATOR VALUE; the operators are {'  '.join(OPERATORS)}")
    word = found["operator"] or " ".join(found["alone"].split())
    filters = TraceLogFilters(
        filter_field=_plain(found["field"]),
        filter_key=None if found["key"] is None else _plain(found["key"]),
        filter_operator=OPERATORS[word],
        filter_value=None if found["value"] is None else _plain(found["value"]),
    )
    if found["value"] == "":
        raise InvalidFilterError([(("body", "filter_value"), f'{word} needs a value; the empty text is ""')])
    check(filters)
    return filters


def _plain(text: str) -> str:
    """The text itself, or what it holds if it begins with a quote."""
    if not text.startswith('"'):
        return text
    try:
        value = json.loads(text, strict=False)
    except ValueError:
        raise ValueError(f"{text} begins with a quote and is not one text as JSON writes it") from None
    return str(value)
