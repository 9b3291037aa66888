"""What columns keep of a log, and by what an answer is ordered."""

import ctypes
import json
from collections.abc import Callable
from typing import Any

from parea_target.values import read_instant

from faults.registry import JSON, Log, Reply, Request
from faults.stacks.declaring import Shown, contract, replying, show, storing


def _change(log: Log, kinds: set[str], change: Callable[[Any], Any]) -> Log:
    """The log with the members of these kinds changed, the missing ones too."""
    return {**log, **{name: change(log.get(name)) for name, kind in contract().kinds.items() if kind in kinds}}


@storing(
    "filter.equals.number", "filter.not_equals.number", "filter.in.number", shown=show("cost", "equals", "0.00002")
)
def numbers_are_single(log: Log) -> Log:
    """Numbers of logs are stored in single precision.

    SQLAlchemy, Float on MySQL: FLOAT; ClickHouse, Float32; TypeORM `float`, EF Core `real`.
    """
    return _change(log, {"number"}, lambda value: None if value is None else ctypes.c_float(value).value)


@storing(
    "filter.is_null.text",
    "filter.exists.text",
    "filter.is_null.number",
    "filter.exists.number",
    shown=show("output", "is_null"),
)
def nulls_are_defaults(log: Log) -> Log:
    """A text that is missing is stored as the empty text, a number as zero.

    ClickHouse, data types: columns are not Nullable by default; Go, zero values (gorm), `input_format_null_as_default`.
    """
    return _change(_change(log, {"text"}, lambda value: value or ""), {"number"}, lambda value: value or 0)


@storing("filter.like.text", "filter.equals.text", shown=show("output", "like", "x" * 256))
def texts_are_cut_at_255(log: Log) -> Log:
    """Texts of logs are stored up to 255 characters.

    Hibernate, `@Column(length = 255)`; MySQL without strict mode; Laravel and Rails, `string` is VARCHAR(255).
    """
    return _change(log, {"text"}, lambda value: value and value[:255])


@storing("filter.equals.text", "filter.is_null.text", shown=show("output", "equals", "Greeting "))
def texts_are_trimmed_as_they_are_stored(log: Log) -> Log:
    """Texts of logs are trimmed as they are stored, and the empty text is null.

    Laravel, TrimStrings and ConvertEmptyStringsToNull; Django REST framework, `trim_whitespace`; Ecto, `cast`.
    """
    return _change(log, {"text"}, lambda value: (value or "").strip() or None)


@storing("filter.equals.number", "filter.in.number", shown=show("cost", "greater_than", "0"))
def numbers_have_two_decimals(log: Log) -> Log:
    """Numbers with a fraction are stored with two decimals.

    EF Core, decimal(18,2) by default on SQL Server; Eloquent, `decimal` (8, 2); Hibernate, numeric(38,2).
    """
    return _change(log, {"number"}, lambda value: None if value is None else round(float(value), 2))


def _answer(logs: list[Log]) -> Reply:
    return Reply(200, JSON, json.dumps(logs).encode())


def _ties(log: Log, key: Any) -> tuple[str, Any]:
    return read_instant(log["start_timestamp"]), key


@replying("result.order", shown=Shown())
def ties_are_ordered_by_utf16(_request: Request, reply: Reply) -> Reply:
    """Ties are ordered by UTF-16 units: what is beyond U+FFFF comes before U+E000.

    ECMAScript, Array.prototype.sort; Java, String.compareTo; .NET, StringComparer.Ordinal.
    """
    if reply.status != 200:
        return reply
    logs = json.loads(reply.body)
    return _answer(sorted(logs, key=lambda log: _ties(log, log["trace_id"].encode("utf-16-be", "surrogatepass"))))


@replying("result.order", shown=Shown())
def ties_are_ordered_by_locale(_request: Request, reply: Reply) -> Reply:
    """Ties are ordered by a language's collation: letters and digits first, then case and punctuation.

    PostgreSQL, collation en_US.UTF-8 of the cluster; ECMAScript, localeCompare; SQL Server and MySQL by default.
    """
    if reply.status != 200:
        return reply

    def key(log: Log) -> tuple[str, Any]:
        text = log["trace_id"]
        plain = "".join(letter for letter in text.casefold() if letter.isalnum())
        return _ties(log, (plain, text.swapcase()))

    return _answer(sorted(json.loads(reply.body), key=key))
