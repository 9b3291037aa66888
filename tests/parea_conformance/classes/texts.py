"""Classes of texts: characters that languages, databases and Unicode treat apart."""

import re
import unicodedata
from collections.abc import Callable

from parea_conformance.classes.value_class import ValueClass
from parea_conformance.reading.values import number


def _has(characters: str) -> Callable[[str], bool]:
    """The rule of a class by characters, in the notation of a regular expression between brackets."""
    found = re.compile(f"[{characters}]")
    return lambda text: found.search(text) is not None


def _of(name: str, reason: str, characters: str, *members: str) -> ValueClass:
    return ValueClass(name, reason, _has(characters), members)


CLASSES = (
    ValueClass("empty", "Oracle: the empty string is null; falsy", lambda text: not text, ("",)),
    ValueClass("spaces alone", "trimmed, it is empty", lambda text: bool(text) and not text.strip(" "), (" ", "  ")),
    ValueClass(
        "a space at its end", "CHAR and PAD SPACE collations drop it", lambda text: text != text.rstrip(" "), ("pad ",)
    ),
    ValueClass("a space at its start", "trim()", lambda text: text != text.lstrip(" "), (" lead",)),
    ValueClass(
        "two spaces inside",
        "HTML and shells fold them",
        lambda text: re.search(r"\S  +\S", text) is not None,
        ("two  spaces",),
    ),
    _of(
        "white space of ASCII",
        "trim() of most languages; JSON escapes",
        "\t\n\v\f\r",
        "tab\there",
        "cr\r\nlf\n",
        "line\nfeed",
    ),
    _of(
        "white space beyond ASCII",
        "Python's and JavaScript's trim()",
        "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000",
        "nb\u00a0sp",
        "wide\u3000",
        "\u2003em",
    ),
    _of(
        "line ends beyond ASCII",
        "JavaScript's source; Python's splitlines",
        "\u0085\u2028\u2029",
        "next\u0085line",
        "sep\u2028arated",
    ),
    _of("NUL", "C strings end there; PostgreSQL's text has none", "\0", "nul\0here", "\0"),
    _of(
        "control characters",
        "stripped by filters; not in XML",
        "\x01-\x08\x0e-\x1f\x7f",
        "bell\x07",
        "esc\x1b[0m",
        "del\x7f",
    ),
    _of("a single quote", "SQL's literals", "'", "it's", "''"),
    _of("a double quote", "JSON, identifiers of SQL", '"', 'say "hi"'),
    _of("a backslash", "MySQL's literals, LIKE's escape, JSON", r"\\", "back\\slash", "c:\\new", "end\\"),
    _of("a per cent sign", "LIKE; percent-encoding", "%", "50% off", "%41"),
    _of("an underscore", "LIKE", "_", "snake_case", "snake_"),
    _of("wild cards of globs", "SQLite's GLOB, Redis, shells", r"*?\[\]", "a*b?c", "[ab]c"),
    _of("signs of regular expressions", "MongoDB's $regex, RegExp", r"^$.|()+{}", "a.c|d", "^start$", "f(x)+"),
    _of("a comma", "where lists are split", ",", "one, two", ","),
    _of("a semicolon, a colon, a bar", "lists, paths, CSV", ";:|", "k:v;w", "a|b"),
    _of(
        "signs of markup and of templates",
        "escaped as &lt;; firewalls take them for an attack",
        "<>&`$#",
        "<script>&amp;</script>",
        "${jndi:x}",
        "#{y}",
    ),
    _of("signs of forms", "a plus is a space", "+&=", "a+b=c&d"),
    ValueClass(
        "a number",
        "PHP: '1e3' == '1000'; SQLite's affinity",
        lambda text: number(text) is not None,
        ("1000", "1e3", "1.50", "-0"),
    ),
    ValueClass(
        "nearly a number",
        "Number, float and CAST",
        lambda text: number(text) is None and re.fullmatch(r"\s*[+-]?[\d._]+\s*|0x[0-9a-f]+", text) is not None,
        ("007", "+5", "0x1f", ".5", " 12 "),
    ),
    ValueClass(
        "a word that programs read",
        "YAML, JSON, JavaScript",
        lambda text: (
            text.lower() in ("null", "true", "false", "none", "nan", "undefined", "yes", "no", "nil", "infinity")
        ),
        ("null", "true", "False", "NaN", "undefined", "no"),
    ),
    ValueClass(
        "a date",
        "typed by its look",
        lambda text: re.fullmatch(r"\d{4}-\d\d-\d\d.*", text) is not None,
        ("2024-01-01", "2024-01-01T00:00:00Z"),
    ),
    ValueClass(
        "JSON",
        "parsed twice",
        lambda text: re.fullmatch(r"\s*([\[{\"].*[\]}\"])\s*", text, re.DOTALL) is not None,
        ('["a"]', '{"a": 1}', '"a"'),
    ),
    ValueClass(
        "a name that every object has",
        "JavaScript",
        lambda text: text in ("constructor", "__proto__", "toString", "hasOwnProperty", "__class__", "length"),
        ("constructor", "__proto__", "toString"),
    ),
    ValueClass(
        "ASCII letters of both cases",
        "collations; LIKE",
        lambda text: text.isascii() and text.lower() != text != text.upper(),
        ("MixedCase", "straSSe"),
    ),
    _of(
        "Latin letters with accents",
        "collations without accents",
        "\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f",
        "\u00c9cole",
        "na\u00efve",
        "\u0141\u00f3d\u017a",
    ),
    _of("a sharp s", "upper() makes it SS, casefold() ss", "\u00df\u1e9e", "stra\u00dfe", "STRA\u1e9eE"),
    _of("a dotted or dotless i", "Turkish; lower() makes two of \u0130", "\u0130\u0131", "\u0130zmir", "\u0131s\u0131"),
    _of(
        "a sigma",
        "two small letters of one capital",
        "\u03a3\u03c2\u03c3",
        "\u03bf\u03b4\u03cc\u03c2",
        "\u039f\u0394\u03a3",
    ),
    _of(
        "a sign that folds to ASCII",
        "lower() of the Kelvin sign is k, upper() of the long s S",
        "\u212a\u017f\u212b",
        "\u212aelvin",
        "\u017fee",
    ),
    _of(
        "Cyrillic, Greek, Armenian, Georgian",
        "case pairs of other scripts",
        "\u0370-\u0390\u0400-\u058f\u10a0-\u10ff",
        "\u041f\u0440\u0438\u0432\u0435\u0442",
        "\u0531\u0580",
        "\u10a0\u2d00",
    ),
    _of("letters that only look alike", "a Cyrillic a; homoglyphs", "\u0430\u0435\u043e\u0440\u0441", "p\u0430ypal"),
    _of("ligatures and digraphs", "NFKC takes them apart", "\ufb00-\ufb06\u01c4-\u01cc", "\ufb01sh", "\u01c5ungla"),
    _of("full width and half width", "NFKC; MySQL's collations", "\uff01-\uff9f", "\uff21\uff42\uff43", "\uff11\uff12"),
    _of(
        "superscripts and fractions",
        "NFKC; isdigit()",
        "\u00b2\u00b3\u00b9\u00bc-\u00be\u2460-\u2473",
        "m\u00b2",
        "\u00bd",
        "\u2460",
    ),
    ValueClass(
        "composed",
        "NFD takes it apart",
        lambda text: unicodedata.normalize("NFD", text) != text,
        ("caf\u00e9", "\u00c5"),
    ),
    ValueClass(
        "combining",
        "NFC joins it",
        lambda text: unicodedata.normalize("NFC", text) != text,
        ("cafe\u0301", "A\u030a", "\u1112\u1161\u11ab"),
    ),
    _of("combining marks in another order", "NFC sorts them", "\u0323\u0307", "s\u0307\u0323", "s\u0323\u0307"),
    _of(
        "joiners and variation selectors",
        "ignored by collations",
        "\u200c\u200d\ufe00-\ufe0f",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u2764\ufe0f",
        "co\u200cop",
    ),
    _of(
        "what is not seen",
        "ignored by collations; stripped",
        "\u00ad\u200b\u2060\ufeff",
        "soft\u00adhyphen",
        "zero\u200bwidth",
        "\ufeffmark",
    ),
    _of(
        "right to left",
        "bidirectional marks",
        "\u0590-\u06ff\u200e\u200f\u202a-\u202e",
        "\u05e9\u05dc\u05d5\u05dd",
        "\u0645\u0631\u062d\u0628\u0627",
        "\u202eabc",
    ),
    _of(
        "Chinese, Japanese, Korean",
        "bytes of encodings; kana collations",
        "\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3",
        "\u6771\u4eac",
        "\u306f\u3072",
        "\u30cf\u30d2",
        "\ud55c",
    ),
    _of("digits of another script", "isdigit(); \\d", "\u0660-\u0669\u0966-\u096f", "\u0663\u0664", "\u0967"),
    _of(
        "edges of UTF-8",
        "where a character takes a byte more",
        "\x7f\u0080\u07ff\u0800\uffff",
        "e\u0080",
        "e\u07ff",
        "e\u0800",
        "e\uffff",
    ),
    _of("edges of UTF-16", "around the surrogates", "\ud7ff\ue000\ufffd", "s\ud7ff", "s\ue000", "s\ufffd"),
    _of(
        "beyond the BMP",
        "MySQL's utf8 holds three bytes; two UTF-16 units",
        "\U00010000-\U0010ffff",
        "\U0001f98a",
        "\U00010000",
        "\U0010ffff",
        "\U00010428",
    ),
    ValueClass("longer than 255", "VARCHAR(255)", lambda text: len(text) > 255, ("long " * 52 + "end",)),
    ValueClass(
        "longer than 1,000",
        "VARCHAR(1000), TEXT prefixes, index keys of 2,704 bytes",
        lambda text: len(text) > 1000,
        ("longer " * 145 + "end",),
    ),
)
"""By the characters that a text holds."""
