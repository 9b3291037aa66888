"""The operations of the document, with what they refer to, and what each must say so that everything follows from it.

The generator, the reference target and the suite each make something of an operation: methods, answers, requests. What
one of them could not make is refused here, with its place in `openapi.yaml`, before anything is written.
"""

from collections.abc import Iterator
from typing import Any

import attrs
import jsonschema_rs
from contract.plain_types import UnsupportedError
from openapi_python_client.strings import PythonIdentifier

JSON = "application/json"
EXPERIMENT = "experiment_uuid"
"""The path parameter that a server's own data give a value to; of every other the document gives one."""

_METHODS = ("get", "put", "post", "delete", "patch")
_OTHERS = ("head", "options", "trace")
# By place: the style and whether it explodes, which are the defaults of OpenAPI and all that the client writes.
_STYLES = {"path": ("simple", False), "query": ("form", True), "header": ("simple", False)}
# Headers that OpenAPI says are no parameters, and that the client sends itself.
_RESERVED = frozenset({"accept", "content-type", "authorization"})

Schema = dict[str, Any]


@attrs.frozen
class Parameter:
    """A parameter outside of the body."""

    name: str
    place: str
    """`path`, `query` or `header`."""
    required: bool
    description: str
    schema: Schema
    examples: tuple[Any, ...]


@attrs.frozen
class Operation:
    """One operation, every reference to a parameter, a body or a response resolved."""

    id: str
    method: str
    """In lower case."""
    path: str
    parameters: tuple[Parameter, ...]
    """Of the path and of the operation, which overrides it."""
    body: dict[str, Any] | None
    responses: dict[str, dict[str, Any]]
    """By status."""
    secured: bool
    """Whether it takes the key."""
    safe: bool
    """Whether it only reads: `x-safe`, or a method that is safe by RFC 9110, 9.2.1."""

    @property
    def at(self) -> str:
        """Its place in the document."""
        return f"paths.{self.path}.{self.method}"

    @property
    def function(self) -> str:
        """The name of its function and of its methods."""
        return str(PythonIdentifier(self.id, prefix=""))

    @property
    def success(self) -> tuple[int, dict[str, Any]]:
        """The documented success: its status and its response."""
        [found] = [(int(status), said) for status, said in self.responses.items() if status.startswith("2")]
        return found


def operations_of(document: dict[str, Any]) -> list[Operation]:
    """Every operation, in the order of the document.

    Raises:
        UnsupportedError: one of them says what nothing can be made of, or has the name of another.
    """
    found = [
        _operation(document, path, method, item)
        for path, item in document["paths"].items()
        for method in item
        if method in _METHODS + _OTHERS
    ]
    seen: dict[str, Operation] = {}
    for operation in found:
        if (first := seen.setdefault(operation.function, operation)) is not operation:
            raise UnsupportedError(f"{operation.at}: operationId is that of {first.at}")
    return found


def check_examples(document: dict[str, Any], operation: Operation) -> None:
    """Does the document give the examples by which an operation is asked and answered, one success of one exact status?

    Raises:
        UnsupportedError: an example is missing, or is not one that its schema accepts; or the statuses are others.
    """
    documented = [status for status in operation.responses if status.startswith("2")]
    if len(documented) != 1:
        raise UnsupportedError(f"{operation.at}.responses: one success is supported, not {len(documented)}")
    for at, schema, example in _examples(document, operation):
        validator = jsonschema_rs.Draft202012Validator({**schema, "components": document.get("components", {})})
        if (error := next(validator.iter_errors(example), None)) is not None:
            place = "".join(f".{step}" for step in error.instance_path)
            raise UnsupportedError(f"{at}: the example{place} is not one that its schema accepts: {error.message}")


