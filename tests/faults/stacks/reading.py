"""Bodies, as parsers of JSON and binders of requests read them."""

import json
import re
from dataclasses import fields
from typing import Any

from parea_target.filters import Filter

from faults.registry import Reply, Request
from faults.stacks.declaring import (
    Asked,
    Shown,
    contract,
    error,
    members,
    mending,
    raw,
    refusing,
    replying,
    requesting,
    show,
    unprocessable,
    with_body,
)

_MEMBERS = tuple(each.name for each in fields(Filter))
# In the order of the document.
_OPERATORS = contract().operators


def _text(request: Request, encoding: str = "utf-8") -> str | None:
    try:
        return request.body.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


# Syntax ------------------------------------------------------------------------------------------------------------


@requesting("body.malformed", shown=raw("{/* all */}"))
def comments_are_skipped(request: Request) -> Request:
    """Comments in JSON are skipped.

    Newtonsoft.Json, JsonTextReader; Ruby, json: comments are ignored by default; Jackson, ALLOW_COMMENTS (off).
    """
    text = _text(request) or ""
    bare = re.sub(r'("(?:[^"\\]|\\.)*")|/\*.*?\*/|//[^\n]*', lambda found: found[1] or " ", text, flags=re.DOTALL)
    return with_body(request, bare.encode()) if not _is_json(text) and _is_json(bare) else request


