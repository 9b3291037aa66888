"""What a client and a call can be told: headers, options, libraries; and what an answer tells beside its logs."""

import asyncio
import logging
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest
from checks.client.conftest import Call
from checks.client.network_faults import BODY, CUT, answer, fault_server
from checks.client.support import LocalServer
from parea_trace_logs import (
    AsyncParea,
    AuthenticatedClient,
    ClientClosedError,
    Parea,
    PareaConnectionError,
    PareaError,
    StatusError,
    tables,
)

# As they look to who has no type checker.
ANY_PAREA: Any = Parea
ANY_ASYNC_PAREA: Any = AsyncParea
FETCH_MANY: Any = tables.fetch_many
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2])


def both(arguments: dict[str, Any], **call: Any) -> None:
    """The same call, as a list and as a stream, sync and async."""

    async def awaited() -> None:
        async with AsyncParea("a-key", **arguments) as client:
            await client.get_experiment_trace_logs("e", **call)
            async for _ in client.iter_experiment_trace_logs("e", **call):
                pass

    with Parea("a-key", **arguments) as client:
        client.get_experiment_trace_logs("e", **call)
        list(client.iter_experiment_trace_logs("e", **call))
    asyncio.run(awaited())


def test_headers_of_ones_own(server: LocalServer) -> None:
    headers = {"X-Team": "a", "User-Agent": "mine/1", "Accept": "application/json; q=1"}
    both({"base_url": server.url, "default_headers": headers}, extra_headers={"x-TEAM": "b", "X-Trace": "t"})
    assert len(server.received) == 4
    for each in server.received:
        assert each.headers["x-team"] == "b"
        assert each.headers["x-trace"] == "t"
        assert each.headers["user-agent"] == "mine/1"
        assert each.headers["accept"] == "application/json; q=1"
        assert each.headers["x-api-key"] == "a-key"
        assert each.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("headers", "kind", "words"),
    [
        ({"X-API-Key": "secret-value"}, ValueError, "the key is the argument api_key"),
        ({"Content-Type": "secret-value"}, ValueError, "not to be set"),
        ({"Content-Length": "secret-value"}, ValueError, "not to be set"),
        ({"X": "secret-value\r\nY: z"}, ValueError, "the value of X holds what a header cannot carry"),
        ({"X": "secret-value-é"}, ValueError, "cannot carry"),
        ({"X Y": "secret-value"}, ValueError, "'X Y' is not the name of a header"),
        ({"": "secret-value"}, ValueError, "not the name"),
        ({"X": b"secret-value"}, TypeError, "must be strings"),
        ({"X": None}, TypeError, "must be strings"),
        ([("X", "secret-value")], TypeError, "must be a dict"),
    ],
)
def test_headers_that_cannot_be_sent(server: LocalServer, headers: Any, kind: type[Exception], words: str) -> None:
    client = Parea("a-key", server.url)
    for refused in (
        lambda: Parea("a-key", server.url, default_headers=headers),
        lambda: client.with_options(default_headers=headers),
        lambda: client.get_experiment_trace_logs("e", extra_headers=headers),
        lambda: client.iter_experiment_trace_logs("e", extra_headers=headers),
    ):
        with pytest.raises(kind, match=words) as caught:
            refused()
        assert "secret-value" not in str(caught.value)
    assert server.received == []


def test_headers_are_not_shown() -> None:
    client = Parea("a-key", default_headers={"Proxy-Authorization": "secret-value"})
    shown = f"{client!r} {vars(client)} {vars(client._client)} {vars(client._client._sync)}"
    assert "secret-value" not in shown
    assert "proxy-authorization" in shown


@LIBRARIES
def test_a_user_agent_of_a_clients_own_is_kept(server: LocalServer, library: ModuleType) -> None:
    with library.Client(headers={"User-Agent": "mine/2"}) as http:
        Parea("a-key", server.url, http_client=http).get_experiment_trace_logs("e")
        Parea("a-key", server.url, http_client=http, default_headers={"User-Agent": "x"}).get_experiment_trace_logs("e")
    with library.Client() as http:
        Parea("a-key", server.url, http_client=http).get_experiment_trace_logs("e")
    agents = [each.headers["user-agent"] for each in server.received]
    assert agents[:2] == ["mine/2", "x"]
    assert agents[2].startswith("parea-trace-logs/")


