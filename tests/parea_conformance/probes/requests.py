"""Requests of any operation, made from what the document says of it: those that it accepts, and those that it does not.

What a request must be answered follows from the document: its parameters and its body are read back from what is sent,
and the schemas judge them. So a mutation that happens to be valid is no false alarm.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from parea_conformance.http.json_text import encode, parse
from parea_conformance.http.request import JSON, Request
from parea_conformance.operations import EXPERIMENT, Operation, Parameter

NOWHERE = "no-such-thing-6f1d0f2c"
"""A value of a parameter in a path that names nothing."""

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
# Texts of a parameter that a schema may not accept.
_TEXTS = ("", "x", "0", "-1", "1.5", "1e3", "true", "False", "null", "a,b", "99999999999999999999", "x" * 300)
# Values of a member that a schema may not accept.
_ODD: tuple[object, ...] = (None, 1, "x", True, [], {}, [None])
# Bodies that are not JSON.
_BROKEN = {"broken JSON": b"{", "UTF-16": '{"a": 1}'.encode("utf-16"), "a byte order mark": b"\xef\xbb\xbf{}"}


@dataclass(frozen=True)
class Asked:
    """What varies in a request: texts of parameters by name, and the body; None sends none."""

    parameters: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


def request_of(operation: Operation, asked: Asked, path: Mapping[str, str]) -> Request:
    """The request of an operation.

    Args:
        operation: the operation.
        asked: the parameters outside of the path, and the body.
        path: the values of the parameters in the path, by name.
    """
    template = operation.path
    for name, value in path.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    places = {parameter.name: parameter.place for parameter in operation.parameters}
    query = urlencode([each for each in asked.parameters if places[each[0]] == "query"], quote_via=quote)
    return Request(
        template + (f"?{query}" if query else ""),
        asked.body or b"",
        method=operation.method,
        content_type=None if asked.body is None else JSON,
        headers=tuple(each for each in asked.parameters if places[each[0]] == "header"),
        operation=operation.id,
        repeatable=operation.safe,
    )


def path_values(operation: Operation, experiment: str, given: Mapping[str, str]) -> dict[str, str]:
    """The values of the parameters in the path: the experiment, what the run was given, else the document's example."""
    return {
        each.name: experiment if each.name == EXPERIMENT else given.get(each.name) or _text(each.examples[0])
        for each in operation.parameters
        if each.place == "path"
    }


def plain(operation: Operation) -> Asked:
    """The simplest request that the document accepts: its first body, and what is required."""
    required = [each for each in operation.parameters if each.place != "path" and each.required]
    body = encode(operation.bodies[0]) if operation.bodies else None
    return Asked(tuple(pair for each in required for pair in pairs_of(each, each.examples[0])), body)


def documented(operation: Operation) -> Iterator[tuple[str, Asked]]:
    """What the document shows: each example of a body and of a parameter, and what can be left out."""
    least = plain(operation)
    yield "what is required", least
    for number, body in enumerate(operation.bodies[1:], 2):
        yield f"example {number} of the body", replace(least, body=encode(body))
    if operation.body is not None and not operation.body.get("required", False):
        yield "no body", replace(least, body=None)
    for parameter in operation.parameters:
        if parameter.place == "path":
            continue
        others = tuple(each for each in least.parameters if each[0] != parameter.name)
        for value in (*parameter.examples, *parameter.schema.get("enum", ()), *_values(parameter)):
            yield f"{parameter.name}: {value!r}", replace(least, parameters=(*others, *pairs_of(parameter, value)))


def _values(parameter: Parameter) -> Sequence[object]:
    """Values that the type of a parameter names itself."""
    if "boolean" in parameter.types:
        return (True, False)
    listed = parameter.schema.get("items", {}).get("enum", [])
    return [*([each] for each in listed), listed] if listed else ()


def mutated(operation: Operation) -> Iterator[tuple[str, Asked]]:
    """What is next to the simplest request; the document may accept some of it."""
    least = plain(operation)
    for parameter in operation.parameters:
        if parameter.place == "path":
            continue
        others = tuple(each for each in least.parameters if each[0] != parameter.name)
        yield f"no {parameter.name}", replace(least, parameters=others)
        for text in _TEXTS:
            if parameter.place == "query" or text:
                yield f"{parameter.name}: {text[:40]!r}", replace(least, parameters=(*others, (parameter.name, text)))
    for label, broken in (_BROKEN if operation.body else {}).items():
        yield label, replace(least, body=broken)
    for body in operation.bodies[:1]:
        bodies: list[object] = [None, [], "x", 1, *_next_to(body)]
        for value in bodies:
            yield f"body {json.dumps(value)[:80]}", replace(least, body=encode(value))


def _next_to(body: object) -> Iterator[object]:
    """A body without one member, with one more, and with another type of each."""
    if not isinstance(body, dict):
        return
    yield {}
    yield {**body, "no_such_member": 1}
    for name in body:
        yield {each: value for each, value in body.items() if each != name}
        yield from ({**body, name: value} for value in _ODD)


def accepts(operation: Operation, asked: Asked) -> bool:
    """Whether the document accepts these parameters and this body."""
    texts: dict[str, list[str]] = {}
    for name, text in asked.parameters:
        texts.setdefault(name, []).append(text)
    for parameter in operation.parameters:
        given = texts.get(parameter.name)
        if parameter.place == "path" or (given is None and not parameter.required):
            continue
        if given is None or not _is_valid(operation, parameter, given):
            return False
    if operation.body_validator is None:
        return True
    if asked.body is None:
        return not (operation.body or {}).get("required", False)
    try:
        return operation.body_validator.is_valid(parse(asked.body))
    except ValueError:
        return False


def _is_valid(operation: Operation, parameter: Parameter, given: Sequence[str]) -> bool:
    validator = operation.parameter_validators[parameter.name]
    if "array" in parameter.types:
        types = _types(parameter.schema.get("items", {}))
        return validator.is_valid([_value(types, text) for text in given])
    return len(given) == 1 and validator.is_valid(_value(parameter.types, given[0]))


def _types(schema: Mapping[str, Any]) -> Sequence[str]:
    said = schema.get("type", "string")
    return [said] if isinstance(said, str) else said


def _value(types: Sequence[str], text: str) -> object:
    """A parameter's text as the type that its schema names; itself where it is no such thing."""
    if "integer" in types and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in types and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    return text


def _text(value: object) -> str:
    """A parameter's value as it is sent."""
    return value if isinstance(value, str) else json.dumps(value)


def pairs_of(parameter: Parameter, value: object) -> list[tuple[str, str]]:
    """A parameter of this value, as it is sent: a name and a text for each element of a list."""
    values = value if isinstance(value, list) else [value]
    return [(parameter.name, _text(each)) for each in values]
