"""What goes over the wire, and how the client is told where to."""

import pickle
import textwrap
from typing import Any

import httpx
import pytest
from checks.client.conftest import Call
from checks.client.support import CONTRACT, SAMPLE, LocalServer
from parea_trace_logs import (
    AsyncParea,
    AuthenticatedClient,
    FilterOperator,
    MissingKeyError,
    Parea,
    TraceLogFilters,
    __version__,
)
from parea_trace_logs._http.transport import DEFAULT_TIMEOUT

pytestmark = pytest.mark.usefixtures("library")  # on httpx and on httpx2

# As Parea documents it, but for the name of the package.
DOCUMENTED = """
    from parea_trace_logs import FilterOperator, Parea, TraceLogFilters

    p = Parea(api_key="PAREA_API_KEY")  # replace with your API key

    trace_logs = p.get_experiment_trace_logs(
        "experiment_uuid",  # replace with experiment UUID
        TraceLogFilters(
            filter_field='is_correct',
            filter_operator=FilterOperator.EQUALS,
            filter_value="1.0"
        )
    )
"""


def test_the_documented_call_runs_as_it_stands(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_BASE_URL", f"{server.url}/api/parea/v1")
    names: dict[str, Any] = {}
    exec(textwrap.dedent(DOCUMENTED), names)  # noqa: S102 - the text is above
    assert [log.to_dict() for log in names["trace_logs"]] == SAMPLE
    assert [(each.method, each.path, each.body) for each in server.received] == [
        (
            "POST",
            "/api/parea/v1/experiment/experiment_uuid/trace_logs",
            {"filter_field": "is_correct", "filter_operator": "equals", "filter_value": "1.0"},
        )
    ]
    assert server.received[0].headers["x-api-key"] == "PAREA_API_KEY"


def test_headers_say_what_is_sent_and_who_sends(call: Call, server: LocalServer) -> None:
    call("e", base_url=server.url)
    headers = server.received[0].headers
    assert headers["content-type"] == headers["accept"] == "application/json"
    assert headers["user-agent"] == f"parea-trace-logs/{__version__}"
    assert headers["x-api-key"] == "a-key-to-hide"


@pytest.mark.parametrize("tail", ["", "/", "/api/parea/v1", "/api/parea/v1/"])
def test_the_base_may_end_as_the_official_client_wants_it(call: Call, server: LocalServer, tail: str) -> None:
    call("e", base_url=server.url + tail)
    call("e", base_url=f"{server.url}/proxy{tail}")
    assert [each.path for each in server.received] == [
        "/api/parea/v1/experiment/e/trace_logs",
        "/proxy/api/parea/v1/experiment/e/trace_logs",
    ]


def test_arguments_precede_the_environment(call: Call, server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_API_KEY", "from-the-environment")
    call("e", api_key=None, base_url=server.url)
    call("e", api_key="from-the-argument", base_url=server.url)
    monkeypatch.setenv("PAREA_BASE_URL", server.url)
    call("e", api_key=None)
    assert [each.headers["x-api-key"] for each in server.received] == [
        "from-the-environment",
        "from-the-argument",
        "from-the-environment",
    ]


def test_without_any_setting_the_base_is_the_contracts_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (None, ""):
        monkeypatch.delenv("PAREA_BASE_URL") if value is None else monkeypatch.setenv("PAREA_BASE_URL", value)
        assert repr(Parea("k")) == f"Parea(base_url={CONTRACT['servers'][0]['url']!r})"


@pytest.mark.parametrize("filters", [None, TraceLogFilters()])
def test_no_filter_is_an_empty_object(call: Call, server: LocalServer, filters: TraceLogFilters | None) -> None:
    call("e", filters, base_url=server.url)
    assert server.received[0].body == {}


def test_null_is_sent_and_absent_is_not(call: Call, server: LocalServer) -> None:
    call("e", TraceLogFilters(filter_field=None, filter_key=None), base_url=server.url)
    call("e", TraceLogFilters(filter_field="x", filter_operator=FilterOperator.EXISTS), base_url=server.url)
    assert [each.body for each in server.received] == [
        {"filter_field": None, "filter_key": None},
        {"filter_field": "x", "filter_operator": "exists"},
    ]


@pytest.mark.parametrize(
    ("uuid", "segment"),
    [
        ("a/b", "a%2Fb"),
        ("a b?c#d%2F", "a%20b%3Fc%23d%252F"),
        ("é", "%C3%A9"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a.b-c_d~", "a.b-c_d~"),
    ],
)
def test_the_experiment_is_one_segment_of_the_path(call: Call, server: LocalServer, uuid: str, segment: str) -> None:
    call(uuid, base_url=server.url)
    assert server.received[0].path == f"/api/parea/v1/experiment/{segment}/trace_logs"


@pytest.mark.parametrize("kind", [Parea, AsyncParea])
def test_a_missing_key_is_an_error_at_once(kind: type[Parea | AsyncParea], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingKeyError, match="PAREA_API_KEY"):
        kind()
    monkeypatch.setenv("PAREA_API_KEY", "set")
    with pytest.raises(MissingKeyError):
        kind("")


@pytest.mark.parametrize("key", ["a-key-to-hide\n", " a-key-to-hide", "a-key-to-hide-é", "a-key\x00-to-hide"])
def test_a_key_that_no_header_can_carry_is_not_shown(key: str) -> None:
    with pytest.raises(ValueError, match="API key") as caught:
        Parea(key)
    assert "to-hide" not in repr(caught.value)


@pytest.mark.parametrize(
    "base", ["", "localhost:80", "ftp://host", "https://", "http://u:p@host", "http://host?x=1", "http://host#x"]
)
def test_a_base_that_is_none_is_an_error_at_once(base: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        Parea("k", base)


@pytest.mark.parametrize("kind", [Parea, AsyncParea, AuthenticatedClient])
def test_a_client_shows_its_base_and_not_its_key(kind: Any) -> None:
    arguments = {"token": "a-key-to-hide"} if kind is AuthenticatedClient else {"api_key": "a-key-to-hide"}
    client = kind(base_url="http://host", **arguments)
    assert repr(client) == f"{kind.__name__}(base_url='http://host')"
    assert "to-hide" not in f"{client} {vars(client)} {vars(vars(client).get('_client', client))}"
    with pytest.raises(TypeError, match="make a new one") as caught:
        pickle.dumps(client)
    assert "to-hide" not in repr(caught.value)


def test_making_a_client_sends_nothing(server: LocalServer) -> None:
    with Parea("k", server.url):
        AsyncParea("k", server.url)
    assert server.received == []


def timeouts_sent(**arguments: Any) -> dict[str, float | None]:
    """The timeouts of one request that a client made with these arguments sends."""
    sent: list[dict[str, float | None]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request.extensions["timeout"])
        return httpx.Response(200, json=[])

    client = httpx.Client(transport=httpx.MockTransport(handler), timeout=7)
    parea = Parea("k", http_client=client, **arguments)
    parea.get_experiment_trace_logs("e")
    parea.close()
    assert not client.is_closed
    return sent[0]


def test_a_clients_own_timeout_stands_unless_one_is_given() -> None:
    assert set(timeouts_sent().values()) == {7}
    assert set(timeouts_sent(timeout=3).values()) == {3}
    assert set(timeouts_sent(timeout=None).values()) == {None}


def test_the_default_timeout_is_finite() -> None:
    assert DEFAULT_TIMEOUT.as_dict() == {"connect": 5.0, "read": 60.0, "write": 60.0, "pool": 60.0}
    with Parea("k") as parea:
        assert parea._client._sync._timeout is DEFAULT_TIMEOUT