def test_with_options(server: LocalServer) -> None:
    server.answer(503, b"")
    with Parea("a-key", server.url, default_headers={"A": "1", "B": "1"}) as client:
        for each, tries in ((client, 3), (client.with_options(max_retries=0), 1)):
            server.received.clear()
            with pytest.raises(StatusError):
                each.get_experiment_trace_logs("e")
            assert len(server.received) == tries
        server.answer(200, [])
        other = client.with_options(default_headers={"b": "2"})
        other.get_experiment_trace_logs("e")
        assert (server.received[-1].headers["a"], server.received[-1].headers["b"]) == ("1", "2")
        assert other._client._sync._client() is client._client._sync._client()
        other.close()
        with pytest.raises(ClientClosedError):
            other.get_experiment_trace_logs("e")
        client.get_experiment_trace_logs("e")
        assert server.received[-1].headers["b"] == "1"
        another = client.with_options(timeout=3)
        assert another._client._sync._timeout == 3
        assert another.with_options(max_retries=1)._client._sync._timeout == 3
    with pytest.raises(ClientClosedError):
        another.get_experiment_trace_logs("e")


def test_with_options_asynchronously(server: LocalServer) -> None:
    async def run() -> None:
        async with AsyncParea("a-key", server.url) as client:
            other = client.with_options(default_headers={"b": "2"}, max_retries=0)
            await other.get_experiment_trace_logs("e")
            await other.aclose()
            await client.get_experiment_trace_logs("e")

    asyncio.run(run())
    assert [each.headers.get("b") for each in server.received] == ["2", None]


def test_what_an_answer_tells_beside_its_logs(server: LocalServer) -> None:
    server.headers["X-Request-Id"] = "r-17"

    async def run() -> None:
        async with AsyncParea("a-key", server.url) as client:
            logs = await client.get_experiment_trace_logs("e")
            assert logs.response is not None
            assert logs.response.request_id == "r-17"
            stream = client.iter_experiment_trace_logs("e")
            assert stream.response is None
            await anext(stream)
            assert stream.response is not None
            assert stream.response.status_code == 200

    with Parea("a-key", server.url) as client:
        logs = client.get_experiment_trace_logs("e")
        assert logs.response is not None
        assert (logs.response.status_code, logs.response.request_id) == (200, "r-17")
        assert logs.response.headers["content-type"] == "application/json"
        server.answer(200, [], {"X-Request-Id": "r-18"})
        with client.iter_experiment_trace_logs("e") as stream:
            assert stream.response is None
            assert list(stream) == []
            assert stream.response is not None
            assert stream.response.request_id == "r-18"
    server.answer(200, server.content, {"X-Request-Id": "r-17"})
    server.content = BODY
    asyncio.run(run())


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: ANY_PAREA("k", http_client=httpx.AsyncClient()), "AsyncParea .*takes an AsyncClient"),
        (lambda: ANY_PAREA("k", http_client=httpx2.AsyncClient()), "AsyncParea .*takes an AsyncClient"),
        (lambda: ANY_ASYNC_PAREA("k", http_client=httpx.Client()), "; Parea takes a Client"),
        (lambda: ANY_PAREA("k", http_client=httpx.Client), "call the class"),
        (lambda: ANY_PAREA("k", http_client="http://proxy"), "not str"),
        (lambda: ANY_PAREA("k", timeout="5"), "timeout must be seconds as a number"),
        (lambda: ANY_PAREA("k", timeout=True), "timeout must be seconds"),
        (lambda: ANY_PAREA("k", max_retries="2"), "max_retries must be an integer"),
        (lambda: ANY_PAREA("k", max_retries=2.0), "max_retries must be an integer"),
        (lambda: ANY_PAREA(b"secret-value"), "api_key must be a string, not bytes"),
        (lambda: ANY_PAREA("k", 80), "base_url must be a string, not int"),
        (lambda: ANY_PAREA("k").get_experiment_trace_logs(None), "UUID as a string, not by None"),
        (lambda: ANY_PAREA("k").get_experiment_trace_logs(["a"]), "UUID as a string"),
        (lambda: ANY_PAREA("k").get_experiment_trace_logs("e", timeout="5"), "timeout must be seconds"),
        (lambda: ANY_PAREA("k").iter_experiment_trace_logs("e", timeout="5"), "timeout must be seconds"),
        (lambda: ANY_PAREA("k").with_options(timeout="5"), "timeout must be seconds"),
        (lambda: ANY_PAREA("k").with_options(max_retries="5"), "max_retries must be"),
        (lambda: FETCH_MANY(ANY_PAREA("k"), "uuid", "folder"), r"a list of experiments.*\['uuid'\]"),
        (lambda: FETCH_MANY(ANY_PAREA("k"), ["uuid", 5], "folder"), "UUID as a string, not by 5"),
        (lambda: FETCH_MANY(ANY_ASYNC_PAREA("k"), ["uuid"], "folder"), "takes a Parea, not AsyncParea"),
        (lambda: FETCH_MANY(ANY_PAREA("k"), ["uuid"], "folder", filters="x > 1"), "a filter is TraceLogFilters"),
    ],
)
def test_an_argument_of_another_type_is_said_at_once(
    made: Callable[[], object], words: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError, match=words) as caught:
        made()
    assert "secret-value" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_timeout_that_cannot_be() -> None:
    for seconds in (-1, float("nan")):
        with pytest.raises(ValueError, match="must not be negative"):
            Parea("k", timeout=seconds)


