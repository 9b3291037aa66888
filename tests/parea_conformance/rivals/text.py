"""Wrong readings of text: `equals`, `like` and `in` on strings."""

import functools
import json
import re
import unicodedata

from parea_conformance.reading.values import ascii_lower
from parea_conformance.rivals.registry import rival

_EQUAL = ("filter.equals.text", "filter.not_equals.text", "filter.in.text")
_EQUAL_ANYWHERE = (*_EQUAL, "filter.equals.list", "filter.not_equals.list", "filter.in.list")
_LIKE = ("filter.like.text", "filter.like.list", "filter.like.map")
_IN = ("filter.in.text", "filter.in.list", "filter.in.map")


@rival(*_EQUAL_ANYWHERE, "filter.equals.map", "filter.in.map", step="text_equal", needs="a text with ASCII letters")
def equal_without_case(text: str, value: str) -> bool:
    """Text compares without case."""
    return ascii_lower(text) == ascii_lower(value)


@rival(*_EQUAL, step="text_equal", needs="a text with a space at its end, or one to which a space can be added")
def equal_trims_value(text: str, value: str) -> bool:
    """Spaces around the value are dropped."""
    return text == value.strip()


@rival("filter.equals.text", "filter.not_equals.text", step="text_equal", needs="a text with a space at its end")
def equal_pads_spaces(text: str, value: str) -> bool:
    """Spaces at the end do not count, as in a CHAR column."""
    return text.rstrip(" ") == value.rstrip(" ")


@rival(*_EQUAL_ANYWHERE, "filter.equals.map", step="text_equal", needs="a text of two characters or more")
def equal_is_contains(text: str, value: str) -> bool:
    """Equality is taken for containment."""
    return value in text


@rival(*_EQUAL, step="text_equal", needs="a text of two characters or more")
def equal_is_prefix(text: str, value: str) -> bool:
    """Equality looks at the start only."""
    return text.startswith(value)


@functools.lru_cache(maxsize=1 << 11)
def _pattern(value: str, wildcards: str) -> re.Pattern[str]:
    """The value as SQL's LIKE reads it, with some of its wildcards.

    A backslash is itself, so that no filter tells this reading apart by anything else.
    """
    pattern = "".join({"%": ".*", "_": "."}[char] if char in wildcards else re.escape(char) for char in value)
    return re.compile(pattern, re.DOTALL)


@rival(*_EQUAL, step="text_equal", needs="a text of two characters or more")
def equal_percent_is_wildcard(text: str, value: str) -> bool:
    """In an equality `%` stands for any characters."""
    return _pattern(value, "%").fullmatch(text) is not None


@rival(*_EQUAL, step="text_equal", needs="a text of two characters or more")
def equal_underscore_is_wildcard(text: str, value: str) -> bool:
    """In an equality `_` stands for any character."""
    return _pattern(value, "_").fullmatch(text) is not None


@rival("filter.equals.text", step="text_equal", needs="a text whose NFC and NFD forms differ")
def equal_normalises(text: str, value: str) -> bool:
    """Text compares after Unicode normalisation."""
    return unicodedata.normalize("NFC", text) == unicodedata.normalize("NFC", value)


@rival("filter.equals.text", step="text_equal", needs="a text with an accent")
def equal_without_accents(text: str, value: str) -> bool:
    """Accents do not count."""
    return _bare(text) == _bare(value)


@functools.lru_cache(maxsize=1 << 12)
def _bare(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


@rival("filter.equals.text", "filter.in.text", step="text_equal", needs="a text that is a number")
def equal_as_numbers(text: str, value: str) -> bool:
    """Texts that look like numbers compare as numbers."""
    try:
        return float(text) == float(value)
    except ValueError:
        return text == value


@rival("filter.equals.text", step="text_equal", needs="a text with a NUL")
def equal_ends_at_nul(text: str, value: str) -> bool:
    """Text ends at the first NUL."""
    return text.split("\0", 1)[0] == value.split("\0", 1)[0]


@rival("filter.equals.text", step="text_equal", needs="a text of more than 255 characters")
def equal_to_255(text: str, value: str) -> bool:
    """Only the first 255 characters count."""
    return text[:255] == value[:255]


@rival(*_LIKE, step="contains", needs="a text with ASCII letters")
def like_with_case(text: str, value: str) -> bool:
    """`like` compares with case."""
    return value in text


@rival(*_LIKE, step="contains", needs="a text of two characters or more")
def like_at_start(text: str, value: str) -> bool:
    """`like` looks at the start only."""
    return ascii_lower(text).startswith(ascii_lower(value))


@rival(*_LIKE, step="contains", needs="a text of two characters or more")
def like_at_end(text: str, value: str) -> bool:
    """`like` looks at the end only."""
    return ascii_lower(text).endswith(ascii_lower(value))


@rival(*_LIKE, step="contains", needs="a text of two characters or more")
def like_whole(text: str, value: str) -> bool:
    """`like` asks for the whole text, as SQL does without wildcards."""
    return ascii_lower(text) == ascii_lower(value)


@rival(*_LIKE, step="contains", needs="a text that matches only when `%` is a wildcard")
def like_percent_is_wildcard(text: str, value: str) -> bool:
    """In `like`, `%` stands for any characters."""
    return _pattern(ascii_lower(value), "%").search(ascii_lower(text)) is not None


@rival(*_LIKE, step="contains", needs="a text that matches only when `_` is a wildcard")
def like_underscore_is_wildcard(text: str, value: str) -> bool:
    """In `like`, `_` stands for any character."""
    return _pattern(ascii_lower(value), "_").search(ascii_lower(text)) is not None


@rival("filter.like.text", step="contains", needs="a text with a backslash")
def like_backslash_escapes(text: str, value: str) -> bool:
    """In `like`, a backslash escapes what follows."""
    return ascii_lower(re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL)) in ascii_lower(text)


