"""What a call raises. Everything is a `PareaError`; each documented status has a class of its own.

No message, representation, traceback or pickle of these holds the key: where a server echoes it, the transport has
already taken it out.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from parea_trace_logs._shared.words import printable


class PareaError(Exception):
    """Any failure of a call.

    Attributes:
        operation: The method that was called, such as `get_experiment_trace_logs`; None where it was none.
        request: The method and the URL of its request.
        attempts: How often that was sent.
        seconds: How long the call took.
    """

    operation: str | None = None
    request: str = ""
    attempts: int = 0
    seconds: float = 0.0

    def __init__(self, said: str = "") -> None:
        super().__init__(printable(said))

    def __str__(self) -> str:
        said = super().__str__()
        if self.operation is None:
            return said
        tries = f"; {self.attempts} attempts in {self.seconds:.1f} s" if self.attempts > 1 else ""
        return f"{said} [{self.operation}: {self.request}{tries}]"


class MissingKeyError(PareaError):
    """There is no key: neither the argument `api_key` nor the environment variable `PAREA_API_KEY` holds one."""


class ClientClosedError(PareaError):
    """The client, or the one that it sends through, has been closed."""


class InvalidFilterError(PareaError, ValueError):
    """The contract does not accept a filter, found out before anything was sent.

    Attributes:
        loc: The place of the first fault, as a server's 422 names it, such as `("body", "filter_value")`.
        faults: Every fault, each with its place and what is wrong there.
    """

    def __init__(self, faults: Sequence[tuple[tuple[str, ...], str]]) -> None:
        self.faults = tuple(faults)
        self.loc = faults[0][0]
        super().__init__("; ".join(f"{'.'.join(loc)}: {message}" for loc, message in faults))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.faults,), self.__dict__


class TableError(PareaError, ValueError):
    """A log does not fit into a table; the message names the log and the column."""


class PareaConnectionError(PareaError):
    """No answer came: the server could not be reached, or the connection broke before the answer began or ended."""


class PareaTimeoutError(PareaConnectionError):
    """No answer came in time."""


class TruncatedResponse(PareaConnectionError):  # noqa: N818 - what it is, not what failed
    """The answer began and broke off.

    Attributes:
        reason: What ended it.
        logs: How many elements of its array had arrived whole; those of a stream have been handed out.
    """

    def __init__(self, reason: str, logs: int) -> None:
        self.reason = reason
        self.logs = logs
        super().__init__(f"the answer broke off after {logs} whole logs: {reason}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.reason, self.logs), self.__dict__


class StatusError(PareaError):
    """The server answered with another status than the documented success.

    Attributes:
        status_code: The status.
        headers: The answer's headers; names in lower case.
        request_id: The server's id of the request, for its operators, when it sent one.
        body: The answer's body: what its JSON says, as plain Python; its text when it is not JSON.
    """

    def __init__(self, status_code: int, headers: Mapping[str, str], content: bytes) -> None:
        self.status_code = status_code
        self.headers = dict(headers)
        self.request_id = self.headers.get("x-request-id")
        self._content = content
        text = content.decode("utf-8", errors="replace")
        self.body: Any = _body(text)
        named = f" (request {self.request_id})" if self.request_id else ""
        said = f"{_detail(self.body, text) or self._hint()}{self._doubt()}"
        super().__init__(f"{status_code}: {said}{named}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.status_code, self.headers, self._content), self.__dict__

    def _doubt(self) -> str:
        """What to say of an answer that another application may have given."""
        detail = self.body.get("detail") if isinstance(self.body, dict) else None
        foreign = not isinstance(detail, str) or detail == "Not Found"  # what frameworks say of an unknown path
        doubted = self.status_code in _ELSEWHERE and foreign and "location" not in self.headers
        return " (this may not be an answer of the API: is the base URL right?)" if doubted else ""

    def _hint(self) -> str:
        """What to say of an answer without a body."""
        if "location" in self.headers:
            return f"a redirect to {self.headers['location']}, not followed: the key stays with the server it is for"
        return "the answer has no body"


class BadRequestError(StatusError):
    """What is not HTTP as the server reads it, such as a path that is not a path, or headers too large."""


class UnauthorizedError(StatusError):
    """No key, or a wrong one; the answer is the same for both. Judged before anything else."""


class NotFoundError(StatusError):
    """No such experiment for this key; also an unknown path."""


class MethodNotAllowedError(StatusError):
    """Another method than POST."""


class ContentTooLargeError(StatusError):
    """The body is over 65,536 bytes."""


class URITooLongError(StatusError):
    """A path of more than 8,000 bytes."""


class UnsupportedMediaTypeError(StatusError):
    """Another media type than application/json, or none; or a content coding that is not taken."""


class UnprocessableContentError(StatusError):
    """The body is not JSON, or the schema `TraceLogFilters` does not accept it."""


class TooManyRequestsError(StatusError):
    """Too many requests."""


class RequestHeaderFieldsTooLargeError(StatusError):
    """Headers of more than 16 kB."""


class ServiceUnavailableError(StatusError):
    """The server is overloaded, or ran out of time; the same request may be sent again."""


class UnexpectedStatusError(StatusError):
    """A status that the contract does not know."""


class InvalidAnswerError(PareaError):
    """The status is the documented success, but the body is not what the contract says.

    Attributes:
        reason: What is wrong.
        status_code: The status.
        headers: The answer's headers; names in lower case.
        request_id: The server's id of the request, when it sent one.
        index: Which log is wrong, counted from 0; None where it is the body as a whole.
        path: Its JSON path down to the member at fault, such as `$[3].scores[0].name`; None likewise.
    """

    def __init__(
        self,
        reason: str,
        status_code: int,
        headers: Mapping[str, str],
        index: int | None = None,
        path: str | None = None,
    ) -> None:
        self.reason = reason
        self.status_code = status_code
        self.headers = dict(headers)
        self.request_id = self.headers.get("x-request-id")
        self.index = index
        self.path = path
        at = f" - at `{path}`" if path else ""
        named = f" (request {self.request_id})" if self.request_id else ""
        page = self.headers.get("content-type", "").startswith("text/html")
        doubt = " (a page in HTML: is the base URL right?)" if page else ""
        super().__init__(f"{status_code}, but the body is not as documented: {reason}{at}{doubt}{named}")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.reason, self.status_code, self.headers, self.index, self.path), self.__dict__


# What an application that is not the API answers to a path or method that it does not know.
_ELSEWHERE = frozenset({404, 405, 501})
_STATUS_ERRORS: dict[int, type[StatusError]] = {
    400: BadRequestError,
    401: UnauthorizedError,
    404: NotFoundError,
    405: MethodNotAllowedError,
    413: ContentTooLargeError,
    414: URITooLongError,
    415: UnsupportedMediaTypeError,
    422: UnprocessableContentError,
    429: TooManyRequestsError,
    431: RequestHeaderFieldsTooLargeError,
    503: ServiceUnavailableError,
}


def status_error(status_code: int, headers: Mapping[str, str], content: bytes) -> StatusError:
    """The exception for an answer that is not the documented success."""
    return _STATUS_ERRORS.get(status_code, UnexpectedStatusError)(status_code, headers, content)


def _body(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # a proxy's HTML page, say
        return text


def _detail(body: Any, text: str) -> str:
    """The server's own words on one line; the whole text where they are not in the place that the contract names."""
    detail = body.get("detail") if isinstance(body, dict) else None
    if isinstance(detail, str):
        text = detail
    elif isinstance(detail, list) and detail and all(isinstance(each, dict) and "msg" in each for each in detail):
        text = "; ".join(_place(each.get("loc")) + str(each["msg"]) for each in detail)
    words = " ".join(text.split())
    return words if len(words) <= 2000 else f"{words[:2000]} ..."


def _place(loc: Any) -> str:
    return ".".join(str(part) for part in loc) + ": " if isinstance(loc, list) and loc else ""
