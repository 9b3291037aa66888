"""Texts as a database holds and compares them: any character, by code point.

SQLite compares the bytes of UTF-8, which is that order, and holds any character. PostgreSQL does so under the collation
C, but holds neither NUL nor half a surrogate pair: `escape_text` writes them as others, so that order, equality and
substrings stay as they were.
"""

import re
from typing import Any, Final

from sqlalchemy import Boolean, ColumnElement, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import Dialect as Compiled
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

# Runs of characters that PostgreSQL's text does not hold, or that stand for them: (first, last, lead, digits).
_ESCAPED: Final = (
    (0x0, 0x3, 0x1, (0x2, 0x3)),
    (0xD800, 0xE040, 0xE000, tuple(range(0xE001, 0xE041))),
)


def _escapes() -> dict[int, str]:
    """Character → what is written in its place: the lead, then its place in the run as two digits.

    A digit occurs nowhere but there, so that an escape is found only where one begins. Leads and digits are of the run,
    which is why they are escaped, too; and escapes order as their characters do, among others as well.
    """
    table = {}
    for first, last, lead, digits in _ESCAPED:
        for place in range(last - first + 1):
            high, low = divmod(place, len(digits))
            table[first + place] = chr(lead) + chr(digits[high]) + chr(digits[low])
    return table


_ESCAPES: Final = _escapes()
_NEEDS_ESCAPE = re.compile("[\0-\3\ud800-\ue040]")
_UNESCAPES: Final = {escape: chr(character) for character, escape in _ESCAPES.items()}
_ESCAPE = re.compile("|".join(f"{chr(lead)}.." for _, _, lead, _ in _ESCAPED), re.DOTALL)


def escape_text(text: str) -> str:
    """A text as PostgreSQL can hold it: of the same order by code point, and with the same substrings."""
    return text.translate(_ESCAPES) if _NEEDS_ESCAPE.search(text) else text


def unescape_text(text: str) -> str:
    """The text that `escape_text` made this of."""
    return _ESCAPE.sub(lambda match: _UNESCAPES[match[0]], text)


class _AsText(FunctionElement[str]):
    """A bound text: SQLite is given its bytes, because Python's driver refuses half a surrogate pair."""

    inherit_cache = True


@compiles(_AsText)
def _as_text(element: _AsText, compiler: SQLCompiler, **options: Any) -> str:
    # In parentheses: a collation follows the value, which BETWEEN does not take without.
    return f"({compiler.process(element.clauses, **options)})"


@compiles(_AsText, "sqlite")
def _as_text_sqlite(element: _AsText, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS TEXT)"


class StoredText(TypeDecorator[str]):
    """Any text of Python's, equal and ordered by code point. It is not read back."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Compiled) -> TypeEngine[Any]:
        """The column's type."""
        return dialect.type_descriptor(postgresql.TEXT(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: Any, dialect: Compiled) -> Any:
        """The text as the driver is given it."""
        if not isinstance(value, str):
            return value
        return escape_text(value) if dialect.name == "postgresql" else value.encode("utf-8", "surrogatepass")

    def bind_expression(self, bindparam: Any) -> ColumnElement[Any]:
        """The text as the statement holds it."""
        return _AsText(bindparam)


class ContainsWithoutCase(FunctionElement[bool]):
    """Whether a text contains another, which is in lower case: ASCII letters compare without case, nothing else."""

    type = Boolean()
    inherit_cache = True


@compiles(ContainsWithoutCase, "sqlite")
def _contains_sqlite(element: ContainsWithoutCase, compiler: SQLCompiler, **options: Any) -> str:
    text, sought = (compiler.process(clause, **options) for clause in element.clauses)
    return f"contains_without_case(CAST({text} AS BLOB), CAST({sought} AS BLOB))"


@compiles(ContainsWithoutCase, "postgresql")
def _contains_postgresql(element: ContainsWithoutCase, compiler: SQLCompiler, **options: Any) -> str:
    text, sought = (compiler.process(clause, **options) for clause in element.clauses)
    return f'(strpos(lower({text} COLLATE "C"), {sought}) > 0)'


def contains_without_case(text: bytes | None, lowered: bytes) -> bool | None:
    """What `ContainsWithoutCase` is, of texts in UTF-8: `bytes.lower` changes ASCII letters alone.

    In linear time: SQLite's own `instr` compares the whole of what is sought at every position.
    """
    return None if text is None else lowered in text.lower()
