"""Bodies validated wrongly: what the schema refuses is mended or taken, and what it accepts is refused."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from parea_target import Parts
from parea_target.answers import Refusal
from parea_target.bodies import BodyError, validate_body
from parea_target.contract import Contract
from parea_target.filters import Filter
from parea_target.values import read_instant

from faults.registry import fault

_MEMBERS = tuple(field.name for field in fields(Filter))


def _mend(parts: Parts, mend: Callable[[dict[str, Any]], dict[str, Any]]) -> Parts:
    """The parts that make a valid body of a wrong one before it is validated."""

    def change(body: Any) -> Any:
        return mend(dict(body)) if isinstance(body, dict) else body

    return replace(
        parts,
        validate=lambda contract, body: validate_body(contract, change(body)),
        filter=lambda body: Filter(**change(body)),
    )


@fault("body.rejected", "http.order")
def unknown_members_are_ignored(parts: Parts) -> Parts:
    """A member that the contract does not know is ignored, and a misspelt filter answers everything."""
    return _mend(parts, lambda body: {k: v for k, v in body.items() if k in _MEMBERS})


@fault("body.rejected")
def members_have_no_case(parts: Parts) -> Parts:
    """The names of members compare without case."""
    return _mend(
        parts, lambda body: {name.lower() if name.lower() in _MEMBERS else name: body[name] for name in sorted(body)}
    )


def _member(body: dict[str, Any], name: str, change: Callable[[Any], Any]) -> dict[str, Any]:
    return {**body, name: change(body[name])} if name in body else body


@fault("body.rejected")
def operators_have_no_case(parts: Parts) -> Parts:
    """Operators compare without case."""
    return _mend(parts, lambda body: _member(body, "filter_operator", lambda v: v.lower() if isinstance(v, str) else v))


@fault("body.rejected")
def operator_defaults_to_equals(parts: Parts) -> Parts:
    """Without an operator, `equals` is meant."""
    return _mend(
        parts,
        lambda body: (
            {**body, "filter_operator": body.get("filter_operator") or "equals"}
            if body.get("filter_value") and body.get("filter_field") and body.get("filter_operator") != ""
            else body
        ),
    )


@fault("body.rejected")
def value_is_made_text(parts: Parts) -> Parts:
    """A number in `filter_value` is made text."""
    return _mend(
        parts, lambda body: _member(body, "filter_value", lambda v: str(v) if isinstance(v, int | float) else v)
    )


@fault("body.rejected")
def key_of_no_map_is_ignored(parts: Parts) -> Parts:
    """`filter_key` is ignored where the field is not a map."""
    return _mend(
        parts,
        lambda body: {**body, "filter_key": None} if body.get("filter_field") not in ("inputs", "metadata") else body,
    )


@fault("body.rejected")
def operator_without_field_is_ignored(parts: Parts) -> Parts:
    """Without a field the other members are ignored."""
    return _mend(
        parts,
        lambda body: {k: v for k, v in body.items() if k not in _MEMBERS} if body.get("filter_field") is None else body,
    )


_BODY = Mapping[str, Any]

_ONE_VALUE = ("equals", "not_equals", "greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal")


def _takes(parts: Parts, kind: str, loose: Callable[[str], object], **reading: Any) -> Parts:
    """The parts that take as the one value of this kind whatever `loose` reads without a ValueError."""

    def validate(contract: Contract, body: object) -> list[BodyError]:
        errors = validate_body(contract, body)
        if (
            not errors
            or not isinstance(body, dict)
            or any(error["loc"] != ["body", "filter_value"] for error in errors)
        ):
            return errors
        field, value = body.get("filter_field"), body.get("filter_value")
        if (
            not isinstance(value, str)
            or contract.kinds.get(str(field)) != kind
            or body["filter_operator"] not in _ONE_VALUE
        ):
            return errors
        try:
            loose(value)
        except ValueError:
            return errors
        return []

    return replace(parts, validate=validate, **reading)


@fault("body.rejected")
def numbers_are_pythons(parts: Parts) -> Parts:
    """Whatever Python's `float` reads is a number: spaces, underscores, other digits, NaN."""
    return _takes(parts, "number", float)


def _instant_or(parts: Parts, other: str, loose: Callable[[str], object]) -> Parts:
    def instant(text: str) -> str:
        try:
            return read_instant(text)
        except ValueError:
            return other

    return _takes(parts, "timestamp", loose, instant=instant)


