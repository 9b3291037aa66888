"""The one place where the target reads the contract, `openapi.yaml`."""

import copy
import functools
from collections.abc import Container, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from parea_target.json_text import Place
from parea_target.operations import ContractError, Operation, operations_of

# Beside the package's code: the document itself in an installed wheel, a link to it in a checkout.
_DOCUMENT = Path(__file__).resolve().parent / "openapi.yaml"

# Ten times as fast where PyYAML has it, which is what the start of the command takes.
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Contract:
    """What the document says, in the terms of the target.

    Attributes:
        document: the document itself.
        operations: every operation.
        path: the segments of the path template of the operation that answers logs, its parameter as
            `{experiment_uuid}`.
        methods: the methods that this path takes, in upper case.
        media_types: the media types of a request body.
        max_bytes: the largest body that is judged.
        key_header: the header that carries the API key.
        operators: the values of `FilterOperator`.
        members: the members of a trace log by filter kind; list kinds are `string_list` and `integer_list`.
        kinds: the filter kind of each member, the inverse of `members`.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        schemas = document["components"]["schemas"]
        self.operations: tuple[Operation, ...] = tuple(operations_of(document))
        self._choose(next(operation for operation in self.operations if operation.answers_logs))
        [scheme] = document["components"]["securitySchemes"].values()
        self.key_header: str = scheme["name"]
        self.operators: tuple[str, ...] = tuple(schemas["FilterOperator"]["enum"])
        definitions = schemas["TraceLogFilters"]["$defs"]
        self.members: dict[str, tuple[str, ...]] = {
            name.removesuffix("_member"): tuple(definition["enum"])
            for name, definition in definitions.items()
            if name.endswith("_member")
        }
        self.kinds: dict[str, str] = {member: kind for kind, members in self.members.items() for member in members}
        self._definitions = {
            name: self._validator(f"TraceLogFilters/$defs/{name}")
            for name in definitions
            if name.endswith(("_field", "_value"))
        }
        self._body = self._validator("TraceLogFilters")
        self._log = self._validator("TraceLog", validate_formats=True)

    def _choose(self, operation: Operation) -> None:
        said = operation.body or {}
        self._operation = operation
        self.path: tuple[str, ...] = operation.template
        self.methods: tuple[str, ...] = tuple(each.method for each in self.operations if each.template == self.path)
        self.media_types: frozenset[str] = frozenset(said["content"])
        self.max_bytes: int = said["x-max-bytes"]

    def check_served(self, conditions: Container[tuple[str, str]]) -> None:
        """Can every operation be answered, and every filter be judged?

        Args:
            conditions: the operators that have a meaning, each with a kind.

        Raises:
            ContractError: the document has no example to answer with, or an operator without a meaning.
        """
        for operation in self.operations:
            if not operation.answers_logs and operation.success[1].get("content"):
                operation.example()
        table = self.document["components"]["schemas"]["TraceLogFilters"]["x-filter-kinds"]
        for kind, entry in table.items():
            for operator in entry["operators"]:
                if (operator, kind) not in conditions:
                    raise ContractError(f"parea_target/conditions.py: {operator} of {kind}: no condition in SQL")

    def of(self, operation: Operation) -> "Contract":
        """The contract as another operation sees it that answers logs."""
        if operation is self._operation:
            return self
        view = copy.copy(self)
        view._choose(operation)
        return view

    def _validator(self, schema: str, *, validate_formats: bool = False) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(
            {"$ref": f"#/components/schemas/{schema}", "components": self.document["components"]},
            validate_formats=validate_formats,
            # Linear in the value's length, so that no body takes long; its `$` is the end of the string, as ECMA's.
            pattern_options=jsonschema_rs.RegexOptions(),
        )

    def accepts(self, definition: str, value: str) -> bool:
        """Whether a definition under `TraceLogFilters.$defs`, such as `number_value`, accepts the value.

        Raises:
            KeyError: there is no such definition of a field or a value.
        """
        return self._definitions[definition].is_valid(value)

    def field_kind(self, filter_field: str) -> str:
        """The filter kind of a `filter_field` that the body's schema accepts: a member's, or of another name.

        Raises:
            KeyError: the contract knows no kind for this name.
        """
        if filter_field in self.kinds:
            return self.kinds[filter_field]
        for kind in self.members:
            if f"{kind}_field" in self._definitions and self.accepts(f"{kind}_field", filter_field):
                return kind
        raise KeyError(filter_field)

    def body_faults(self, body: object) -> list[tuple[Place, str]]:
        """What the body's schema finds wrong: the place within the body and the keyword that was broken.

        The place ends at the member at fault: at the missing one for `required`, at the unknown one for
        `additionalProperties`. Empty when the schema accepts the body.
        """
        if self._body.is_valid(body):
            return []
        faults: dict[tuple[Place, str], None] = {}
        for error in self._body.iter_errors(_shallow(body)):
            place, kind = tuple(error.instance_path), error.kind
            names: list[str] = []
            if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
                names = [kind.property]
            elif isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
                names = kind.unexpected
            for end in ((*place, name) for name in names) if names else [place]:
                faults[end, kind.name] = None
        return list(faults)

    def log_fault(self, log: object) -> tuple[Place, str] | None:
        """The first thing that the schema `TraceLog` finds wrong with a log: place and message; None when nothing."""
        if self._log.is_valid(log):
            return None
        try:
            error = next(self._log.iter_errors(log))
        except ValueError:  # the validator's message would hold the value, which it writes to a depth of 255 only
            return (), "a value that the schema refuses is nested too deeply to be shown"
        return tuple(error.instance_path), error.message[:200]

    def detail(self, status: int) -> str:
        """What the document gives as an example of the `detail` of this error status."""
        return self._operation.detail(status) or HTTPStatus(status).phrase


def _shallow(body: object) -> object:
    """The body without what its members contain.

    The schema looks no deeper, and the validator cannot write a message about a value that is nested deeply.
    """
    if isinstance(body, list):
        return []
    if isinstance(body, dict):
        return {name: type(value)() if isinstance(value, (list, dict)) else value for name, value in body.items()}
    return body


@functools.cache
def load() -> Contract:
    """The contract that came with this target.

    Raises:
        FileNotFoundError: the document is not where the package expects it.
    """
    return Contract(yaml.load(_DOCUMENT.read_text(encoding="utf-8"), Loader=_LOADER))  # noqa: S506 - a safe one