@rival("filter.like.text", step="contains", needs="a text with a letter beyond ASCII")
def like_folds_unicode(text: str, value: str) -> bool:
    """`like` drops the case of every letter, not of ASCII's alone."""
    return value.casefold() in text.casefold()


@rival("filter.like.text", step="contains", needs="a text with a character that regular expressions use")
def like_is_regex(text: str, value: str) -> bool:
    """`like` takes a regular expression."""
    try:
        return re.search(value, text, re.IGNORECASE | re.ASCII) is not None
    except re.error:
        return False


@rival("filter.like.text", step="contains", needs="a text of two words")
def like_any_word(text: str, value: str) -> bool:
    """`like` finds all words, in any order."""
    return all(word in ascii_lower(text) for word in ascii_lower(value).split())


@rival("filter.like.text", "filter.like.map", step="contains", needs="a text with a space inside")
def like_trims_value(text: str, value: str) -> bool:
    """`like` drops spaces around the value."""
    return ascii_lower(value.strip()) in ascii_lower(text)


@rival("filter.like.text", step="contains", needs="a text that is not null")
def like_nothing_for_empty(text: str, value: str) -> bool:
    """The empty value occurs nowhere."""
    return value != "" and ascii_lower(value) in ascii_lower(text)


@rival(*_IN, step="split", needs="a value that one part alone matches")
def in_does_not_split(value: str) -> list[str]:
    """`in` takes the value as one part."""
    return [value]


@rival(*_IN, "filter.in.number", step="split", needs="a value that the second part alone matches")
def in_first_part_only(value: str) -> list[str]:
    """`in` looks at the first part only."""
    return [value.split(",")[0].strip(" ")]


@rival(*_IN, "filter.in.number", step="split", needs="a value that the first part alone matches")
def in_last_part_only(value: str) -> list[str]:
    """`in` looks at the last part only."""
    return [value.split(",")[-1].strip(" ")]


@rival(*_IN, step="split", needs="a value that matches a part with a space before it")
def in_does_not_trim(value: str) -> list[str]:
    """`in` keeps the spaces around a part."""
    return value.split(",")


@rival("filter.in.text", step="split", needs="a text that begins or ends with a tab or a newline")
def in_trims_all_space(value: str) -> list[str]:
    """`in` drops any white space around a part, not only spaces."""
    return [part.strip() for part in value.split(",")]


@rival("filter.in.text", step="split", needs="an empty text")
def in_drops_empty_parts(value: str) -> list[str]:
    """`in` drops the empty parts."""
    return [part.strip(" ") for part in value.split(",") if part.strip(" ")]


@rival("filter.in.text", step="split", needs="a text with a semicolon")
def in_splits_at_semicolons(value: str) -> list[str]:
    """`in` splits at semicolons too."""
    return [part.strip(" ") for part in re.split("[,;]", value)]


@rival("filter.in.text", step="split", needs="a text with a space inside")
def in_splits_at_spaces(value: str) -> list[str]:
    """`in` splits at spaces too."""
    return [part for chunk in value.split(",") for part in (chunk.split() or [""])]


@rival("filter.in.text", step="split", needs="a text in quotation marks")
def in_drops_quotes(value: str) -> list[str]:
    """`in` drops the quotation marks around a part."""
    return [part.strip(" ").strip("\"'") for part in value.split(",")]


@rival("filter.in.text", step="split", needs="a text in brackets")
def in_reads_json(value: str) -> list[str]:
    """`in` reads a JSON array where the value is one."""
    try:
        parts = json.loads(value)
    except ValueError:
        parts = None
    return [str(part) for part in parts] if isinstance(parts, list) else [p.strip(" ") for p in value.split(",")]
