"""What the templates need of `openapi.yaml` and the generator does not parse: server, key, statuses, texts.

Everything here fails loudly on a document that the templates have no words for: a client that silently lacks a query
parameter is worse than none.
"""

import re
from collections.abc import Iterator
from typing import Any

import attrs
from contract.operations import Operation, check_examples, operations_of
from contract.plain_types import UnsupportedError
from contract.signatures import Signature, signature_of, success_of
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.strings import pascal_case

# The names of RFC 9110, 15.5 and RFC 6585. Python's `HTTPStatus` has changed some of its names between versions, and
# the output must not depend on the Python that generates it.
STATUS_NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    409: "Conflict",
    410: "Gone",
    411: "Length Required",
    412: "Precondition Failed",
    413: "Content Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    428: "Precondition Required",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@attrs.frozen
class StatusFact:
    """One documented error status and the exception that stands for it."""

    code: int
    class_name: str
    description: str


@attrs.frozen
class Facts:
    """What the templates know as `contract`."""

    base_url: str
    """The first server, without a slash at its end."""
    api_root: str
    """What the first path begins with, up to its version: a base may end with it, as the official client's does."""
    key_header: str
    """The header that carries the key."""
    signatures: dict[str, Signature]
    """Of each operation, by the name of its function."""
    errors: list[StatusFact]
    """The documented errors of all operations, by status."""
    public: list[str]
    """The classes that a caller passes or receives; those of error bodies alone are in `models` only."""
    wire: dict[str, list[str]]
    """The members of a class in the order in which the examples of answers have them."""
    enumerations: dict[str, dict[str, str]]
    """What the document says of each value of an enumeration: `x-enumDescriptions`."""

    def errors_of(self, endpoint: Endpoint) -> list[StatusFact]:
        """The documented errors of one operation, as it describes them."""
        responses = self.signatures[endpoint.name].operation.responses
        return [
            attrs.evolve(error, description=responses[str(error.code)]["description"].strip())
            for error in self.errors
            if str(error.code) in responses
        ]

    def in_wire_order(self, model: ModelProperty) -> list[PropertyProtocol]:
        """The members of a class: first those of the examples, in their order, then the rest in the contract's."""
        shown = self.wire.get(model.class_info.name, [])
        place = {name: number for number, name in enumerate(shown)}
        return sorted(_members(model), key=lambda member: place.get(member.name.get_untrusted_value(), len(place)))


def facts_of(document: dict[str, Any], data: GeneratorData) -> Facts:
    """Read the facts off the document.

    Raises:
        UnsupportedError: one of them is missing, or an operation needs what the templates cannot give.
    """
    operations = {operation.function: operation for operation in operations_of(document)}
    for operation in operations.values():
        check_examples(document, operation)
    endpoints = [each for collection in data.endpoint_collections_by_tag.values() for each in collection.endpoints]
    _check_complete(document, data, endpoints, operations)
    signatures = {str(each.name): signature_of(each, operations[each.name]) for each in endpoints}
    for signature in signatures.values():
        if signature.element and signature.iterator in signatures:
            raise UnsupportedError(
                f"{signature.operation.at}: its iterator would have the name of {signature.iterator}"
            )
    servers = document.get("servers", [])
    if not servers:
        raise UnsupportedError("servers: the client needs a default base")
    return Facts(
        base_url=servers[0]["url"].rstrip("/"),
        api_root=_api_root(list(document["paths"])),
        key_header=_key_header(document),
        signatures=signatures,
        errors=_errors(operations),
        public=sorted(_public(data, endpoints)),
        wire=_wire(document, operations),
        enumerations=_enumerations(document),
    )


def _api_root(paths: list[str]) -> str:
    """The root of the first path: bases that end with it are for that one, and every path follows what is before it."""
    return match[1] if (match := re.match(r"((?:/[^/{}]+)*?/v[0-9]+)/", paths[0])) else ""


def _key_header(document: dict[str, Any]) -> str:
    schemes = list(document.get("components", {}).get("securitySchemes", {}).values())
    if len(schemes) != 1 or (schemes[0]["type"], schemes[0].get("in")) != ("apiKey", "header"):
        raise UnsupportedError("components.securitySchemes: the client knows one key, in a header")
    return str(schemes[0]["name"])


