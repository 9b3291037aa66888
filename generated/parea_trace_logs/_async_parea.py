"""The client, with every operation of the contract as a method."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from parea_trace_logs._http.answers import MAX_LOG_BYTES
from parea_trace_logs._http.requests import DEFAULT, Seconds, Timeout
from parea_trace_logs._http.settings import key_of, server_of
from parea_trace_logs.client import AuthenticatedClient

if TYPE_CHECKING:
    from parea_trace_logs._http.async_streams import AsyncLogStream
    from parea_trace_logs._http.protocols import AsyncHTTPClient
    from parea_trace_logs.models import (
        TraceLog,
        TraceLogFilters,
    )
    from parea_trace_logs.types import Invalid, Logs


class AsyncParea:
    """The endpoints of Parea. Making one sends nothing; it may be shared, and closed like a file.

    Args:
        api_key: The key; by default that of the environment variable `PAREA_API_KEY`.
        base_url: The server, with or without `/api/parea/v1` at its end; by default that of the environment
            variable `PAREA_BASE_URL`, else production.
        timeout: Seconds for each step of a request (or an `httpx.Timeout`); None disables the timeout. The
            default is 5 s to connect and 60 s for each other step, or what `http_client` says. Each call can override
            it.
        max_retries: Maximum number of retries, when the answer is 408, 409, 429 or 5xx, or did not come; the delay is
            `Retry-After` (at most 60 s), else 0.5 to 8 s with jitter. An operation that does not only read is retried
            only after a failure to connect.
        http_client: An `httpx.AsyncClient` (or httpx2's) to send through, with its own proxies and certificates. It is
            not closed here, its redirects are not followed, and a User-Agent of its own is kept. Without one, httpx is
            used, or httpx2 when the environment variable `PAREA_HTTP_LIBRARY` says so.
        default_headers: Headers of every request, such as a proxy asks for, or another User-Agent.
        deadline: Seconds for a whole call, retries and the caller's own work between two logs of a stream included,
            after which it ends with a `PareaTimeoutError`; None, the default, for as long as the server keeps sending.
            Each call can override it.
        max_log_bytes: The most bytes of one log, as JSON; an answer with a larger one is an `InvalidAnswerError`.

    Raises:
        TypeError: An argument is of another type, such as a client of the other kind.
        MissingKeyError: There is no key.
        ValueError: `base_url` is not an http or https URL, the key or a header holds what a header cannot carry, or
            `max_retries` is negative, or `deadline` or `max_log_bytes` is not above 0.
    """

    def __init__(  # noqa: PLR0913 - the documented options
        self,
        api_key: str | None = None,
        base_url: str | None = None,
        *,
        timeout: Timeout = DEFAULT,
        max_retries: int = 2,
        http_client: AsyncHTTPClient | None = None,
        default_headers: Mapping[str, str] | None = None,
        deadline: float | None = None,
        max_log_bytes: int = MAX_LOG_BYTES,
    ) -> None:
        key = key_of(api_key)
        del api_key  # no frame shows it, whatever is raised below
        self._client = AuthenticatedClient(
            server_of(base_url),
            key,
            timeout=timeout,
            max_retries=max_retries,
            async_http_client=http_client,
            default_headers=default_headers,
            deadline=deadline,
            max_log_bytes=max_log_bytes,
        )

    def with_options(
        self,
        *,
        timeout: Timeout = DEFAULT,
        max_retries: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        deadline: Seconds = DEFAULT,
        max_log_bytes: int | None = None,
    ) -> Self:
        """The same server, key and connections with other options; to close it does not close this one.

        Args:
            timeout: As for the client; by default this one's.
            max_retries: As for the client; by default this one's.
            default_headers: Headers beside this one's, or in their place.
            deadline: As for the client; by default this one's.
            max_log_bytes: As for the client; by default this one's.

        Raises:
            TypeError: An argument is of another type.
            ValueError: `max_retries` is negative, a header cannot be sent, or another limit is not above 0.
        """
        twin = copy.copy(self)
        twin._client = self._client.with_options(
            timeout=timeout,
            max_retries=max_retries,
            default_headers=default_headers,
            deadline=deadline,
            max_log_bytes=max_log_bytes,
        )
        return twin

    async def get_experiment_trace_logs(
        self,
        experiment_uuid: str,
        filters: TraceLogFilters | None = None,
        *,
        invalid: Invalid = "raise",
        timeout: Timeout = DEFAULT,
        deadline: Seconds = DEFAULT,
        extra_headers: Mapping[str, str] | None = None,
    ) -> Logs[TraceLog]:
        """Get the trace logs of an experiment.

        Answers the root logs of the experiment that match the filter, or all of them without a filter, each with
        its
        descendants nested. The operation only reads (it is safe in the sense of RFC 9110), so it may be repeated at
        will.

        Args:
            experiment_uuid: The experiment whose trace logs are asked for.
            filters: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
                the other members must be null or absent too.
            invalid: What becomes of a log that is not as documented: `raise` an `InvalidAnswerError` with its
                index and JSON path; `skip` it, with a warning in the log of `parea_trace_logs`; or `collect` it in
                the attribute `invalid` of the result.
            timeout: Overrides the client's timeout for this call.
            deadline: Overrides the client's deadline for this call.
            extra_headers: Headers of this call's own, beside the client's or in their place.

        Returns:
            The root logs that match, in the order of their `start_timestamp`, then of their `trace_id`; each
            with its descendants. An empty array when none matches.

        Raises:
            TypeError: An argument is of another type than it must be; said before anything is sent.
            InvalidFilterError: The contract does not accept the filter; said before anything is sent.
            ClientClosedError: The client has been closed.
            BadRequestError: What is not HTTP as the server reads it, such as a path that is not a path, or
                headers too large.
            UnauthorizedError: No key, or a wrong one; the answer is the same for both. Judged before anything
                else.
            NotFoundError: No such experiment for this key; also an unknown path.
            MethodNotAllowedError: Another method than POST.
            ContentTooLargeError: The body is over 65,536 bytes.
            URITooLongError: A path of more than 8,000 bytes.
            UnsupportedMediaTypeError: Another media type than application/json, or none; or a content coding
                that is not taken.
            UnprocessableContentError: The body is not JSON, or the schema `TraceLogFilters` does not accept it.
            TooManyRequestsError: Too many requests.
            RequestHeaderFieldsTooLargeError: Headers of more than 16 kB.
            ServiceUnavailableError: The server is overloaded, or ran out of time; the same request may be sent
                again.
            UnexpectedStatusError: A status that the contract does not know.
            InvalidAnswerError: The body of the answer is not as documented.
            PareaConnectionError: No answer came; `PareaTimeoutError` when it did not come in time,
                `TruncatedResponse` when it broke off.
        """
        from parea_trace_logs._filters.checking import checked
        from parea_trace_logs.api.experiment import get_experiment_trace_logs

        return await get_experiment_trace_logs.asyncio(
            experiment_uuid,
            client=self._client,
            body=checked(filters),
            invalid=invalid,
            timeout=timeout,
            deadline=deadline,
            extra_headers=extra_headers,
        )

    def iter_experiment_trace_logs(
        self,
        experiment_uuid: str,
        filters: TraceLogFilters | None = None,
        *,
        invalid: Invalid = "raise",
        timeout: Timeout = DEFAULT,
        deadline: Seconds = DEFAULT,
        extra_headers: Mapping[str, str] | None = None,
    ) -> AsyncLogStream[TraceLog]:
        """Get the trace logs of an experiment, one by one, while the answer arrives.

        Answers the root logs of the experiment that match the filter, or all of them without a filter, each with
        its
        descendants nested. The operation only reads (it is safe in the sense of RFC 9110), so it may be repeated at
        will.

        The memory that this takes does not grow with the number of logs. The request is sent when the first log is
        asked for, and sent again only before the first one came.

        Args:
            experiment_uuid: The experiment whose trace logs are asked for.
            filters: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
                the other members must be null or absent too.
            invalid: What becomes of a log that is not as documented: `raise` an `InvalidAnswerError` with its
                index and JSON path; `skip` it, with a warning in the log of `parea_trace_logs`; or `collect` it in
                the attribute `invalid` of the result.
            timeout: Overrides the client's timeout for this call.
            deadline: Overrides the client's deadline for this call.
            extra_headers: Headers of this call's own, beside the client's or in their place.

        Returns:
            An iterator over the logs. It holds a connection until it ends: use it as a context manager, or
            close it, when you may stop early. What is below is raised while it runs.

        Raises:
            TypeError: An argument is of another type than it must be; said before anything is sent.
            InvalidFilterError: The contract does not accept the filter; said before anything is sent.
            ClientClosedError: The client has been closed.
            BadRequestError: What is not HTTP as the server reads it, such as a path that is not a path, or
                headers too large.
            UnauthorizedError: No key, or a wrong one; the answer is the same for both. Judged before anything
                else.
            NotFoundError: No such experiment for this key; also an unknown path.
            MethodNotAllowedError: Another method than POST.
            ContentTooLargeError: The body is over 65,536 bytes.
            URITooLongError: A path of more than 8,000 bytes.
            UnsupportedMediaTypeError: Another media type than application/json, or none; or a content coding
                that is not taken.
            UnprocessableContentError: The body is not JSON, or the schema `TraceLogFilters` does not accept it.
            TooManyRequestsError: Too many requests.
            RequestHeaderFieldsTooLargeError: Headers of more than 16 kB.
            ServiceUnavailableError: The server is overloaded, or ran out of time; the same request may be sent
                again.
            UnexpectedStatusError: A status that the contract does not know.
            InvalidAnswerError: The body of the answer is not as documented.
            PareaConnectionError: No answer came; `PareaTimeoutError` when it did not come in time,
                `TruncatedResponse` when it broke off.
        """
        from parea_trace_logs._filters.checking import checked
        from parea_trace_logs.api.experiment import get_experiment_trace_logs

        return get_experiment_trace_logs.astream(
            experiment_uuid,
            client=self._client,
            body=checked(filters),
            invalid=invalid,
            timeout=timeout,
            deadline=deadline,
            extra_headers=extra_headers,
        )

    async def aclose(self) -> None:
        """Close the connections, unless they came from outside."""
        await self._client.aclose()

    def __repr__(self) -> str:
        made = hasattr(self, "_client")  # else a traceback shows what could not be made
        return f"{type(self).__name__}(base_url={self._client._base_url!r})" if made else f"{type(self).__name__}(...)"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
