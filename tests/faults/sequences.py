"""What one request does to the next, or to one beside it: pools, sessions, caches and buffers that are kept."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from faults.registry import JSON, Reply, Request, Serve, around

TOGETHER = 0.001
"""The seconds in which requests of one length become one."""
_MEMBERS = ("filter_field", "filter_key", "filter_operator", "filter_value")


def _asked(request: Request) -> dict[str, Any] | None:
    """The members of a body; None where it is not an object."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _key(request: Request) -> str:
    return request.headers.get("x-api-key", "")


def _with_body(request: Request, body: dict[str, Any]) -> Request:
    return replace(request, body=json.dumps(body).encode())


def _error(status: int, detail: str) -> Reply:
    return Reply(status, JSON, json.dumps({"detail": detail}).encode())


def _unmeasured(reply: Reply) -> dict[str, str]:
    """The headers without the length, which will be another."""
    return {name: value for name, value in reply.headers.items() if name != "content-length"}


# Caches ------------------------------------------------------------------------------------------------------------


@around("robust.stateless")
def cache_by_length(serve: Serve) -> Serve:
    """The last answer is kept by key, path, media type and length of the body: by the head of a request alone."""
    kept: list[tuple[object, Reply]] = []

    async def handle(request: Request) -> Reply:
        media_type = request.headers.get("content-type")
        place = (_key(request), request.path, request.scope["method"], media_type, len(request.body))
        if kept and kept[0][0] == place:
            return kept[0][1]
        reply = await serve(request)
        if reply.status == 200:
            kept[:] = [(place, reply)]
        return reply

    return handle


@around("robust.stateless")
def not_found_is_kept(serve: Serve) -> Serve:
    """A 404 is kept for its path, whatever key it was for, and given once more."""
    missing: dict[str, Reply] = {}

    async def handle(request: Request) -> Reply:
        if _key(request) and request.path in missing:
            return missing.pop(request.path)
        reply = await serve(request)
        if reply.status == 404:
            missing[request.path] = reply
        return reply

    return handle


# What is left over from the request before -------------------------------------------------------------------------


def _lingering(lingers: Callable[[dict[str, Any], str], bool]) -> Callable[[Serve], Serve]:
    """Members of the last body that was accepted stand in for those of the next that the function names."""

    def surround(serve: Serve) -> Serve:
        last: dict[str, Any] = {}

        async def handle(request: Request) -> Reply:
            asked = _asked(request)
            if asked is None:
                return await serve(request)
            reply = await serve(request)
            if reply.status != 200:
                return reply
            kept = {name: last[name] for name in _MEMBERS if name in last and lingers(asked, name)}
            spoilt = await serve(_with_body(request, {**asked, **kept})) if kept else reply
            last.clear()
            last.update({name: held for name, held in asked.items() if held is not None})
            return spoilt if spoilt.status == 200 else reply

        return handle

    return surround


@around("robust.stateless")
def absent_members_linger(serve: Serve) -> Serve:
    """What a body leaves out is taken from the body before, as with defaults that are changed where they stand."""
    return _lingering(lambda asked, name: name not in asked)(serve)


@around("robust.stateless")
def null_members_linger(serve: Serve) -> Serve:
    """Null leaves what stands in a reused record: the member of the body before."""
    return _lingering(lambda asked, name: name in asked and asked[name] is None)(serve)


@around("robust.stateless")
def empty_answer_is_not_written(serve: Serve) -> Serve:
    """Where nothing matches nothing is written, and the buffer of the short answer before is sent."""
    buffer: list[Reply] = []

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 200:
            return reply
        if reply.body == b"[]" and buffer:
            return buffer.pop()
        buffer[:] = [reply] if len(reply.body) < 20_000 else []
        return reply

    return handle


@around("robust.stateless", "robust.no-leak")
def wrong_key_is_remembered(serve: Serve) -> Serve:
    """A 401 tells of the key that was refused before it."""
    last: list[str] = []

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 401:
            return reply
        told = f"Invalid or missing API key. {' '.join(last)}".strip()
        last[:] = [f"(last refused: {_key(request)[:40]})"] if _key(request) else []
        return Reply(401, _unmeasured(reply), json.dumps({"detail": told}).encode())

    return handle


