"""Errors told wrongly: their detail, their `loc`, and what they give away."""

import json
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from parea_target import Parts
from parea_target.answers import Refusal, refuse
from parea_target.contract import Contract
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from faults.registry import Reply, Request, Serve, around, fault

_MALFORMED = ("body.malformed", "body.encoding", "body.duplicate-member")
_INVALID = ("body.rejected", *_MALFORMED, "http.order")
_UNREADABLE = ("error.validation", "body.location", *_MALFORMED)

Entry = dict[str, Any]


def _answer(parts: Parts, when: Callable[[Refusal], object], answer: Callable[[Refusal], Response]) -> Parts:
    """The parts that answer some refusals otherwise."""

    def wrong(contract: Contract, refusal: Refusal) -> Response:
        return answer(refusal) if when(refusal) else refuse(contract, refusal)

    return replace(parts, refuse=wrong)


def _entries(parts: Parts, change: Callable[[Entry], Entry]) -> Parts:
    """The parts that tell each error of a 422 otherwise."""

    def wrong(contract: Contract, refusal: Refusal) -> Response:
        if refusal.status == 422 and isinstance(refusal.detail, list):
            refusal.detail = [change(dict(entry)) for entry in refusal.detail]
        return refuse(contract, refusal)

    return replace(parts, refuse=wrong)


def _is_422(refusal: Refusal) -> bool:
    return refusal.status == 422


@fault(*_MALFORMED, "body.deep")
def malformed_is_400(parts: Parts) -> Parts:
    """What is not JSON is 400, only what the schema refuses 422."""
    return _answer(
        parts,
        lambda r: _is_422(r) and r.detail[0]["type"] == "json",  # type: ignore[index]
        lambda _r: Response('{"detail": "There was an error parsing the body"}', 400, media_type="application/json"),
    )


@fault(*_UNREADABLE)
def validation_is_one_text(parts: Parts) -> Parts:
    """422 has one text as its detail."""
    return _answer(parts, _is_422, lambda _r: Response('{"detail": "Invalid."}', 422, media_type="application/json"))


@fault("error.validation")
def errors_have_no_message(parts: Parts) -> Parts:
    """The errors of a 422 have no `msg`."""
    return _entries(parts, lambda entry: {"loc": entry["loc"], "type": entry["type"]})


@fault(*_UNREADABLE)
def place_is_dotted(parts: Parts) -> Parts:
    """`loc` is one text with dots."""
    return _entries(parts, lambda entry: {**entry, "loc": ".".join(map(str, entry["loc"]))})


@fault("body.location", *_MALFORMED)
def place_lacks_body(parts: Parts) -> Parts:
    """`loc` does not begin with `body`."""
    return _entries(parts, lambda entry: {**entry, "loc": entry["loc"][1:]})


@fault("body.location")
def place_is_the_body(parts: Parts) -> Parts:
    """`loc` is always the whole body."""
    return _entries(parts, lambda entry: {**entry, "loc": ["body"]})


@fault("body.location")
def place_of_missing_is_its_parent(parts: Parts) -> Parts:
    """The `loc` of a member that is missing ends at what lacks it."""
    return _entries(parts, lambda e: {**e, "loc": e["loc"][:-1]} if e["type"] == "required" else e)


@fault("body.location")
def place_is_always_the_field(parts: Parts) -> Parts:
    """Whatever member is at fault, `loc` names `filter_field`."""
    return _entries(
        parts, lambda entry: {**entry, "loc": [*entry["loc"][:1], *["filter_field"][: len(entry["loc"]) - 1]]}
    )


@fault(*_MALFORMED)
def place_of_malformed_has_its_offset(parts: Parts) -> Parts:
    """The `loc` of what is not JSON ends with an offset, as in FastAPI."""
    return _entries(parts, lambda entry: {**entry, "loc": ["body", 1]} if entry["type"] == "json" else entry)


def _is_plain(refusal: Refusal) -> bool:
    return refusal.status != 422


@fault("error.detail")
def detail_is_called_error(parts: Parts) -> Parts:
    """Errors have `error` in the place of `detail`."""
    return _answer(
        parts, _is_plain, lambda r: Response('{"error": "No."}', r.status, r.headers, media_type="application/json")
    )


@fault("error.detail")
def errors_are_pages(parts: Parts) -> Parts:
    """Errors are answered with a page of HTML."""
    return _answer(parts, _is_plain, lambda r: HTMLResponse("<h1>No.</h1>", r.status, r.headers))


@fault("error.detail")
def method_error_is_text(parts: Parts) -> Parts:
    """405 is plain text, as of a router without a handler of errors."""
    return _answer(parts, lambda r: r.status == 405, lambda r: PlainTextResponse("Method Not Allowed", 405, r.headers))


def _trace() -> str:
    try:
        raise ValueError("not JSON")
    except ValueError:
        return traceback.format_exc()


@fault("robust.no-leak")
def trace_of_malformed_is_shown(parts: Parts) -> Parts:
    """422 shows a stack trace, as in debug mode."""
    return _entries(parts, lambda entry: {**entry, "msg": _trace()})


@around("robust.no-leak")
def errors_show_the_request(serve: Serve) -> Serve:
    """404 shows the request with its headers, and so the key."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status == 404:
            return replace(
                reply, body=json.dumps({"detail": "Not found", "request": request.headers}).encode(), headers={}
            )
        return reply

    return handle
