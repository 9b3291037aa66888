"""The signature of each operation's methods and functions: what they take, send, give back and raise."""

import keyword
from collections.abc import Iterator, Sequence

import attrs
from contract.operations import Operation
from contract.plain_types import UnsupportedError
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.responses import Response

# Arguments of every call, and of the functions alone: no parameter of the contract can have these names.
_TAKEN = frozenset({"self", "client", "body", "extra_headers", "invalid", "timeout"})
# What `Parea` has beside its operations.
_METHODS = frozenset({"close", "aclose", "with_options"})


@attrs.frozen
class Argument:
    """A parameter outside of the body."""

    name: str
    """In Python."""
    wire: str
    """In the contract."""
    place: str
    """`path`, `query` or `header`."""
    type: str
    required: bool
    description: str

    @property
    def declared(self) -> str:
        """As a signature declares it: None where a parameter is not sent."""
        if self.required:
            return f"{self.name}: {self.type}"
        optional = self.type if "None" in self.type.split(" | ") else f"{self.type} | None"
        return f"{self.name}: {optional} = None"


@attrs.frozen
class Body:
    """The argument that becomes the body."""

    name: str
    """Of a method's argument; a function calls it `body`."""
    type: str
    description: str
    required: bool
    """Whether the contract requires one."""
    empty: bool
    """Whether the class can be made of nothing, which is then what a method sends without the argument."""

    @property
    def of_method(self) -> str:
        """As the signature of a method declares it."""
        return (
            f"{self.name}: {self.type}"
            if self.required and not self.empty
            else f"{self.name}: {self.type} | None = None"
        )

    @property
    def of_function(self) -> str:
        """As the signature of a function declares it."""
        return f"body: {self.type}" if self.required else f"body: {self.type} | None = None"

    @property
    def passed(self) -> str:
        """What a method passes to the function."""
        made = self.required and self.empty
        return f"{self.name} if {self.name} is not None else {self.type}()" if made else self.name


@attrs.frozen
class Signature:
    """What the methods and functions of one operation take, give back and raise."""

    operation: Operation
    arguments: tuple[Argument, ...]
    """Those in the path, in its order, then those that are given by keyword."""
    body: Body | None
    status: int
    """Of the documented success."""
    result: str
    """The type of what is given back; None where the answer has no content."""
    element: str | None
    """The class of the elements, where the answer is an array of objects: it can be streamed."""
    returned: str
    """What the document says of the success."""

    def at(self, *places: str) -> list[Argument]:
        """The arguments of these places."""
        return [argument for argument in self.arguments if argument.place in places]

    @property
    def iterator(self) -> str:
        """The name of the method that streams what the operation answers: `iter_logs` for `get_logs`."""
        return "iter_" + self.operation.function.removeprefix("get_").removeprefix("list_")


def signature_of(endpoint: Endpoint, operation: Operation) -> Signature:
    """The signature of one operation.

    Args:
        endpoint: The operation as the generator has parsed it, its types made plain.
        operation: The operation as the document states it.

    Raises:
        UnsupportedError: two arguments have one name, or the method has that of another.
    """
    if endpoint.name in _METHODS or keyword.iskeyword(endpoint.name):
        raise UnsupportedError(f"{operation.at}: no method of the client can be called {endpoint.name}")
    success = success_of(endpoint)
    element = _element_of(success)
    plain = "None" if success.source["attribute"] == "None" else _type(success.prop)
    arguments = tuple(_arguments(endpoint, operation))
    return Signature(
        operation=operation,
        arguments=arguments,
        body=_body(endpoint, operation, [argument.name for argument in arguments]),
        status=operation.success[0],
        result=f"Logs[{element}]" if element else plain,
        element=element,
        returned=operation.success[1]["description"],
    )


def success_of(endpoint: Endpoint) -> Response:
    """The documented success: `operations_of` has seen to it that there is one, of one exact status."""
    [found] = [each for each in endpoint.responses.patterns if each.status_code.pattern.startswith("2")]
    return found


def _element_of(success: Response) -> str | None:
    inner = success.prop.inner_property if isinstance(success.prop, ListProperty) else None
    return inner.class_info.name if isinstance(inner, ModelProperty) else None


def _type(prop: PropertyProtocol) -> str:
    return prop.get_type_string(no_optional=True).as_unembedded_code()


def _arguments(endpoint: Endpoint, operation: Operation) -> Iterator[Argument]:
    said = {(each.name, each.place): each for each in operation.parameters}
    for place, properties in (
        ("path", endpoint.path_parameters),
        ("query", endpoint.query_parameters),
        ("header", endpoint.header_parameters),
    ):
        for prop in properties:
            wire = prop.name.get_untrusted_value()
            name = f"{prop.python_name}_{place}" if prop.python_name in _TAKEN else str(prop.python_name)
            parameter = said[wire, place]
            yield Argument(name, wire, place, _type(prop), parameter.required, parameter.description)


def _body(endpoint: Endpoint, operation: Operation, taken: Sequence[str]) -> Body | None:
    if operation.body is None:
        return None
    [body] = endpoint.bodies
    name, empty = "body", False
    if isinstance(body.prop, ModelProperty):
        # `filters` of `TraceLogFilters`: the last word of the class names the argument.
        name, empty = body.prop.class_info.module_name.rpartition("_")[2], not body.prop.required_properties
    description = (
        body.prop.description.get_untrusted_value() if body.prop.description else operation.body["description"]
    )
    required = bool(operation.body.get("required", False))
    return Body("body" if name in taken else name, _type(body.prop), description, required, empty)