def test_a_uuid_may_be_one(call: Call, server: LocalServer) -> None:
    experiment = uuid.uuid4()
    call(experiment, base_url=server.url)
    assert server.received[0].path.split("/")[-2] == str(experiment)


def test_a_closed_client_says_so(server: LocalServer) -> None:
    async def run() -> None:
        client = AsyncParea("a-key", server.url)
        await client.aclose()
        with pytest.raises(ClientClosedError, match="make a new one"):
            await client.get_experiment_trace_logs("e")
        with pytest.raises(ClientClosedError):
            await anext(client.iter_experiment_trace_logs("e"))

    for used in (True, False):
        client = Parea("a-key", server.url)
        if used:
            client.get_experiment_trace_logs("e")
        client.close()
        client.close()
        with pytest.raises(ClientClosedError, match="make a new one"):
            client.get_experiment_trace_logs("e")
        with pytest.raises(PareaError):
            next(client.iter_experiment_trace_logs("e"))
    with httpx.Client() as http:
        client = Parea("a-key", server.url, http_client=http)
    with pytest.raises(ClientClosedError, match="httpx client that was passed"):
        client.get_experiment_trace_logs("e")
    asyncio.run(run())


def test_a_client_closed_amid_a_stream_is_an_error_of_ours() -> None:
    with fault_server(answer("200 OK", BODY * 1, pause=1, length=len(BODY) + 5)) as server:
        client = Parea("a-key", server.url)
        stream = client.iter_experiment_trace_logs("e")
        next(stream)
        client.close()
        with pytest.raises(PareaError):
            list(stream)


@LIBRARIES
def test_a_client_of_either_library(server: LocalServer, library: ModuleType) -> None:
    async def run() -> None:
        async with library.AsyncClient() as http:
            client = AsyncParea("a-key", server.url, http_client=http, timeout=httpx.Timeout(9, connect=1))
            assert len(await client.get_experiment_trace_logs("e")) == 1
            assert len([log async for log in client.iter_experiment_trace_logs("e")]) == 1

    with library.Client() as http:
        client = Parea("a-key", server.url, http_client=http, timeout=httpx2.Timeout(9, connect=1))
        assert len(client.get_experiment_trace_logs("e")) == len(list(client.iter_experiment_trace_logs("e"))) == 1
        with pytest.raises(PareaConnectionError, match="ConnectError"):
            Parea("a-key", "http://127.0.0.1:9", http_client=http, max_retries=0).get_experiment_trace_logs("e")
    asyncio.run(run())
    assert {each.headers["x-api-key"] for each in server.received} == {"a-key"}