@requesting("body.malformed", shown=raw('{"filter_field": null,}'))
def trailing_commas_are_skipped(request: Request) -> Request:
    """A comma before the closing bracket is skipped.

    Newtonsoft.Json, JsonTextReader: nothing after a comma is read as the end.
    """
    text = _text(request) or ""
    bare = re.sub(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', lambda found: found[1] or "", text)
    return with_body(request, bare.encode()) if not _is_json(text) and _is_json(bare) else request


@requesting("body.malformed", shown=raw("{'filter_field': null}"))
def single_quotes_are_quotes(request: Request) -> Request:
    """Names and texts may stand in single quotes, and names in none.

    Newtonsoft.Json, JsonTextReader: single-quoted and unquoted property names are read.
    """
    text = _text(request) or ""
    quoted = re.sub(r"'([^'\"\\]*)'", r'"\1"', text)
    named = re.sub(r"([{,]\s*)(\w+)(\s*:)", r'\1"\2"\3', quoted)
    return with_body(request, named.encode()) if not _is_json(text) and _is_json(named) else request


@requesting(
    "body.encoding", shown=raw(b'{"filter_field": "output", "filter_operator": "like", "filter_value": "\xff"}')
)
def broken_utf8_is_replaced(request: Request) -> Request:
    """What is not UTF-8 is replaced by U+FFFD.

    Go, encoding/json, Unmarshal: invalid UTF-8 is replaced; Node.js, Buffer.toString; Express, body-parser.
    """
    return with_body(request, request.body.decode("utf-8", "replace").encode()) if _text(request) is None else request


@requesting(
    "http.media-type-parameter",
    shown=show("output", "equals", "Crème Brûlée", **{"content-type": "application/json; charset=iso-8859-1"}),
)
def charset_is_obeyed(request: Request) -> Request:
    """`charset` names the encoding of the body.

    Spring MVC, StringHttpMessageConverter; Express, body-parser, `charset`; ASP.NET Core, SupportedEncodings (UTF-16).
    """
    found = re.search(r"charset=\"?([\w-]+)", request.headers.get("content-type", ""), re.IGNORECASE)
    text = _text(request, found[1]) if found and found[1].lower() not in {"utf-8", "utf8"} else None
    return request if text is None else with_body(request, text.encode("utf-8", "replace"))


@replying("http.media-type-parameter", shown=Shown(headers={"content-type": "application/json; charset=latin1"}))
def other_charsets_are_415(request: Request, reply: Reply) -> Reply:
    """A `charset` that is not of Unicode is 415.

    Express, body-parser, json: unsupported charset; Fastify takes any.
    """
    charset = re.search(r"charset=\"?(?!utf-)\w", request.headers.get("content-type", ""), re.IGNORECASE)
    return error(415) if charset and reply.status not in {401, 404, 405} else reply


@replying("http.size", "http.order", shown=raw(b'{"x": "' + b"x" * 70_000 + b'"}'))
def limit_is_100_kb(request: Request, reply: Reply) -> Reply:
    """A body of up to 100 kB is judged.

    Express, express.json, `limit` '100kb'.
    """
    return unprocessable() if reply.status == 413 and len(request.body) <= 102_400 else reply


# What becomes of a JSON value that is no filter --------------------------------------------------------------------


@requesting("body.rejected", shown=raw("null"))
def null_is_no_filter(request: Request) -> Request:
    """`null` as the body asks for everything.

    Go, encoding/json, Unmarshal: null into a struct has no effect; System.Text.Json and Jackson give null.
    """
    return with_body(request, {}) if request.body.strip() == b"null" else request


@requesting("body.rejected", shown=raw("[]"))
def what_is_no_object_is_no_filter(request: Request) -> Request:
    """An array, a text or a number as the body asks for everything.

    Rails and Phoenix (Plug.Parsers.JSON): a body that is no object becomes `_json`, beside which nothing is found.
    """
    text = _text(request) or ""
    return with_body(request, {}) if _is_json(text) and members(request) is None else request


@mending("body.rejected", shown=raw('{"filter_field": ["output"]}'))
def containers_are_dropped(body: dict[str, Any]) -> dict[str, Any] | None:
    """A member that is an array or object is dropped.

    Rails, Strong Parameters, `permit`: only scalars pass a permitted name.
    """
    kept = {name: value for name, value in body.items() if name not in _MEMBERS or not isinstance(value, (list, dict))}
    return kept if len(kept) < len(body) else None


@mending("body.rejected", shown=raw('{"filter_field": "output", "filter_value": {"$ne": 1}}'))
def operators_are_taken_from_values(body: dict[str, Any]) -> dict[str, Any] | None:
    """An object as `filter_value` is handed on to the database, whose operators it holds.

    MongoDB, query operators in a document; Express hands on what JSON.parse made (Mongoose: `sanitizeFilter` off).
    """
    value = body.get("filter_value")
    return {} if isinstance(value, dict) and any(name.startswith("$") for name in value) else None


@mending("body.rejected", shown=raw('{"__proto__": null}'))
def proto_is_dropped(body: dict[str, Any]) -> dict[str, Any] | None:
    """A member `__proto__` or `constructor` is dropped.

    Node.js: assigning `__proto__` makes no own property; class-transformer and lodash.merge skip both names.
    """
    kept = {name: value for name, value in body.items() if name not in {"__proto__", "constructor"}}
    return kept if len(kept) < len(body) else None


@replying("body.rejected", shown=raw('{"__proto__": {}}'))
def proto_is_a_bad_request(request: Request, reply: Reply) -> Reply:
    """A member `__proto__` is 400.

    Fastify, `onProtoPoisoning` 'error' (secure-json-parse).
    """
    return error(400) if reply.status == 422 and "__proto__" in (members(request) or {}) else reply


@mending("body.rejected", shown=raw('{"filter_field": "output", "filter_operator": 8}'))
def operators_have_numbers(body: dict[str, Any]) -> dict[str, Any] | None:
    """An operator may be told by its number, also in a text.

    Jackson, FAIL_ON_NUMBERS_FOR_ENUMS (off): the ordinal; System.Text.Json, `allowIntegerValues`.
    """
    asked = str(body.get("filter_operator"))
    known = asked.isascii() and asked.isdecimal() and len(asked) < 3 and int(asked) < len(_OPERATORS)
    return {**body, "filter_operator": _OPERATORS[int(asked)]} if known else None


@mending("body.rejected", shown=raw('{"filter_field": "output", "filter_operator": " exists"}'))
def operators_are_trimmed(body: dict[str, Any]) -> dict[str, Any] | None:
    """Spaces around an operator are dropped.

    Laravel, middleware TrimStrings; Jackson, enums by StringToEnumConverterFactory (Spring): trimmed.
    """
    asked = body.get("filter_operator")
    trimmed = isinstance(asked, str) and asked != asked.strip()
    return {**body, "filter_operator": asked.strip()} if isinstance(asked, str) and trimmed else None


# Texts of a body ---------------------------------------------------------------------------------------------------


@mending("filter.equals.text", "filter.like.text", shown=show("output", "equals", "Greeting "))
def values_are_trimmed(body: dict[str, Any]) -> dict[str, Any] | None:
    """White space around every text of a body is dropped.

    Laravel, middleware TrimStrings, in the global stack; Django REST framework, CharField, `trim_whitespace`.
    """
    return {name: value.strip() if isinstance(value, str) else value for name, value in body.items()}


@mending("body.accepted", shown=show("output", "equals", ""))
def empty_texts_are_null(body: dict[str, Any]) -> dict[str, Any] | None:
    """An empty text of a body is null.

    Laravel, middleware ConvertEmptyStringsToNull; Ecto, `cast`, `empty_values`.
    """
    return {name: None if value == "" else value for name, value in body.items()} if "" in body.values() else None


@refusing("body.accepted", "filter.equals.text", shown=show("output", "equals", ""))
def blank_values_are_refused(asked: Asked) -> Reply | None:
    """A value that is empty is refused.

    Django REST framework, CharField, `allow_blank` (False); Gin, `binding:"required"`; Rails, `presence: true`.
    """
    needs = asked.operator not in {"is_null", "exists"}
    return unprocessable("filter_value") if needs and asked.value == "" else None


@mending("field.score-bare", shown=show("", "exists"))
def empty_field_is_no_filter(body: dict[str, Any]) -> dict[str, Any] | None:
    """An empty `filter_field` asks for everything.

    JavaScript, falsy values (`if (!filter_field)`); Go, gorm, conditions by a struct leave zero values out.
    """
    return {} if body.get("filter_field") == "" and not contract().body_faults(body) else None


@replying("body.accepted", "robust.no-server-error", shown=show("metadata", "exists", key="\0"))
def nul_in_a_key_breaks(request: Request, reply: Reply) -> Reply:
    """A NUL in a field or key is 500.

    PostgreSQL, invalid byte sequence for encoding "UTF8": 0x00; MongoDB, keys must not contain null bytes.
    """
    body = members(request) or {}
    names = [body.get(name) for name in ("filter_field", "filter_key")]
    broken = reply.status == 200 and any("\0" in name for name in names if isinstance(name, str))
    return error(500) if broken else reply


@refusing("body.accepted", "robust.no-server-error", shown=show("metadata", "exists", key="$where"))
def dollar_keys_break(asked: Asked) -> Reply | None:
    """A key that begins with a dollar sign is 500.

    MongoDB, field names with dollar signs: a path's part must not start with `$`.
    """
    broken = asked.key is not None and re.search(r"(^|\.)\$", asked.key)
    return error(500, "FieldPath field names may not start with '$'.") if broken else None
