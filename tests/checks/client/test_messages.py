"""What an error says: operation, address, attempts, and where the fault may lie."""

import json
import pickle
from typing import Any

import pytest
from checks.client.calls import CALLS, caught
from checks.client.network_faults import BODY, CUT, answer, fault_server
from checks.client.support import LocalServer
from parea_trace_logs import NotFoundError, Parea, PareaConnectionError, PareaError, StatusError


@pytest.mark.parametrize("call", CALLS)
def test_every_error_names_the_operation_and_the_url(call: str) -> None:
    for act in (
        answer("404 Not Found", b'{"detail": "no"}'),
        answer("500 Oops", b""),
        answer("200 OK", b"[1]"),
        answer("200 OK", b"{}"),
        answer("200 OK", b"[", length=9),
        lambda connection: connection.sendall(b"?"),
    ):
        with fault_server(act) as server:
            error = caught(call, server.url)
        assert f"POST {server.url}/api/parea/v1/experiment/e/trace_logs" in str(error)
        assert "get_experiment_trace_logs" in str(error)
        assert error.request == f"POST {server.url}/api/parea/v1/experiment/e/trace_logs"
        assert error.operation == "get_experiment_trace_logs"
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own
        assert (str(copy), vars(copy)) == (str(error), vars(error))


@pytest.mark.parametrize("call", CALLS)
def test_the_attempts_are_said(call: str) -> None:
    with fault_server(answer("503 Busy", b"")) as server:
        assert "3 attempts" in str(caught(call, server.url, max_retries=2))
        assert "attempt" not in str(caught(call, server.url, max_retries=0))


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


WRONG = {
    "FastAPI's": answer("404 Not Found", b'{"detail":"Not Found"}'),
    "a page": answer("404 Not Found", b"<html>nothing here</html>", "Content-Type: text/html"),
    "other JSON": answer("404 Not Found", b'{"error": "no route"}'),
    "nothing": answer("404 Not Found", b""),
    "a site": answer("200 OK", b"<!doctype html><html>Welcome</html>", "Content-Type: text/html"),
    "a site of files": answer("405 Not Allowed", b"<html>nginx</html>", "Content-Type: text/html"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_base_url_is_guessed(wrong: str, call: str) -> None:
    with fault_server(WRONG[wrong]) as server:
        assert "is the base URL right" in str(caught(call, server.url))


@pytest.mark.parametrize("call", CALLS)
def test_a_right_base_url_is_not_doubted(call: str) -> None:
    with fault_server(answer("404 Not Found", b'{"detail": "Experiment not found."}')) as server:
        error = caught(call, server.url)
    assert type(error) is NotFoundError
    assert "base URL" not in str(error)


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
def test_which_answers_make_the_base_url_doubtful(server: LocalServer, status: int, body: Any, doubted: bool) -> None:
    server.answer(status, body)
    with pytest.raises(StatusError) as caught:
        Parea("a-key", server.url).get_experiment_trace_logs("e")
    assert ("is the base URL right?" in str(caught.value)) is doubted


EVIL = "\x1b[2J\x9b31m\u202eevil\u2066\x07\x7f"


@pytest.mark.parametrize("call", CALLS)
def test_messages_do_not_steer_the_terminal(call: str) -> None:
    acts = {
        "status": answer("404 Not Found", json.dumps({"detail": EVIL}).encode()),
        "text": answer("500 Oops", EVIL.encode()),
    }
    for name, act in acts.items():
        with fault_server(act) as server:
            error = caught(call, server.url)
        assert str(error).isprintable()
        assert "evil" in str(error)
        assert "\\x1b[2J" in str(error)
        assert "\\u202e" in str(error)
        if name == "status":
            assert error.body == {"detail": EVIL}  # type: ignore[attr-defined]
