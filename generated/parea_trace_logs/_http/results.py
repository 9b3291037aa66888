"""What is made of an answer that has arrived whole: instances of the generated classes."""

from typing import TypeVar

import msgspec
from parea_trace_logs._http.answers import Answer
from parea_trace_logs._http.elements import refuser
from parea_trace_logs._json.arrays import decode_array
from parea_trace_logs._json.decoding import decode
from parea_trace_logs._json.splitting import NotAnArray
from parea_trace_logs.types import Invalid, InvalidLog, Logs, ResponseInfo

T = TypeVar("T")


def response_info(answer: Answer) -> ResponseInfo:
    """What a caller may want to know of an answer beside its body."""
    return ResponseInfo(answer.status_code, answer.headers)


def logs_of(answer: Answer, kind: type[T], invalid: Invalid) -> Logs[T]:
    """The elements of an answer that is the documented success.

    Raises:
        InvalidAnswerError: the body is not as documented.
    """
    kept: list[InvalidLog] = []
    refuse = refuser(invalid, kept, lambda: answer)
    try:
        return Logs(decode_array(answer.content, kind, refuse), kept, response_info(answer))
    except NotAnArray as error:
        reason = str(error)
    raise answer.wrong(reason)


def model_of(answer: Answer, kind: type[T]) -> T:
    """The body of an answer that is the documented success.

    Raises:
        InvalidAnswerError: the body is not as documented; the message has the JSON path.
    """
    try:
        return decode(answer.content, kind)
    except msgspec.MsgspecError as error:
        reason = str(error)
    # Outside of the handler, so that the body, which is a local of the frames below, does not travel with the error.
    raise answer.wrong(reason)
