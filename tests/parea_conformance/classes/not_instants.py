"""Classes of what looks like a timestamp, and is none by the contract."""

from parea_conformance.classes.instants import SHAPE, read
from parea_conformance.classes.value_class import ValueClass, written

CLASSES = (
    ValueClass(
        "no offset", "taken for local time, or UTC", written(r"\d{4}-\d\d-\d\dT[\d:.]+"), ("2024-04-15T22:19:13",)
    ),
    ValueClass("a day", "midnight somewhere", written(r"\d{4}-\d\d-\d\d"), ("2024-04-15",)),
    ValueClass("a month or a year", "Date.parse takes them", written(r"\d{4}(-\d\d)?"), ("2024-04", "2024")),
    ValueClass(
        "without seconds", "ISO 8601 allows it", written(r".*T\d\d:\d\d(Z|[+-]\d\d:\d\d)"), ("2024-04-15T22:19Z",)
    ),
    ValueClass(
        "lower case",
        "RFC 3339 allows t and z",
        written(r".*(\dt.*|\dz)"),
        ("2024-04-15t22:19:13z", "2024-04-15T22:19:13z"),
    ),
    ValueClass(
        "a space for T",
        "RFC 3339 allows it; SQL writes it",
        written(r"\d{4}-\d\d-\d\d[ _]\d.*"),
        ("2024-04-15 22:19:13Z",),
    ),
    ValueClass(
        "offset without colon",
        "strptime %z",
        written(r".*T.*[+-]\d{2,4}"),
        ("2024-04-15T22:19:13+0200", "2024-04-15T22:19:13+02"),
    ),
    ValueClass(
        "an offset that is none",
        "24 hours, 60 minutes",
        written(r".*T.*[+-](24:00|\d\d:60)"),
        ("2024-04-15T22:19:13+24:00", "2024-04-15T22:19:13+01:60"),
    ),
    ValueClass(
        "a named zone",
        "PostgreSQL and Java take them",
        written(r".*T[\d:.]+(UTC|GMT| ?\w+/\w+|Z?\[.*\])"),
        ("2024-04-15T22:19:13UTC", "2024-04-15T22:19:13Z[UTC]"),
    ),
    ValueClass(
        "more than six digits",
        "Go, Java, Arrow: nanoseconds",
        written(r".*\.\d{7,}(Z|[+-].*)"),
        ("2024-04-15T22:19:13.1234567Z", "2024-04-15T22:19:13.123456789Z"),
    ),
    ValueClass(
        "a point without digits, or a comma",
        "ISO 8601 prefers the comma",
        written(r".*:\d\d(\.|,\d+)(Z|[+-].*)"),
        ("2024-04-15T22:19:13.Z", "2024-04-15T22:19:13,5Z"),
    ),
    ValueClass(
        "the second 60",
        "a leap second; PostgreSQL rolls over",
        written(r".*T\d\d:\d\d:6\d.*"),
        ("2024-04-15T23:59:60Z", "2016-12-31T23:59:60Z"),
    ),
    ValueClass(
        "the hour 24",
        "ISO 8601 allows it; JavaScript and PostgreSQL roll over",
        written(r".*T24:.*"),
        ("2024-04-15T24:00:00Z",),
    ),
    ValueClass("the minute 60", "strtotime", written(r".*T\d\d:60:.*"), ("2024-04-15T22:60:00Z",)),
    ValueClass(
        "a day that is none",
        "JavaScript and MySQL roll over, or keep zeros",
        lambda text: (
            SHAPE.fullmatch(text) is not None
            and text[11:13] < "24"
            and text[14:16] < "60"
            and text[17:19] < "60"
            and read(text) is None
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
    ValueClass("the year 0", "astronomical; ISO 8601", written(r"0000-.*"), ("0000-01-01T00:00:00Z",)),
    ValueClass(
        "a year of five digits, or with a sign",
        "ISO 8601 expanded; JavaScript",
        written(r"([+-]\d+|\d{5,})-.*T.*"),
        ("12024-04-15T22:19:13Z", "+002024-04-15T22:19:13Z"),
    ),
    ValueClass(
        "seconds since the epoch",
        "strtotime('@…'); often a number",
        written(r"@?\d{9,}"),
        ("1713219553", "1713219553000"),
    ),
    ValueClass(
        "other forms of ISO 8601",
        "basic, week and ordinal dates",
        written(r"\d{8}T\d{6}Z|\d{4}-W.*|\d{4}-\d{3}T.*"),
        ("20240415T221913Z", "2024-W16-1T22:19:13Z", "2024-106T22:19:13Z"),
    ),
    ValueClass(
        "other forms of dates",
        "RFC 2822, the United States",
        written(r"[A-Z][a-z]{2}, .*|\d+/\d+/\d+.*"),
        ("Mon, 15 Apr 2024 22:19:13 GMT", "04/15/2024"),
    ),
    ValueClass("a word", "PostgreSQL: now, epoch, infinity", written(r"[a-z]+"), ("now", "infinity", "today")),
    ValueClass(
        "space around",
        "parsers drop it",
        lambda text: bool(SHAPE.fullmatch(text.strip())) and text != text.strip(),
        (" 2024-04-15T22:19:13Z", "2024-04-15T22:19:13Z\n"),
    ),
    ValueClass("nothing", "null", lambda text: not text, ("",)),
)
