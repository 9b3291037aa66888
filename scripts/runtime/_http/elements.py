"""An answer handed out element by element while it arrives, those that are not as documented apart."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar, get_args

from parea_trace_logs._http.answers import MAX_LOG_BYTES, Answer, Failure, Receiver
from parea_trace_logs._json.arrays import Refuse, decode_chunk
from parea_trace_logs._json.splitting import CutShort, NotAnArray, Splitter
from parea_trace_logs._shared.words import printable
from parea_trace_logs.errors import InvalidAnswerError, TruncatedResponse
from parea_trace_logs.types import Invalid, InvalidLog

T = TypeVar("T")

logger = logging.getLogger("parea_trace_logs")


class Elements(Receiver, Generic[T]):
    """Hands out the elements of the documented success as they come; keeps any other answer whole.

    Args:
        kind: The class of an element.
        success: The status of the documented success.
        invalid: What becomes of an element that is not as documented.
        kept: Where `collect` keeps those.
        max_log_bytes: The most bytes of one element.
    """

    def __init__(
        self, kind: type[T], success: int, invalid: Invalid, kept: list[InvalidLog], max_log_bytes: int = MAX_LOG_BYTES
    ) -> None:
        self._new_splitter: Callable[[int], Any] = Splitter
        self._decode: Callable[[Any, Refuse], Iterable[Any]] = lambda chunk, refuse: decode_chunk(chunk, kind, refuse)
        super().__init__(max_log_bytes)
        self._success = success
        self._refuse = refuser(invalid, kept, lambda: self.answer)

    def reset(self) -> None:
        super().reset()
        self._splitter = self._new_splitter(self._most)

    def hand_out(self, splitter: Callable[[int], Any], decode: Callable[[Any, Refuse], Iterable[Any]]) -> None:
        """From now on hand out what `decode` makes of what a `splitter` cuts; an answer that has begun stays as cut.

        Args:
            splitter: Makes what has the methods of `Splitter`, of the most bytes of one element.
            decode: Takes what a splitter has cut out, and whom to tell of elements that are not as documented.
        """
        self._new_splitter, self._decode = splitter, decode
        if not self.begun:
            self.reset()

    def feed(self, piece: bytes) -> Iterable[T]:
        if self.answer.status_code != self._success:
            self._keep_start(piece)
            return ()
        try:
            chunk = self._splitter.feed(piece)
        except NotAnArray as error:
            reason = str(error)
        else:
            self.delivered = self.delivered or bool(chunk.bounds)
            return self._decode(chunk, self._refuse)
        raise self._wrong(reason)

    def end(self) -> Failure | None:
        if self.answer.status_code != self._success:
            self._take_body()
            return None
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
        return int(self._splitter.count)

    def _wrong(self, reason: str) -> InvalidAnswerError:
        if not self._splitter.within:  # then it is no element's fault
            return self.answer.wrong(reason)
        count = self._splitter.count
        return self.answer.wrong(reason, count, f"$[{count}]")


def refuser(
    invalid: Invalid, kept: list[InvalidLog], answer: Callable[[], Answer]
) -> Callable[[int, str, str, bytes], None]:
    """What to do with an element that is not as documented."""

    def refuse(index: int, path: str, reason: str, content: bytes) -> None:
        head = answer()
        if invalid == "raise":
            raise head.wrong(reason, index, path)
        reason, path = head.hidden(reason), head.hidden(path)
        if invalid == "skip":
            logger.warning("log %d of the answer is left out: %s - at `%s`", index, printable(reason), printable(path))
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
