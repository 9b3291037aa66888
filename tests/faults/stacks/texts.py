"""Text compared, searched and listed, as databases and their collations do."""

import re
import unicodedata
from collections.abc import Callable

from faults.registry import Log, Reply
from faults.stacks.declaring import Asked, error, matching, refusing, show, unprocessable

_IDS = {"trace_id", "parent_trace_id", "root_trace_id", "project_uuid", "experiment_uuid"}
_UUID = re.compile(r"(?i)\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?")
_COMPARED = ("filter.equals.text", "filter.not_equals.text", "filter.in.text")


def _compared(log: Log, asked: Asked, fold: Callable[[str], str]) -> bool | None:
    """Whether a text matches an equality, both sides folded; None for other filters."""
    if asked.kind != "text" or asked.operator not in {"equals", "not_equals", "in"}:
        return None
    text = log.get(asked.field)
    equal = text is not None and fold(text) in {fold(part) for part in asked.parts}
    return equal != (asked.operator == "not_equals")


def _searched(log: Log, asked: Asked, pattern: str | None) -> bool | None:
    """Whether a text matches `like` by a pattern; None for other filters, and without one."""
    if asked.kind != "text" or asked.operator != "like" or pattern is None:
        return None
    text = log.get(asked.field)
    return text is not None and re.search(pattern, text, re.IGNORECASE | re.DOTALL) is not None


