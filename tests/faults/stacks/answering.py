"""Answers, as serializers and columns write them."""

import gzip
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from faults.registry import JSON, Log, Reply, Request
from faults.stacks.declaring import Shown, contract, replying, rewriting, show

_SHOWN = Shown()


def _of_kind(log: Log, kind: str, change: Callable[[Any], Any]) -> Log:
    """The log with its members of a kind changed, where they are not null."""
    return {
        name: change(value) if contract().kinds.get(name) == kind and value is not None else value
        for name, value in log.items()
    }


@rewriting("response.schema", shown=_SHOWN)
def instants_are_epochs(log: Log) -> Log:
    """Timestamps come as seconds since 1970.

    Jackson, WRITE_DATES_AS_TIMESTAMPS (on); DynamoDB, dates as numbers; ClickHouse, `date_time_output_format`.
    """
    return _of_kind(log, "timestamp", lambda text: datetime.fromisoformat(text).timestamp())


@rewriting("response.schema", shown=_SHOWN)
def instants_have_a_space(log: Log) -> Log:
    """Timestamps have a space in the place of `T`.

    PostgreSQL, DateStyle ISO; DuckDB, TIMESTAMP; Laravel, Y-m-d H:i:s; Django, str() of a datetime.
    """
    return _of_kind(log, "timestamp", lambda text: text.replace("T", " "))


@rewriting("response.schema", shown=_SHOWN)
def instants_lack_their_offset(log: Log) -> Log:
    """Timestamps come without an offset.

    SQLAlchemy, DateTime on SQLite is naive (FastAPI); MySQL, DATETIME; Ecto, :naive_datetime; Java, LocalDateTime.
    """
    return _of_kind(log, "timestamp", lambda text: re.sub(r"(Z|[+-]\d\d:\d\d)$", "", text))


@rewriting("response.schema", shown=_SHOWN)
def instants_are_extended_json(log: Log) -> Log:
    """Timestamps come as objects with `$date`.

    MongoDB, Extended JSON (bson.json_util, `toEJSON`).
    """
    return _of_kind(log, "timestamp", lambda text: {"$date": text})


@rewriting("response.schema", shown=_SHOWN)
def members_are_camel_case(log: Log) -> Log:
    """The members of a log are called `traceId` and so on.

    ASP.NET Core, JsonSerializerDefaults.Web; Jackson, names of Java properties; Prisma and TypeORM, of entities.
    """
    return {re.sub("_([a-z])", lambda found: found[1].upper(), name): value for name, value in log.items()}


@rewriting("response.schema", shown=_SHOWN)
def integers_are_text(log: Log) -> Log:
    """Whole numbers come as text.

    node-postgres and TypeORM, int8 as strings; ProtoJSON, int64; ClickHouse, output_format_json_quote_64bit_integers.
    """
    return {
        name: str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in log.items()
    }


@rewriting("response.schema", shown=_SHOWN)
def booleans_are_numbers(log: Log) -> Log:
    """Booleans come as 1 and 0.

    MySQL, BOOLEAN is TINYINT(1); SQLite has no boolean type (better-sqlite3); Oracle before 23ai.
    """
    return _of_kind(log, "boolean", int)


@rewriting("response.schema", shown=_SHOWN)
def empty_objects_are_arrays(log: Log) -> Log:
    """An empty map comes as `[]`.

    PHP, json_decode to arrays and json_encode: an empty array is a list (Laravel, casts to `array`).
    """
    return _of_kind(log, "map", lambda value: value or [])


@rewriting("response.schema", shown=_SHOWN)
def empty_arrays_are_objects(log: Log) -> Log:
    """An empty list comes as `{}`.

    OpenResty (nginx), lua-cjson: empty tables are objects, `encode_empty_table_as_object`.
    """
    return {name: {} if value == [] else value for name, value in log.items()}


@rewriting(
    "filter.is_null.text",
    "filter.exists.text",
    "filter.is_null.number",
    "filter.exists.number",
    shown=_SHOWN,
)
def defaults_are_left_out(log: Log) -> Log:
    """Members that are empty, zero or false are left out of answers.

    Go, encoding/json, `omitempty`; ProtoJSON (grpc-gateway); Jackson, NON_DEFAULT; serde, skip_serializing_if.
    """
    kept = ("trace_id", "start_timestamp")
    return {name: value for name, value in log.items() if name in kept or value not in ("", 0, False, [], {})}


@rewriting("response.schema", shown=_SHOWN)
def maps_are_pairs(log: Log) -> Log:
    """A map comes as a list of objects with `key` and `value`.

    ASP.NET, JavaScriptSerializer and DataContractJsonSerializer: Dictionary; DuckDB, MAP in JSON; protobuf maps in SQL.
    """
    return _of_kind(log, "map", lambda value: [{"key": name, "value": each} for name, each in value.items()])


@rewriting("response.schema", shown=_SHOWN)
def attributes_are_typed(log: Log) -> Log:
    """Values come with the names of their types: `{"S": "…"}`, `{"N": "…"}`.

    DynamoDB, low-level API, data type descriptors (AWS Lambda without the document client).
    """
    return {name: {"N": str(value)} if isinstance(value, float) else value for name, value in log.items()}


@replying("response.media-type", shown=_SHOWN)
def answers_are_hypertext(_request: Request, reply: Reply) -> Reply:
    """200 comes as `application/hal+json`.

    Spring HATEOAS, default media type; JSON:API of Rails and Laravel, application/vnd.api+json.
    """
    return Reply(200, {"content-type": "application/hal+json"}, reply.body) if reply.status == 200 else reply


@replying("http.content-coding", shown=show("output", "exists", **{"accept-encoding": "gzip;q=0"}))
def refused_codings_are_used(request: Request, reply: Reply) -> Reply:
    """`gzip;q=0` is taken for gzip.

    Starlette, GZipMiddleware: whether "gzip" occurs in the header (FastAPI); Django, GZipMiddleware, by a pattern.
    """
    if "gzip" not in request.headers.get("accept-encoding", "") or reply.status != 200:
        return reply
    return Reply(200, {**JSON, "content-encoding": "gzip"}, gzip.compress(reply.body))
