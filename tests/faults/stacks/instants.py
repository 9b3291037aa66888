"""Timestamps in `filter_value`, as languages and databases read them."""

import re
from datetime import UTC, datetime, timedelta

from faults.registry import Reply
from faults.stacks.declaring import Asked, contract, error, refusing, show, unprocessable
from faults.stacks.values import reading

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)$")
_DAY = r"(\d{4})-(\d\d)-(\d\d)"


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@reading("timestamp", shown=show("end_timestamp", "less_than", "2024-02-30T00:00:00Z"))
def days_roll_over(text: str) -> str | None:
    """A day up to 31 that the month does not have is one of the next month.

    JavaScript in V8, Date.parse: 2024-02-30 is 1 March; MySQL, ALLOW_INVALID_DATES; Go's time.Date normalizes.
    """
    found = re.match(rf"{_DAY}T", text, re.ASCII)
    if not found or not contract().accepts("timestamp_value", f"{found[1]}-{found[2]}-01{text[10:]}"):
        return None
    day = int(found[3])
    if contract().accepts("timestamp_value", text) or not 28 < day <= 31:
        return None
    return f"{datetime(int(found[1]), int(found[2]), 1) + timedelta(days=day - 1):%Y-%m-%d}{text[10:]}"


@reading("timestamp", shown=show("end_timestamp", "less_than", "2024-04-15T24:00:00Z"))
def hour_24_is_midnight(text: str) -> str | None:
    """Hour 24 is the midnight that ends the day.

    ECMAScript, Date Time String Format; Java, DateTimeFormatter.ISO_INSTANT; PostgreSQL, 24:00:00.
    """
    found = re.fullmatch(rf"({_DAY})T24:00:00(\.0+)?(Z|[+-]\d\d:\d\d)", text, re.ASCII)
    if not found or not contract().accepts("timestamp_value", f"{found[1]}T00:00:00Z") or found[2] == "9999":
        return None
    return f"{datetime.fromisoformat(found[1]) + timedelta(days=1):%Y-%m-%d}T00:00:00{found[6]}"


@reading("timestamp", shown=show("end_timestamp", "less_than", "now"))
def words_are_instants(text: str) -> str | None:
    """`now`, `today`, `epoch`, `infinity` are instants.

    PostgreSQL, Date/Time Types, Special Values; SQLite, date and time functions, `now`; Elasticsearch, date math.
    """
    far = {"infinity": "9999-12-31T23:59:59Z", "-infinity": "0001-01-01T00:00:00Z", "epoch": "1970-01-01T00:00:00Z"}
    now = _written(datetime.now(UTC))
    return {**far, "now": now, "today": f"{now[:10]}T00:00:00Z"}.get(text.lower())


@reading("timestamp", shown=show("end_timestamp", "less_than", "1713175200"))
def numbers_are_instants(text: str) -> str | None:
    """A number is an instant, in seconds or milliseconds since 1970.

    Elasticsearch, date, `strict_date_optional_time||epoch_millis`; Jackson, InstantDeserializer; Pydantic, datetime.
    """
    if not re.fullmatch(r"-?\d{1,13}", text, re.ASCII):
        return None
    seconds = int(text) if abs(int(text)) <= 20_000_000_000 else int(text) / 1000
    return _written(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


@reading("timestamp", shown=show("end_timestamp", "less_than", "2024-04-15t10:00:00z"))
def small_letters_and_spaces_are_read(text: str) -> str | None:
    """`t`, `z` and a space in the place of `T` are read.

    Rust, chrono, parse_from_rfc3339; Ruby, Time.iso8601; PostgreSQL, Date/Time Input; Python, fromisoformat.
    """
    return (
        None if contract().accepts("timestamp_value", text) else re.sub("[t _](?=[0-9])", "T", text).replace("z", "Z")
    )


@reading("timestamp", shown=show("end_timestamp", "less_than", "2024-04-15T10:00:00.1234567Z"))
def nanoseconds_are_read(text: str) -> str | None:
    """More than six digits of a fraction are read.

    Java, Instant.parse and Go, RFC3339: nine digits; JavaScript, Date.parse: any number; .NET: seven.
    """
    found = re.fullmatch(r"(.*\.\d{6})\d{1,12}([^0-9].*)", text, re.ASCII)
    return found[1] + found[2] if found else None


@reading("timestamp", shown=show("end_timestamp", "less_than", "2024-04-15T10:00Z"))
def seconds_may_miss(text: str) -> str | None:
    """The seconds, the colon of the offset or its minutes may be left out.

    ECMAScript, Date Time String Format; Java, ISO_OFFSET_DATE_TIME; Elixir, from_iso8601; PostgreSQL, +01.
    """
    found = re.fullmatch(r"(.{10}T\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|([+-]\d\d):?(\d\d)?)", text, re.ASCII)
    if not found or contract().accepts("timestamp_value", text):
        return None
    offset = "Z" if found[3] == "Z" else f"{found[4]}:{found[5] or '00'}"
    return f"{found[1]}{found[2] or ':00'}{offset}"


def _widest(asked: Asked) -> float:
    """The widest offset, in hours, of the instants that a filter gives."""
    instants = asked.parts if asked.kind == "timestamp" and asked.operator not in {"is_null", "exists"} else []
    offsets = [found for each in instants if (found := _OFFSET.search(each))]
    return max((int(found[2]) + int(found[3]) / 60 for found in offsets), default=0.0)


@refusing("body.accepted", shown=show("end_timestamp", "less_than", "2024-04-15T10:00:00+15:00"))
def offsets_end_at_14_hours(asked: Asked) -> Reply | None:
    """An offset of more than 14 hours is refused.

    .NET, DateTimeOffset, offsets within 14 hours; SQL Server, datetimeoffset; MySQL, time zone offsets.
    """
    return unprocessable("filter_value") if _widest(asked) > 14 else None


@refusing("body.accepted", shown=show("end_timestamp", "less_than", "2024-04-15T10:00:00+19:00"))
def offsets_end_at_18_hours(asked: Asked) -> Reply | None:
    """An offset of more than 18 hours is refused.

    Java, ZoneOffset, plus or minus 18:00 (Spring, Ktor).
    """
    return unprocessable("filter_value") if _widest(asked) > 18 else None


@refusing(
    "body.accepted", "robust.no-server-error", shown=show("end_timestamp", "less_than", "2024-04-15T10:00:00+16:00")
)
def offsets_of_16_hours_break(asked: Asked) -> Reply | None:
    """An offset of 16 hours or more is 500.

    PostgreSQL, "time zone displacement out of range": 15:59:59 at most.
    """
    return error(500, "time zone displacement out of range") if _widest(asked) >= 16 else None


@refusing("body.accepted", shown=show("end_timestamp", "less_than", "2024-04-15T10:00:00-00:00"))
def minus_zero_is_no_offset(asked: Asked) -> Reply | None:
    """`-00:00` is refused.

    Elixir, Calendar.ISO.parse_offset: `-00:00` is an error (Phoenix, Ecto).
    """
    found = asked.kind == "timestamp" and any(part.endswith("-00:00") for part in asked.parts)
    return unprocessable("filter_value") if found else None
