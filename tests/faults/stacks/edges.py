"""Routing, methods, headers and queries, as routers, frameworks and what stands in front of them read them."""

import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

from faults.registry import JSON, Reply, Request, Serve
from faults.stacks.declaring import PATH, Shown, error, members, replying, requesting, show, surrounding, with_body

_HTML = {"content-type": "text/html"}
_EXPERIMENT = PATH.rpartition("/")[0]


def _sent(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.decode("ascii")


def _at(request: Request, path: str) -> Request:
    return replace(request, scope={**request.scope, "path": unquote(path), "raw_path": path.encode("ascii")})


def _method(request: Request) -> str:
    method: str = request.scope["method"]
    return method


def _query(request: Request) -> str:
    query: bytes = request.scope["query_string"]
    return query.decode("latin-1")


# Methods -----------------------------------------------------------------------------------------------------------


@replying("http.method", shown=Shown(method="OPTIONS"))
def options_are_answered(request: Request, reply: Reply) -> Reply:
    """OPTIONS is 200 with `Allow`.

    Express, Router, automatic OPTIONS; Flask, `provide_automatic_options`; Django, View.options; Spring MVC.
    """
    return Reply(200, {"allow": "POST"}, b"POST") if _method(request) == "OPTIONS" and reply.status == 405 else reply


@requesting("http.method", "auth.first", shown=Shown(method="OPTIONS", key=False))
def preflight_comes_before_the_key(request: Request) -> Request | Reply:
    """OPTIONS is 204 before the key is judged.

    Express, middleware cors, `optionsSuccessStatus`: it ends every OPTIONS; ASP.NET Core and Laravel CORS likewise.
    """
    return Reply(204, {"access-control-allow-origin": "*"}, b"") if _method(request) == "OPTIONS" else request


@requesting("http.method", "http.order", shown=Shown(method="TRACE"))
def firewall_refuses_methods(request: Request) -> Request | Reply:
    """TRACE and QUERY are 400.

    Spring Security, StrictHttpFirewall, allowed HTTP methods: the seven of a closed list.
    """
    known = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
    return request if _method(request) in known else error(400)


@requesting("http.method", "error.detail", "auth.first", shown=Shown(method="TRACE"))
def trace_is_a_page(request: Request) -> Request | Reply:
    """TRACE is 405 with a page of HTML, without `Allow`, before the key is judged.

    nginx, ngx_http_core_module: TRACE is refused by itself with the built-in error page.
    """
    return Reply(405, _HTML, b"<html>405 Not Allowed</html>") if _method(request) == "TRACE" else request


@requesting("http.method-override", shown=Shown(target=f"{PATH}?_method=PUT"))
def method_in_the_query(request: Request) -> Request:
    """`_method` in the query names the method of a POST.

    Laravel and Symfony, `http_method_override`: read from the body, else from the query.
    """
    asked = dict(parse_qsl(_query(request))).get("_method", "").upper()
    return (
        replace(request, scope={**request.scope, "method": asked}) if asked and _method(request) == "POST" else request
    )


# Paths -------------------------------------------------------------------------------------------------------------


@requesting("http.path-octets", "auth.first", shown=Shown(target=PATH.replace("/v1/", "//v1/")))
def path_is_cleaned_by_a_redirect(request: Request) -> Request | Reply:
    """A path with empty or dot segments is redirected to a clean one, before the key is judged.

    Go, net/http, ServeMux, request sanitizing: 301, since Go 1.26 307.
    """
    clean = re.sub(r"/(\.|[^/]+/\.\.)(?=/|$)", "", re.sub("(?<!:)/+", "/", _sent(request)))
    return request if clean == _sent(request) else Reply(307, {"location": clean or "/"}, b"")


@requesting("http.path-octets", shown=Shown(target=f"{PATH};v=1"))
def firewall_refuses_paths(request: Request) -> Request | Reply:
    """A path with `;`, `//`, a dot segment, `%2e`, `%25` or a backslash is 400.

    Spring Security, StrictHttpFirewall: such requests are rejected, which is answered 400.
    """
    found = re.search(r"(?<!:)//|;|/\.\.?(/|$)|%(2e|25|3b|5c)|\\", _sent(request), re.IGNORECASE)
    return error(400) if found else request


@requesting("http.path-octets", shown=Shown(target=PATH.replace("api/", "api%2F")))
def escaped_slashes_part_segments(request: Request) -> Request:
    """`%2F` parts segments.

    nginx, `location`: matching is done on the decoded, normalized URI; Go, `URL.Path` is decoded.
    """
    return _at(request, re.sub("%2f", "/", _sent(request), flags=re.IGNORECASE))


@requesting("http.path-octets", shown=Shown(target=PATH.replace("/v1/", "%5Cv1/")))
def backslash_is_a_slash(request: Request) -> Request:
    r"""A backslash, escaped or not, is a slash.

    Cloudflare, Rules, Normalize incoming URLs: backslashes become forward slashes; URL Standard, special schemes.
    """
    return _at(request, re.sub(r"%5c|\\", "/", _sent(request), flags=re.IGNORECASE))


@requesting("http.path-octets", shown=Shown(target=PATH.replace("/v1/", "/x/%2e%2E/v1/")))
def escaped_dot_segments_are_removed(request: Request) -> Request:
    """`%2e%2e` is a dot segment, and is resolved.

    URL Standard, double-dot URL path segment: whoever routes by `new URL()` (Cloudflare Workers, Hono, Deno, Bun).
    """
    dotted = re.sub("%2e", ".", _sent(request), flags=re.IGNORECASE)
    return _at(request, re.sub(r"/(\.|[^/]+/\.\.)(?=/|$)", "", dotted))


@replying("http.path-octets", "experiment.unknown", shown=Shown(target=PATH.replace(_EXPERIMENT[-36:], "%FF")))
def path_that_is_no_utf8_is_400(request: Request, reply: Reply) -> Reply:
    """A path whose octets are no UTF-8 is 400.

    Phoenix, Plug.Conn.InvalidQueryError; Rails, invalid encoding in path parameters; Express, failed to decode param.
    """
    try:
        unquote_to_bytes(_sent(request)).decode()
    except UnicodeDecodeError:
        return reply if reply.status == 401 else error(400)
    return reply


@replying("experiment.unknown", shown=Shown(target=PATH.replace(_EXPERIMENT[-36:], "none")))
def experiment_that_is_no_uuid_is_422(request: Request, reply: Reply) -> Reply:
    """An experiment that is not a UUID is 422, with `loc` in the path.

    FastAPI, path parameters with a type; Spring, MethodArgumentTypeMismatchException (400).
    """
    segments = unquote(_sent(request)).split("/")
    fits = len(segments) == PATH.count("/") + 1 and re.fullmatch(
        r"(?i)[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}", segments[-2]
    )
    if fits or reply.status != 404:
        return reply
    return error(422, [{"loc": ["path", "experiment_uuid"], "msg": "is not a UUID", "type": "uuid_parsing"}])


@requesting("experiment.unknown", "http.path-octets", shown=Shown(target=f"{_EXPERIMENT}%20/trace_logs"))
def experiment_is_padded(request: Request) -> Request:
    """Spaces behind the experiment's id are dropped.

    MySQL, collations with PAD SPACE; SQL Server, comparisons of trailing spaces: `id = 'x '` finds `x`.
    """
    return _at(request, re.sub("(%20)+(?=/trace_logs$)", "", _sent(request)))


@requesting("http.path", "http.order", shown=Shown(target="/nothing"))
def unknown_path_is_forbidden(request: Request) -> Request | Reply:
    """An unknown path is 403, before the key is judged.

    Amazon API Gateway, MISSING_AUTHENTICATION_TOKEN: "Missing Authentication Token" where no resource matches.
    """
    known = _sent(request).split("?")[0].startswith("/api/parea/v1/experiment/") or _sent(request).startswith("http")
    return request if known else Reply(403, JSON, b'{"message": "Missing Authentication Token"}')


# The key and other headers -----------------------------------------------------------------------------------------


@surrounding("auth.key-wrong", shown=Shown(headers={**JSON, "x-api-key": "{swapped}"}, key=False))
def key_has_no_case(serve: Serve) -> Serve:
    """A key is found without case.

    MySQL, default collation utf8mb4_0900_ai_ci; SQL Server, SQL_Latin1_General_CP1_CI_AS: `WHERE key = ?`.
    """
    known: dict[str, bytes] = {}

    async def handle(request: Request) -> Reply:
        reply, sent = await serve(request), request.headers.get("x-api-key", "")
        if reply.status == 200:
            known[sent.lower()] = sent.encode("latin-1")
        if reply.status != 401 or sent.lower() not in known:
            return reply
        others = [header for header in request.scope["headers"] if header[0] != b"x-api-key"]
        headers = [*others, (b"x-api-key", known[sent.lower()])]
        return await serve(replace(request, scope={**request.scope, "headers": headers}))

    return handle


@replying("body.accepted", shown=show("output", "exists", accept="x" * 9000))
def headers_above_8_kb_are_refused(request: Request, reply: Reply) -> Reply:
    """A header of more than 8 kB is 400, where 16 kB must be taken.

    nginx, `large_client_header_buffers` (4 8k); Tomcat, `maxHttpHeaderSize`; gunicorn, `limit_request_field_size` 8190.
    """
    longest = max(len(name) + len(value) for name, value in request.scope["headers"])
    return Reply(400, _HTML, b"Request Header Or Cookie Too Large") if longest > 8190 else reply


@requesting("error.detail", "auth.first", shown=Shown(body=b" " * 1_100_000, key=False))
def megabytes_are_a_page(request: Request) -> Request | Reply:
    """A body of more than 1 MB is 413 with a page of HTML, before the key is judged.

    nginx, `client_max_body_size` 1m, and the built-in error page.
    """
    large = len(request.body) > 1 << 20
    return Reply(413, _HTML, b"<html>413 Request Entity Too Large</html>") if large else request


@requesting("body.accepted", shown=show("output", "exists", **{"transfer-encoding": "chunked"}))
def chunked_bodies_are_empty(request: Request) -> Request:
    """A body that comes in chunks is taken for empty.

    WSGI (Django, Flask behind uWSGI): the body is read up to CONTENT_LENGTH, which chunks do not have.
    """
    chunked = "content-length" not in request.headers and "transfer-encoding" in request.headers
    return with_body(request, b"") if chunked else request


# Queries -----------------------------------------------------------------------------------------------------------


@replying("http.query", shown=Shown(target=f"{PATH}?a=%zz"))
def query_must_decode(request: Request, reply: Reply) -> Reply:
    """A query that does not decode is 400.

    Rack, Rack::QueryParser::InvalidParameterError (Rails); Phoenix, Plug.Conn.InvalidQueryError.
    """
    wrong = re.search(r"%(?![0-9A-Fa-f]{2})", _query(request))
    return error(400) if wrong and reply.status == 200 else reply


@replying("http.query", shown=Shown(target=f"{PATH}?format=xml"))
def format_in_the_query(request: Request, reply: Reply) -> Reply:
    """`format` in the query names a renderer; an unknown one is 404.

    Django REST framework, `URL_FORMAT_OVERRIDE`: `format`.
    """
    asked = dict(parse_qsl(_query(request))).get("format", "json")
    return error(404) if asked not in {"json", "api"} and reply.status == 200 else reply


@requesting("http.query", shown=Shown(target=f"{PATH}?filter_field=output&filter_operator=exists"))
def query_fills_the_body(request: Request) -> Request:
    """Parameters of the query count where the body does not have them.

    Laravel, `$request->input()`; Rails and Phoenix, `params`: query and body are one map.
    """
    asked, body = dict(parse_qsl(_query(request))), members(request)
    filled = {name: asked[name] for name in asked if name.startswith("filter_")}
    return with_body(request, {**filled, **body}) if filled and body is not None else request


@replying("http.accept", "response.media-type", shown=Shown(headers={**JSON, "accept": "text/html,*/*;q=0.8"}))
def browsers_get_a_page(request: Request, reply: Reply) -> Reply:
    """Whoever prefers HTML gets the answer in a page.

    Django REST framework, BrowsableAPIRenderer, in the default `DEFAULT_RENDERER_CLASSES`.
    """
    if reply.status != 200 or not request.headers.get("accept", "").startswith("text/html"):
        return reply
    return Reply(200, _HTML, b"<pre>" + json.dumps(json.loads(reply.body), indent=4).encode() + b"</pre>")


@replying("body.accepted", shown=show("output", "like", "<script>alert(1)</script>"))
def attack_like_values_are_blocked(request: Request, reply: Reply) -> Reply:
    """A body that looks like an attack is 403 with a page of HTML.

    Cloudflare, WAF, Free Managed Ruleset (Log4j, Shellshock); AWS WAF, Core rule set, CrossSiteScripting_BODY.
    """
    blocked = re.search(rb"(?i)\$\{jndi:|\(\) *\{ *:|<script|\.\./\.\./|union +select|/etc/passwd", request.body)
    return Reply(403, _HTML, b"<html>Sorry, you have been blocked</html>") if blocked else reply
