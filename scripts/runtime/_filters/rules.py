"""Which filters the contract accepts: its tables are those of the conditions in its JSON Schema of the body.

Verdict and places are those of the schema, so what is wrong is said before anything is sent.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from parea_trace_logs._filters.hints import suggestion
from parea_trace_logs._filters.operators import meant_by
from parea_trace_logs._json.decoding import encode
from parea_trace_logs._shared.words import did_you_mean, similar
from parea_trace_logs.contract import (
    FORMS,
    KEYED,
    KINDS,
    MAX_BYTES,
    MEMBERS,
    NAMES,
    NO_NAME,
    OTHERWISE,
    UNLESS,
    VALUELESS,
    Form,
)
from parea_trace_logs.errors import InvalidFilterError
from parea_trace_logs.models import FilterOperator, TraceLogFilters
from parea_trace_logs.types import UNSET

_OPERATORS: Final = tuple(operator.value for operator in FilterOperator)
_SCORE: Final = "score:"
_ABSENT: Final = (None, UNSET)
_DEPENDENT: Final = ("filter_operator", "filter_key", "filter_value")


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first needed: importing the package compiles none."""
    return re.compile(pattern)


def _matches(form: Form, value: str) -> bool:
    return value in form.values if form.pattern is None else compiled(form.pattern).match(value) is not None


def kind_of(field: str) -> str | None:
    """The kind of a field; None for a name that the contract gives no meaning."""
    if field in MEMBERS:
        return MEMBERS[field]
    for pattern, kind in NAMES.items():
        if compiled(pattern).match(field):
            return kind
    return None if is_nameless(field) else OTHERWISE


def is_nameless(field: str) -> bool:
    """Whether the contract gives a name no meaning."""
    return compiled(NO_NAME).match(field) is not None and not compiled(UNLESS).match(field)


def is_bare_score(field: str) -> bool:
    """Whether a field means a score only because it means nothing else."""
    named = field in MEMBERS or field.startswith(_SCORE) or any(compiled(pattern).match(field) for pattern in NAMES)
    return not named and not is_nameless(field)


def faults(filters: TraceLogFilters) -> dict[str, str]:
    """What the contract finds wrong with a filter: by member, what is wrong there."""
    found: dict[str, str] = {}
    for member, message in _faults(filters):
        found.setdefault(member, message)
    return found


def check(filters: TraceLogFilters) -> None:
    """Refuse a filter that the contract does not accept.

    Raises:
        InvalidFilterError: the contract does not accept it; the place is the one that a server's 422 names.
    """
    found = [(("body", member), message) for member, message in faults(filters).items()]
    if found:
        raise InvalidFilterError(found)
    size = len(encode(filters))
    if size > MAX_BYTES:
        raise InvalidFilterError([(("body",), f"{size:,} bytes, more than the {MAX_BYTES:,} that a server takes")])


class _Filter(NamedTuple):
    """What a caller has passed, which may be anything, whatever the annotations say."""

    field: Any
    operator: Any
    key: Any
    value: Any
    kind: str | None
    """The kind of the field; None for a name that means nothing."""

    @property
    def needs_value(self) -> bool:
        return self.operator not in _ABSENT and self.operator not in VALUELESS


def _faults(filters: TraceLogFilters) -> Iterator[tuple[str, str]]:
    field = filters.filter_field
    kind = kind_of(field) if isinstance(field, str) else OTHERWISE
    given = _Filter(field, filters.filter_operator, filters.filter_key, filters.filter_value, kind)
    yield from _of_field(given)
    yield from _of_operator(given)
    yield from _of_key(given)
    yield from _of_value(given)


def _of_field(given: _Filter) -> Iterator[tuple[str, str]]:
    if given.field not in _ABSENT and not isinstance(given.field, str):
        yield "filter_field", _no_text(given.field)
    if given.kind is None:
        yield "filter_field", f"{given.field!r} is neither annotation:score:CRITERION nor annotation:value:CRITERION"


def _of_operator(given: _Filter) -> Iterator[tuple[str, str]]:
    if given.operator not in _ABSENT and given.operator not in _OPERATORS:
        taken = _taken(given) or _OPERATORS
        word = str(given.operator)
        meant = did_you_mean(meant_by(word) or similar(word.lower().replace(" ", "_"), taken))
        yield "filter_operator", f"{given.operator!r} is none of {', '.join(taken)}{meant}"
    if not isinstance(given.field, str):
        for member, content in zip(_DEPENDENT, given[1:4], strict=True):
            if content not in _ABSENT:
                yield member, "there is no filter_field for it"
    elif given.operator in _ABSENT:
        yield "filter_operator", f"filter_field needs one: {', '.join(_taken(given) or _OPERATORS)}"
    elif given.kind is not None and given.operator not in (taken := _taken(given)):
        wrong = f"{given.field} ({_words(given.kind)}) takes {', '.join(taken)}, not {given.operator}"
        yield "filter_operator", wrong + _as_score(given)


def _of_key(given: _Filter) -> Iterator[tuple[str, str]]:
    if given.key not in _ABSENT and not isinstance(given.key, str):
        yield "filter_key", _no_text(given.key)
    if given.kind == KEYED and isinstance(given.field, str):
        if given.needs_value and not isinstance(given.key, str):
            yield "filter_key", f"{given.field} is a {KEYED}: say which key to compare"
    elif given.key not in _ABSENT:
        meant = (
            did_you_mean(suggestion(given.field)) if isinstance(given.field, str) and given.field not in MEMBERS else ""
        )
        yield "filter_key", f"only a {KEYED} takes a key, and {given.field} is not one{meant}"


def _of_value(given: _Filter) -> Iterator[tuple[str, str]]:
    if given.value not in _ABSENT and not isinstance(given.value, str):
        yield "filter_value", f"{_no_text(given.value)}: where(...) makes one of it"
    if not isinstance(given.field, str):
        return
    if given.needs_value and not isinstance(given.value, str):
        yield "filter_value", f"{given.operator} needs a value"
    if given.kind is not None and isinstance(given.operator, str) and isinstance(given.value, str):
        form = KINDS[given.kind].forms.get(given.operator)
        if form is not None and not _matches(FORMS[form], given.value):
            wrong = f"{given.value!r} is not a {_words(form)}: {FORMS[form].description}"
            yield "filter_value", wrong + _as_score(given)


def _taken(given: _Filter) -> tuple[str, ...]:
    return () if given.kind is None or not isinstance(given.field, str) else KINDS[given.kind].operators


def _as_score(given: _Filter) -> str:
    """A doubt about a field that is asked as a score only because it is nothing else, or nothing."""
    return did_you_mean(suggestion(given.field)) if is_bare_score(given.field) else ""


def _no_text(value: object) -> str:
    return f"{value!r} is not a string"


def _words(name: str) -> str:
    return name.replace("_", " ")