def test_the_environment_names_the_library(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, library in (("httpx2", httpx2), ("httpx", httpx), ("", httpx)):
        monkeypatch.setenv("PAREA_HTTP_LIBRARY", name)
        with Parea("a-key", server.url) as client:
            client.get_experiment_trace_logs("e")
            assert isinstance(client._client._sync._client(), library.Client)
    monkeypatch.setenv("PAREA_HTTP_LIBRARY", "requests")
    with pytest.raises(ValueError, match="PAREA_HTTP_LIBRARY must be one of httpx, httpx2"):
        Parea("a-key")
    monkeypatch.setenv("PAREA_HTTP_LIBRARY", "httpx2")
    monkeypatch.setitem(sys.modules, "httpx2", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'parea-trace-logs\[httpx2\]'"):
        Parea("a-key")


def test_an_import_does_not_bring_httpx2() -> None:
    code = "import sys, parea_trace_logs; parea_trace_logs.Parea('k'); print('httpx2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "False\n"


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    logger = logging.getLogger("parea_trace_logs")
    before = logger.level
    yield logger
    logger.setLevel(before)
    logger.handlers.clear()


def test_the_environment_asks_for_a_log(server: LocalServer) -> None:
    code = f"from parea_trace_logs import Parea; Parea('a-key-to-hide', {server.url!r}).get_experiment_trace_logs('e')"
    for level, lines in (("debug", 2), ("INFO", 0), ("", 0)):
        environment = {"PAREA_LOG": level, "PATH": ""}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)  # noqa: S603
        assert len(done.stderr.splitlines()) == lines, done.stderr
        assert "to-hide" not in done.stderr


def test_a_log_that_cannot_be_asked_for(monkeypatch: pytest.MonkeyPatch, logger: logging.Logger) -> None:
    monkeypatch.setenv("PAREA_LOG", "loud")
    with pytest.raises(ValueError, match="PAREA_LOG must be one of debug, info, warning, not 'loud'"):
        Parea("a-key")
    monkeypatch.setenv("PAREA_LOG", "debug")
    Parea("a-key")
    assert logger.level == logging.DEBUG
    assert logger.handlers == []  # for pytest has handlers of its own, as an application may have


def test_what_an_error_says_of_its_call(server: LocalServer) -> None:
    server.answer(503, {"detail": "busy"})
    where = f"[get_experiment_trace_logs: POST {server.url}/api/parea/v1/experiment/e/trace_logs"
    with Parea("a-key", server.url) as client:
        for call in (client.get_experiment_trace_logs, lambda each: list(client.iter_experiment_trace_logs(each))):
            with pytest.raises(StatusError) as caught:
                call("e")
            assert str(caught.value).startswith(f"503: busy {where}; 3 attempts in ")
            assert (caught.value.operation, caught.value.attempts) == ("get_experiment_trace_logs", 3)
        server.answer(200, b"<html>", {"Content-Type": "text/html; charset=utf-8"})
        with pytest.raises(PareaError, match="a page in HTML: is the base URL right") as wrong:
            client.get_experiment_trace_logs("e")
        assert str(wrong.value).endswith(f"{where}]")
    with pytest.raises(PareaConnectionError, match=r"ConnectError.*POST http://127.0.0.1:9/.*; 3 attempts in"):
        Parea("a-key", "http://127.0.0.1:9").get_experiment_trace_logs("e")
    with fault_server(answer("200 OK", CUT, length=len(BODY))) as cut, pytest.raises(PareaError, match=cut.url):
        list(Parea("a-key", cut.url).iter_experiment_trace_logs("e"))


@pytest.mark.parametrize(
    ("status", "body", "doubted"),
    [
        (404, b"<html>nginx</html>", True),
        (404, {"detail": "Not Found"}, True),
        (404, {"error": "no route"}, True),
        (404, b"", True),
        (405, b"Method Not Allowed", True),
        (501, b"<html>Unsupported method</html>", True),
        (404, {"detail": "Experiment not found."}, False),
        (401, b"<html>", False),
        (500, b"<html>", False),
    ],
)
def test_a_wrong_base_url_is_guessed(server: LocalServer, status: int, body: Any, doubted: bool) -> None:
    server.answer(status, body)
    with pytest.raises(StatusError) as caught:
        Parea("a-key", server.url).get_experiment_trace_logs("e")
    assert ("is the base URL right?" in str(caught.value)) is doubted


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        tables.write([], tmp_path / "nowhere" / "logs.csv")
    assert caught.value.filename == str(tmp_path / "nowhere")
    assert ".parea" not in str(caught.value)


def test_the_generators_client_takes_the_same(server: LocalServer) -> None:
    from parea_trace_logs import TraceLogFilters
    from parea_trace_logs.api.experiment import get_experiment_trace_logs

    with AuthenticatedClient(server.url, "a-key", default_headers={"a": "1"}) as client:
        get_experiment_trace_logs.sync("e", client=client, body=TraceLogFilters(), extra_headers={"b": "2"})
        get_experiment_trace_logs.sync(
            "e", client=client.with_options(default_headers={"a": "3"}), body=TraceLogFilters()
        )
    assert [each.headers.get("a") for each in server.received] == ["1", "3"]
    assert server.received[0].headers["b"] == "2"
