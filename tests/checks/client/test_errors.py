"""What a call raises, and that none of it shows the key."""

import asyncio
import copy
import pickle
import socket
import traceback
from collections.abc import Iterator
from typing import Any

import parea_trace_logs
import pytest
from checks.client.conftest import Call
from checks.client.support import OPERATION, SAMPLE, LocalServer
from parea_trace_logs import (
    AuthenticatedClient,
    Client,
    InvalidAnswerError,
    NotFoundError,
    PareaConnectionError,
    PareaError,
    PareaTimeoutError,
    StatusError,
    TooManyRequestsError,
    TraceLogFilters,
    UnexpectedStatusError,
    UnprocessableContentError,
)
from parea_trace_logs.api.experiment import get_experiment_trace_logs

DOCUMENTED = {int(status): response for status, response in OPERATION["responses"].items() if status != "200"}


def assert_hides_the_key(error: BaseException) -> None:
    """Neither what is printed of the error, nor what it holds on to."""
    shown = [str(error), repr(error), "".join(traceback.format_exception(error)), str(vars(error))]
    shown.append(pickle.dumps(error).decode("latin-1"))
    assert not [text for text in shown if "to-hide" in text]
    assert error.__context__ is None


@pytest.mark.parametrize("status", DOCUMENTED)
def test_each_documented_status_raises_a_class_of_its_own(call: Call, server: LocalServer, status: int) -> None:
    example = DOCUMENTED[status]["content"]["application/json"]["example"]
    server.answer(status, example, {"X-Request-Id": "r-17"})
    with pytest.raises(StatusError) as caught:
        call("e", base_url=server.url)
    error = caught.value
    assert type(error) not in (StatusError, UnexpectedStatusError)
    assert type(error).__name__ in parea_trace_logs.__all__
    assert (type(error).__doc__ or "").split() == DOCUMENTED[status]["description"].split()
    assert (error.status_code, error.body, error.request_id) == (status, example, "r-17")
    assert str(status) in str(error)
    assert "r-17" in str(error)
    assert_hides_the_key(error)


def test_the_classes_of_the_statuses_differ(call: Call, server: LocalServer) -> None:
    raised = set()
    for status in DOCUMENTED:
        server.answer(status, {"detail": "x"})
        with pytest.raises(StatusError) as caught:
            call("e", base_url=server.url)
        raised.add(type(caught.value))
    assert len(raised) == len(DOCUMENTED)


def test_the_message_holds_the_servers_detail(call: Call, server: LocalServer) -> None:
    server.answer(404, {"detail": "Experiment not found."})
    with pytest.raises(NotFoundError, match=r"^404: Experiment not found\. \["):
        call("e", base_url=server.url)


def test_the_message_holds_each_error_of_a_body_with_its_place(call: Call, server: LocalServer) -> None:
    details = [
        {"loc": ["body", "filter_value"], "msg": "not a number", "type": "pattern"},
        {"loc": [], "msg": "no", "type": "t"},
    ]
    server.answer(422, {"detail": details})
    with pytest.raises(UnprocessableContentError, match=r"^422: body\.filter_value: not a number; no \["):
        call("e", base_url=server.url)


@pytest.mark.parametrize("status", [402, 403, 418, 451, 500, 502, 504, 520, 599, 201, 204, 302])
def test_an_undocumented_status_raises_too(call: Call, server: LocalServer, status: int) -> None:
    server.answer(status, b"" if status == 204 else {"detail": "so what"})
    with pytest.raises(UnexpectedStatusError, match=f"^{status}: ") as caught:
        call("e", base_url=server.url)
    assert caught.value.status_code == status


@pytest.mark.parametrize("status", [404, 502])
def test_a_page_in_html_is_shown_as_text(call: Call, server: LocalServer, status: int) -> None:
    server.answer(status, b"<html>\n<h1>Bad Gateway</h1>\xff" + b"x" * 5000, {"Content-Type": "text/html"})
    with pytest.raises(StatusError, match="<html> <h1>Bad Gateway</h1>") as caught:
        call("e", base_url=server.url)
    assert len(str(caught.value)) < 2200
    assert isinstance(caught.value.body, str)


@pytest.mark.parametrize("body", [[], {}, {"detail": None}, {"detail": [1]}, "x", 3, None, [[]] * 3, {"detail": [{}]}])
def test_any_other_json_is_shown_as_it_is(call: Call, server: LocalServer, body: Any) -> None:
    server.answer(500, body)
    with pytest.raises(UnexpectedStatusError, match=r"^500: .") as caught:
        call("e", base_url=server.url)
    assert caught.value.body == body


def test_a_body_nested_beyond_reason_is_text(call: Call, server: LocalServer) -> None:
    server.answer(500, b"[" * 100_000)
    with pytest.raises(UnexpectedStatusError, match=r"^500: \[\["):
        call("e", base_url=server.url)


