"""Get the trace logs of an experiment."""

from collections.abc import Mapping

from ..._http.answers import Answer
from ..._http.arguments import check_timeout, headers_of
from ..._http.async_streams import AsyncLogStream
from ..._http.calls import Call
from ..._http.deadlines import check_deadline
from ..._http.elements import check_invalid
from ..._http.parameters import segment
from ..._http.requests import DEFAULT, Request, Seconds, Timeout
from ..._http.results import logs_of
from ..._http.sync_streams import LogStream
from ..._json.decoding import encode
from ...client import AuthenticatedClient, Client
from ...models.trace_log import TraceLog
from ...models.trace_log_filters import TraceLogFilters
from ...types import Invalid, Logs, Response


def _request(
    experiment_uuid: str,
    *,
    body: TraceLogFilters,
    timeout: Timeout,
    deadline: Seconds,
    extra_headers: Mapping[str, str] | None,
) -> Request:
    check_timeout(timeout)
    check_deadline(deadline)
    return Request(
        "POST",
        "/api/parea/v1/experiment/{experiment_uuid}/trace_logs".replace("{experiment_uuid}", segment(experiment_uuid)),
        Call("get_experiment_trace_logs", "POST"),
        encode(body),
        safe=True,
        timeout=timeout,
        deadline=deadline,
        headers={**headers_of(extra_headers, "extra_headers")},
    )


def _response(answer: Answer, invalid: Invalid) -> Response[Logs[TraceLog]]:
    if answer.status_code != 200:
        raise answer.refused()
    parsed = logs_of(answer, TraceLog, invalid)
    return Response(answer.status_code, answer.content, answer.headers, parsed)


def sync_detailed(
    experiment_uuid: str,
    *,
    client: AuthenticatedClient | Client,
    body: TraceLogFilters,
    invalid: Invalid = "raise",
    timeout: Timeout = DEFAULT,
    deadline: Seconds = DEFAULT,
    extra_headers: Mapping[str, str] | None = None,
) -> Response[Logs[TraceLog]]:
    """Get the trace logs of an experiment.

    Answers the root logs of the experiment that match the filter, or all of them without a filter, each with
    its
    descendants nested. The operation only reads (it is safe in the sense of RFC 9110), so it may be repeated at
    will.

    Args:
        experiment_uuid: The experiment whose trace logs are asked for.
        client: The server and the key.
        body: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
            the other members must be null or absent too.
        invalid: What becomes of a log that is not as documented: `raise` an `InvalidAnswerError` with its
            index and JSON path; `skip` it, with a warning in the log of `parea_trace_logs`; or `collect` it in
            the attribute `invalid` of the result.
        timeout: Overrides the client's timeout for this call.
        deadline: Overrides the client's deadline for this call.
        extra_headers: Headers of this call's own, beside the client's or in their place.

    Returns:
        The answer, with its status, headers and body.

    Raises:
        ClientClosedError: The client has been closed.
        StatusError: Another status than the documented success.
        InvalidAnswerError: The body of the answer is not as documented.
        PareaConnectionError: No answer came; `PareaTimeoutError` when it did not come in time,
            `TruncatedResponse` when it broke off.
    """
    check_invalid(invalid)
    request = _request(experiment_uuid, body=body, timeout=timeout, deadline=deadline, extra_headers=extra_headers)
    with client.told(request):
        answer = client.send(request)
        return _response(answer, invalid)