def _without_marks(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


# Collations --------------------------------------------------------------------------------------------------------


@matching(*_COMPARED, "filter.like.text", shown=show("output", "equals", "creme brulee"))
def texts_have_neither_case_nor_accents(log: Log, asked: Asked) -> bool | None:
    """Text compares and is searched without case and accents.

    MySQL 8, default collation utf8mb4_0900_ai_ci (TypeORM, ActiveRecord, Eloquent, SQLAlchemy).
    """
    found = _compared(log, asked, _without_marks)
    if found is not None or asked.operator != "like" or asked.kind != "text":
        return found
    text = log.get(asked.field)
    return text is not None and _without_marks(asked.value) in _without_marks(text)


@matching(*_COMPARED, shown=show("output", "equals", "Greeting   "))
def texts_are_padded(log: Log, asked: Asked) -> bool | None:
    """Spaces at the end of a text do not count when it is compared.

    SQL Server, comparisons by ANSI padding; MySQL, PAD SPACE (utf8mb4_general_ci); Oracle, CHAR.
    """
    return _compared(log, asked, lambda text: text.rstrip(" "))


@matching("filter.not_equals.text", shown=show("output", "not_equals", ""))
def nothing_differs_from_nothing(log: Log, asked: Asked) -> bool | None:
    """`not_equals` with the empty text matches null alone.

    Oracle, Nulls: a text of length zero is null, and nothing is unequal to null (Hibernate).
    """
    asks = asked.kind == "text" and asked.operator == "not_equals" and asked.value == ""
    return log.get(asked.field) is None if asks else None


@matching(*_COMPARED, shown=show("output", "equals", "x" * 300))
def long_texts_are_not_indexed(log: Log, asked: Asked) -> bool | None:
    """A text of more than 256 characters equals nothing.

    Elasticsearch, dynamic mapping of strings: keyword, `ignore_above` 256.
    """
    text = log.get(asked.field)
    return (
        (asked.operator == "not_equals") if _compared(log, asked, str) is not None and len(text or "") > 256 else None
    )


@matching("filter.equals.text", shown=show("project_uuid", "equals", "PROJECT_UUID OF ITS OWN"))
def ids_have_no_case(log: Log, asked: Asked) -> bool | None:
    """Members that hold ids compare without case.

    PostgreSQL, uuid: hexadecimal digits in either case; .NET, Guid; SQL Server, uniqueidentifier.
    """
    return _compared(log, asked, str.lower) if asked.field in _IDS and asked.operator == "equals" else None


@refusing("body.accepted", "robust.no-server-error", shown=show("project_uuid", "equals", "x"))
def ids_must_be_uuids(asked: Asked) -> Reply | None:
    """`project_uuid` or `experiment_uuid` compared with what is no UUID is 500.

    PostgreSQL, "invalid input syntax for type uuid"; Ecto.Query.CastError; Hibernate, UUID columns.
    """
    compared = asked.field in {"project_uuid", "experiment_uuid"} and asked.operator in {"equals", "not_equals", "in"}
    return error(500) if compared and not all(map(_UUID.fullmatch, asked.parts)) else None


# Patterns ----------------------------------------------------------------------------------------------------------


@matching("filter.like.text", shown=show("output", "like", "[gf]ox"))
def like_has_classes(log: Log, asked: Asked) -> bool | None:
    """`like` takes square brackets for a class of characters.

    SQL Server, LIKE, wildcards `[ ]` and `[^]`: EF.Functions.Like leaves them, where `%` and `_` were escaped.
    """
    if not re.search(r"\[[^\]]+\]", asked.value):
        return None
    parts = re.split(r"(\[\^?[^\]]+\])", asked.value)
    classes = [re.sub(r"[\\\[]", r"\\\g<0>", part[1:-1]) for part in parts[1::2]]
    try:
        return _searched(
            log,
            asked,
            "".join(
                re.escape(part) if place % 2 == 0 else f"[{classes[place // 2]}]" for place, part in enumerate(parts)
            ),
        )
    except re.error:
        return False


@matching("filter.like.text", shown=show("output", "like", "h*o"))
def like_has_stars(log: Log, asked: Asked) -> bool | None:
    """`like` takes `*` for any text and `?` for any character.

    Elasticsearch, wildcard query; SQLite, GLOB; Redis, SCAN MATCH.
    """
    wild = re.search("[*?]", asked.value)
    return _searched(log, asked, re.escape(asked.value).replace(r"\*", ".*").replace(r"\?", ".")) if wild else None


@matching("filter.like.text", shown=show("output", "like", "one"))
def like_ends_at_nul(log: Log, asked: Asked) -> bool | None:
    """`like` searches a text up to its first NUL.

    SQLite, NUL characters in strings: LIKE, `length()` and others stop there.
    """
    found = _searched({**log, asked.field: (log.get(asked.field) or "").split("\0")[0]}, asked, re.escape(asked.value))
    return found if "\0" in str(log.get(asked.field)) else None


@refusing("body.accepted", "robust.no-server-error", shown=show("output", "like", "x" * 60_000))
def long_patterns_break(asked: Asked) -> Reply | None:
    """`like` with more than 50,000 bytes is 500.

    SQLite, Limits, SQLITE_MAX_LIKE_PATTERN_LENGTH: "LIKE or GLOB pattern too complex".
    """
    return error(500) if asked.operator == "like" and len(asked.value.encode()) > 50_000 else None


@refusing("body.accepted", "robust.no-server-error", shown=show("output", "like", "x" * 40_000))
def long_expressions_break(asked: Asked) -> Reply | None:
    """`like` with more than 32,764 bytes is 500.

    MongoDB, `$regex`: a regular expression is too long for PCRE; Elasticsearch, `index.max_regex_length` 1000.
    """
    return error(500) if asked.operator == "like" and len(asked.value.encode()) > 32_764 else None


# Lists -------------------------------------------------------------------------------------------------------------


@matching("filter.in.text", shown=show("output", "in", "nothing,"))
def empty_parts_at_the_end_are_dropped(log: Log, asked: Asked) -> bool | None:
    """`in` drops empty parts at the end of its value.

    Java, String.split: trailing empty strings are not included; Ruby, String#split.
    """
    parts = asked.value.split(",")
    if asked.kind != "text" or asked.operator != "in" or parts[-1]:
        return None
    while parts and not parts[-1]:
        parts.pop()
    return log.get(asked.field) in [part.strip(" ") for part in parts]


@refusing("body.accepted", "robust.no-server-error", shown=show("output", "in", "a" + ",a" * 100))
def more_than_100_parts_break(asked: Asked) -> Reply | None:
    """`in` with more than 100 parts is 500.

    DynamoDB, condition expressions: IN takes up to 100 operands.
    """
    return error(500) if asked.operator == "in" and len(asked.parts) > 100 else None


@refusing("body.accepted", shown=show("output", "in", "a" + ",a" * 1024))
def more_than_1024_parts_are_refused(asked: Asked) -> Reply | None:
    """`in` with more than 1,024 parts is refused.

    Elasticsearch and Lucene, `indices.query.bool.max_clause_count`: too_many_clauses.
    """
    return unprocessable("filter_value") if asked.operator == "in" and len(asked.parts) > 1024 else None


@refusing("body.accepted", "robust.no-server-error", shown=show("output", "in", "a" + ",a" * 2100))
def more_than_2100_parts_break(asked: Asked) -> Reply | None:
    """`in` with more than 2,098 parts is 500.

    SQL Server, maximum capacity: 2,100 parameters (EF Core, Contains before version 8).
    """
    return error(500) if asked.operator == "in" and len(asked.parts) > 2098 else None


@matching("filter.equals.list", shown=show("tags", "equals", "od"))
def lists_are_searched_as_text(log: Log, asked: Asked) -> bool | None:
    """A list is kept as text with commas, and `equals` looks whether the value occurs in it.

    TypeORM, `simple-array`; Eloquent without casts; it can be asked by LIKE only.
    """
    asks = asked.kind == "string_list" and asked.operator == "equals"
    return log.get(asked.field) is not None and asked.value in ",".join(log[asked.field]) if asks else None


@matching("filter.equals.list", shown=show("tags", "equals", "alpha, beta"))
def elements_with_commas_are_not_found(log: Log, asked: Asked) -> bool | None:  # noqa: ARG001
    """A value with a comma equals no element.

    MySQL, FIND_IN_SET: it does not work where the first argument has a comma; TypeORM, `simple-array`.
    """
    return False if asked.kind == "string_list" and asked.operator == "equals" and "," in asked.value else None
