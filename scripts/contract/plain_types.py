"""Give the generator's parsed properties the plain types that msgspec decodes and that lose nothing.

The generator wraps every free-form object in a class of its own and turns timestamps into `datetime`. Here, between its
parsing and its rendering, a free-form object becomes a `dict`, a timestamp stays the string that the server sent (more
than six fraction digits and the form of the offset would be lost), and a number stays an integer where it came as one.
Before its parsing, conditions over the members of a class are left out: it would take them for more members.
"""

import keyword
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar, cast

import attrs
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties import AnyProperty, ModelProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol, Value
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty
from openapi_python_client.schema import UntrustedString
from openapi_python_client.strings import PythonCode, PythonIdentifier

P = TypeVar("P", bound=PropertyProtocol)


class UnsupportedError(Exception):
    """The contract says something that the templates have no words for."""


def without_conditions(document: dict[str, Any]) -> dict[str, Any]:
    """The document without the parts of `allOf` that only say more of a schema's own properties.

    Those decide which bodies are valid, which is the server's to judge; the class is made of the properties. A part
    that brings members of its own stays, and the generator merges it.
    """
    schemas = document.get("components", {}).get("schemas", {})
    kept = {name: dict(schema) for name, schema in schemas.items()}
    for name, schema in schemas.items():
        if "properties" in schema and "allOf" in schema:
            prefix = f"#/components/schemas/{name}/$defs/"
            parts = []
            for part in schema["allOf"]:
                own = part.get("$ref", "").startswith(prefix)
                resolved = schema["$defs"][part["$ref"].removeprefix(prefix)] if own else part
                if "$ref" in resolved or resolved.get("properties", {}).keys() - schema["properties"].keys():
                    parts.append(part)
            kept[name]["allOf"] = parts
    return {**document, "components": {**document.get("components", {}), "schemas": kept}}


@attrs.define
class DictProperty(PropertyProtocol):
    """A JSON object with free keys: `dict[str, ...]` in the place of a class."""

    name: UntrustedString
    required: bool
    default: Value | None
    python_name: PythonIdentifier
    description: UntrustedString | None
    example: UntrustedString | None
    value: PropertyProtocol
    template: ClassVar[str] = "any_property.py.jinja"

    def convert_value(self, value: object) -> Value | None:  # noqa: ARG002
        """A default is never converted: members have none."""
        return None

    def get_base_type_string(self) -> PythonCode:
        """The type of the values, in a `dict`."""
        return PythonCode(f"dict[str, {self.value.get_type_string().as_unembedded_code()}]")

    def get_imports(self, *, prefix: str) -> set[str]:
        """The imports of the type of the values."""
        return super().get_imports(prefix=prefix) | self.value.get_imports(prefix=prefix)

    def get_lazy_imports(self, *, prefix: str) -> set[str]:
        """The imports that only type checkers need."""
        return self.value.get_lazy_imports(prefix=prefix)


@attrs.define
class NumberProperty(FloatProperty):
    """A JSON number. An integer stays one: beyond 2**53 a float would be another number."""

    _type_string: ClassVar[str] = "float | int"


def _as(kind: Callable[..., P], prop: PropertyProtocol) -> P:
    """`prop` as a property of another kind, without its default: a member that was absent must stay absent."""
    return kind(
        name=prop.name,
        required=prop.required,
        default=None,
        python_name=prop.python_name,
        description=prop.description,
        example=prop.example,
    )


_REPLACED: dict[type, Callable[..., PropertyProtocol]] = {
    DateProperty: StringProperty,
    DateTimeProperty: StringProperty,
    UuidProperty: StringProperty,
    FloatProperty: NumberProperty,
}


def _is_free(model: ModelProperty) -> bool:
    """Whether the object has no members of its own, only free keys."""
    return not (model.required_properties or model.optional_properties) and model.additional_properties is not None


