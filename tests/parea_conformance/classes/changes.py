"""Changes of a text, each of a kind that some server, language or database does not see: what comes out is next to it.

The table knows nothing of the contract. What must come to a changed request is computed from the document.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote

_LONG = 300


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        name: what it does, in words: "upper case".
        apply: the changed text; the same text where the change finds nothing to do.
        shell: a filter of the shell that does the same to ASCII text, where there is one: a key can be changed so
            in a command that does not hold it.
    """

    name: str
    apply: Callable[[str], str]
    shell: str = ""


def _first(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: change(text[:1]) + text[1:]


def _last(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: text[:-1] + change(text[-1:])


def _camel(text: str) -> str:
    return re.sub(r"[_-]([a-z])", lambda found: found[1].upper(), text)


def _percent(text: str) -> str:
    return "".join(f"%{octet:02X}" for octet in text.encode())


# Case beyond ASCII: each folds to the ASCII letter, or is its upper or lower case in some language.
_FOLDED = str.maketrans({"k": "\u212a", "s": "\u017f", "i": "\u0131", "K": "\u212a", "I": "\u0130"})
_ALIKE = str.maketrans({"a": "\u0430", "c": "\u0441", "e": "\u0435", "o": "\u043e", "p": "\u0440", "1": "l", "0": "O"})
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


def _fixed(text: str) -> Callable[[str], str]:
    return lambda _: text


def _around(before: str, after: str) -> Callable[[str], str]:
    return lambda text: f"{before}{text}{after}"


SPELLINGS: tuple[Change, ...] = (
    Change("upper case", str.upper, "tr a-z A-Z"),
    Change("lower case", str.lower, "tr A-Z a-z"),
    Change("cases swapped", str.swapcase, "tr a-zA-Z A-Za-z"),
    Change("the first letter's case", _first(str.swapcase)),
    Change("the last letter's case", _last(str.swapcase)),
    Change("letters that fold to ASCII", lambda text: text.translate(_FOLDED)),
    Change("camelCase", _camel),
    Change("PascalCase", lambda text: _first(str.upper)(_camel(text))),
    Change("kebab-case", lambda text: text.replace("_", "-")),
    Change("snake_case", lambda text: text.replace("-", "_")),
    Change("without punctuation", lambda text: re.sub(r"[\W_]", "", text)),
    Change("plural", _around("", "s"), "sed 's/$/s/'"),
    Change("the last character cut", lambda text: text[:-1], "sed 's/.$//'"),
    Change("the first character cut", lambda text: text[1:], "sed 's/^.//'"),
    Change("the first half", lambda text: text[: len(text) // 2]),
    Change("a prefix", _around("x", ""), "sed 's/^/x/'"),
    Change("a suffix", _around("", "x"), "sed 's/$/x/'"),
    Change("doubled", lambda text: text * 2, "sed 's/.*/&&/'"),
    Change("repeated with a comma", lambda text: f"{text},{text}", "sed 's/.*/&,&/'"),
    Change("repeated with a comma and a space", lambda text: f"{text}, {text}", "sed 's/.*/&, &/'"),
    Change("a space before", _around(" ", "")),
    Change("a space after", _around("", " ")),
    Change("a tab after", _around("", "\t")),
    Change("a line end after", _around("", "\n")),
    Change("a no-break space after", _around("", "\u00a0")),
    Change("a space without width after", _around("", "\u200b")),
    Change("NUL after", _around("", "\0")),
    Change("NUL and more after", _around("", "\0x")),
    Change("quoted", _around('"', '"'), "sed 's/.*/\"&\"/'"),
    Change("quoted once", _around("'", "'")),
    Change("in brackets", _around("[", "]")),
    Change("in braces", _around("{", "}")),
    Change("a percent escape", _first(_percent)),
    Change("a percent escape, twice", _first(lambda char: _percent(_percent(char)))),
    Change("an entity", _first(lambda char: f"&#{ord(char)};" if char else "")),
    Change("a backslash", _first(lambda char: f"\\{char}")),
    Change("decomposed", lambda text: unicodedata.normalize("NFD", text)),
    Change("a mark that joins", _around("", "\u0301")),
    Change("full width", lambda text: text.translate(_WIDE)),
    Change("look-alikes", lambda text: text.translate(_ALIKE)),
    Change("one bit flipped", _last(lambda char: chr(ord(char) ^ 1) if char else "")),
    Change("a character beyond the BMP", _around("", "\U0001f98a")),
)
"""Changes of how a text is spelled."""

MEANINGS: tuple[Change, ...] = (
    Change("the last character as `_`", _last(lambda _: "_")),
    Change("the last character as `%`", _last(lambda _: "%")),
    Change("the last character as `*`", _last(lambda _: "*")),
    Change("the last character as `.`", _last(lambda _: ".")),
    Change("a regular expression", _around("^", "$")),
    Change("anything", _fixed(".*")),
    Change("a path of JSON", _around("$.", "")),
    Change("a table before", _around("t.", "")),
    Change("an index", _around("", "[0]")),
    Change("a member of it", _around("", ".x")),
    Change("a comment", _around("", "--")),
    Change("a statement", _around("", "; SELECT 1")),
    Change("a colon after", _around("", ":")),
    Change("empty", _fixed("")),
    Change("a space", _fixed(" ")),
    Change("zero", _fixed("0")),
    Change("null", _fixed("null")),
    Change("None", _fixed("None")),
    Change("undefined", _fixed("undefined")),
    Change("false", _fixed("false")),
    Change("a name of every object", _fixed("__proto__")),
    Change("a name of every function", _fixed("constructor")),
    Change("a name of every map", _fixed("length")),
    Change("a wildcard", _fixed("*")),
    Change("very long", lambda text: (text or "x") * (_LONG // max(len(text), 1) + 1)),
)
"""Changes that give a text a meaning to what looks it up: patterns, paths, statements, nothing, names of objects."""

CHANGES = SPELLINGS + MEANINGS


def changed(
    text: str, changes: Sequence[Change] = SPELLINGS, *, keep: Callable[[str], bool] = lambda _: True
) -> Iterator[tuple[Change, str]]:
    """What changes make of a text: each result once, by the first change that makes it, and never the text.

    Args:
        text: what is changed.
        changes: the changes; of a name that may be any, `CHANGES`.
        keep: whether the place can hold a result at all, as a header cannot hold a line end.
    """
    seen = {text}
    for change in changes:
        made = change.apply(text)
        if made not in seen and keep(made):
            seen.add(made)
            yield change, made


def in_path(text: str) -> str:
    """A text as one segment of a path: what may stand there stands as it is."""
    return quote(text, safe="!$&'()*+,;=:@-._~")
