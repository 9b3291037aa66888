"""Answers sent wrongly: their media type, their encoding, and how JSON holds them."""

import gzip
import json
from dataclasses import replace

from faults.registry import JSON, Reply, Request, Serve, around


def _headers(reply: Reply, **headers: str) -> Reply:
    return replace(reply, headers={**reply.headers, **{k.replace("_", "-"): v for k, v in headers.items()}})


@around("response.media-type")
def answers_are_text(serve: Serve) -> Serve:
    """200 comes as `text/plain`."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        return _headers(reply, content_type="text/plain; charset=utf-8") if reply.status == 200 else reply

    return handle


@around("response.media-type")
def answers_have_no_media_type(serve: Serve) -> Serve:
    """200 comes without a media type."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 200:
            return reply
        return replace(reply, headers={k: v for k, v in reply.headers.items() if k != "content-type"})

    return handle


@around("response.media-type")
def answers_are_lines(serve: Serve) -> Serve:
    """200 holds a log a line, as `application/x-ndjson`."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 200:
            return reply
        lines = "\n".join(json.dumps(log) for log in json.loads(reply.body))
        return Reply(200, {"content-type": "application/x-ndjson"}, lines.encode())

    return handle


@around("response.schema")
def answers_are_wrapped(serve: Serve) -> Serve:
    """200 holds an object with the logs under `trace_logs`."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        return Reply(200, JSON, b'{"trace_logs": ' + reply.body + b"}") if reply.status == 200 else reply

    return handle


@around("response.schema")
def answers_are_encoded_twice(serve: Serve) -> Serve:
    """200 holds JSON in a JSON string."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        return Reply(200, JSON, json.dumps(reply.body.decode()).encode()) if reply.status == 200 else reply

    return handle


@around("response.schema")
def metadata_is_encoded_twice(serve: Serve) -> Serve:
    """`metadata` comes as JSON in a string, as from a column of text."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 200:
            return reply
        logs = [{**log, "metadata": json.dumps(log.get("metadata"))} for log in json.loads(reply.body)]
        return Reply(200, JSON, json.dumps(logs).encode())

    return handle


@around("response.schema")
def costs_are_text(serve: Serve) -> Serve:
    """`cost` comes as a string, as decimals are written."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status != 200:
            return reply
        logs = [{**log, **({"cost": str(log["cost"])} if log.get("cost") else {})} for log in json.loads(reply.body)]
        return Reply(200, JSON, json.dumps(logs).encode())

    return handle


@around("response.media-type")
def packed_answers_are_not_announced(serve: Serve) -> Serve:
    """Answers are gzipped, and their encoding is not announced."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        return Reply(reply.status, JSON, gzip.compress(reply.body))

    return handle


@around("http.content-coding")
def answers_are_packed_unasked(serve: Serve) -> Serve:
    """Answers are gzipped whatever `Accept-Encoding` says, as by a proxy that asks for the word alone."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if "gzip" not in request.headers.get("accept-encoding", "gzip"):
            return reply
        body = gzip.compress(reply.body)
        return replace(_headers(reply, content_encoding="gzip", content_length=str(len(body))), body=body)

    return handle


@around("experiment.other-tenant", "experiment.unknown", "http.order", "http.path", "robust.no-server-error")
def encoding_is_announced_unpacked(serve: Serve) -> Serve:
    """Errors announce gzip, and are not packed."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        return _headers(reply, content_encoding="gzip") if reply.status == 404 else reply

    return handle