def _members(model: ModelProperty) -> Iterator[PropertyProtocol]:
    for members in (model.required_properties, model.optional_properties):
        if members is None:
            raise UnsupportedError(f"{model.class_info.name}: the generator left its members unprocessed")
        yield from members


class _Plain:
    """The properties of one document, made plain."""

    def __init__(self, data: GeneratorData) -> None:
        # A property that refers to a model is a copy made before the model's members were known: ask by name.
        self.free = {model.class_info.name: model for model in data.models if _is_free(model)}

    def of(self, prop: PropertyProtocol) -> PropertyProtocol:
        if isinstance(prop, UnionProperty):
            return attrs.evolve(prop, default=None, inner_properties=[self.of(each) for each in prop.inner_properties])
        if isinstance(prop, ListProperty):
            return attrs.evolve(prop, inner_property=self.of(prop.inner_property))
        if isinstance(prop, ModelProperty) and prop.class_info.name in self.free:
            value = self.free[prop.class_info.name].additional_properties
            assert value is not None  # noqa: S101 - _is_free
            return _as(lambda **common: DictProperty(value=self.of(value), **common), prop)
        if type(prop) in _REPLACED:
            return _as(_REPLACED[type(prop)], prop)
        evolved: PropertyProtocol = attrs.evolve(cast("Any", prop), default=None)  # every property is an attrs class
        return evolved

    def model(self, model: ModelProperty) -> None:
        """Make the members of `model` plain, in place: the generator shares the object between its lists."""
        name = model.class_info.name
        if model.additional_properties is not None and not isinstance(model.additional_properties, AnyProperty):
            raise UnsupportedError(f"{name}: members beside additionalProperties with a schema of their own")
        for attribute in ("required_properties", "optional_properties"):
            setattr(model, attribute, [self.of(member) for member in getattr(model, attribute)])
        imports: set[str] = set()
        for member in _members(model):
            _keep_name(name, member)
            imports |= member.get_imports(prefix="..") | member.get_lazy_imports(prefix="..")
        own = model.self_import
        model.lazy_imports = {line for line in imports if line.startswith("from ..models") and own not in line}

    def endpoint(self, endpoint: Endpoint) -> None:
        """Make what an operation takes and answers plain, in place."""
        for response in endpoint.responses:
            response.prop = self.of(response.prop)  # type: ignore[assignment]  # DictProperty is not in their alias
        for body in endpoint.bodies:
            body.prop = self.of(body.prop)  # type: ignore[assignment]
        for parameters in (endpoint.path_parameters, endpoint.query_parameters, endpoint.header_parameters):
            parameters[:] = [self.of(parameter) for parameter in parameters]  # type: ignore[misc]


# Names that the types of the members need while the class body is read, and those of the methods of a model.
_TAKEN = frozenset({"str", "int", "float", "bool", "list", "dict", "Any", "UNSET", "Unset"})
_METHODS = frozenset({"to_dict", "from_dict", "to_json", "from_json", "additional_properties"})
_METHODS |= {"walk", "get_score", "get_scores", "start", "end", "duration"}


def _keep_name(model: str, member: PropertyProtocol) -> None:
    """Name the attribute exactly as the contract does: msgspec reads and writes attrs members by their attribute.

    The generator would write `type_` for `type` and `user_id` for `userId`, and msgspec would find neither.
    """
    name = member.name.get_untrusted_value()
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_") or name in _TAKEN | _METHODS:
        raise UnsupportedError(f"{model}.{name}: this cannot be the name of an attribute of a model")
    member.python_name = str.__new__(PythonIdentifier, name)


def make_plain(data: GeneratorData) -> None:
    """Make every property of `data` plain, in place, and drop the classes of free-form objects.

    Raises:
        UnsupportedError: the document holds something that the templates have no words for.
    """
    plain = _Plain(data)
    data.models = [model for model in data.models if model.class_info.name not in plain.free]
    for model in data.models:
        plain.model(model)
    for collection in data.endpoint_collections_by_tag.values():
        for endpoint in collection.endpoints:
            plain.endpoint(endpoint)
