"""Classes of instants: where on the calendar they are, and how they are written."""

import re
from collections.abc import Callable

from parea_conformance.classes.value_class import ValueClass
from parea_conformance.reading.oracle import instant

_SECOND = 1_000_000_000_000_000_000
_SHAPE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)")


def _read(text: str) -> int | None:
    try:
        return instant(text)
    except ValueError:
        return None


def _between(low: str, high: str) -> Callable[[str], bool]:
    """The rule of a class by the instant: from one to another, both included."""
    start, end = instant(low), instant(high)

    def judge(text: str) -> bool:
        moment = _read(text)
        return moment is not None and start <= moment <= end

    return judge


def _near(edge: str, seconds: int = 2) -> Callable[[str], bool]:
    middle = instant(edge)
    return lambda text: (moment := _read(text)) is not None and abs(moment - middle) <= seconds * _SECOND


def _written(pattern: str) -> Callable[[str], bool]:
    """The rule of a class by how a timestamp is written."""
    return lambda text: re.fullmatch(pattern, text, re.DOTALL) is not None


def _stamp(pattern: str) -> Callable[[str], bool]:
    """The same, of what is a timestamp of RFC 3339."""
    return lambda text: _SHAPE.fullmatch(text) is not None and re.search(pattern, text) is not None


VALUES = (
    ValueClass("the epoch", "0 is falsy", _near("1970-01-01T00:00:00Z"), ("1970-01-01T00:00:00Z",)),
    ValueClass(
        "before the epoch, with a fraction",
        "division toward zero moves it to the next millisecond: C, Java, Go",
        lambda text: (
            (moment := _read(text)) is not None and moment < instant("1970-01-01T00:00:00Z") and moment % _SECOND != 0
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
            (moment := _read(text)) is not None
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
            (moment := _read(text)) is not None
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

ODD = (
    ValueClass(
        "no offset", "taken for local time, or UTC", _written(r"\d{4}-\d\d-\d\dT[\d:.]+"), ("2024-04-15T22:19:13",)
    ),
    ValueClass("a day", "midnight somewhere", _written(r"\d{4}-\d\d-\d\d"), ("2024-04-15",)),
    ValueClass("a month or a year", "Date.parse takes them", _written(r"\d{4}(-\d\d)?"), ("2024-04", "2024")),
    ValueClass(
        "without seconds", "ISO 8601 allows it", _written(r".*T\d\d:\d\d(Z|[+-]\d\d:\d\d)"), ("2024-04-15T22:19Z",)
    ),
    ValueClass(
        "lower case",
        "RFC 3339 allows t and z",
        _written(r".*(\dt.*|\dz)"),
        ("2024-04-15t22:19:13z", "2024-04-15T22:19:13z"),
    ),
    ValueClass(
        "a space for T",
        "RFC 3339 allows it; SQL writes it",
        _written(r"\d{4}-\d\d-\d\d[ _]\d.*"),
        ("2024-04-15 22:19:13Z",),
    ),
    ValueClass(
        "offset without colon",
        "strptime %z",
        _written(r".*T.*[+-]\d{2,4}"),
        ("2024-04-15T22:19:13+0200", "2024-04-15T22:19:13+02"),
    ),
    ValueClass(
        "an offset that is none",
        "24 hours, 60 minutes",
        _written(r".*T.*[+-](24:00|\d\d:60)"),
        ("2024-04-15T22:19:13+24:00", "2024-04-15T22:19:13+01:60"),
    ),
    ValueClass(
        "a named zone",
        "PostgreSQL and Java take them",
        _written(r".*T[\d:.]+(UTC|GMT| ?\w+/\w+|Z?\[.*\])"),
        ("2024-04-15T22:19:13UTC", "2024-04-15T22:19:13Z[UTC]"),
    ),
    ValueClass(
        "more than six digits",
        "Go, Java, Arrow: nanoseconds",
        _written(r".*\.\d{7,}(Z|[+-].*)"),
        ("2024-04-15T22:19:13.1234567Z", "2024-04-15T22:19:13.123456789Z"),
    ),
    ValueClass(
        "a point without digits, or a comma",
        "ISO 8601 prefers the comma",
        _written(r".*:\d\d(\.|,\d+)(Z|[+-].*)"),
        ("2024-04-15T22:19:13.Z", "2024-04-15T22:19:13,5Z"),
    ),
    ValueClass(
        "the second 60",
        "a leap second; PostgreSQL rolls over",
        _written(r".*T\d\d:\d\d:6\d.*"),
        ("2024-04-15T23:59:60Z", "2016-12-31T23:59:60Z"),
    ),
    ValueClass(
        "the hour 24",
        "ISO 8601 allows it; JavaScript and PostgreSQL roll over",
        _written(r".*T24:.*"),
        ("2024-04-15T24:00:00Z",),
    ),
    ValueClass("the minute 60", "strtotime", _written(r".*T\d\d:60:.*"), ("2024-04-15T22:60:00Z",)),
    ValueClass(
        "a day that is none",
        "JavaScript and MySQL roll over, or keep zeros",
        lambda text: (
            _SHAPE.fullmatch(text) is not None
            and text[11:13] < "24"
            and text[14:16] < "60"
            and text[17:19] < "60"
            and _read(text) is None
        ),
        (
            "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2024-04-31T00:00:00Z",
            "2024-02-30T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-00T00:00:00Z",
        ),
    ),
    ValueClass("the year 0", "astronomical; ISO 8601", _written(r"0000-.*"), ("0000-01-01T00:00:00Z",)),
    ValueClass(
        "a year of five digits, or with a sign",
        "ISO 8601 expanded; JavaScript",
        _written(r"([+-]\d+|\d{5,})-.*T.*"),
        ("12024-04-15T22:19:13Z", "+002024-04-15T22:19:13Z"),
    ),
    ValueClass(
        "seconds since the epoch",
        "strtotime('@…'); often a number",
        _written(r"@?\d{9,}"),
        ("1713219553", "1713219553000"),
    ),
    ValueClass(
        "other forms of ISO 8601",
        "basic, week and ordinal dates",
        _written(r"\d{8}T\d{6}Z|\d{4}-W.*|\d{4}-\d{3}T.*"),
        ("20240415T221913Z", "2024-W16-1T22:19:13Z", "2024-106T22:19:13Z"),
    ),
    ValueClass(
        "other forms of dates",
        "RFC 2822, the United States",
        _written(r"[A-Z][a-z]{2}, .*|\d+/\d+/\d+.*"),
        ("Mon, 15 Apr 2024 22:19:13 GMT", "04/15/2024"),
    ),
    ValueClass("a word", "PostgreSQL: now, epoch, infinity", _written(r"[a-z]+"), ("now", "infinity", "today")),
    ValueClass(
        "space around",
        "parsers drop it",
        lambda text: bool(_SHAPE.fullmatch(text.strip())) and text != text.strip(),
        (" 2024-04-15T22:19:13Z", "2024-04-15T22:19:13Z\n"),
    ),
    ValueClass("nothing", "null", lambda text: not text, ("",)),
)
"""What looks like a timestamp, and is none by the contract."""

CLASSES = (*VALUES, *NOTATIONS, *ODD)
