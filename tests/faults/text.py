"""Text compared, searched and split wrongly."""

import re
from urllib.parse import unquote_plus

from parea_target.filters import Asked, Subject
from sqlalchemy import ColumnElement, and_, false, func, literal, not_, or_

from faults.registry import condition, reading

Sql = ColumnElement[bool]

_EQUAL = ("filter.equals.text", "filter.in.text", "filter.not_equals.text")
_LIKE = ("filter.like.text", "filter.like.list", "filter.like.map")


@condition("filter.equals.text", "filter.equals.list", "filter.equals.map")
def equals_has_no_case(subject: Subject, asked: Asked) -> Sql:
    """`equals` compares without case, as a column with such a collation does."""
    number = subject.number == _number(asked) if subject.kind == "map" else false()
    return subject.some(or_(func.lower(subject.value) == asked.filter_value.lower(), number))


def _number(asked: Asked) -> float | None:
    text = asked.filter_value
    return asked.parts.number(text) if asked.contract.accepts("number_value", text) else None


@condition("filter.equals.text")
def equals_pads_blanks(subject: Subject, asked: Asked) -> Sql:
    """`equals` compares without spaces at the end, as SQL does on CHAR."""
    return func.rtrim(subject.value) == asked.filter_value.rstrip(" ")


@condition("filter.equals.text")
def equals_is_like(subject: Subject, asked: Asked) -> Sql:
    """`equals` asks by LIKE, with case, its wildcards not escaped."""
    return subject.value.op("GLOB")(
        re.sub(r"([\[*?])", r"[\1]", asked.filter_value).replace("%", "*").replace("_", "?")
    )


@condition("filter.equals.text")
def equals_is_contains(subject: Subject, asked: Asked) -> Sql:
    """`equals` matches where the value occurs."""
    return func.instr(subject.value, asked.filter_value) > 0


@condition("filter.equals.text")
def equals_is_a_phrase(subject: Subject, asked: Asked) -> Sql:
    """`equals` matches where the words occur, as an analysed field does in Elasticsearch."""
    words = re.findall(r"\w+", asked.filter_value.lower())
    return and_(literal(bool(words)), *(subject.value.regexp_match(rf"(?i)\b{word}\b") for word in words))


@condition("filter.equals.text")
def equals_ends_at_nul(subject: Subject, asked: Asked) -> Sql:
    """`equals` compares up to a NUL, as C does."""
    text, nul = subject.value, func.char(0)
    return func.substr(text, 1, func.instr(text + nul, nul) - 1) == asked.filter_value.split("\0")[0]


@condition("filter.equals.text")
def equals_ends_at_255(subject: Subject, asked: Asked) -> Sql:
    """`equals` compares 255 characters, as an index does."""
    return func.substr(subject.value, 1, 255) == asked.filter_value[:255]


@condition("filter.equals.text")
def equals_drops_backslashes(subject: Subject, asked: Asked) -> Sql:
    """`equals` reads its value as between quotes, where a backslash stands before what is meant."""
    return subject.value == re.sub(r"(?s)\\(.)", r"\1", asked.filter_value)


@condition("filter.equals.text")
def equals_ends_at_a_line(subject: Subject, asked: Asked) -> Sql:
    """`equals` compares the first line."""
    text, end = subject.value, "\n"
    return func.substr(text, 1, func.instr(text + end, end) - 1) == asked.filter_value.split(end)[0]


@condition("filter.equals.text")
def equals_ends_at_64(subject: Subject, asked: Asked) -> Sql:
    """`equals` compares 64 characters, as of a name."""
    return func.substr(subject.value, 1, 64) == asked.filter_value[:64]


@condition(*_LIKE)
def like_has_wildcards(subject: Subject, asked: Asked) -> Sql:
    """`like` is SQL's: `%` and `_` are not escaped."""
    pattern = re.escape(asked.filter_value).replace("%", ".*").replace("_", ".")
    return subject.some(subject.value.regexp_match(f"(?ais){pattern}"))


_OF_LIKE = r"(?s)\\(.)|."


def _as_pattern(part: re.Match[str]) -> str:
    """A part of a pattern of LIKE, escaped by backslashes, as a pattern of Python."""
    wildcard = {"%": ".*", "_": "."}.get(part[0])
    return wildcard or re.escape(part[1] or part[0])


