"""Get the trace logs of an experiment"""

from ..._decoding import decode_answer, encode
from ..._transport import Answer, Request, segment
from ...client import AuthenticatedClient, Client
from ...errors import status_error
from ...models.trace_log import TraceLog
from ...models.trace_log_filters import TraceLogFilters
from ...types import Response


def _request(
    experiment_uuid: str,
    *,
    body: TraceLogFilters,
) -> Request:
    return Request(
        "POST",
        f"/api/parea/v1/experiment/{segment(experiment_uuid)}/trace_logs",
        encode(body),
    )


def _response(answer: Answer) -> Response[list[TraceLog]]:
    if answer.status_code != 200:
        raise status_error(answer.status_code, answer.headers, answer.content)
    return Response(answer.status_code, answer.content, answer.headers, decode_answer(answer, list[TraceLog]))


def sync_detailed(
    experiment_uuid: str,
    *,
    client: AuthenticatedClient | Client,
    body: TraceLogFilters,
) -> Response[list[TraceLog]]:
    """Get the trace logs of an experiment

    Answers the root logs of the experiment that the filter fits, or all of them without a filter, each with its
    descendants nested. The operation only reads (it is safe in the sense of RFC 9110), so it may be repeated at
    will.

    Args:
        experiment_uuid: The experiment whose trace logs are asked for.
        client: The server and the key.
        body: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
            the other members must be null or absent too.

    Returns:
        The answer, with its status, headers and body.

    Raises:
        StatusError: The server answered with another status than 200.
        InvalidAnswerError: The body of the answer is not as documented.
        PareaConnectionError: No answer came.
    """
    return _response(
        client.send(
            _request(
                experiment_uuid=experiment_uuid,
                body=body,
            )
        )
    )


def sync(
    experiment_uuid: str,
    *,
    client: AuthenticatedClient | Client,
    body: TraceLogFilters,
) -> list[TraceLog]:
    """Get the trace logs of an experiment

    Answers the root logs of the experiment that the filter fits, or all of them without a filter, each with its
    descendants nested. The operation only reads (it is safe in the sense of RFC 9110), so it may be repeated at
    will.

    Args:
        experiment_uuid: The experiment whose trace logs are asked for.
        client: The server and the key.
        body: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
            the other members must be null or absent too.

    Returns:
        The root logs that fit, in the order of their `start_timestamp`, then of their `trace_id`; each with
        its descendants. An empty array when none fits.

    Raises:
        StatusError: The server answered with another status than 200.
        InvalidAnswerError: The body of the answer is not as documented.
        PareaConnectionError: No answer came.
    """
    return sync_detailed(
        experiment_uuid=experiment_uuid,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    experiment_uuid: str,
    *,
    client: AuthenticatedClient | Client,
    body: TraceLogFilters,
) -> Response[list[TraceLog]]:
    """Get the trace logs of an experiment

    Answers the root logs of the experiment that the filter fits, or all of them without a filter, each with its
    descendants nested. The operation only reads (it is safe in the sense of RFC 9110), so it may be repeated at
    will.

    Args:
        experiment_uuid: The experiment whose trace logs are asked for.
        client: The server and the key.
        body: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
            the other members must be null or absent too.

    Returns:
        The answer, with its status, headers and body.

    Raises:
        StatusError: The server answered with another status than 200.
        InvalidAnswerError: The body of the answer is not as documented.
        PareaConnectionError: No answer came.
    """
    return _response(
        await client.asend(
            _request(
                experiment_uuid=experiment_uuid,
                body=body,
            )
        )
    )


async def asyncio(
    experiment_uuid: str,
    *,
    client: AuthenticatedClient | Client,
    body: TraceLogFilters,
) -> list[TraceLog]:
    """Get the trace logs of an experiment

    Answers the root logs of the experiment that the filter fits, or all of them without a filter, each with its
    descendants nested. The operation only reads (it is safe in the sense of RFC 9110), so it may be repeated at
    will.

    Args:
        experiment_uuid: The experiment whose trace logs are asked for.
        client: The server and the key.
        body: One filter over the root logs of an experiment. Without `filter_field` it is no filter, and
            the other members must be null or absent too.

    Returns:
        The root logs that fit, in the order of their `start_timestamp`, then of their `trace_id`; each with
        its descendants. An empty array when none fits.

    Raises:
        StatusError: The server answered with another status than 200.
        InvalidAnswerError: The body of the answer is not as documented.
        PareaConnectionError: No answer came.
    """
    return (
        await asyncio_detailed(
            experiment_uuid=experiment_uuid,
            client=client,
            body=body,
        )
    ).parsed
