"""Classes of instants: where on the calendar they are, and how they are written."""

import re
from collections.abc import Callable

from parea_conformance.classes.value_class import ValueClass
from parea_conformance.reading.values import instant

_SECOND = 1_000_000_000_000_000_000
SHAPE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")


def read(text: str) -> int | None:
    """The instant of a timestamp; None where a text is none."""
    try:
        return instant(text)
    except ValueError:
        return None


def _between(low: str, high: str) -> Callable[[str], bool]:
    """The rule of a class by the instant: from one to another, both included."""
    start, end = instant(low), instant(high)

    def judge(text: str) -> bool:
        moment = read(text)
        return moment is not None and start <= moment <= end

    return judge


def _near(edge: str, seconds: int = 2) -> Callable[[str], bool]:
    middle = instant(edge)
    return lambda text: (moment := read(text)) is not None and abs(moment - middle) <= seconds * _SECOND


def _stamp(pattern: str) -> Callable[[str], bool]:
    """The rule of a class by how a timestamp of RFC 3339 is written."""
    return lambda text: SHAPE.fullmatch(text) is not None and re.search(pattern, text) is not None


VALUES = (
    ValueClass("the epoch", "0 is falsy", _near("1970-01-01T00:00:00Z"), ("1970-01-01T00:00:00Z",)),
    ValueClass(
        "before the epoch, with a fraction",
        "division toward zero moves it to the next millisecond: C, Java, Go",
        lambda text: (
            (moment := read(text)) is not None and moment < instant("1970-01-01T00:00:00Z") and moment % _SECOND != 0
        ),
        ("1969-12-31T23:59:59.999999Z", "1965-06-01T12:00:00.123456Z", "1960-01-01T00:00:00.000001Z"),
    ),
    ValueClass(
        "years below 100",
        "JavaScript's Date.UTC and POSIX %y take them for 1900 and more",
        _stamp(r"^00"),
        ("0099-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "0050-06-15T12:00:00Z"),
    ),
    ValueClass(
        "the first year",
        "no earlier in Python and SQL; the zero value of Go's time.Time is its first instant",
        _between("0001-01-01T00:00:00Z", "0001-12-31T23:59:59.999999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000001Z"),
    ),
    ValueClass(
        "the last year",
        "no later in Python, SQL and RFC 3339; often 'no end'",
        _between("9999-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z"),
    ),
    ValueClass(
        "beyond the years by its offset",
        "Python's astimezone: OverflowError",
        lambda text: (
            (moment := read(text)) is not None
            and not instant("0001-01-01T00:00:00Z") <= moment <= instant("9999-12-31T23:59:59.999999Z")
        ),
        ("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-23:59"),
    ),
    ValueClass(
        "the Julian calendar",
        "Java's GregorianCalendar, Hive and old Spark read days before 1582-10-15 by it",
        _between("0001-01-01T00:00:00Z", "1582-10-14T23:59:59.999999Z"),
        ("1582-10-14T12:00:00Z", "1582-10-05T00:00:00Z", "1300-03-01T00:00:00Z"),
    ),
    ValueClass("the first Gregorian day", "as before", _near("1582-10-15T00:00:00Z", 86400), ("1582-10-15T00:00:00Z",)),
    ValueClass(
        "before 1753", "SQL Server's datetime begins there", _near("1753-01-01T00:00:00Z"), ("1752-12-31T23:59:59Z",)
    ),
    ValueClass(
        "nanoseconds begin",
        "pandas, Go: UnixNano in int64",
        _near("1677-09-21T00:12:44Z", 86400),
        ("1677-09-21T00:12:43Z",),
    ),
    ValueClass("nanoseconds end", "as before", _near("2262-04-11T23:47:16Z", 86400), ("2262-04-11T23:47:17Z",)),
    ValueClass(
        "nanoseconds do not hold it",
        "UnixNano wraps around",
        lambda text: (
            (moment := read(text)) is not None
            and not instant("1677-09-21T00:12:44Z") <= moment <= instant("2262-04-11T23:47:16Z")
        ),
        ("1500-01-01T00:00:00Z", "2500-01-01T00:00:00Z"),
    ),
    ValueClass("-2^31 seconds", "time_t of 32 bits", _near("1901-12-13T20:45:52Z"), ("1901-12-13T20:45:51Z",)),
    ValueClass(
        "2^31 seconds",
        "time_t of 32 bits; MySQL TIMESTAMP ends there",
        _near("2038-01-19T03:14:07Z"),
        ("2038-01-19T03:14:08Z", "2038-01-19T03:14:07Z"),
    ),
    ValueClass(
        "after 2^31 seconds",
        "as before",
        _between("2038-01-19T03:14:08Z", "2106-02-07T06:28:15Z"),
        ("2050-01-01T00:00:00Z",),
    ),
    ValueClass("2^32 seconds", "unsigned", _near("2106-02-07T06:28:16Z"), ("2106-02-07T06:28:16Z",)),
    ValueClass(
        "1900", "NTP, Excel; not a leap year", _stamp(r"^1900-0[123]"), ("1900-03-01T00:00:00Z", "1900-02-28T23:59:59Z")
    ),
    ValueClass("leap day", "29 February", _stamp(r"-02-29T"), ("2024-02-29T12:00:00Z", "1996-02-29T00:00:00Z")),
    ValueClass(
        "leap day of a century", "only 400 divides leap centuries", _stamp(r"00-02-29T"), ("2000-02-29T12:00:00Z",)
    ),
    ValueClass(
        "an hour that summer time skips",
        "a naive local time does not exist: Java, pandas, PostgreSQL move it",
        _stamp(r"^2024-03-(31T02:|10T02:)"),
        ("2024-03-31T02:30:00+01:00", "2024-03-10T02:30:00-05:00"),
    ),
    ValueClass(
        "an hour that winter time doubles",
        "a naive local time means two instants",
        _stamp(r"^2024-(10-27T02:|11-03T01:)"),
        ("2024-10-27T02:30:00+01:00", "2024-11-03T01:30:00-04:00"),
    ),
    ValueClass(
        "the last moment of a day",
        "rounded, it is the next day",
        _stamp(r"T23:59:59\.9"),
        ("2024-05-31T23:59:59.999999Z",),
    ),
    ValueClass("midnight", "a date without time", _stamp(r"T00:00:00(\.0+)?(Z|\+00:00)$"), ("2024-06-01T00:00:00Z",)),
    ValueClass(
        "the turn of a year",
        "week-years (YYYY) of Java",
        _stamp(r"-12-(29|30|31)T|-01-0[1-3]T"),
        ("2024-12-30T12:00:00Z",),
    ),
)
"""By when an instant is."""

NOTATIONS = (
    ValueClass("Z", "Python's fromisoformat reads it since 3.11", _stamp(r"Z$"), ("2024-05-05T05:05:05Z",)),
    ValueClass("+00:00", "a plus is a space in a form", _stamp(r"\+00:00$"), ("2024-05-05T05:05:05+00:00",)),
    ValueClass("-00:00", "RFC 3339: of unknown offset", _stamp(r"-00:00$"), ("2024-05-05T05:05:05-00:00",)),
    ValueClass(
        "less than an hour behind",
        "int('-00') has no sign",
        _stamp(r"-00:[0-5][1-9]$|-00:[1-5]0$"),
        ("2024-05-05T04:35:05-00:30",),
    ),
    ValueClass("behind UTC", "the sign", _stamp(r"-(0[1-9]|1\d|2\d):\d\d$"), ("2024-05-05T00:05:05-05:00",)),
    ValueClass(
        "part of an hour",
        "Nepal, India, Chatham Islands",
        _stamp(r"[+-]\d\d:(15|30|45)$"),
        ("2024-05-05T10:50:05+05:45",),
    ),
    ValueClass(
        "beyond twelve hours",
        "Kiribati is +14:00; PostgreSQL ends at 15:59, SQL Server and Java before 18:00",
        _stamp(r"[+-](1[2-9]|2\d):\d\d$"),
        ("2024-05-05T19:05:05+14:00", "2024-05-05T23:04:05+18:00"),
    ),
    ValueClass(
        "the largest offset",
        "Python ends at 23:59",
        _stamp(r"[+-]23:59$"),
        ("2024-05-06T05:04:05+23:59", "2024-05-04T05:06:05-23:59"),
    ),
    ValueClass(
        "another day by its offset",
        "the date is cut off",
        _stamp(r"T(0\d.*\+0[2-9]|2\d.*-0[4-9]):\d\d$"),
        ("2024-05-06T01:00:00+05:30",),
    ),
    *(
        ValueClass(
            f"{digits} digit{'s' if digits > 1 else ''} of a fraction",
            "read as an integer, .5 is 5 µs; databases keep 0, 3 or 6 digits, SQL Server 1/300 s",
            _stamp(rf":\d\d\.\d{{{digits}}}(Z|[+-])"),
            (f"2024-05-05T05:05:05.{'712346'[:digits]}Z",),
        )
        for digits in range(1, 7)
    ),
    ValueClass(
        "a fraction that begins with zeros",
        "read as an integer",
        _stamp(r"\.0+[1-9]"),
        ("2024-05-05T05:05:05.000042Z",),
    ),
    ValueClass(
        "a fraction that ends with zeros",
        "compared as text",
        _stamp(r"\.\d*[1-9]0+(Z|[+-])"),
        ("2024-05-05T05:05:05.500Z",),
    ),
    ValueClass("a fraction of zeros", "as before", _stamp(r"\.0+(Z|[+-])"), ("2024-05-05T05:05:05.000Z",)),
)
"""By how a timestamp is written."""

CLASSES = (*VALUES, *NOTATIONS)
