"""What becomes of an answer while it arrives: kept whole, or handed out element by element."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar, get_args

import msgspec
from attrs import evolve, frozen

from ._decoding import decode
from ._elements import CutShort, NotAnArray, Splitter, count_elements, decode_array, decode_batch
from .errors import InvalidAnswerError, PareaError, TruncatedResponse
from .types import Invalid, InvalidLog, Logs

T = TypeVar("T")

logger = logging.getLogger("parea_trace_logs")


@frozen
class Answer:
    """One answer. Names of headers are in lower case."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    framed: bool = True
    """Whether the protocol says where the body ends; else it ends, or breaks off, with the connection."""


@frozen
class Failure:
    """Why no answer, or not all of it, came."""

    error: PareaError
    sent: bool = True
    """Whether the request may have reached the server."""
    may_pass: bool = True
    """Whether another try may succeed."""


class Receiver:
    """Keeps an answer whole, whatever it is. One receiver sees every attempt at a call.

    Attributes:
        begun: Whether an answer has begun in this attempt.
        answer: That answer; its body when it has ended.
        delivered: Whether something has been handed out, so that the call cannot begin anew.
    """

    delivered = False
    answer: Answer

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Another attempt begins."""
        self.begun = False
        self._pieces: list[bytes] = []

    def begin(self, head: Answer) -> None:
        """An answer begins."""
        self.begun = True
        self.answer = head

    def feed(self, piece: bytes) -> Iterable[Any]:
        """What can be handed out with this piece of the body; an empty one follows the last."""
        self._pieces.append(piece)
        return ()

    def end(self) -> Failure | None:
        """The body has ended; whether it was the end of the body is the protocol's to say, else the JSON's."""
        self.answer = evolve(self.answer, content=b"".join(self._pieces))
        self._pieces = []
        if self.answer.framed or not _is_cut_short(self.answer.content):
            return None
        return Failure(TruncatedResponse("the connection was closed", count_elements(self.answer.content)))

    def arrived(self) -> int:
        """How many elements have arrived whole, should the body be an array."""
        return count_elements(b"".join(self._pieces))


def _is_cut_short(content: bytes) -> bool:
    splitter = Splitter()
    try:
        splitter.feed(content)
        splitter.finish()
    except NotAnArray as error:
        return isinstance(error, CutShort)
    return False


class Elements(Receiver, Generic[T]):
    """Hands out the elements of the documented success as they come; keeps any other answer whole.

    Args:
        kind: The class of an element.
        success: The status of the documented success.
        invalid: What becomes of an element that is not as documented.
        kept: Where `collect` keeps those.
    """

    def __init__(self, kind: type[T], success: int, invalid: Invalid, kept: list[InvalidLog]) -> None:
        super().__init__()
        self._kind = kind
        self._success = success
        self._refuse = refuser(invalid, kept, lambda: self.answer)

    def reset(self) -> None:
        super().reset()
        self._splitter = Splitter()

    def feed(self, piece: bytes) -> Iterable[T]:
        if self.answer.status_code != self._success:
            return super().feed(piece)
        try:
            batch = self._splitter.feed(piece)
        except NotAnArray as error:
            reason = str(error)
        else:
            self.delivered = self.delivered or bool(batch.bounds)
            return decode_batch(batch, self._kind, self._refuse)
        raise self._wrong(reason)

    def end(self) -> Failure | None:
        if self.answer.status_code != self._success:
            return super().end()
        try:
            self._splitter.finish()
            return None
        except CutShort as error:
            reason = str(error)
            if not self.answer.framed:
                return Failure(TruncatedResponse("the connection was closed", self._splitter.count))
        except NotAnArray as error:
            reason = str(error)
        raise self._wrong(reason)

    def arrived(self) -> int:
        return self._splitter.count

    def _wrong(self, reason: str) -> InvalidAnswerError:
        count = self._splitter.count
        return InvalidAnswerError(reason, self.answer.status_code, self.answer.headers, count, f"$[{count}]")


def refuser(
    invalid: Invalid, kept: list[InvalidLog], answer: Callable[[], Answer]
) -> Callable[[int, str, str, bytes], None]:
    """What to do with an element that is not as documented."""

    def refuse(index: int, path: str, reason: str, content: bytes) -> None:
        if invalid == "raise":
            head = answer()
            raise InvalidAnswerError(reason, head.status_code, head.headers, index, path)
        if invalid == "skip":
            logger.warning("log %d of the answer is left out: %s - at `%s`", index, reason, path)
        else:
            kept.append(InvalidLog(index, path, reason, content))

    check_invalid(invalid)
    return refuse


def check_invalid(invalid: str) -> None:
    """Before anything is sent: is it one of what it can be?

    Raises:
        ValueError: it is not.
    """
    if invalid not in get_args(Invalid):
        raise ValueError(f"invalid must be one of {', '.join(get_args(Invalid))}, not {invalid!r}")


def logs_of(answer: Answer, kind: type[T], invalid: Invalid) -> Logs[T]:
    """The elements of an answer that is the documented success.

    Raises:
        InvalidAnswerError: the body is not as documented.
    """
    kept: list[InvalidLog] = []
    refuse = refuser(invalid, kept, lambda: answer)
    try:
        return Logs(decode_array(answer.content, kind, refuse), kept)
    except NotAnArray as error:
        reason = str(error)
    raise InvalidAnswerError(reason, answer.status_code, answer.headers)


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
    raise InvalidAnswerError(reason, answer.status_code, answer.headers)
