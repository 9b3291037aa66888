"""How a stack's fault is declared: with a request at which it shows, and over the place where the stack errs."""

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from parea_conformance.logs.seed_data import EXPERIMENT
from parea_target import load
from parea_target.contract import Contract

from faults.registry import JSON, ChangeLog, Log, Reply, Request, Serve, Surround, declare

PATH = f"/api/parea/v1/experiment/{EXPERIMENT}/trace_logs"

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Shown:
    """A request that the right target answers otherwise.

    Attributes:
        body: the bytes of the body.
        target: the path as it is sent, with its query.
        key: whether the right key is sent; `headers` may hold a wrong one.
    """

    body: bytes = b"{}"
    target: str = PATH
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=lambda: JSON)
    key: bool = True


SHOWN: dict[str, Shown] = {}


@dataclass(frozen=True)
class Asked:
    """A filter as it was sent."""

    field: str
    operator: str
    value: str
    key: str | None

    @property
    def kind(self) -> str:
        """The kind of a member; empty for what is not a member's name."""
        return contract().kinds.get(self.field, "")

    @property
    def parts(self) -> list[str]:
        """The operands: those of `in` and `between`, or the one value."""
        split = self.operator in {"in", "between"}
        return [part.strip(" ") for part in self.value.split(",")] if split else [self.value]


@functools.cache
def contract() -> Contract:
    """The contract, read once."""
    return load()


def show(filter_field: str, operator: str, value: str | None = None, key: str | None = None, **headers: str) -> Shown:
    """The request that asks for a filter, with further headers."""
    members = {"filter_field": filter_field, "filter_operator": operator, "filter_value": value, "filter_key": key}
    body = {name: given for name, given in members.items() if given is not None}
    return Shown(json.dumps(body, ensure_ascii=False).encode(), headers={**JSON, **headers})


def raw(body: str | bytes) -> Shown:
    """The request with this body."""
    return Shown(body.encode() if isinstance(body, str) else body)


def members(request: Request) -> dict[str, Any] | None:
    """The members of a body that is a JSON object."""
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def asked_of(request: Request) -> Asked | None:
    """The filter of a body that has one."""
    body = members(request) or {}
    filter_field, operator = body.get("filter_field"), body.get("filter_operator")
    if not isinstance(filter_field, str) or not isinstance(operator, str):
        return None
    value, key = body.get("filter_value"), body.get("filter_key")
    return Asked(filter_field, operator, value if isinstance(value, str) else "", key if isinstance(key, str) else None)


def with_body(request: Request, body: object) -> Request:
    """The request with another body."""
    return Request(request.scope, body if isinstance(body, bytes) else json.dumps(body).encode())


def error(status: int, detail: object = "Refused.", **headers: str) -> Reply:
    """An error as the contract has it."""
    return Reply(status, {**JSON, **headers}, json.dumps({"detail": detail}).encode())


def unprocessable(*place: str) -> Reply:
    """A 422 as the contract has it."""
    return error(422, [{"loc": ["body", *place], "msg": "is not valid", "type": "value"}])


def _surround(function: Callable[..., Any], requirements: tuple[str, ...], shown: Shown, around: Surround) -> None:
    SHOWN[declare(function, requirements, around=around).name] = shown


def surrounding(*requirements: str, shown: Shown) -> Callable[[F], F]:
    """Declare a function from the application to what surrounds it."""

    def register(function: F) -> F:
        _surround(function, requirements, shown, function)
        return function

    return register


def requesting(*requirements: str, shown: Shown) -> Callable[[F], F]:
    """Declare a function from a request to what the application gets in its place, or to a reply."""

    def register(function: F) -> F:
        def around(serve: Serve) -> Serve:
            async def handle(request: Request) -> Reply:
                changed = function(request)
                return changed if isinstance(changed, Reply) else await serve(changed)

            return handle

        _surround(function, requirements, shown, around)
        return function

    return register


def replying(*requirements: str, shown: Shown) -> Callable[[F], F]:
    """Declare a function from a request and its right reply to what is sent."""

    def register(function: F) -> F:
        def around(serve: Serve) -> Serve:
            async def handle(request: Request) -> Reply:
                reply: Reply = function(request, await serve(request))
                return reply

            return handle

        _surround(function, requirements, shown, around)
        return function

    return register


def rewriting(*requirements: str, shown: Shown) -> Callable[[F], F]:
    """Declare a function from a log to the log that answers hold."""

    def register(function: F) -> F:
        def rewritten(_request: Request, reply: Reply) -> Reply:
            if reply.status != 200:
                return reply
            return Reply(200, JSON, json.dumps([function(log) for log in json.loads(reply.body)]).encode())

        replying(*requirements, shown=shown)(functools.wraps(function)(rewritten))
        return function

    return register


def mending(*requirements: str, shown: Shown) -> Callable[[F], F]:
    """Declare a function from the members of a body to those that are judged, or to None for the same."""

    def register(function: F) -> F:
        def mended(request: Request) -> Request:
            changed = function(body) if (body := members(request)) is not None else None
            return request if changed is None else with_body(request, changed)

        requesting(*requirements, shown=shown)(functools.wraps(function)(mended))
        return function

    return register


def refusing(*requirements: str, shown: Shown) -> Callable[[F], F]:
    """Declare a function from a filter that is answered 200 to the error that is sent, or to None."""

    def register(function: F) -> F:
        def refused(request: Request, reply: Reply) -> Reply:
            asked = asked_of(request)
            return reply if asked is None or reply.status != 200 else function(asked) or reply

        replying(*requirements, shown=shown)(functools.wraps(function)(refused))
        return function

    return register


def matching(*requirements: str, shown: Shown) -> Callable[[F], F]:
    """Declare a function from a log and a filter to whether the log matches; None where the right target decides."""

    def register(function: F) -> F:
        def around(serve: Serve) -> Serve:
            async def handle(request: Request) -> Reply:
                reply, asked = await serve(request), asked_of(request)
                if reply.status != 200 or asked is None:
                    return reply
                right = {text for _, text in _logs(reply.body)}
                kept = []
                for log, text in _logs((await serve(with_body(request, {}))).body):
                    matches = function(log, asked)
                    if text in right if matches is None else matches:
                        kept.append(text)
                return Reply(200, JSON, f"[{','.join(kept)}]".encode())

            return handle

        _surround(function, requirements, shown, around)
        return function

    return register


@functools.lru_cache(maxsize=8)
def _logs(answer: bytes) -> tuple[tuple[Log, str], ...]:
    """The logs of an answer, each with its text, so that no number is written anew."""
    text, decoder, found, place = answer.decode(), json.JSONDecoder(), [], 1
    while text[place] != "]":
        log, end = decoder.raw_decode(text, place)
        found.append((log, text[place:end]))
        place = end + (text[end] == ",")
    return tuple(found)


def storing(*requirements: str, shown: Shown) -> Callable[[F], F]:
    """Declare a function from a log to what is stored of it for filters to judge."""

    def register(function: F) -> F:
        change: ChangeLog = function
        SHOWN[declare(function, requirements, stored=change).name] = shown
        return function

    return register
