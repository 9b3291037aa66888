"""Between bytes and the generated classes: what makes it fast, or takes a body apart as it arrives, belongs here."""

import json
from typing import Any, NoReturn, TypeVar

import msgspec

from ._model import from_plain, to_plain
from ._transport import Answer
from .errors import InvalidAnswerError

T = TypeVar("T")


def encode(value: Any) -> bytes:
    """`value`, a model or made of models, as JSON in UTF-8; members that are `UNSET` are left out."""
    return msgspec.json.encode(to_plain(value))


def decode(content: bytes, kind: type[T]) -> T:
    """The JSON `content` as an instance of `kind`; members that the contract does not know are kept.

    Raises:
        msgspec.DecodeError: `content` is not JSON, or not of that kind; the message has the JSON path.
        RecursionError: `content` is nested deeper than Python's stack.
    """
    return from_plain(_parse(content), kind)


def _parse(content: bytes) -> Any:
    """The JSON as plain objects. What msgspec refuses may be JSON still: 1e400, which is an infinity, or half a pair of
    surrogates. The parser of Python reads both, but slowly.
    """
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError as refused:
        try:
            return json.loads(content.decode(), parse_constant=_refuse)
        except ValueError:
            raise refused from None
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"not UTF-8: {error.reason} (byte {error.start} of a string)") from None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def decode_answer(answer: Answer, kind: type[T]) -> T:
    """The body of an answer as an instance of `kind`.

    Raises:
        InvalidAnswerError: the body is not JSON, or not as documented; the message has the JSON path.
    """
    try:
        return decode(answer.content, kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        reason = str(error)
    # Outside of the handler, so that the body, which is a local of the frames below, does not travel with the error.
    raise InvalidAnswerError(reason, answer.status_code, answer.headers)