def _operation(document: dict[str, Any], path: str, method: str, item: dict[str, Any]) -> Operation:
    said = item[method]
    at = f"paths.{path}.{method}"
    if method not in _METHODS:
        raise UnsupportedError(f"{at}: of the methods, {', '.join(_METHODS)} are supported")
    if not isinstance(said.get("operationId"), str):
        raise UnsupportedError(f"{at}: operationId is missing, which names the method of the client")
    if not isinstance(safe := said.get("x-safe", method == "get"), bool):
        raise UnsupportedError(f"{at}: x-safe is neither true nor false")
    parameters: dict[tuple[str, str], Parameter] = {}
    for part in (item, said):
        for each in part.get("parameters", ()):
            parameter = _parameter(document, at, _resolved(document, each))
            parameters[parameter.name, parameter.place] = parameter
    return Operation(
        id=said["operationId"],
        method=method,
        path=path,
        parameters=tuple(parameters.values()),
        body=_resolved(document, said["requestBody"]) if "requestBody" in said else None,
        responses={str(status): _resolved(document, each) for status, each in said["responses"].items()},
        secured=bool(said.get("security", document.get("security", []))),
        safe=safe,
    )


def _resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """What a parameter, a body or a response is, itself or by reference."""
    while "$ref" in part:
        steps = part["$ref"].removeprefix("#/").split("/")
        part = document
        for step in steps:
            if step not in part:
                raise UnsupportedError(f"#/{'/'.join(steps)}: there is no such thing, and something refers to it")
            part = part[step]
    return part


def _parameter(document: dict[str, Any], at: str, said: dict[str, Any]) -> Parameter:
    at, place = f"{at}.parameters.{said['name']}", said["in"]
    if place not in _STYLES:
        raise UnsupportedError(f"{at}: parameters in {', '.join(_STYLES)} are supported, not in {place}")
    if "schema" not in said:
        raise UnsupportedError(f"{at}: a parameter with `content` is not supported; give a schema")
    style, explode = _STYLES[place]
    if (said.get("style", style), said.get("explode", explode)) != (style, explode):
        raise UnsupportedError(f"{at}: no other style than {style}, explode: {str(explode).lower()}, is supported")
    if place == "header" and said["name"].lower() in _RESERVED:
        raise UnsupportedError(f"{at}: this header is not a parameter (OpenAPI 3.1, 4.8.12.2.1)")
    if not said.get("description"):
        raise UnsupportedError(f"{at}: a description is missing, which the documentation of the method shows")
    return Parameter(
        name=said["name"],
        place=place,
        required=bool(said.get("required", place == "path")),
        description=str(said["description"]),
        schema=said["schema"],
        examples=_examples_of(document, said),
    )


def _examples_of(document: dict[str, Any], said: dict[str, Any]) -> tuple[Any, ...]:
    """The examples of a parameter or of a media type; those of its schema where it has none of its own."""
    if "examples" in said:
        return tuple(_resolved(document, each)["value"] for each in said["examples"].values())
    if "example" in said:
        return (said["example"],)
    schema = _resolved(document, said["schema"])
    return tuple(schema.get("examples", ()))


def _examples(document: dict[str, Any], operation: Operation) -> Iterator[tuple[str, Schema, Any]]:
    """Each example that the target answers with, or the suite sends: its place, its schema, itself."""
    for parameter in operation.parameters:
        at = f"{operation.at}.parameters.{parameter.name}"
        if parameter.required and not parameter.examples and parameter.name != EXPERIMENT:
            raise UnsupportedError(f"{at}: an example is missing, by which the suite asks and the target answers")
        yield from ((at, parameter.schema, each) for each in parameter.examples)
    if operation.body is not None:
        yield from _media(document, f"{operation.at}.requestBody", operation.body, "the suite asks with it")
    for status, response in operation.responses.items():
        at = f"{operation.at}.responses.{status}"
        if not status.isdecimal() or not 200 <= int(status) < 600:
            raise UnsupportedError(f"{at}: only exact statuses are supported, from 200 on")
        if status.startswith("2") and response.get("content"):
            yield from _media(document, at, response, "the target answers with it")


def _media(document: dict[str, Any], at: str, said: dict[str, Any], use: str) -> Iterator[tuple[str, Schema, Any]]:
    content = said.get("content", {})
    if list(content) != [JSON]:
        raise UnsupportedError(f"{at}.content: {JSON} alone is supported, not {', '.join(content) or 'nothing'}")
    at, media = f"{at}.content.{JSON}", content[JSON]
    if "schema" not in media:
        raise UnsupportedError(f"{at}: a schema is missing")
    if not (examples := _examples_of(document, media)):
        raise UnsupportedError(f"{at}: an example is missing: {use}")
    yield from ((at, media["schema"], each) for each in examples)
