"""The command: what it prints, how it ends, what it refuses."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from checks.target.conftest import PATH
from parea_target import cli

TESTS = Path(__file__).resolve().parents[2]


class Started(subprocess.Popen[str]):
    """A process that goes with its `with` block: by itself, or where that fails by force."""

    def __exit__(self, kind: Any, *more: Any) -> None:
        if kind is not None:
            self.kill()
        super().__exit__(kind, *more)


def start(*arguments: str) -> Started:
    return Started(
        [sys.executable, "-m", "parea_target", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )


@contextmanager
def started(*arguments: str, end: signal.Signals = signal.SIGTERM) -> Iterator[dict[str, Any]]:
    """What the command printed; at the end it is stopped, and must have stopped well and said nothing else."""
    with start(*arguments) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(end)
            out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "", "")


def ask(ready: dict[str, Any], experiment: str, key: str | None = None) -> httpx.Response:
    url = ready["base_url"] + PATH.format(experiment)
    return httpx.post(url, json={}, headers={"x-api-key": key or ready["api_key"]})


def test_bundled_data_and_random_key() -> None:
    with started(end=signal.SIGINT) as ready:
        assert ready.keys() == {"base_url", "api_key", "experiments"}
        assert len(ready["api_key"]) > 30
        assert "0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01" in ready["experiments"]
        for experiment in ready["experiments"]:
            assert ask(ready, experiment).status_code == 200
        assert ask(ready, ready["experiments"][0]).json()
        assert ask(ready, "unknown").status_code == 404
        assert ask(ready, "unknown", "wrong").status_code == 401


def test_own_data_keys_and_a_client_that_stays(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.json").write_text("[]")
    (tmp_path / "keys").write_text('{"k1": ["one"], "k2": ["two", "one"], "k3": []}')
    paths = [str(tmp_path / "one.json"), str(tmp_path / "two.json")]
    with httpx.Client() as client, started("--data", *paths, "--keys", str(tmp_path / "keys")) as ready:
        assert ready["experiments"] == ["one", "two"]
        assert ready["keys"] == {"k1": ["one"], "k2": ["two", "one"], "k3": []}
        assert ready["api_key"] == "k1"
        statuses = {(key, name): ask(ready, name, key).status_code for key in ready["keys"] for name in ("one", "two")}
        assert [pair for pair, status in statuses.items() if status == 200] == [
            ("k1", "one"),
            ("k2", "one"),
            ("k2", "two"),
        ]
        # A connection that is kept open does not keep the command.
        client.get(ready["base_url"])


def test_key_beside_keys(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text("[]")
    (tmp_path / "keys").write_text('{"k1": []}')
    arguments = ["--data", str(tmp_path), "--keys", str(tmp_path / "keys"), "--api-key", "all", "--host", "localhost"]
    arguments += ["--query-timeout", "2.5", "--max-connections", "9"]
    with started(*arguments) as ready:
        assert ready["api_key"] == "all"
        assert ready["keys"] == {"all": ["one"], "k1": []}
        assert ready["base_url"].startswith("http://localhost:")
        assert ask(ready, "one").json() == []
        assert ask(ready, "one", "k1").status_code == 404


REFUSED = [
    (["--nonsense"], "no option is called --nonsense"),
    (["--port", "70000"], "--port"),
    (["--port", "x"], "--port: must be a whole number, not 'x'"),
    (["--databse", "x"], "no option is called --databse; did you mean --database?"),
    (["--api-kee=secret"], "no option is called --api-kee; did you mean --api-key?"),
    (["--api-kee", "secret"], "no option is called --api-kee; did you mean --api-key?"),
    (["secret"], "an argument too many"),
    (["lod", "x"], "no command is called lod; did you mean load?"),
    (["--query-timeout", "0"], "--query-timeout: must be above 0, not 0"),
    (["--query-timeout", "nan"], "--query-timeout: must be above 0, not nan"),
    (["--query-timeout", "soon"], "--query-timeout: must be a number, not 'soon'"),
    (["--query-timeout", "1e30"], "--query-timeout: must be less than"),
    (["--max-connections", "0"], "--max-connections: must be at least 1, not 0"),
    (["--max-connections", "1.5"], "--max-connections: must be a whole number, not '1.5'"),
    (["--workers", "0"], "--workers: must be at least 1, not 0"),
    (["--workers", "2"], "--workers needs a --database"),
    (["--data", "missing"], "missing: does not exist"),
    (["--data", "bad.jsonl"], "bad.jsonl: line 2: $: "),
    (["--api-key", ""], "a key is empty"),
    (["--api-key", "k\u00e9y"], "header cannot carry"),
    (["--keys", "missing"], "missing: No such file"),
    (["--keys", "twice"], "with every key once"),
    (["--keys", "list"], "not a JSON object"),
    (["--keys", "text"], "not an array"),
    (["--keys", "unknown"], 'no experiment "nowhere"'),
    (["--keys", "unknown", "--api-key", "secret"], "one of the keys"),
    (["--host", "256.0.0.1"], ""),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("refused")
    texts = {
        "bad.jsonl": '{"trace_id": "a", "start_timestamp": "2024-04-15T12:00:00Z"}\n{"trace_id": "b"}',
        "twice": '{"secret": [], "secret": []}',
        "list": '["secret"]',
        "text": '{"secret": "e"}',
        "unknown": '{"secret": ["nowhere"]}',
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize(("arguments", "message"), REFUSED, ids=lambda value: ascii(value)[:40])
def test_refused(
    arguments: list[str],
    message: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line on stderr, status 2, and no key in it."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    out, err = capsys.readouterr()
    assert (ended.value.code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("parea-target: error: ")
    assert message in err
    assert "secret" not in err


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    assert "--keys" in capsys.readouterr().out
