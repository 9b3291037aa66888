"""Texts of `filter_value`, as languages and databases read numbers and booleans."""

import math
import re
from collections.abc import Callable
from typing import Any

from faults.registry import Reply
from faults.stacks.declaring import Asked, F, Shown, contract, error, mending, refusing, show, unprocessable

_NUMBERS = ("number", "integer_list")
_NUMBER = r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?"


def _kind(filter_field: object) -> str:
    """The kind of what a field means; of a name that means nothing none."""
    if not isinstance(filter_field, str) or re.match("annotation:(?!score:|value:)", filter_field):
        return ""
    return contract().field_kind(filter_field)


def reading(*kinds: str, shown: Shown) -> Callable[[F], F]:
    """Declare a function from an operand of such a kind to the one that is meant, or to None for the same.

    What it makes of an operand that the contract refuses is accepted, and so breaks `body.rejected`.
    """

    def register(function: F) -> F:
        def read(body: dict[str, Any]) -> dict[str, Any] | None:
            value, operator = body.get("filter_value"), body.get("filter_operator")
            if _kind(body.get("filter_field")) not in kinds or not isinstance(value, str):
                return None
            split = operator in {"in", "between"}
            parts = [part.strip(" ") for part in value.split(",")] if split else [value]
            meant = [function(part) for part in parts]
            if all(each is None for each in meant):
                return None
            texts = [part if each is None else each for part, each in zip(parts, meant, strict=True)]
            return {**body, "filter_value": ",".join(texts)}

        read.__name__, read.__doc__, read.__module__ = function.__name__, function.__doc__, function.__module__
        mending("body.rejected", shown=shown)(read)
        return function

    return register


def _json_number(number: float) -> str | None:
    if math.isnan(number):
        return None
    return repr(number) if math.isfinite(number) else f"{'-' * (number < 0)}1e999"


# Numbers -----------------------------------------------------------------------------------------------------------


@reading(*_NUMBERS, shown=show("latency", "greater_than", ""))
def numbers_are_javascripts(text: str) -> str | None:
    """What JavaScript's `Number` reads is a number: nothing, white space around, `0x10`, `.5`, `+1`, `Infinity`.

    ECMAScript, Number(value), StringNumericLiteral; NestJS, ParseIntPipe and `transform`.
    """
    bare = text.strip()
    if re.fullmatch(_NUMBER, text):
        return None
    if re.fullmatch("0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+", bare):
        return str(int(bare, 0))
    if re.fullmatch(r"[+-]?(Infinity|\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?)", bare):
        return _json_number(float(bare))
    return "0" if not bare else None


@reading(*_NUMBERS, shown=show("latency", "greater_than", "9s"))
def numbers_are_read_as_far_as_they_go(text: str) -> str | None:
    """The digits at the start are the number; without any it is zero.

    Ruby, String#to_f; PHP, numeric strings, `(float)`; MySQL, type conversion in expression evaluation; SQLite, CAST.
    """
    found = re.match(r"\s*([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)", text, re.ASCII)
    return None if re.fullmatch(_NUMBER, text) else _json_number(float(found[1])) if found else "0"


@reading(*_NUMBERS, shown=show("latency", "greater_than", "9d"))
def numbers_are_javas(text: str) -> str | None:
    """What Java's `Double.parseDouble` reads is a number: blanks around, `1d`, `1f`, `.5`, `0x1p3`, `Infinity`.

    Java, Double.valueOf(String), grammar of FloatValue; Kotlin, String.toDouble.
    """
    bare = text.strip("".join(map(chr, range(33))))
    if re.fullmatch(_NUMBER, text):
        return None
    if re.fullmatch(r"[+-]?0[xX][0-9a-fA-F]+\.?[pP][+-]?\d+[fFdD]?", bare):
        return _json_number(float.fromhex(bare.rstrip("fFdD")))
    if re.fullmatch(r"[+-]?(Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?)", bare, re.ASCII):
        return _json_number(float(bare.rstrip("fFdD")))
    return None


@reading(*_NUMBERS, shown=show("latency", "greater_than", "+9"))
def numbers_are_rusts(text: str) -> str | None:
    """What Rust's `f64::from_str` reads is a number: `+1`, `1.`, `.5`, `inf`, `infinity`.

    Rust, std, f64::from_str, grammar; Go, strconv.ParseFloat takes these, too.
    """
    if re.fullmatch(_NUMBER, text):
        return None
    wide = re.fullmatch(r"(?i)[+-]?(inf|infinity|(\d+\.?\d*|\.\d+)(e[+-]?\d+)?)", text, re.ASCII)
    return _json_number(float(text)) if wide else None


