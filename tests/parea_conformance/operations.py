"""What the document says of each operation, and which requirements an operation has of its own."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jsonschema_rs

JSON = "application/json"
EXPERIMENT = "experiment_uuid"
"""The parameter in paths that an option of the run gives a value to."""

_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_SAFE = frozenset({"get", "head", "options"})
_FILTERS = {"$ref": "#/components/schemas/TraceLogFilters"}
_LOGS = {"type": "array", "items": {"$ref": "#/components/schemas/TraceLog"}}

Document = Mapping[str, Any]
Validator = jsonschema_rs.Draft202012Validator


class ContractError(Exception):
    """The document says what the suite cannot judge by; the message names the place."""


@dataclass(frozen=True)
class Parameter:
    """A parameter outside of the body.

    Attributes:
        place: `path`, `query` or `header`.
        schema: its schema, a reference resolved.
        examples: the values that the document gives.
    """

    name: str
    place: str
    required: bool
    schema: Mapping[str, Any]
    examples: tuple[Any, ...]

    @property
    def types(self) -> Sequence[str]:
        """The types of JSON that it may have."""
        said = self.schema.get("type", "string")
        return [said] if isinstance(said, str) else said


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation.

    Attributes:
        method: in upper case.
        path: the path template.
        secured: whether it takes the key. safe: whether it only reads.
        body: what the document says of the body; None where it takes none.
        responses: by status, what the document says of an answer.
    """

    id: str
    method: str
    path: str
    secured: bool
    safe: bool
    parameters: tuple[Parameter, ...]
    body: Mapping[str, Any] | None = field(repr=False)
    responses: Mapping[str, Mapping[str, Any]] = field(repr=False)
    document: Document = field(repr=False)

    @property
    def success(self) -> int:
        """The status of the documented success."""
        [status] = [int(status) for status in self.responses if status.startswith("2")]
        return status

    @property
    def answers_logs(self) -> bool:
        """Whether it takes a filter and answers the trace logs that match."""
        taken = (self.body or {}).get("content", {}).get(JSON, {}).get("schema")
        answered = self.responses[str(self.success)].get("content", {}).get(JSON, {}).get("schema")
        return bool(taken == _FILTERS and answered == _LOGS)

    @property
    def bodies(self) -> tuple[Any, ...]:
        """The document's examples of a body."""
        return tuple(_examples(self.document, self.body["content"][JSON])) if self.body else ()

    @property
    def max_bytes(self) -> int | None:
        """The largest body that a server must judge; None where the document does not say."""
        return (self.body or {}).get("x-max-bytes")

    @cached_property
    def body_validator(self) -> Validator | None:
        """A validator of the body's schema; None where it takes no body."""
        return self._validator(self.body["content"][JSON]["schema"]) if self.body else None

    @cached_property
    def parameter_validators(self) -> Mapping[str, Validator]:
        """By name, a validator of each parameter."""
        return {parameter.name: self._validator(parameter.schema) for parameter in self.parameters}

    @cached_property
    def answer_validators(self) -> Mapping[int, Validator]:
        """By documented status, a validator of its JSON; without those that have no content."""
        media = {status: said.get("content", {}).get(JSON, {}) for status, said in self.responses.items()}
        return {int(status): self._validator(said["schema"]) for status, said in media.items() if "schema" in said}

    def matches(self, path: str) -> bool:
        """Whether a path names this operation, whatever the method."""
        parts = re.split(r"\{[^{}]+\}", self.path)
        return re.fullmatch("[^/]+".join(map(re.escape, parts)), path.partition("?")[0]) is not None

    def media_types(self, status: int) -> Sequence[str]:
        """The media types of an answer with this status; JSON where the document does not say."""
        said = self.responses.get(str(status))
        return (JSON,) if said is None else tuple(said.get("content", {}))

    def requirement(self, name: str) -> str:
        """The id of a requirement of this operation's."""
        return f"operation.{self.id}.{name}"

    def _validator(self, schema: Mapping[str, Any]) -> Validator:
        return Validator({**schema, "components": self.document["components"]})


REQUIREMENTS: Mapping[str, Callable[[Operation], bool]] = {
    "authentication": lambda _operation: True,
    "method": lambda _operation: True,
    "unknown": lambda operation: any(each.place == "path" for each in operation.parameters),
    "accepted": lambda _operation: True,
    "refused": lambda operation: bool(operation.body) or any(each.place != "path" for each in operation.parameters),
    "schema": lambda _operation: True,
    "media-type": lambda _operation: True,
    "filter": lambda operation: operation.answers_logs,
}
"""The requirements of operations that the suite checks, and which operations have them."""


def requirements_of(
    operations: Sequence[Operation], stated: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The requirements of these operations: their ids, and what `x-operation-requirements` states of each.

    Raises:
        ContractError: one is stated that no check is for, or not stated although one is.
    """
    for name in (*stated, *REQUIREMENTS):
        if name not in REQUIREMENTS or name not in stated:
            have = "has no check in the suite" if name in stated else "is missing"
            raise ContractError(f"openapi.yaml: x-operation-requirements.{name}: it {have}")
    for operation in operations:
        for name, applies in REQUIREMENTS.items():
            if applies(operation):
                said = stated[name]
                text = said["text"].replace("{operation}", f"`{operation.method} {operation.path}`")
                yield operation.requirement(name), {**said, "text": text}


def operations_of(document: Document) -> Iterator[Operation]:
    """Every operation, in the order of the document."""
    for path, item in document["paths"].items():
        for method, said in item.items():
            if method not in _METHODS:
                continue
            parameters = [_parameter(document, each) for part in (item, said) for each in part.get("parameters", ())]
            yield Operation(
                id=said["operationId"],
                method=method.upper(),
                path=path,
                secured=bool(said.get("security", document.get("security", ()))),
                safe=said.get("x-safe", method in _SAFE),
                parameters=tuple({(each.name, each.place): each for each in parameters}.values()),
                body=_resolved(document, said["requestBody"]) if "requestBody" in said else None,
                responses={str(status): _resolved(document, each) for status, each in said["responses"].items()},
                document=document,
            )


def _resolved(document: Document, part: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        name: str = part["$ref"]
        part = document
        for step in name.removeprefix("#/").split("/"):
            part = part[step]
    return part


def _parameter(document: Document, said: Mapping[str, Any]) -> Parameter:
    said = _resolved(document, said)
    return Parameter(
        name=said["name"],
        place=said["in"],
        required=bool(said.get("required", said["in"] == "path")),
        schema=_resolved(document, said["schema"]),
        examples=tuple(_examples(document, said)),
    )


def _examples(document: Document, said: Mapping[str, Any]) -> Iterator[Any]:
    """The examples of a parameter or of a media type; those of its schema where it has none of its own."""
    if "examples" in said:
        yield from (_resolved(document, each)["value"] for each in said["examples"].values())
    elif "example" in said:
        yield said["example"]
    else:
        yield from _resolved(document, said["schema"]).get("examples", ())
