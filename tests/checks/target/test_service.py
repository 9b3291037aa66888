"""What the server does beside the contract: its own paths, request ids, the access log, and how it stops."""

import json
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from checks.target.conftest import KEY, PATH
from checks.target.test_cli import ask, start
from parea_target import Store, create_app
from parea_target.access_log import with_request_ids
from parea_target.own_paths import own_paths, standard_pages
from parea_target.server import running

pytestmark = pytest.mark.slow

TARGET = Path(__file__).resolve().parents[2] / "parea_target"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("docs") / "index.html"
    page.write_text("<!doctype html><title>\u00e9</title>", encoding="utf-8")
    return page


def test_own_paths_need_no_key_and_hide_nothing(contract: Any, page: Path) -> None:
    with Store(contract, [("e", [])]) as store:
        app = own_paths(create_app(store, {KEY: None}), standard_pages(store, page))
        with running(app) as url, httpx.Client(base_url=url) as client:
            assert client.get("/healthz").json() == {"status": "ok"}
            document = client.get("/openapi.yaml")
            assert document.content == (TARGET / "openapi.yaml").read_bytes()
            assert document.headers["content-type"] == "application/yaml"
            assert client.get("/docs").text == page.read_text("utf-8")
            assert client.head("/docs").headers["content-length"] == str(page.stat().st_size)
            assert [client.get(path).status_code for path in ("/docs/", "/Healthz", "/metrics", "/")] == [401] * 4
            assert client.post("/healthz").status_code == 401
            answer = client.post(PATH.format("e"), json={}, headers={"x-api-key": KEY})
            assert answer.json() == []


def test_docs_are_there_only_where_asked_for(contract: Any) -> None:
    with Store(contract, []) as store:
        assert set(standard_pages(store)) == {"/healthz", "/openapi.yaml"}
        with pytest.raises(FileNotFoundError):
            standard_pages(store, Path("nowhere.html"))


def test_every_answer_has_an_id_of_its_own_and_a_line(contract: Any) -> None:
    lines: list[str] = []
    with Store(contract, [("e", [])]) as store:
        app = with_request_ids(own_paths(create_app(store, {KEY: None}), standard_pages(store)), lines.append)
        with running(app) as url, httpx.Client(base_url=url) as client:
            answers = [
                client.post(
                    PATH.format("e") + "?key=secret",
                    json={"filter_field": "secret"},
                    headers={"x-api-key": "secret", "x-request-id": "the client's"},
                ),
                client.post(PATH.format("e"), json={}, headers={"x-api-key": KEY}),
                client.get("/a%0Ab"),
                client.head("/healthz"),
            ]
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert len(set(ids)) == 4
    assert "the client's" not in ids
    logged = [json.loads(line) for line in lines]
    assert [line["request_id"] for line in logged] == ids
    assert [(line["method"], line["path"], line["status"], line["bytes"], line["complete"]) for line in logged] == [
        ("POST", PATH.format("e"), 401, len(answers[0].content), True),
        ("POST", PATH.format("e"), 200, 2, True),
        ("GET", "/a%0Ab", 401, len(answers[2].content), True),
        ("HEAD", "/healthz", 200, 0, True),
    ]
    assert not [line for line in lines if "secret" in line or KEY in line or "\n" in line]
    assert all(line["client"] == "127.0.0.1" and 0 < line["seconds"] < 60 for line in logged)


def test_command_has_them(page: Path) -> None:
    with start("--docs", str(page), "--access-log", "--api-key", "fixed") as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert httpx.get(ready["base_url"] + "/docs").text == page.read_text("utf-8")
        answer = ask(ready, "unknown", "fixed")
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    logged = [json.loads(line) for line in err.splitlines()]
    assert [(line["status"], line["request_id"]) for line in logged][1:] == [(404, answer.headers["x-request-id"])]


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory, make_log: Callable[..., Any]) -> Path:
    """An experiment whose answer fits into the buffers of no connection."""
    file = tmp_path_factory.mktemp("long") / "long.jsonl"
    file.write_text("\n".join(json.dumps(make_log(f"{index:03}", output="a" * 300_000)) for index in range(100)))
    return file


def begun(ready: dict[str, Any]) -> socket.socket:
    """A connection on which the long answer has begun."""
    host, port = ready["base_url"].removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=20)
    head = f"POST {PATH.format('long')} HTTP/1.1\r\nhost: x\r\nx-api-key: {ready['api_key']}\r\n"
    connection.sendall((head + "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}").encode())
    assert connection.recv(1_000).startswith(b"HTTP/1.1 200 ")
    return connection


def received(connection: socket.socket) -> bytes:
    whole = b""
    try:
        while piece := connection.recv(1 << 20):
            whole = (whole + piece)[-100:]
    except ConnectionError:
        return whole + b" reset"
    return whole


@pytest.mark.parametrize("reads", [True, False])
def test_sigterm(long: Path, reads: bool) -> None:
    """An answer that is read ends whole, another is broken off; the port is closed at once, and nothing is printed."""
    with start("--data", str(long), "--grace", "20" if reads else "0.3") as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        with begun(ready) as connection:
            process.send_signal(signal.SIGTERM)
            if reads:
                assert received(connection).endswith(b"0\r\n\r\n")
            out, err = process.communicate(timeout=20)
            assert (process.returncode, out, err) == (0, "", "")
            if not reads:
                assert not received(connection).endswith(b"0\r\n\r\n")
        with pytest.raises(httpx.ConnectError):
            httpx.get(ready["base_url"])