@around("robust.stateless")
def refused_body_aborts_the_transaction(serve: Serve) -> Serve:
    """After a 422 the next look for the experiment finds none, as in a transaction that was not rolled back."""
    aborted = [False]

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        spoilt, aborted[0] = aborted[0], reply.status == 422
        return _error(404, "Experiment not found.") if spoilt and reply.status == 200 else reply

    return handle


@around("robust.stateless")
def tenant_sticks_to_the_pool(serve: Serve) -> Serve:
    """The tenant of a connection to the database is set late: the request after another tenant's finds nothing."""
    tenant = [""]

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 200:
            return reply
        before, tenant[0] = tenant[0], _key(request)
        return _error(404, "Experiment not found.") if before not in ("", _key(request)) else reply

    return handle


@around("robust.stateless")
def session_knows_logs_by_id(serve: Serve) -> Serve:
    """A log of which the session holds one of the same id comes from there, once after another experiment."""
    held: dict[str, tuple[str, dict[str, Any]]] = {}

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 200:
            return reply
        logs = json.loads(reply.body)
        came = [held.get(log["trace_id"], (request.path, log)) for log in logs]
        shown = [log if path == request.path else other for log, (path, other) in zip(logs, came, strict=True)]
        held.clear()
        held.update({log["trace_id"]: (request.path, log) for log in logs})
        return reply if shown == logs else Reply(200, JSON, json.dumps(shown, ensure_ascii=False).encode())

    return handle


@around("robust.stateless")
def head_silences_the_next_answer(serve: Serve) -> Serve:
    """The answer after one to HEAD has no body either, over the same connection."""
    silent: set[object] = set()

    async def handle(request: Request) -> Reply:
        client = tuple(request.scope["client"])
        reply = await serve(request)
        if request.scope["method"] == "HEAD":
            silent.add(client)
        elif client in silent:
            silent.remove(client)
            return (
                Reply(reply.status, {"content-type": "application/json", "allow": "POST"}, b"")
                if (reply.status == 200)
                else reply
            )
        return reply

    return handle


@around("robust.stateless")
def who_asks_again_gets_nothing(serve: Serve) -> Serve:
    """Each fifteenth time that the same is asked the answer is empty, as of a limit that does not say so."""
    count: dict[tuple[str, bytes], int] = {}

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 200 or not (_asked(request) or {}).get("filter_field"):
            return reply
        place = (request.path, request.body)
        count[place] = count.get(place, 0) + 1
        return Reply(200, JSON, b"[]") if count[place] % 15 == 0 else reply

    return handle


# Beside one another ------------------------------------------------------------------------------------------------


@around("robust.concurrency")
def requests_of_one_length_are_one(serve: Serve) -> Serve:
    """Who asks with a body as long as that of a request under way is given the answer to that."""
    under_way: dict[tuple[str, str, int], asyncio.Future[Reply]] = {}

    async def handle(request: Request) -> Reply:
        place = (_key(request), request.path, len(request.body))
        if place in under_way:
            return await under_way[place]
        if not _key(request):
            return await serve(request)
        under_way[place] = asyncio.ensure_future(serve(request))
        try:
            await asyncio.sleep(TOGETHER)
            return await under_way[place]
        finally:
            del under_way[place]

    return handle


# On the way --------------------------------------------------------------------------------------------------------


def _as_double(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_double(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_as_double(held) for held in value]
    if isinstance(value, float):
        return float(f"{value:.6g}")
    return value


@around("result.whole")
def numbers_of_children_are_read_again(serve: Serve) -> Serve:
    """On the way of a filtered answer the numbers below a root keep six digits."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 200 or not (_asked(request) or {}).get("filter_field"):
            return reply
        logs = json.loads(reply.body)
        for log in logs:
            if log.get("children_logs"):
                log["children_logs"] = _as_double(log["children_logs"])
        return Reply(200, JSON, json.dumps(logs, ensure_ascii=False).encode())

    return handle
