"""The body of a request: read within its limit, parsed, and validated by the contract's schema."""

from collections.abc import Mapping
from typing import TypedDict

import anyio
from starlette.requests import Request

from parea_target import json_text
from parea_target.answers import Refusal, unavailable
from parea_target.contract import Contract
from parea_target.json_text import Place

# How long, in seconds, a body may take to arrive.
BODY_SECONDS = 30.0

# Errors that a 422 lists at most; a body can have thousands.
_MOST_ERRORS = 100


class BodyError(TypedDict):
    """An entry of the `detail` of a 422."""

    loc: list[str | int]
    msg: str
    type: str


# What is wrong, by the keyword of JSON Schema that says so. It tells no value: the caller knows what was sent.
_MESSAGES: Mapping[str, str] = {
    "required": "is required here",
    "additionalProperties": "is not a member of a filter",
    "type": "does not have the type that it must have here",
    "pattern": "is not in the form that filter_field and filter_operator require",
    "enum": "is not one of the values that filter_field allows here",
    "oneOf": "is not one of the values that the contract knows",
    "not": "must not stand here",
}


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The body, of which no more than `max_bytes` and one piece are ever held.

    Raises:
        Refusal: 413, the body is larger: as soon as its announced length or what has come says so; 503, it did not
            arrive within `BODY_SECONDS`.
    """
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > max_bytes:
        raise Refusal(413)
    try:
        with anyio.fail_after(BODY_SECONDS):
            return await _read_pieces(request, max_bytes)
    except TimeoutError:
        raise unavailable("The body did not arrive in time.", close=True) from None


async def _read_pieces(request: Request, max_bytes: int) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        if len(body) + len(piece) > max_bytes:
            raise Refusal(413)
        body += piece
    return bytes(body)


def parse_body(body: bytes) -> object:
    """The JSON value of a body.

    Raises:
        ValueError: it is not JSON in UTF-8, has a byte order mark or a member twice, or is nested too deeply.
    """
    return json_text.parse(body.decode("utf-8"))


def validate_body(contract: Contract, body: object) -> list[BodyError]:
    """What is wrong with the JSON value of a body; empty when the contract accepts it.

    A lone surrogate is an error too, which the contract allows: neither the validator nor the store can hold one.
    """
    if surrogates := _members_with_surrogates(body):
        return [_error(place, "surrogate", "holds a lone surrogate") for place in surrogates[:_MOST_ERRORS]]
    faults = contract.body_faults(body)[:_MOST_ERRORS]
    return [_error(place, keyword, _MESSAGES.get(keyword, "is not valid")) for place, keyword in faults]


def malformed() -> list[BodyError]:
    """The errors of a body that cannot be parsed."""
    return [
        _error(
            (),
            "json",
            f"is not JSON in UTF-8 with every member once and at most {json_text.MAX_DEPTH:,} containers deep",
        )
    ]


def _members_with_surrogates(body: object) -> list[Place]:
    """The places of the body's members (or of the body) that hold a lone surrogate, in name or value."""
    parts = {(name,): {name: value} for name, value in body.items()} if isinstance(body, dict) else {(): body}
    return [place for place, part in parts.items() if json_text.find_lone_surrogate(part) is not None]


def _error(place: Place, keyword: str, message: str) -> BodyError:
    # A name with a lone surrogate cannot be written in UTF-8; the nearest that can is its replacement.
    loc = ["body", *(_writable(step) for step in place)]
    return {"loc": loc, "msg": f"{'.'.join(map(str, loc[1:])) or 'the body'} {message}", "type": keyword}


def _writable(step: str | int) -> str | int:
    return step.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(step, str) else step
