"""What the generated modules share: the mark of an absent member, and the answer to one request."""

from collections.abc import Iterable, Mapping
from typing import Generic, Literal, TypeAlias, TypeVar

from attrs import frozen
from msgspec import UNSET
from msgspec import UnsetType as Unset

T = TypeVar("T")


@frozen
class Response(Generic[T]):
    """The answer to one request, as the `..._detailed` functions return it.

    Attributes:
        status_code: The status. A plain integer: servers and proxies send some that `http.HTTPStatus` does not know.
        content: The body as it came, decompressed.
        headers: The headers; names in lower case.
        parsed: What the body says.
    """

    status_code: int
    content: bytes
    headers: Mapping[str, str]
    parsed: T


@frozen
class ResponseInfo:
    """An answer, but for its body.

    Attributes:
        status_code: The status.
        headers: The headers; names in lower case.
    """

    status_code: int
    headers: Mapping[str, str]

    @property
    def request_id(self) -> str | None:
        """The server's id of the request, for its operators, when it sent one."""
        return self.headers.get("x-request-id")


Invalid: TypeAlias = Literal["raise", "skip", "collect"]
"""What becomes of a log that is not as documented, or is nested deeper than about 1,000 containers.

`raise`: an `InvalidAnswerError` with its index and JSON path. `skip`: it is left out, and a warning is logged to
`parea_trace_logs`. `collect`: it is left out, and kept as an `InvalidLog` in the attribute `invalid` of the result.
"""


@frozen
class InvalidLog:
    """A log that is not as documented, as `invalid="collect"` keeps it.

    Attributes:
        index: Its place in the answer, counted from 0.
        path: The JSON path of the member at fault, such as `$[3].scores[0].name`.
        reason: What is wrong there.
        content: Its bytes, as they came.
    """

    index: int
    path: str
    reason: str
    content: bytes


class Logs(list[T]):
    """A list that also says what was left out of it, and which answer it came with.

    Attributes:
        invalid: What `invalid="collect"` kept.
        response: Status and headers of the answer; None for a list that came with none.
    """

    invalid: list[InvalidLog]
    response: ResponseInfo | None

    def __init__(
        self, logs: Iterable[T] = (), invalid: Iterable[InvalidLog] = (), response: ResponseInfo | None = None
    ) -> None:
        super().__init__(logs)
        self.invalid = list(invalid)
        self.response = response

    def __repr__(self) -> str:
        from parea_trace_logs._json.showing import shown_list

        invalid = f", invalid={len(self.invalid)} logs" if self.invalid else ""
        return f"Logs({shown_list(self)}{invalid})"

    def _repr_html_(self) -> str:
        from parea_trace_logs._json.showing import html_of_list

        return html_of_list(self)


__all__ = ["UNSET", "Invalid", "InvalidLog", "Logs", "Response", "ResponseInfo", "Unset"]
