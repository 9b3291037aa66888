"""Errors, as frameworks write them."""

import json
from collections.abc import Callable
from typing import Any

from faults.registry import JSON, Reply, Request
from faults.stacks.declaring import Shown, error, raw, replying

_UNKNOWN = Shown(target="/nothing")
_INVALID = raw('{"filter_field": "latency", "filter_operator": "equals", "filter_value": "x"}')
_MALFORMED = raw("{")


def _body(reply: Reply, body: object, **headers: str) -> Reply:
    return Reply(reply.status, {**reply.headers, **JSON, **headers}, json.dumps(body).encode())


def _detail(reply: Reply) -> Any:
    return json.loads(reply.body)["detail"]


def _is_error(reply: Reply, *statuses: int) -> bool:
    return reply.status in statuses if statuses else reply.status >= 400 and reply.status != 422


# Errors but 422 ----------------------------------------------------------------------------------------------------


@replying("error.detail", shown=_UNKNOWN)
def errors_have_a_message(_request: Request, reply: Reply) -> Reply:
    """Errors have `message` and `statusCode` in the place of `detail`.

    NestJS, exception filters; Fastify, errors; Amazon API Gateway, gateway responses; Laravel, exceptions.
    """
    body = {"statusCode": reply.status, "message": "Refused."}
    return _body(reply, body) if _is_error(reply) else reply


@replying("error.detail", shown=_UNKNOWN)
def problems_have_no_detail(_request: Request, reply: Reply) -> Reply:
    """Errors are `application/problem+json` with `type`, `title` and `status`, and no `detail`.

    ASP.NET Core, ProblemDetails by AddProblemDetails: `detail` is not set for a status alone.
    """
    if not _is_error(reply):
        return reply
    body = {"type": "about:blank", "title": "Refused", "status": reply.status}
    return _body(reply, body, **{"content-type": "application/problem+json"})


@replying("error.detail", shown=_UNKNOWN)
def errors_are_empty(_request: Request, reply: Reply) -> Reply:
    """Errors have no body.

    ASP.NET Core, minimal APIs, Results.NotFound(); Ktor, responses without a handler; axum, a StatusCode.
    """
    if not _is_error(reply):
        return reply
    return Reply(reply.status, {k: v for k, v in reply.headers.items() if k != "content-type"}, b"")


@replying("error.detail", shown=_UNKNOWN)
def detail_is_nested(_request: Request, reply: Reply) -> Reply:
    """`detail` stands in `errors`.

    Phoenix, ErrorJSON: {"errors": {"detail": "Not Found"}}.
    """
    return _body(reply, {"errors": {"detail": "Not Found"}}) if _is_error(reply) else reply


@replying("error.detail", shown=_UNKNOWN)
def not_found_is_text(_request: Request, reply: Reply) -> Reply:
    """404 is plain text.

    Go, net/http, NotFound: "404 page not found"; Gin, `default404Body`; Express answers a page.
    """
    text = {"content-type": "text/plain; charset=utf-8"}
    return Reply(404, text, b"404 page not found") if _is_error(reply, 404) else reply


@replying("error.detail", shown=_UNKNOWN)
def detail_is_an_object(_request: Request, reply: Reply) -> Reply:
    """`detail` is an object with a code.

    FastAPI, HTTPException: `detail` may be any value; Elasticsearch, `error` with `root_cause` and `type`.
    """
    return error(reply.status, {"code": "refused"}, **reply.headers) if _is_error(reply) else reply


# 422 ---------------------------------------------------------------------------------------------------------------


def _validation(reply: Reply, make: Callable[[list[dict[str, Any]]], object], status: int = 422) -> Reply:
    """The reply, when it is 422, with a body made of the errors."""
    if reply.status != 422:
        return reply
    return Reply(status, JSON, json.dumps(make(_detail(reply))).encode())


@replying("body.rejected", shown=_INVALID)
def validation_is_400(_request: Request, reply: Reply) -> Reply:
    """A body that the schema refuses is 400.

    Spring, MethodArgumentNotValidException; ASP.NET Core, ApiController; Fastify, FST_ERR_VALIDATION; NestJS; Django
    REST framework; Gin: 400.
    """
    return _validation(reply, lambda _errors: {"detail": "Bad Request"}, 400)


@replying("error.validation", shown=_INVALID)
def errors_stand_by_member(_request: Request, reply: Reply) -> Reply:
    """422 holds an object: for each member its messages.

    Django REST framework, serializers; marshmallow (Flask); Rails, `errors`; Ecto, traverse_errors.
    """
    return _validation(reply, lambda errors: {each["loc"][-1]: [each["msg"]] for each in errors})


@replying("error.validation", shown=_INVALID)
def errors_stand_beside_a_message(_request: Request, reply: Reply) -> Reply:
    """422 has `message` and `errors`.

    Laravel, validation error response format.
    """
    return _validation(
        reply, lambda errors: {"message": "Invalid.", "errors": {each["loc"][-1]: [each["msg"]] for each in errors}}
    )