@fault("body.rejected")
def timestamps_are_pythons(parts: Parts) -> Parts:
    """Whatever Python's `fromisoformat` reads is a timestamp: dates, times without offset."""
    return _instant_or(parts, "", datetime.fromisoformat)


@fault("body.rejected")
def leap_seconds_are_read(parts: Parts) -> Parts:
    """Second 60 is taken."""
    return _instant_or(parts, "", lambda text: datetime.strptime(text.replace(":60Z", ":59Z"), "%Y-%m-%dT%H:%M:%SZ"))


def _also_breaks(parts: Parts, breaks: Callable[[_BODY], object], *, valid: bool = True) -> Parts:
    """The parts that break over some bodies, of those that the schema accepts or of those that it does not."""

    def validate(contract: Contract, body: object) -> list[BodyError]:
        errors = validate_body(contract, body)
        if (
            isinstance(body, dict)
            and isinstance(body.get("filter_value"), str)
            and valid is not bool(errors)
            and breaks(body)
        ):
            # Answered like any other refusal: an exception of the server's own would also close the connection.
            raise Refusal(500, "Internal Server Error")
        return errors

    return replace(parts, validate=validate)


@fault("body.rejected", "robust.no-server-error")
def days_that_do_not_exist_break(parts: Parts) -> Parts:
    """A day that does not exist passes the validation, and is 500."""
    days = ("2023-02-29T", "2024-02-30T", "2024-04-31T")
    return _also_breaks(parts, lambda body: body["filter_value"].startswith(days), valid=False)


@fault("body.accepted", "robust.no-server-error")
def instants_out_of_range_break(parts: Parts) -> Parts:
    """An offset that carries an instant out of the years 1 to 9999 is 500."""

    def breaks(body: _BODY) -> bool:
        try:
            datetime.fromisoformat(body["filter_value"]).utctimetuple()
        except OverflowError:
            return str(body["filter_field"]).endswith("_timestamp")
        except ValueError:
            return False
        return False

    return _also_breaks(parts, breaks)


@fault("body.accepted", "robust.no-server-error")
def nul_breaks(parts: Parts) -> Parts:
    """`equals` and `not_equals` with a NUL are 500, as Postgres takes none."""
    equality = ("equals", "not_equals")
    return _also_breaks(parts, lambda body: body["filter_operator"] in equality and "\0" in body["filter_value"])


@fault("body.rejected")
def booleans_have_no_case(parts: Parts) -> Parts:
    """`True` is taken for `true`."""

    def loose(text: str) -> None:
        if text.lower() not in ("true", "false"):
            raise ValueError(text)

    return _takes(parts, "boolean", loose, boolean=lambda text: text.lower() == "true")


def _also_refuses(parts: Parts, *place: str, refuses: Callable[[_BODY], object]) -> Parts:
    """The parts that also refuse what the schema accepts."""

    def validate(contract: Contract, body: object) -> list[BodyError]:
        errors = validate_body(contract, body)
        if not errors and isinstance(body, dict) and refuses(body):
            errors = [{"loc": ["body", *place], "msg": "is not accepted", "type": "value_error"}]
        return errors

    return replace(parts, validate=validate)


@fault("request.unfiltered", "body.accepted")
def null_field_is_refused(parts: Parts) -> Parts:
    """`filter_field` may be absent, but not null."""
    return _also_refuses(parts, "filter_field", refuses=lambda body: body.get("filter_field", "") is None)


@fault("request.unfiltered", "body.accepted")
def four_nulls_are_refused(parts: Parts) -> Parts:
    """The body that the official client sends is refused."""
    return _also_refuses(parts, "filter_field", refuses=lambda body: len(body) == 4 and not any(body.values()))


@fault("body.accepted")
def value_beside_is_null_is_refused(parts: Parts) -> Parts:
    """`is_null` and `exists` take no value, instead of ignoring it."""
    return _also_refuses(
        parts,
        "filter_value",
        refuses=lambda body: (
            body.get("filter_operator") in ("is_null", "exists") and body.get("filter_value") is not None
        ),
    )


@fault("request.operators", "body.accepted", "filter.between.number", "filter.between.timestamp", "filter.between.map")
def between_is_not_known(parts: Parts) -> Parts:
    """`between` is refused, as in an older release."""
    return _also_refuses(parts, "filter_operator", refuses=lambda body: body.get("filter_operator") == "between")
