"""Bodies read wrongly: what is not JSON, not UTF-8, or has a member twice."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

from parea_target import Parts, json_text
from parea_target.answers import Refusal
from parea_target.bodies import BodyError, parse_body, validate_body
from parea_target.contract import Contract

from faults.registry import fault


def _parse(parts: Parts, read: Callable[[bytes], Any]) -> Parts:
    """The parts that read a body so where the right reading refuses it."""

    def parse(body: bytes) -> Any:
        try:
            return parse_body(body)
        except ValueError:
            return read(body)

    return replace(parts, parse=parse)


def _loads(text: str, **how: Any) -> Any:
    """Python's own reader, which is looser than RFC 8259; how it reads is told otherwise."""
    try:
        return json.loads(text, **{"parse_constant": _no, "object_pairs_hook": _strictly, **how})
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _first(text: str) -> Any:
    return json_text.scan(text, json_text.skip_space(text, 0))[0]


def _no(name: str) -> Any:
    raise ValueError(name)


def _break(detail: str) -> NoReturn:
    # Answered like any other refusal: an exception of the server's own would also close the connection.
    raise Refusal(500, detail)


def _strictly(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a member twice")
    return dict(pairs)


@fault("body.malformed")
def empty_body_is_no_filter(parts: Parts) -> Parts:
    """An empty body asks for everything."""
    return _parse(parts, lambda body: json_text.parse(body.decode() or "{}"))


@fault("body.malformed")
def what_follows_is_dropped(parts: Parts) -> Parts:
    """What follows the first JSON value is dropped, as a decoder of streams does."""
    return _parse(parts, lambda body: _first(body.decode()))


@fault("body.malformed")
def nan_is_read(parts: Parts) -> Parts:
    """`NaN` is read as a number, and refused as a value of the wrong type."""
    return _parse(parts, lambda body: _loads(body.decode(), parse_constant=float))


@fault("body.malformed")
def forms_are_read(parts: Parts) -> Parts:
    """A form is read where JSON is announced."""

    def read(body: bytes) -> Any:
        if not re.fullmatch(rb"\w+=\w+(&\w+=\w+)*", body):
            raise ValueError("no form")
        return dict(pair.split("=") for pair in body.decode().split("&"))

    return _parse(parts, read)


@fault("body.deep", "robust.no-server-error")
def deep_json_breaks(parts: Parts) -> Parts:
    """JSON that is nested too deeply is 500."""

    def read(body: bytes) -> Any:
        if body.count(b"[") > 1000 or body.count(b"{") > 1000:
            _break("maximum recursion depth exceeded")
        raise ValueError("not JSON")

    return _parse(parts, read)


@fault("body.duplicate-member")
def last_member_wins(parts: Parts) -> Parts:
    """Of a member that occurs twice the last counts."""
    return _parse(parts, lambda body: _loads(body.decode(), object_pairs_hook=dict))


@fault("body.duplicate-member")
def first_member_wins(parts: Parts) -> Parts:
    """Of a member that occurs twice the first counts."""
    return _parse(parts, lambda body: _loads(body.decode(), object_pairs_hook=lambda members: dict(members[::-1])))


@fault("body.duplicate-member")
def duplicates_are_compared_unread(parts: Parts) -> Parts:
    """A member twice is seen only where both names are written alike."""

    def read(body: bytes) -> Any:
        names = re.findall(rb'"(\w+)" *:', body)
        if b"\\u" not in body or len(set(names)) < len(names):
            raise ValueError("a member twice")
        return json.loads(body.decode())

    return _parse(parts, read)


def _decode(parts: Parts, read: Callable[[bytes], str]) -> Parts:
    return _parse(parts, lambda body: json_text.parse(read(body)))


@fault("body.encoding")
def byte_order_mark_is_dropped(parts: Parts) -> Parts:
    """A byte order mark is dropped."""
    return _decode(parts, lambda body: body.decode("utf-8-sig"))


@fault("body.encoding")
def encoding_is_guessed(parts: Parts) -> Parts:
    """UTF-16 and UTF-32 are read, as Python's `json.loads` does."""
    return _decode(parts, lambda body: body.decode(json.detect_encoding(body).replace("-sig", "")))


@fault("body.encoding")
def latin_1_is_read(parts: Parts) -> Parts:
    """What is not UTF-8 is read as Latin-1."""

    def read(body: bytes) -> str:
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            return body.decode("latin-1")

    return _decode(parts, read)


@fault("robust.no-server-error")
def lone_surrogate_breaks(parts: Parts) -> Parts:
    """A lone surrogate passes validation, and cannot be written as UTF-8 to the database."""

    def validate(contract: Contract, body: object) -> list[BodyError]:
        if json_text.find_lone_surrogate(body) is not None:
            _break("surrogates not allowed")
        return validate_body(contract, body)

    return replace(parts, validate=validate)


@fault("body.rejected", "robust.no-server-error")
def huge_number_breaks(parts: Parts) -> Parts:
    """An integer of thousands of digits is 500."""

    def parse(body: bytes) -> Any:
        if re.search(rb"[^\"\d]\d{4300}", body):
            _break("Exceeds the limit (4300 digits) for integer string conversion")
        return parse_body(body)

    return replace(parts, parse=parse)
