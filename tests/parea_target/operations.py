"""The operations of the contract: where each is found, what it takes, and what it answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema_rs

JSON = "application/json"
FILTERS = "#/components/schemas/TraceLogFilters"
LOGS = {"type": "array", "items": {"$ref": "#/components/schemas/TraceLog"}}
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})

Schema = Mapping[str, Any]


class ContractError(Exception):
    """The document says what the target cannot serve; the message names the place."""


@dataclass(frozen=True)
class Parameter:
    """A parameter in the path, the query or a header.

    Attributes:
        place: `path`, `query` or `header`.
        schema: its schema, a reference resolved.
        examples: the values that the document gives.
    """

    name: str
    place: str
    required: bool
    schema: Schema
    examples: tuple[Any, ...]


@dataclass(frozen=True)
class Operation:
    """One operation of the document.

    Attributes:
        method: in upper case.
        template: the segments of the path template, a parameter as `{name}`.
        secured: whether it takes the key.
        body: what the document says of the body; None where it takes none.
        responses: by status, what the document says of an answer.
        document: the document, whose components the schemas refer to.
    """

    id: str
    method: str
    template: tuple[str, ...]
    secured: bool
    parameters: tuple[Parameter, ...]
    body: Mapping[str, Any] | None = field(repr=False)
    responses: Mapping[str, Mapping[str, Any]] = field(repr=False)
    document: Mapping[str, Any] = field(repr=False)

    @cached_property
    def success(self) -> tuple[int, Mapping[str, Any]]:
        """The documented success: its status and what the document says of it."""
        [(status, said)] = [each for each in self.responses.items() if each[0].startswith("2")]
        return int(status), said

    @property
    def answers_logs(self) -> bool:
        """Whether it takes a filter and answers trace logs, which is what the store is for."""
        taken = (self.body or {}).get("content", {}).get(JSON, {}).get("schema", {})
        answered = self.success[1].get("content", {}).get(JSON, {}).get("schema")
        return bool(taken == {"$ref": FILTERS} and answered == LOGS)

    def validator(self, schema: Schema) -> jsonschema_rs.Draft202012Validator:
        """A validator of a schema of this operation's."""
        return jsonschema_rs.Draft202012Validator(
            {**schema, "components": self.document["components"]}, pattern_options=jsonschema_rs.RegexOptions()
        )

    def example(self) -> object:
        """The document's example of the success.

        Raises:
            ContractError: it has none.
        """
        media = self.success[1]["content"][JSON]
        for example in _examples(self.document, media):
            return example
        raise ContractError(f"openapi.yaml: {self.id}: the success has no example, which the target answers with")

    def detail(self, status: int) -> str | None:
        """The document's example of the `detail` of an error; None where it has none."""
        media = self.responses.get(str(status), {}).get("content", {}).get(JSON, {})
        for example in _examples(self.document, media):
            return str(example["detail"]) if isinstance(example["detail"], str) else None
        return None


def operations_of(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation, in the order of the document."""
    for path, item in document["paths"].items():
        for method, said in item.items():
            if method not in METHODS:
                continue
            parameters = [_parameter(document, each) for part in (item, said) for each in part.get("parameters", ())]
            yield Operation(
                id=said["operationId"],
                method=method.upper(),
                template=tuple(path.split("/")),
                secured=bool(said.get("security", document.get("security", ()))),
                parameters=tuple({(each.name, each.place): each for each in parameters}.values()),
                body=_resolved(document, said["requestBody"]) if "requestBody" in said else None,
                responses={str(status): _resolved(document, each) for status, each in said["responses"].items()},
                document=document,
            )


def match_template(path: bytes, template: tuple[str, ...]) -> dict[str, str] | None:
    """The values of the parameters in a raw path, by name; None for another path. An encoded slash is no slash."""
    segments = path.split(b"/")
    if len(segments) != len(template):
        return None
    values = {}
    for segment, expected in zip(segments, template, strict=True):
        try:
            given = unquote_to_bytes(segment).decode("utf-8")
        except UnicodeDecodeError:
            return None
        if expected.startswith("{"):
            values[expected[1:-1]] = given
        elif given != expected:
            return None
    return values if all(values.values()) else None


def operations_at(path: bytes, operations: Iterable[Operation]) -> list[Operation]:
    """The operations of the path that a raw path names: of several, the one that says more of it in so many words."""
    found = [each for each in operations if match_template(path, each.template) is not None]
    best = min((_parameterised(each.template) for each in found), default=())
    return [each for each in found if _parameterised(each.template) == best]


def _parameterised(template: tuple[str, ...]) -> tuple[bool, ...]:
    return tuple(segment.startswith("{") for segment in template)


def _resolved(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        name: str = part["$ref"]
        part = document
        for step in name.removeprefix("#/").split("/"):
            part = part[step]
    return part


def _parameter(document: Mapping[str, Any], said: Mapping[str, Any]) -> Parameter:
    said = _resolved(document, said)
    place = said["in"]
    return Parameter(
        name=said["name"],
        place=place,
        required=bool(said.get("required", place == "path")),
        schema=_resolved(document, said["schema"]),
        examples=tuple(_examples(document, said)),
    )


def _examples(document: Mapping[str, Any], said: Mapping[str, Any]) -> Iterator[Any]:
    """The examples of a parameter or of a media type; those of its schema where it has none of its own."""
    if "examples" in said:
        yield from (_resolved(document, each)["value"] for each in said["examples"].values())
    elif "example" in said:
        yield said["example"]
    elif "schema" in said:
        yield from _resolved(document, said["schema"]).get("examples", ())