def sync(
    experiment_uuid: str,
    *,
    client: AuthenticatedClient | Client,
    body: TraceLogFilters,
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
        client: The server and the key.
        body: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
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
        ClientClosedError: The client has been closed.
        StatusError: Another status than the documented success.
        InvalidAnswerError: The body of the answer is not as documented.
        PareaConnectionError: No answer came; `PareaTimeoutError` when it did not come in time,
            `TruncatedResponse` when it broke off.
    """
    return (
        sync_detailed(
            experiment_uuid,
            body=body,
            client=client,
            invalid=invalid,
            timeout=timeout,
            deadline=deadline,
            extra_headers=extra_headers,
        )
    ).parsed


async def asyncio_detailed(
    experiment_uuid: str,
    *,
    client: AuthenticatedClient | Client,
    body: TraceLogFilters,
    invalid: Invalid = "raise",
    timeout: Timeout = DEFAULT,
    deadline: Seconds = DEFAULT,
    extra_headers: Mapping[str, str] | None = None,
) -> Response[Logs[TraceLog]]:
    """Get the trace logs of an experiment.

    Answers the root logs of the experiment that match the filter, or all of them without a filter, each with
    its
    descendants nested. The operation only reads (it is safe in the sense of RFC 9110), so it may be repeated at
    will.

    Args:
        experiment_uuid: The experiment whose trace logs are asked for.
        client: The server and the key.
        body: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
            the other members must be null or absent too.
        invalid: What becomes of a log that is not as documented: `raise` an `InvalidAnswerError` with its
            index and JSON path; `skip` it, with a warning in the log of `parea_trace_logs`; or `collect` it in
            the attribute `invalid` of the result.
        timeout: Overrides the client's timeout for this call.
        deadline: Overrides the client's deadline for this call.
        extra_headers: Headers of this call's own, beside the client's or in their place.

    Returns:
        The answer, with its status, headers and body.

    Raises:
        ClientClosedError: The client has been closed.
        StatusError: Another status than the documented success.
        InvalidAnswerError: The body of the answer is not as documented.
        PareaConnectionError: No answer came; `PareaTimeoutError` when it did not come in time,
            `TruncatedResponse` when it broke off.
    """
    check_invalid(invalid)
    request = _request(experiment_uuid, body=body, timeout=timeout, deadline=deadline, extra_headers=extra_headers)
    with client.told(request):
        answer = await client.asend(request)
        return _response(answer, invalid)


async def asyncio(
    experiment_uuid: str,
    *,
    client: AuthenticatedClient | Client,
    body: TraceLogFilters,
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
        client: The server and the key.
        body: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
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
        ClientClosedError: The client has been closed.
        StatusError: Another status than the documented success.
        InvalidAnswerError: The body of the answer is not as documented.
        PareaConnectionError: No answer came; `PareaTimeoutError` when it did not come in time,
            `TruncatedResponse` when it broke off.
    """
    return (
        await asyncio_detailed(
            experiment_uuid,
            body=body,
            client=client,
            invalid=invalid,
            timeout=timeout,
            deadline=deadline,
            extra_headers=extra_headers,
        )
    ).parsed


def stream(
    experiment_uuid: str,
    *,
    client: AuthenticatedClient | Client,
    body: TraceLogFilters,
    invalid: Invalid = "raise",
    timeout: Timeout = DEFAULT,
    deadline: Seconds = DEFAULT,
    extra_headers: Mapping[str, str] | None = None,
) -> LogStream[TraceLog]:
    """Get the trace logs of an experiment, one by one, while the answer arrives.

    Answers the root logs of the experiment that match the filter, or all of them without a filter, each with
    its
    descendants nested. The operation only reads (it is safe in the sense of RFC 9110), so it may be repeated at
    will.

    The memory that this takes does not grow with the number of logs. The request is sent when the first log is
    asked for, and sent again only before the first one came.

    Args:
        experiment_uuid: The experiment whose trace logs are asked for.
        client: The server and the key.
        body: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
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
        ClientClosedError: The client has been closed.
        StatusError: Another status than the documented success.
        InvalidAnswerError: The body of the answer is not as documented.
        PareaConnectionError: No answer came; `PareaTimeoutError` when it did not come in time,
            `TruncatedResponse` when it broke off.
    """
    return client.stream(
        _request(experiment_uuid, body=body, timeout=timeout, deadline=deadline, extra_headers=extra_headers),
        200,
        TraceLog,
        invalid,
    )


def astream(
    experiment_uuid: str,
    *,
    client: AuthenticatedClient | Client,
    body: TraceLogFilters,
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
        client: The server and the key.
        body: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
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
        ClientClosedError: The client has been closed.
        StatusError: Another status than the documented success.
        InvalidAnswerError: The body of the answer is not as documented.
        PareaConnectionError: No answer came; `PareaTimeoutError` when it did not come in time,
            `TruncatedResponse` when it broke off.
    """
    return client.astream(
        _request(experiment_uuid, body=body, timeout=timeout, deadline=deadline, extra_headers=extra_headers),
        200,
        TraceLog,
        invalid,
    )
