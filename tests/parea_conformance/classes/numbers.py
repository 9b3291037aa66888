"""Classes of numbers: how large they are, and how they are written."""

import math
import re
from collections.abc import Callable

from parea_conformance.classes.value_class import ValueClass, written
from parea_conformance.reading.values import number

_BESIDE = 2**-51
"""How far from a power of two a number is still beside it, as a share of it: the next double, or the next integer."""


def _valued(holds: Callable[[float], bool]) -> Callable[[str], bool]:
    """The rule of a class by the value of a number, however it is written."""

    def judge(text: str) -> bool:
        value = number(text)
        return value is not None and holds(value)

    return judge


def _beside(power: int) -> Callable[[str], bool]:
    edge = 2.0**power
    return _valued(lambda value: abs(abs(value) - edge) <= max(1, edge * _BESIDE))


def _power(power: int, reason: str) -> ValueClass:
    edge = 2**power
    members = (edge, edge - 1, -edge, edge + 1, -edge - 1)
    return ValueClass(f"2^{power} and beside", reason, _beside(power), tuple(map(str, members)))


def _in_single_precision(value: float) -> bool:
    return 2**24 < abs(value) < 2**53 and value.is_integer() and abs(value) % 2 == 1


VALUES = (
    ValueClass("zero", "JavaScript, PHP, Python: 0 is falsy", _valued(lambda value: value == 0), ("0", "0.0", "0e5")),
    ValueClass(
        "minus zero",
        "Java: Double.compare(-0.0, 0.0) < 0; IEEE 754: they are equal",
        _valued(lambda value: value == 0 and math.copysign(1, value) < 0),
        ("-0", "-0.0", "-0e0"),
    ),
    ValueClass("negative", "MySQL UNSIGNED; Go uint64", _valued(lambda value: value < 0), ("-1.5", "-7", "-0.125")),
    ValueClass(
        "half",
        "IEEE 754, Java HALF_EVEN and PostgreSQL round(numeric) round a half in different ways",
        _valued(lambda value: abs(value) < 2**52 and value % 1 == 0.5),
        ("2.5", "0.5", "-3.5"),
    ),
    ValueClass(
        "not exact in binary",
        "SQL DECIMAL and MongoDB Decimal128 hold 0.1, doubles its neighbour",
        _valued(lambda value: 1e-6 < abs(value) < 2**50 and (value * 2**20) % 1 != 0),
        ("0.1", "0.7", "1.1", "0.30000000000000004"),
    ),
    ValueClass(
        "sixteen digits and more",
        "DECIMAL(p, 6), printf %.15g and %f keep fewer digits",
        _valued(lambda value: 1e-300 < abs(value) < 2**53 and float(f"{value:.15g}") != value),
        ("0.12345678901234566", "3.3000000000000003"),
    ),
    ValueClass(
        "smaller than a millionth",
        "JavaScript writes 1e-7; DECIMAL(18, 6) and round(x, 6) lose it",
        _valued(lambda value: 2.3e-308 < abs(value) < 1e-6),
        ("1e-7", "2.5e-9", "0.00000001"),
    ),
    ValueClass(
        "subnormal",
        "flush to zero; SQL Server float does not hold them",
        _valued(lambda value: 0 < abs(value) < 2.2250738585072014e-308),
        ("5e-324", "1e-310"),
    ),
    ValueClass(
        "too small for a double",
        "IEEE 754 rounds it to 0; PostgreSQL: value out of range: underflow",
        lambda text: number(text) == 0 and bool(re.search("[1-9]", re.split("[eE]", text)[0])),
        ("1e-400", "-1e-400"),
    ),
    _power(7, "MySQL TINYINT, a signed byte"),
    _power(8, "an unsigned byte; Java caches integers up to 127"),
    _power(15, "SMALLINT"),
    _power(16, "SMALLINT UNSIGNED"),
    _power(24, "single precision holds no odd integer beyond"),
    _power(31, "INTEGER, int32; bitwise operators of JavaScript"),
    _power(32, "INTEGER UNSIGNED; what wraps around"),
    _power(53, "JavaScript Number.MAX_SAFE_INTEGER; doubles"),
    _power(63, "BIGINT, int64; Java Long.MAX_VALUE"),
    _power(64, "BIGINT UNSIGNED; Go uint64"),
    ValueClass(
        "odd beyond 2^24",
        "single precision rounds it: MySQL FLOAT, PostgreSQL real",
        _valued(_in_single_precision),
        ("16777217", "123456789"),
    ),
    ValueClass(
        "written with an exponent from here",
        "JavaScript writes 1e21, Go 1e+21, Python 1e+16, Java 1.0E7",
        _valued(lambda value: 1e15 <= abs(value) < 1e38),
        ("1e21", "1e16", "100000000000000000000"),
    ),
    ValueClass(
        "beyond single precision",
        "the largest float is 3.4e38",
        _valued(lambda value: 3.5e38 < abs(value) < math.inf),
        ("1e39", "1.7976931348623157e308", "-1e300"),
    ),
    ValueClass(
        "beyond doubles",
        "Python float and JavaScript Number: an infinity; Go strconv.ParseFloat: an error",
        _valued(math.isinf),
        ("1e400", "-1e400", "1e309"),
    ),
)
"""By what a number is."""