@replying("error.validation", shown=_INVALID)
def validation_is_text(_request: Request, reply: Reply) -> Reply:
    """422 is plain text.

    axum, JsonRejection, JsonDataError: "Failed to deserialize the JSON body into the target type".
    """
    return Reply(422, {"content-type": "text/plain"}, b"Failed to deserialize") if reply.status == 422 else reply


@replying("body.location", shown=_INVALID)
def places_are_pointers(_request: Request, reply: Reply) -> Reply:
    """`loc` holds one JSON Pointer.

    Fastify with Ajv, `instancePath`; JSON:API, `source.pointer`; networknt, instanceLocation.
    """
    return _validation(
        reply, lambda errors: {"detail": [{**each, "loc": ["/" + "/".join(map(str, each["loc"]))]} for each in errors]}
    )


@replying("body.location", shown=_INVALID)
def places_are_camel_case(_request: Request, reply: Reply) -> Reply:
    """`loc` names members as the code does: `filterValue`.

    Spring, FieldError.getField; ASP.NET Core, ModelState keys (`FilterValue`); serde with rename_all.
    """

    def camel(place: list[str | int]) -> list[str | int]:
        return [str(step).replace("_f", "F").replace("_v", "V").replace("_o", "O").replace("_k", "K") for step in place]

    return _validation(reply, lambda errors: {"detail": [{**each, "loc": camel(each["loc"])} for each in errors]})


# Traces ------------------------------------------------------------------------------------------------------------


def _traced(reply: Reply, trace: str) -> Reply:
    """What is not JSON, answered with a trace in a further member."""
    if reply.status != 422 or _detail(reply)[0]["loc"] != ["body"]:
        return reply
    return _body(reply, {**json.loads(reply.body), "trace": trace})


@replying("robust.no-leak", shown=_MALFORMED)
def trace_of_node_is_shown(_request: Request, reply: Reply) -> Reply:
    """422 shows a stack trace of Node.js.

    Express, error handling: the stack is sent unless NODE_ENV is production.
    """
    return _traced(
        reply,
        "SyntaxError: Unexpected end of JSON input\n    at JSON.parse (<anonymous>)\n    at parse "
        "(/app/node_modules/body-parser/lib/types/json.js:92:19)",
    )


@replying("robust.no-leak", shown=_MALFORMED)
def trace_of_java_is_shown(_request: Request, reply: Reply) -> Reply:
    """422 shows a stack trace of Java.

    Spring Boot, `server.error.include-stacktrace`: always with the developer tools.
    """
    return _traced(
        reply,
        "com.fasterxml.jackson.core.JsonParseException: Unexpected end-of-input\n\tat "
        "com.fasterxml.jackson.core.JsonParser._constructError(JsonParser.java:2477)",
    )


@replying("robust.no-leak", shown=_MALFORMED)
def trace_of_dotnet_is_shown(_request: Request, reply: Reply) -> Reply:
    """422 shows a stack trace of .NET.

    ASP.NET Core, developer exception page, on in the Development environment.
    """
    return _traced(
        reply,
        "System.Text.Json.JsonException: Expected depth to be zero.\n   at "
        "System.Text.Json.ThrowHelper.ReThrowWithPath(ReadStack& state) in /src/Filters.cs:line 42",
    )


@replying("robust.no-leak", shown=_MALFORMED)
def trace_of_ruby_is_shown(_request: Request, reply: Reply) -> Reply:
    """422 shows a stack trace of Ruby.

    Rails, `consider_all_requests_local` in development: `traces` with full and application trace.
    """
    return _traced(
        reply,
        "app/controllers/logs_controller.rb:12:in `index'\nactionpack (7.1.3) lib/action_controller/"
        "metal/basic_implicit_render.rb:6:in `send_action'",
    )


@replying("robust.no-leak", shown=_MALFORMED)
def trace_of_php_is_shown(_request: Request, reply: Reply) -> Reply:
    """422 shows a stack trace of PHP.

    Laravel, `APP_DEBUG` true: exception, file, line and trace stand in the error.
    """
    return _traced(
        reply,
        "#0 /var/www/vendor/laravel/framework/src/Illuminate/Routing/Controller.php(54): "
        "App\\Http\\Controllers\\LogController->index()\n#1 {main}",
    )


@replying("robust.no-leak", shown=_MALFORMED)
def trace_of_go_is_shown(_request: Request, reply: Reply) -> Reply:
    """422 shows a stack trace of Go.

    Gin and Echo, Recover with the stack; runtime/debug.Stack.
    """
    return _traced(reply, "goroutine 34 [running]:\nmain.readFilter(0xc0000b4000)\n\t/app/filter.go:42 +0x1d")