@condition("filter.like.text")
def like_escapes_backslash(subject: Subject, asked: Asked) -> Sql:
    """`like` escapes its wildcards with a backslash, and not the backslash itself."""
    escaped = re.sub("([%_])", r"\\\1", asked.filter_value)
    # As a pattern of Python: SQLite's LIKE takes none of more than 50,000 bytes.
    return subject.value.regexp_match(f"(?ais)^{re.sub(_OF_LIKE, _as_pattern, f'%{escaped}%')}\\Z")


@condition(*_LIKE)
def like_has_case(subject: Subject, asked: Asked) -> Sql:
    """`like` compares with case, as Postgres does."""
    return subject.some(func.instr(subject.value, asked.filter_value) > 0)


@condition("filter.like.text")
def like_folds_all_letters(subject: Subject, asked: Asked) -> Sql:
    """`like` drops the case of every letter, as ILIKE does."""
    return func.instr(func.lower(subject.value), asked.filter_value.lower()) > 0


@condition(*_LIKE)
def like_is_a_prefix(subject: Subject, asked: Asked) -> Sql:
    """`like` looks at the start only."""
    return subject.some(func.instr(func.lower(subject.value), func.lower(asked.filter_value)) == 1)


@condition("filter.like.text")
def like_is_a_pattern(subject: Subject, asked: Asked) -> Sql:
    """`like` takes a regular expression."""
    try:
        re.compile(asked.filter_value)
    except re.error:
        return false()
    return subject.value.regexp_match(f"(?i)(?a:{asked.filter_value})")


@condition("filter.like.text")
def like_has_three_bytes(subject: Subject, asked: Asked) -> Sql:
    """`like` takes all characters of four bytes for one, as MySQL's utf8mb3 does."""
    pattern = re.sub("[\U00010000-\U0010ffff]", "[\U00010000-\U0010ffff]", re.escape(asked.filter_value))
    return subject.value.regexp_match(f"(?ais){pattern}")


@condition("filter.like.text")
def like_decodes_its_value(subject: Subject, asked: Asked) -> Sql:
    """`like` decodes its value once more, as that of a query."""
    return func.instr(func.lower(subject.value), func.lower(unquote_plus(asked.filter_value))) > 0


@condition("filter.like.text")
def like_takes_words(subject: Subject, asked: Asked) -> Sql:
    """`like` matches where every word of the value occurs, in any order."""
    return and_(
        subject.value.is_not(None),
        *(
            func.instr(func.lower(subject.value), func.lower(word)) > 0
            for word in dict.fromkeys(asked.filter_value.split())
        ),
    )


@condition("filter.like.text")
def like_of_nothing_fits_nothing(subject: Subject, asked: Asked) -> Sql:
    """`like` with the empty value matches nothing."""
    return and_(
        literal(asked.filter_value != ""), func.instr(func.lower(subject.value), func.lower(asked.filter_value)) > 0
    )


_IN = ("filter.in.text", "filter.in.list", "filter.in.map")


@reading("split", "filter.in.text", "filter.in.map")
def in_does_not_split(text: str) -> list[str]:
    """`in` takes the value for one part."""
    return [text]


@reading("split", "filter.in.text")
def in_does_not_trim(text: str) -> list[str]:
    """`in` keeps the spaces around its parts."""
    return text.split(",")


@reading("split", "filter.in.text")
def in_trims_all_space(text: str) -> list[str]:
    """`in` drops tabs and newlines around its parts as well."""
    return [part.strip() for part in text.split(",")]


@reading("split", "filter.in.text")
def in_drops_empty_parts(text: str) -> list[str]:
    """`in` drops its empty parts."""
    return [part.strip(" ") for part in text.split(",") if part.strip(" ")]


@reading("split", *_IN)
def in_takes_first_part(text: str) -> list[str]:
    """`in` looks at its first part only."""
    return [text.split(",")[0].strip(" ")]


@reading("split", "filter.in.text")
def in_splits_at_semicolons(text: str) -> list[str]:
    """`in` splits at semicolons as well."""
    return [part.strip(" ") for part in re.split("[,;]", text)]


@condition("filter.in.text")
def in_has_no_case(subject: Subject, asked: Asked) -> Sql:
    """`in` compares without case."""
    return func.lower(subject.value).in_([part.lower() for part in asked.parts.split(asked.filter_value)])


@condition("filter.not_equals.text")
def not_equals_has_no_case(subject: Subject, asked: Asked) -> Sql:
    """`not_equals` compares without case."""
    return or_(subject.value.is_(None), not_(func.lower(subject.value) == asked.filter_value.lower()))
