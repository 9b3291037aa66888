"""Operations that there is no store for: judged by the document, answered with its own example."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jsonschema_rs
from starlette.requests import Request
from starlette.responses import Response

from parea_target.answers import JSON, Refusal
from parea_target.bodies import BodyError, malformed
from parea_target.judging import Call, Tenant, judge_key
from parea_target.operations import Operation, Parameter, match_template

_EXPERIMENT = "experiment_uuid"
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")


async def answer_example(call: Call, operation: Operation) -> Response:
    """The document's example of the success, once the request is judged, in the order of the contract.

    Of the parameters in the path, an experiment exists where the store has it, anything else where the document says so
    by an example.

    Raises:
        Refusal: the request is not as the document says.
    """
    if operation.secured:
        await judge_key(call)
    else:
        call.tenant = Tenant(None)
    faults = [*await _body_faults(call, operation), *_parameter_faults(call.request, operation)]
    if faults:
        raise Refusal(422, faults)
    if not _exists(call, operation):
        raise Refusal(404, operation.detail(404))
    status, said = operation.success
    if not said.get("content"):
        return Response(status_code=status)
    return Response(json.dumps(operation.example()), status, media_type=JSON)


async def _body_faults(call: Call, operation: Operation) -> list[BodyError]:
    """What is wrong with the body.

    Raises:
        Refusal: its media type or its size is (415, 413).
    """
    if operation.body is None:
        return []
    contract, parts, request = call.target.contract, call.target.parts, call.request
    announced = request.headers.getlist("content-type")
    try:
        if not announced and not operation.body.get("required", False) and await _is_empty(request):
            return []
        if not parts.match_media_type(announced, contract):
            raise Refusal(415)
        body = await parts.read_body(request, operation.body.get("x-max-bytes", contract.max_bytes))
    except Refusal as refusal:
        raise Refusal(refusal.status, operation.detail(refusal.status)) from None
    try:
        value = parts.parse(body)
        validator = operation.validator(operation.body["content"][JSON]["schema"])
        return [_error(("body", *place), keyword) for place, keyword in _faults(validator, value)]
    except ValueError:  # no JSON, or what neither the validator nor UTF-8 can hold: depth, half a surrogate pair
        return malformed()


async def _is_empty(request: Request) -> bool:
    return not [piece async for piece in request.stream() if piece]


def _parameter_faults(request: Request, operation: Operation) -> Iterator[BodyError]:
    """What is wrong with the parameters outside of the path. What the document does not know is ignored."""
    for parameter in operation.parameters:
        if parameter.place == "path":
            continue
        given = (request.query_params if parameter.place == "query" else request.headers).getlist(parameter.name)
        place: tuple[str | int, ...] = (parameter.place, parameter.name)
        if not given:
            if parameter.required:
                yield _error(place, "required")
            continue
        many = "array" in _types(parameter.schema)
        if len(given) > 1 and not many:
            yield _error(place, "type")
            continue
        value = _read(parameter, given) if many else _value(parameter.schema, given[0])
        for inner, keyword in _faults(operation.validator(parameter.schema), value):
            yield _error((*place, *inner), keyword)


def _exists(call: Call, operation: Operation) -> bool:
    """Whether there is what the parameters in the path name."""
    path: bytes = call.request.scope.get("raw_path") or call.request.scope["path"].encode()
    given = match_template(path, operation.template) or {}
    for parameter in operation.parameters:
        if parameter.place != "path":
            continue
        value = given[parameter.name]
        if parameter.name == _EXPERIMENT:
            if call.target.parts.locate(call.target.store, call.tenant, value) is None:
                return False
        elif _value(parameter.schema, value) not in parameter.examples:
            return False
    return True


def _types(schema: Mapping[str, Any]) -> Sequence[str]:
    said = schema.get("type", "string")
    return [said] if isinstance(said, str) else said


def _read(parameter: Parameter, given: Sequence[str]) -> list[object]:
    return [_value(parameter.schema.get("items", {}), text) for text in given]


def _value(schema: Mapping[str, Any], text: str) -> object:
    """A parameter's text as the type that its schema names; itself where it is no such thing."""
    types = _types(schema)
    if "integer" in types and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in types and _NUMBER.fullmatch(text):
        return float(text)
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    return text


def _faults(
    validator: jsonschema_rs.Draft202012Validator, value: object
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for error in validator.iter_errors(value):
        place = tuple(error.instance_path)
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
            place = (*place, error.kind.property)
        yield place, error.kind.name


def _error(place: tuple[str | int, ...], keyword: str) -> BodyError:
    return {"loc": list(place), "msg": f"{'.'.join(map(str, place))} is not as documented", "type": keyword}
