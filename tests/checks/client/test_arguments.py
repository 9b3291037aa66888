"""Arguments of another type, or that mean nothing, are said at once."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from checks.client.conftest import Call
from checks.client.support import LocalServer
from parea_trace_logs import AsyncParea, Parea, tables

ANY_PAREA: Any = Parea


ANY_ASYNC_PAREA: Any = AsyncParea


FETCH_MANY: Any = tables.fetch_many


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


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: ANY_PAREA("k").get_experiment_trace_logs(""), "not by an empty string"),
        (lambda: ANY_PAREA("k").iter_experiment_trace_logs(""), "not by an empty string"),
        (lambda: ANY_PAREA("k").get_experiment_trace_logs("\ud800"), "half a pair of surrogates"),
        (lambda: ANY_PAREA("k", "localhost:8000"), "did you mean http://localhost:8000"),
        (lambda: ANY_PAREA("k", "ftp://localhost"), "not 'ftp://localhost'$"),
        (lambda: ANY_PAREA("k", "http://a..b"), "'a..b' is not the name of a host"),
        (lambda: ANY_PAREA("k", f"http://{'a' * 64}.org"), "is not the name of a host"),
        (lambda: ANY_PAREA("k", "http://xn--"), "base_url is not a URL"),
        (lambda: ANY_PAREA("k", "http://localhost:99999"), "99999 is not a port"),
    ],
)
def test_what_cannot_be_an_address_is_said_at_once(made: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        made()
    assert type(caught.value) is ValueError


def test_addresses_that_may_be() -> None:
    for url in (
        "http://[::1]:8000",
        "http://localhost.",
        "https://b\u00fccher.example",
        "http://10.0.0.1:65535/api/parea/v1",
    ):
        Parea("k", url).close()


def test_a_uuid_may_be_one(call: Call, server: LocalServer) -> None:
    experiment = uuid.uuid4()
    call(experiment, base_url=server.url)
    assert server.received[0].path.split("/")[-2] == str(experiment)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        tables.write([], tmp_path / "nowhere" / "logs.csv")
    assert caught.value.filename == str(tmp_path / "nowhere")
    assert ".parea" not in str(caught.value)
