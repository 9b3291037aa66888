"""The one place where the suite reads the contract, `openapi.yaml`."""

import copy
import functools
import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
import yaml

from parea_conformance.operations import ContractError, Operation, Validator, operations_of, requirements_of
from parea_conformance.reading.filter import Filter

_DOCUMENT = Path(__file__).with_name("openapi.yaml")
CLASSES = ("core", "semantics", "robustness")


@dataclass(frozen=True)
class Requirement:
    """One thing that a server must do, as `x-requirements` states it."""

    id: str
    text: str
    cls: str
    provenance: str


class Contract:
    """What the document says, in the terms of the suite.

    Attributes:
        document: the document itself.
        operations: every operation. others: those beside the one that answers the logs by which the run is judged.
        path: the path template of that one, with `{experiment_uuid}`.
        key_header: the header that carries the API key.
        body_members: the members of `TraceLogFilters`.
        max_bytes: the largest body that a server must judge.
        operators: the values of `FilterOperator`, in the order of the document.
        kinds: filter kind of each member of a trace log; list kinds are `string_list` and `integer_list`.
        forms: by kind and by each operator that it takes, the form of `filter_value`, as `x-filter-kinds` names it.
        names: by the beginnings of names that are no members, their kind; None where they mean nothing.
        requirements: by id, in the order of the document.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        schemas = document["components"]["schemas"]
        self.operations: tuple[Operation, ...] = tuple(operations_of(document))
        logs = next((operation for operation in self.operations if operation.answers_logs), None)
        if logs is None:
            raise ContractError(
                "openapi.yaml: paths: no operation takes TraceLogFilters and answers an array of TraceLog"
            )
        self.others = tuple(operation for operation in self.operations if operation is not logs)
        self.path: str = logs.path
        self._operation = document["paths"][logs.path][logs.method.lower()]
        [scheme] = document["components"]["securitySchemes"].values()
        self.key_header: str = scheme["name"]
        self.max_bytes: int = self._operation["requestBody"]["x-max-bytes"]
        self.body_members: tuple[str, ...] = tuple(schemas["TraceLogFilters"]["properties"])
        self.operators: tuple[str, ...] = tuple(schemas["FilterOperator"]["enum"])
        kinds = schemas["TraceLogFilters"]["x-filter-kinds"]
        self.forms: Mapping[str, Mapping[str, str]] = {kind: entry["operators"] for kind, entry in kinds.items()}
        self.names: Mapping[str, str | None] = schemas["TraceLogFilters"]["x-filter-names"]
        members: dict[str, list[str]] = {
            name.removesuffix("_member"): definition["enum"]
            for name, definition in schemas["TraceLogFilters"]["$defs"].items()
            if name.endswith("_member")
        }
        of_member = {member: kind for kind, names in members.items() for member in names}
        self.kinds = {member: of_member[member] for member in schemas["TraceLog"]["properties"]}
        stated = {
            **document["x-requirements"],
            **dict(requirements_of(self.others, document["x-operation-requirements"])),
        }
        self.requirements = {
            name: Requirement(name, entry["text"], entry["class"], entry["provenance"])
            for name, entry in stated.items()
        }
        self._timestamp = re.compile(schemas["TraceLogFilters"]["$defs"]["timestamp_value"]["pattern"])
        self._body = self._validator("TraceLogFilters")
        self._answers = {
            "200": self._validator("TraceLog"),
            "422": self._validator("ValidationError"),
            "error": self._validator("Error"),
        }

    def _validator(self, schema: str) -> Validator:
        return Validator({"$ref": f"#/components/schemas/{schema}", "components": self.document["components"]})

    def accepts(self, body: object) -> bool:
        """Whether the schema of the body accepts this JSON value."""
        return self._body.is_valid(body)

    def places(self, body: object) -> list[tuple[str | int, ...]]:
        """Where the schema finds fault with this body: each place as `loc` names it, from `body` on."""
        places: list[tuple[str | int, ...]] = []
        for error in self._body.iter_errors(body):
            place: tuple[str | int, ...] = ("body", *error.instance_path)
            kind = error.kind
            if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
                places.append((*place, kind.property))
            elif isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
                places.extend((*place, name) for name in kind.unexpected)
            else:
                places.append(place)
        return places

    def fault_of_log(self, log: object) -> str | None:
        """What the schema `TraceLog` finds wrong with a log, with its JSON path; None when nothing."""
        return _first_fault(self._answers["200"], log)

    def is_timestamp(self, text: str) -> bool:
        """Whether a text has the form that timestamps have, those of a log and those of a `filter_value`."""
        return self._timestamp.fullmatch(text) is not None

    def fault_of_error(self, status: int, body: object) -> str | None:
        """What the documented schema finds wrong with the body of an error answer; None when nothing."""
        return _first_fault(self._answers["422" if status == 422 else "error"], body)

    def fault_of_answer(self, operation: Operation, status: int, body: object) -> str | None:
        """What is wrong with the JSON of an answer, by the operation's schema of this status.

        Where the operation documents no such status, by that of errors.
        """
        validator = operation.answer_validators.get(status)
        return self.fault_of_error(status, body) if validator is None else _first_fault(validator, body)

    def asks_another(self, method: str, path: str) -> bool:
        """Whether a request is for an operation beside the one that answers the logs, or for the path of one."""
        method = "GET" if method == "HEAD" else method
        return any(one.matches(path) and (one.path != self.path or one.method == method) for one in self.others)

    def methods(self, path: str) -> list[str]:
        """The methods that a path takes, in upper case."""
        return [operation.method for operation in self.operations if operation.path == path]

    def field_kind(self, field: str) -> str:
        """The filter kind of a `filter_field` that the contract accepts."""
        if field in self.kinds:
            return self.kinds[field]
        return "text" if field.startswith("annotation:value:") else "number"

    def is_list(self, field: str) -> bool:
        """Whether a `filter_field` is a list, of which each element is asked for."""
        return self.field_kind(field).endswith("_list")

    def requirement_of(self, operator: str, field: str) -> str:
        """The id of the requirement that an operator belongs to where it is asked of a `filter_field`."""
        return f"filter.{operator}.{'list' if self.is_list(field) else self.field_kind(field)}"

    def examples(self) -> dict[str, Filter]:
        """The request examples of the document, as filters, by name."""
        examples = self._operation["requestBody"]["content"]["application/json"]["examples"]
        return {name: Filter.from_body(example["value"]) for name, example in examples.items()}

    def sample(self) -> list[dict[str, Any]]:
        """The documented response: its logs, each time anew."""
        content = self._operation["responses"]["200"]["content"]["application/json"]
        return copy.deepcopy([log for example in content["examples"].values() for log in example["value"]])

    def select(self, classes: Sequence[str]) -> dict[str, Requirement]:
        """The requirements of these classes."""
        return {name: entry for name, entry in self.requirements.items() if entry.cls in classes}

    def matching(self, pattern: str) -> list[str]:
        """The ids that a pattern with `*` for one part (between dots) names, in the order of the document."""
        regex = re.compile(re.escape(pattern).replace(r"\*", "[^.]+"))
        return [name for name in self.requirements if regex.fullmatch(name)]


def _first_fault(validator: Validator, value: object) -> str | None:
    try:
        error = _first_error(validator, value)
    except ValueError as error:  # the validator cannot show what it found, which is too deep
        return f"$: not to be judged, it is nested too deep: {error}"
    if error is None:
        return None
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    return f"${place}: {error.message[:300]}"


def _first_error(validator: Validator, value: object) -> jsonschema_rs.ValidationError | None:
    try:
        error = next(validator.iter_errors(value), None)
    except UnicodeEncodeError:
        return next(validator.iter_errors(_tame(value)), None)
    # Only where there is an error: to the validator an infinity is null.
    return error and next(validator.iter_errors(_tame(value)), None)


def _tame(value: Any) -> Any:
    """The value as the validator can take it: numbers beyond doubles finite, lone surrogates replaced."""
    if isinstance(value, dict):
        return {_tame(key): _tame(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_tame(held) for held in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return math.copysign(sys.float_info.max, value) if isinstance(value, float) and math.isinf(value) else value


@functools.cache
def load() -> Contract:
    """The contract that came with this suite.

    Raises:
        FileNotFoundError: the document is not beside this module.
    """
    return Contract(cast("dict[str, Any]", yaml.safe_load(_DOCUMENT.read_text(encoding="utf-8"))))
