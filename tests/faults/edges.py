"""What a gateway or a framework does to a request before the application sees it: keys, paths, methods, headers."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, unquote

from faults.registry import JSON, Reply, Request, Serve, around

_ERROR = b'{"detail": "Refused."}'


def _with_key(request: Request, key: str) -> Request:
    headers = [*request.scope["headers"], (b"x-api-key", key.encode("latin-1"))]
    return replace(request, scope={**request.scope, "headers": headers})


def _at(request: Request, path: str) -> Request:
    return replace(request, scope={**request.scope, "path": unquote(path), "raw_path": path.encode("ascii")})


def _sent(request: Request) -> str:
    raw: bytes = request.scope["raw_path"]
    return raw.decode("ascii")


# The key -----------------------------------------------------------------------------------------------------------


@around("auth.one-place")
def key_in_the_query(serve: Serve) -> Serve:
    """A key in the query counts where the header is missing."""

    async def handle(request: Request) -> Reply:
        given = parse_qs(request.scope["query_string"].decode("latin-1")).get("api_key")
        return await serve(_with_key(request, given[0]) if given and "x-api-key" not in request.headers else request)

    return handle


@around("auth.one-place")
def bearer_is_a_key(serve: Serve) -> Serve:
    """A bearer token in `Authorization` counts as the key."""

    async def handle(request: Request) -> Reply:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        bearer = scheme.lower() == "bearer" and "x-api-key" not in request.headers
        return await serve(_with_key(request, token) if bearer else request)

    return handle


@around("auth.one-place")
def underscores_are_hyphens(serve: Serve) -> Serve:
    """The names of headers arrive as variables, in which hyphens and underscores are the same (CGI, WSGI)."""

    async def handle(request: Request) -> Reply:
        named = [(name.replace(b"_", b"-"), value) for name, value in request.scope["headers"]]
        return await serve(replace(request, scope={**request.scope, "headers": named}))

    return handle


@around("auth.one-place")
def cookie_is_a_key(serve: Serve) -> Serve:
    """A cookie `token` counts as the key."""

    async def handle(request: Request) -> Reply:
        found = re.search(r"\btoken=([^;]+)", request.headers.get("cookie", ""))
        return await serve(_with_key(request, found[1]) if found and "x-api-key" not in request.headers else request)

    return handle


# Paths -------------------------------------------------------------------------------------------------------------


@around("http.path-octets")
def trailing_slash_is_dropped(serve: Serve) -> Serve:
    """A slash at the end of the path is dropped."""
    return lambda request: serve(_at(request, _sent(request).rstrip("/")))


@around("http.path")
def trailing_slash_is_redirected(serve: Serve) -> Serve:
    """A slash at the end of the path leads to a redirect."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status == 404 and _sent(request).endswith("/"):
            return Reply(307, {"location": _sent(request).rstrip("/")}, b"")
        return reply

    return handle


@around("http.path-octets")
def slashes_are_merged(serve: Serve) -> Serve:
    """Slashes that follow each other count as one (`merge_slashes`)."""
    return lambda request: serve(_at(request, re.sub("(?<!:)/+", "/", _sent(request))))


@around("http.path-octets")
def path_without_case(serve: Serve) -> Serve:
    """Paths are compared without case."""

    async def handle(request: Request) -> Reply:
        parts = _sent(request).split("/")
        return await serve(
            _at(request, "/".join([*(part.lower() for part in parts[:-2]), *parts[-2:-1], parts[-1].lower()]))
        )

    return handle


@around("http.path-octets", "experiment.unknown")
def path_is_decoded_twice(serve: Serve) -> Serve:
    """A path is decoded by the gateway, and again by what stands behind it."""
    return lambda request: serve(_at(request, re.sub("%25([0-9A-Fa-f]{2})", r"%\1", _sent(request))))


@around("http.path-octets")
def dot_segments_are_removed(serve: Serve) -> Serve:
    """Dot segments are resolved before the path is compared."""
    return lambda request: serve(_at(request, re.sub(r"/(\.|[^/]+/\.\.)(?=/|$)", "", _sent(request))))


@around("http.path-octets", "experiment.unknown")
def path_parameters_are_dropped(serve: Serve) -> Serve:
    """What follows a semicolon in a segment is dropped, as servlets do."""
    return lambda request: serve(_at(request, re.sub(";[^/]*", "", _sent(request))))


@around("http.path-octets")
def extension_is_a_format(serve: Serve) -> Serve:
    """`.json` at the end of the path names a format."""
    return lambda request: serve(_at(request, _sent(request).removesuffix(".json")))


@around("http.path-octets")
def escapes_are_compared(serve: Serve) -> Serve:
    """The path is compared as it was sent, escapes and all."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        return Reply(404, JSON, _ERROR) if "%" in _sent(request) and reply.status != 401 else reply

    return handle


@around("http.absolute-form")
def absolute_form_is_a_path(serve: Serve) -> Serve:
    """A target in absolute form is taken for a path."""

    async def handle(request: Request) -> Reply:
        return Reply(404, JSON, _ERROR) if _sent(request).startswith("http") else await serve(request)

    return handle


# What is said beside the request -----------------------------------------------------------------------------------


@around("http.query")
def unknown_query_is_refused(serve: Serve) -> Serve:
    """A query that nobody documents is refused."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        return Reply(404, JSON, _ERROR) if b"limit=" in request.scope["query_string"] and reply.status == 200 else reply

    return handle


@around("http.method-override")
def method_is_overridden(serve: Serve) -> Serve:
    """`X-HTTP-Method-Override` names the method."""

    async def handle(request: Request) -> Reply:
        method = request.headers.get("x-http-method-override", request.scope["method"])
        return await serve(replace(request, scope={**request.scope, "method": method}))

    return handle


@around("http.method-override")
def url_is_rewritten(serve: Serve) -> Serve:
    """`X-Original-URL` names the path."""
    return lambda request: serve(_at(request, request.headers.get("x-original-url", _sent(request))))


@around("http.accept")
def accept_is_negotiated(serve: Serve) -> Serve:
    """Whoever accepts no JSON gets 406."""

    async def handle(request: Request) -> Reply:
        reply, accept = await serve(request), request.headers.get("accept", "*/*")
        taken = reply.status != 200 or re.search(r"\*/\*|application/(json|\*)", accept)
        return reply if taken else Reply(406, JSON, _ERROR)

    return handle


@around("http.accept")
def expectation_fails(serve: Serve) -> Serve:
    """`Expect` is answered 417."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        return Reply(417, JSON, _ERROR) if "expect" in request.headers and reply.status == 200 else reply

    return handle


@around("http.conditional")
def ranges_are_served(serve: Serve) -> Serve:
    """A range of bytes is answered, and no more."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        if found is None or reply.status != 200:
            return reply
        return Reply(206, JSON, reply.body[int(found[1]) : int(found[2] or len(reply.body)) + 1])

    return handle


@around("http.conditional")
def conditions_are_judged(serve: Serve) -> Serve:
    """`If-None-Match: *` is answered 304, `If-Match` 412."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status == 200 and request.headers.get("if-none-match") == "*":
            return Reply(304, {}, b"")
        return Reply(412, JSON, _ERROR) if reply.status == 200 and "if-match" in request.headers else reply

    return handle


@around("body.deep")
def deep_body_is_a_bad_request(serve: Serve) -> Serve:
    """A body that is nested too deep is 400."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        deep = reply.status == 422 and re.search(rb"(\[|\{\"a\":){1001}", request.body)
        return Reply(400, JSON, _ERROR) if deep else reply

    return handle