def test_a_redirect_is_not_followed(call: Call, server: LocalServer) -> None:
    server.answer(307, b"", {"Location": f"{server.url}/elsewhere"})
    with pytest.raises(UnexpectedStatusError, match="/elsewhere, not followed"):
        call("e", base_url=server.url)
    assert len(server.received) == 1


@pytest.mark.parametrize("status", [401, 500])
def test_a_server_that_echoes_the_key_does_not_make_us_show_it(call: Call, server: LocalServer, status: int) -> None:
    server.answer(status, {"detail": "bad key a-key-to-hide"}, {"X-Echo": "a-key-to-hide"})
    with pytest.raises(StatusError, match=r"bad key \*\*\*") as caught:
        call("e", base_url=server.url)
    assert_hides_the_key(caught.value)


def test_errors_survive_pickle_and_copy(call: Call, server: LocalServer) -> None:
    server.answer(429, {"detail": "slow down"}, {"Retry-After": "7"})
    with pytest.raises(TooManyRequestsError) as caught:
        call("e", base_url=server.url)
    for twin in (pickle.loads(pickle.dumps(caught.value)), copy.deepcopy(caught.value)):  # noqa: S301 - our own
        assert type(twin) is TooManyRequestsError
        assert (str(twin), vars(twin)) == (str(caught.value), vars(caught.value))
        assert twin.headers["retry-after"] == "7"


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_no_answer_in_time(call: Call, silent: str) -> None:
    with pytest.raises(PareaTimeoutError, match="ReadTimeout") as caught:
        call("e", base_url=silent, timeout=0.05)
    assert_hides_the_key(caught.value)


def test_no_server(call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(PareaConnectionError, match="ConnectError") as caught:
        call("e", base_url=f"http://127.0.0.1:{port}")
    assert not isinstance(caught.value, PareaTimeoutError)
    assert_hides_the_key(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html>", "malformed"),
        (b"", "the answer has no body"),
        (b'[{"trace_id": "a"', "truncated"),
        (b"[\xff]", "invalid"),
        (b'["\xff"]', "not UTF-8"),
        (b'[{"trace_id": "a", "start_timestamp": "b", "latency": NaN}]', "NaN is not a number"),
        (b"{}", r"Expected `array`, got `object`"),
        (b'[{"trace_id": "a"}]', "start_timestamp"),
        (b'[{"trace_id": "a", "start_timestamp": "b", "latency": "1"}]', r"\$\[0\]\.latency"),
        (b"[" * 100_000, "truncated"),
        (b"[" * 100_000 + b"]" * 100_000, r"nested deeper than 1,000 containers - at `\$\[0\]`"),
    ],
)
def test_a_success_that_is_not_as_documented(call: Call, server: LocalServer, content: bytes, reason: str) -> None:
    server.answer(200, content, {"X-Request-Id": "r-17"})
    with pytest.raises(InvalidAnswerError, match=reason) as caught:
        call("e", base_url=server.url)
    assert (caught.value.status_code, caught.value.request_id) == (200, "r-17")
    assert_hides_the_key(caught.value)


def test_everything_is_a_parea_error() -> None:
    errors = [
        each
        for name in parea_trace_logs.__all__
        if isinstance(each := getattr(parea_trace_logs, name), type)
        and issubclass(each, BaseException)
        and not issubclass(each, Warning)
    ]
    assert len(errors) > len(DOCUMENTED)
    assert all(issubclass(each, PareaError) for each in errors)


def test_the_generators_functions_work_and_raise_alike(server: LocalServer) -> None:
    async def both(client: Client) -> tuple[Any, Any]:
        body = TraceLogFilters()
        return (
            await get_experiment_trace_logs.asyncio("e", client=client, body=body),
            await get_experiment_trace_logs.asyncio_detailed("e", client=client, body=body),
        )

    with AuthenticatedClient(server.url, "a-key-to-hide") as client:
        logs = get_experiment_trace_logs.sync("e", client=client, body=TraceLogFilters())
        detailed = get_experiment_trace_logs.sync_detailed("e", client=client, body=TraceLogFilters())
        assert [log.to_dict() for log in logs] == SAMPLE
        assert (detailed.status_code, detailed.parsed, detailed.content) == (200, logs, server.content)
        assert asyncio.run(both(client))[0] == logs
        server.answer(520, b"")
        for function in (get_experiment_trace_logs.sync, get_experiment_trace_logs.sync_detailed):
            with pytest.raises(UnexpectedStatusError, match="520"):
                function("e", client=client, body=TraceLogFilters())
        with pytest.raises(UnexpectedStatusError, match="520"):
            asyncio.run(both(client))


def test_a_client_without_a_key_sends_none(server: LocalServer) -> None:
    with Client(server.url) as client:
        get_experiment_trace_logs.sync("e", client=client, body=TraceLogFilters())
    assert "x-api-key" not in server.received[0].headers
