"""What surrounds the application wrongly: caches, sessions, connections, concurrency, and time."""

import asyncio
import json
from dataclasses import replace

from faults.registry import JSON, Reply, Request, Serve, around


def _error(status: int, detail: str, **headers: str) -> Reply:
    return Reply(status, {**JSON, **headers}, json.dumps({"detail": detail}).encode())


def _filtered(request: Request) -> bool:
    return b'"filter_field": "' in request.body


# Caches ------------------------------------------------------------------------------------------------------------


@around("auth.key-missing", "auth.key-wrong", "auth.first", "experiment.other-tenant", "http.media-type")
def cache_before_the_key(serve: Serve) -> Serve:
    """Answers are cached by path and body, before the key is judged."""
    cache: dict[tuple[str, str, bytes], Reply] = {}

    async def handle(request: Request) -> Reply:
        place = (request.scope["method"], request.path, request.body)
        if place not in cache:
            reply = await serve(request)
            if reply.status != 200:
                return reply
            cache[place] = reply
        return cache[place]

    return handle


@around("experiment.empty")
def cache_without_the_experiment(serve: Serve) -> Serve:
    """Answers are cached by the body alone, whatever experiment was asked for."""
    cache: dict[bytes, Reply] = {}

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        return cache.setdefault(request.body, reply) if reply.status == 200 else reply

    return handle


@around("auth.key-missing", "auth.key-wrong", "auth.first")
def connection_is_trusted(serve: Serve) -> Serve:
    """Once a right key came over a connection, it stands for what follows."""
    keys: dict[object, tuple[bytes, bytes]] = {}

    async def handle(request: Request) -> Reply:
        client = tuple(request.scope["client"])
        key = next((header for header in request.scope["headers"] if header[0] == b"x-api-key"), None)
        reply = await serve(request)
        if reply.status == 200 and key is not None:
            keys[client] = key
        if reply.status == 401 and client in keys:
            others = [header for header in request.scope["headers"] if header[0] != b"x-api-key"]
            return await serve(replace(request, scope={**request.scope, "headers": [*others, keys[client]]}))
        return reply

    return handle


# Concurrency and time ----------------------------------------------------------------------------------------------


@around("robust.concurrency")
def request_is_shared(serve: Serve) -> Serve:
    """The request that is under way stands in a variable that all share."""
    current: list[Request] = []

    async def handle(request: Request) -> Reply:
        current[:] = [request]
        await asyncio.sleep(0.002)
        return await serve(current[0])

    return handle


@around("robust.concurrency")
def answer_is_shared(serve: Serve) -> Serve:
    """Who asks while an answer is made gets the same."""
    under_way: dict[str, asyncio.Future[Reply]] = {}

    async def handle(request: Request) -> Reply:
        if request.path not in under_way:
            under_way[request.path] = asyncio.ensure_future(serve(request))
            try:
                await asyncio.sleep(0.002)
                return await under_way[request.path]
            finally:
                del under_way[request.path]
        return await under_way[request.path]

    return handle


@around("robust.concurrency", "robust.no-server-error")
def pool_is_exhausted(serve: Serve) -> Serve:
    """More than eight requests at a time are 500, as no connection is left in the pool."""
    open_ = [0]

    async def handle(request: Request) -> Reply:
        if open_[0] >= 8:
            return _error(500, "QueuePool limit reached")
        open_[0] += 1
        try:
            await asyncio.sleep(0.002)
            return await serve(request)
        finally:
            open_[0] -= 1

    return handle


@around("robust.concurrency")
def crowds_get_nothing(serve: Serve) -> Serve:
    """Of more than eight requests at a time the rest are answered with no logs."""
    open_ = [0]

    async def handle(request: Request) -> Reply:
        open_[0] += 1
        try:
            await asyncio.sleep(0.002)
            reply = await serve(request)
            return Reply(200, JSON, b"[]") if open_[0] > 8 and reply.status == 200 else reply
        finally:
            open_[0] -= 1

    return handle


@around("result.order", "robust.stateless", "request.unfiltered")
def every_other_answer_is_reversed(serve: Serve) -> Serve:
    """Every other answer comes in reverse, as from a replica with another index."""
    count = [0]

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 200:
            return reply
        count[0] += 1
        logs = json.loads(reply.body)
        return Reply(200, JSON, json.dumps(logs[::-1] if count[0] % 2 == 0 else logs).encode())

    return handle


@around("robust.stateless")
def error_spoils_the_next_answer(serve: Serve) -> Serve:
    """The answer after an error lacks its last log, as from a connection that was not rolled back."""
    spoiled = [False]

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        spoils, spoiled[0] = spoiled[0], reply.status >= 400
        if not spoils or reply.status != 200:
            return reply
        return Reply(200, JSON, json.dumps(json.loads(reply.body)[:-1]).encode())

    return handle


@around("http.rate-limit")
def busy_without_an_end(serve: Serve) -> Serve:
    """One request in five hundred is 429, without `Retry-After`."""
    count = [0]

    async def handle(request: Request) -> Reply:
        count[0] += 1
        return _error(429, "Too many requests.") if count[0] % 500 == 0 else await serve(request)

    return handle


@around("http.size", "http.order", "robust.stateless")
def unread_body_breaks_the_connection(serve: Serve) -> Serve:
    """After a 413 the rest of the body is taken for the next request of the connection."""
    broken: set[object] = set()

    async def handle(request: Request) -> Reply:
        client = tuple(request.scope["client"])
        if client in broken:
            broken.remove(client)
            return _error(400, "Invalid HTTP request received.")
        reply = await serve(request)
        if reply.status == 413:
            broken.add(client)
        return reply

    return handle


@around("robust.no-server-error", "auth.first", "http.size", "http.order")
def large_bodies_are_cut_off(serve: Serve) -> Serve:
    """A body that is too large is not answered, and the connection closed."""

    async def handle(request: Request) -> Reply:
        if len(request.body) > 65536:
            raise ConnectionResetError
        return await serve(request)

    return handle


@around("body.accepted", "robust.no-server-error", "filter.between.timestamp")
def one_pair_breaks(serve: Serve) -> Serve:
    """`between` on a timestamp is 500."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        broken = reply.status == 200 and b'"between"' in request.body and b"_timestamp" in request.body
        return _error(500, "operator does not exist: timestamptz >= text") if broken else reply

    return handle


@around("body.accepted", "robust.no-server-error")
def many_parts_break(serve: Serve) -> Serve:
    """More than a thousand parts of `in` are 500, as in Oracle."""

    async def handle(request: Request) -> Reply:
        if request.body.count(b",") > 1000:
            return _error(500, "ORA-01795: maximum number of expressions in a list is 1000")
        return await serve(request)

    return handle