NOTATIONS = (
    ValueClass("digits alone", "parsed as an integer where one fits", written(r"\d+"), ("7", "42", "100")),
    ValueClass(
        "integer with a fraction of zeros",
        "Python: '1.0' is no int; JavaScript writes 1",
        written(r"-?\d+\.0+"),
        ("7.0", "42.000"),
    ),
    ValueClass(
        "zeros at the end of a fraction", "compared as text, 2.50 is not 2.5", written(r"-?\d+\.\d*[1-9]0+"), ("2.50",)
    ),
    ValueClass("exponent", "parseInt reads what stands before", written(r"-?\d+(\.\d+)?e\d+"), ("1e2", "2.5e1")),
    ValueClass("exponent in capitals", "JSON allows E", written(r"-?\d+(\.\d+)?E[+-]?\d+"), ("1E2", "25E-1")),
    ValueClass("exponent with plus", "the plus is a space in a form", written(r".*[eE]\+\d+"), ("1e+2", "2.5E+1")),
    ValueClass("negative exponent", "an integer by its digits", written(r".*[eE]-\d+"), ("25e-1", "700e-2")),
    ValueClass("zeros in an exponent", "a leading zero is octal", written(r".*[eE][+-]?0\d+"), ("1e02", "7e00")),
    ValueClass(
        "thirty digits and more",
        "MySQL DECIMAL has 65, MongoDB Decimal128 34, int64 19",
        lambda text: sum(map(str.isdigit, text)) >= 30,
        ("0.1000000000000000055511151231257827", "2.5" + "0" * 30, "1" * 40),
    ),
)
"""By how a number of JSON is written."""

ODD = (
    ValueClass("nothing", "Number('') is 0; float('') is an error", lambda text: not text, ("",)),
    ValueClass(
        "space around",
        "strtod, Number and float drop it",
        lambda text: number(text) is None and number(text.strip()) is not None,
        (" 7", "7 ", "7\n", "\t7", "7\u00a0"),
    ),
    ValueClass("plus sign", "strtod, float and Double.parseDouble take it", written(r"\+\d.*"), ("+7", "+0.5")),
    ValueClass(
        "leading zero",
        "Number('07') is 7; octal in C; JSON has none",
        written(r"-?0\d+(\.\d+)?"),
        ("07", "-042", "00"),
    ),
    ValueClass("bare point", "float and Number take them; JSON does not", written(r"-?(\.\d+|\d+\.)"), (".5", "7.")),
    ValueClass(
        "another base",
        "Number('0x10') is 16; Go's base 0",
        written(r"0[xXoObB][0-9a-fA-F]+"),
        ("0x10", "0b11", "0o17"),
    ),
    ValueClass("underscores", "float('1_000') is 1000 in Python; Ruby, Go", written(r"\d+(_\d+)+"), ("1_000",)),
    ValueClass(
        "no number by name",
        "float and PostgreSQL read NaN, Infinity; Number reads Infinity",
        written(r"[+-]?(?i:nan|inf|infinity)"),
        ("NaN", "Infinity", "-inf"),
    ),
    ValueClass(
        "digits of another script",
        "Python's float and int read every Unicode digit",
        lambda text: not text.isascii() and text.isdecimal(),
        ("\u0667", "\uff17"),
    ),
    ValueClass(
        "what follows a number",
        "parseFloat, strtod, PHP and SQLite's CAST read the start; Java takes 7d",
        written(r"\d+(\.\d+)?(?![eE.\d_])[^\d\s,.].*"),
        ("7abc", "7d", "7%", "7-1", "7;2"),
    ),
    ValueClass(
        "a number's start",
        "Number('-') is NaN, SQLite's CAST 0",
        written(r"[+-]|[+-] \d+|[eE]\d+"),
        ("-", "- 7", "e5"),
    ),
    ValueClass(
        "a word", "PHP and MySQL read 0; MySQL, Python: true is 1", written(r"[a-z]+"), ("true", "null", "none")
    ),
    ValueClass("a date", "strtod reads the year", written(r"\d{4}-\d\d-\d\d"), ("2024-01-01",)),
    ValueClass("JSON of it", "JSON.parse unwraps it", written(r"[\[\"].*[\]\"]"), ("[7]", '"7"')),
)
"""What looks like a number, and is none by the grammar of JSON."""

CLASSES = (*VALUES, *NOTATIONS, *ODD)