def _errors(operations: dict[str, Operation]) -> list[StatusFact]:
    """Each documented error once, with what every operation that has it says of it."""
    said: dict[int, dict[str, list[str]]] = {}
    for operation in operations.values():
        for status, response in operation.responses.items():
            if status.startswith("2"):
                continue
            if int(status) not in STATUS_NAMES:
                raise UnsupportedError(f"{operation.at}.responses.{status}: no exception can be named after it")
            said.setdefault(int(status), {}).setdefault(response["description"].strip(), []).append(operation.function)
    return [StatusFact(code, pascal_case(STATUS_NAMES[code]) + "Error", _text(said[code])) for code in sorted(said)]


def _text(said: dict[str, list[str]]) -> str:
    """What all operations say of an error, or what each of them says."""
    if len(said) == 1:
        return next(iter(said))
    return "\n\n".join(f"{' and '.join(f'`{name}`' for name in names)}: {text}" for text, names in said.items())


def _enumerations(document: dict[str, Any]) -> dict[str, dict[str, str]]:
    described = {}
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        if "x-enumDescriptions" in schema:
            described[name] = schema["x-enumDescriptions"]
            if list(described[name]) != schema.get("enum"):
                raise UnsupportedError(f"components.schemas.{name}: x-enumDescriptions are not of the values of enum")
    return described


def _wire(document: dict[str, Any], operations: dict[str, Operation]) -> dict[str, list[str]]:
    """The order of the members of each class in the examples of answers; the first example of a class counts."""
    schemas = document.get("components", {}).get("schemas", {})
    orders: dict[str, list[str]] = {}
    waiting: list[tuple[dict[str, Any], Any]] = []
    for operation in operations.values():
        for response in operation.responses.values():
            for media in response.get("content", {}).values():
                examples = [media.get("example"), *(each.get("value") for each in media.get("examples", {}).values())]
                waiting += [(media.get("schema", {}), example) for example in examples]
    for schema, value in waiting:  # which grows
        name = schema.get("$ref", "").removeprefix("#/components/schemas/")
        schema = schemas.get(name, schema)
        waiting += [(part, value) for part in schema.get("oneOf", ())]
        if isinstance(value, list):
            waiting += [(schema.get("items", {}), each) for each in value]
        elif isinstance(value, dict):
            members = schema.get("properties", {})
            if members:
                orders.setdefault(name, [each for each in value if each in members])
            waiting += [(members[each], value[each]) for each in value if each in members]
            if isinstance(free := schema.get("additionalProperties"), dict):
                waiting += [(free, each) for each in value.values()]
    return orders


def _check_complete(
    document: dict[str, Any], data: GeneratorData, endpoints: list[Endpoint], operations: dict[str, Operation]
) -> None:
    """The generator drops what it cannot parse and goes on: compare what it understood with what is there."""
    models: dict[str, ModelProperty] = {model.class_info.name: model for model in data.models}
    classes = {*models, *(enum.class_info.name for enum in data.enums)}
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        if name not in classes:
            raise UnsupportedError(f"components.schemas.{name}: the generator made no class of it")
        if name in models:
            known = {prop.name.get_untrusted_value() for prop in _members(models[name])}
            if known != set(schema.get("properties", {})):
                raise UnsupportedError(f"components.schemas.{name}: the class has other members than the schema")
    if operations.keys() != {endpoint.name for endpoint in endpoints}:
        raise UnsupportedError("paths: the generator made other functions than there are operations")


def _members(model: ModelProperty) -> list[PropertyProtocol]:
    return [*(model.required_properties or []), *(model.optional_properties or [])]


def _public(data: GeneratorData, endpoints: list[Endpoint]) -> set[str]:
    """The classes within reach of a body or a documented success."""
    models = {model.class_info.name: model for model in data.models}
    reached: set[str] = set()
    waiting: list[PropertyProtocol] = []
    for endpoint in endpoints:
        waiting += [body.prop for body in endpoint.bodies]
        waiting.append(success_of(endpoint).prop)
        waiting += endpoint.query_parameters + endpoint.header_parameters + endpoint.path_parameters
    while waiting:
        prop = waiting.pop()
        waiting += _inner(prop)
        if isinstance(prop, ModelProperty | EnumProperty) and prop.class_info.name not in reached:
            reached.add(prop.class_info.name)
            if prop.class_info.name in models:
                waiting += _members(models[prop.class_info.name])
    return reached


def _inner(prop: PropertyProtocol) -> Iterator[PropertyProtocol]:
    """What a union, a list or a dict is made of."""
    yield from getattr(prop, "inner_properties", ())
    for attribute in ("inner_property", "value"):
        if (inner := getattr(prop, attribute, None)) is not None:
            yield inner