@reading(*_NUMBERS, shown=show("latency", "greater_than", "1,000"))
def numbers_have_thousands(text: str) -> str | None:
    """A comma parts thousands, and blanks may stand around.

    .NET, double.Parse, NumberStyles.Float with AllowThousands, the default.
    """
    bare = text.strip().replace(",", "")
    wide = text != bare and re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", bare, re.ASCII)
    return _json_number(float(bare)) if wide else None


def _doubles(asked: Asked) -> list[tuple[str, float]]:
    """The numbers that a filter on numbers gives, as text and as doubles."""
    valued = _kind(asked.field) in _NUMBERS and asked.operator not in {"is_null", "exists"}
    return [(part, float(part)) for part in asked.parts] if valued else []


@refusing("body.accepted", shown=show("latency", "less_than", "1e400"))
def numbers_out_of_range_are_refused(asked: Asked) -> Reply | None:
    """A number beyond the range of doubles is refused.

    Go, strconv.ParseFloat, ErrRange; PHP and Ruby give infinity, axum with serde_json "number out of range".
    """
    return unprocessable("filter_value") if any(math.isinf(number) for _, number in _doubles(asked)) else None


@refusing("body.accepted", "robust.no-server-error", shown=show("latency", "less_than", "1e-400"))
def numbers_too_small_break(asked: Asked) -> Reply | None:
    """A number that is not zero, and too small for a double, is 500.

    PostgreSQL, Numeric Types, double precision: "out of range" on underflow as well.
    """
    lost = any(number == 0 and re.search("[1-9]", re.split("[eE]", text)[0]) for text, number in _doubles(asked))
    return error(500) if lost else None


@refusing("body.accepted", "robust.no-server-error", shown=show("input_tokens", "equals", "3000000000"))
def integers_beyond_32_bits_break(asked: Asked) -> Reply | None:
    """A whole number of more than 32 bits is 500 for a member that is an integer.

    PostgreSQL, integer out of range; Hibernate, Integer; Ecto, DBConnection.EncodeError; Django, IntegerField.
    """
    integers = {"input_tokens", "output_tokens", "total_tokens", "depth", "execution_order", "children_ids"}
    wide = asked.field in integers and any(abs(number) >= 2**31 for _, number in _doubles(asked))
    return error(500, "integer out of range") if wide else None


@refusing("body.accepted", shown=show("input_tokens", "greater_than", "0.5"))
def integers_take_no_fraction(asked: Asked) -> Reply | None:
    """A number with a fraction or an exponent is refused for a member that is an integer.

    Spring, Integer by conversion; Ecto, `cast` to :integer; Django REST framework, IntegerField; serde, i64.
    """
    integers = {"input_tokens", "output_tokens", "total_tokens", "depth", "execution_order", "children_ids"}
    wide = asked.field in integers and any(not re.fullmatch("-?[0-9]+", text) for text, _ in _doubles(asked))
    return unprocessable("filter_value") if wide else None


# Booleans ----------------------------------------------------------------------------------------------------------


@reading("boolean", shown=show("cache_hit", "equals", "yes"))
def booleans_have_many_names(text: str) -> str | None:
    """`1`, `t`, `yes`, `on` are true, `0`, `f`, `no`, `off` false.

    PostgreSQL, Boolean Type; Spring, StringToBooleanConverter; Django REST framework, BooleanField; Go, ParseBool.
    """
    names = {"1": "true", "t": "true", "y": "true", "yes": "true", "on": "true"}
    return {**names, "0": "false", "f": "false", "n": "false", "no": "false", "off": "false"}.get(text.lower())


@reading("boolean", shown=show("cache_hit", "equals", "anything"))
def what_is_not_false_is_true(text: str) -> str | None:
    """Whatever is no known name of false is true.

    Rails, ActiveModel::Type::Boolean, FALSE_VALUES; NestJS, `enableImplicitConversion`: Boolean(text).
    """
    false = text.lower() in {"false", "f", "0", "off"}
    return None if text in {"true", "false"} else "false" if false else "true"
