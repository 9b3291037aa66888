"""The command when something fails that is none of the server's: one line, the right exit status, and reports."""

import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from checks.suite.support import KEY
from parea_conformance import cli
from parea_conformance.engine import Report, judge
from parea_conformance.http.in_process import InProcess
from parea_conformance.logs import seed_data
from parea_conformance.options import Options
from parea_conformance.stages import laws
from parea_target.server import running
from starlette.types import ASGIApp, Receive, Scope, Send

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("command")]

MakeOptions = Callable[..., Options]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_API_KEY", KEY)


# Failures of ours -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [TypeError("of ours"), MemoryError(), RecursionError("deep"), AssertionError()])
def test_a_failure_of_the_suite_is_no_verdict(
    target: ASGIApp, options: MakeOptions, error: Exception, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    def fail(*_given: object) -> None:
        raise error

    def run() -> Report:
        with InProcess(target) as transport:
            return judge(options("http://in-process.invalid", only=("filter.equals.text",)), transport=transport)

    monkeypatch.setattr(laws, "judge", fail)
    report = run()
    assert report.status == 2
    assert "an error of the suite's own" in report.cause
    assert type(error).__name__ in report.cause
    assert "\n" not in report.cause
    assert "Traceback" not in capsys.readouterr().err
    monkeypatch.setenv("PAREA_CONFORMANCE_TRACEBACK", "1")
    run()
    assert "Traceback" in capsys.readouterr().err


def _started(base_url: str, directory: Path, folder: Path, *words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "parea_conformance", base_url, "--experiment", seed_data.EXPERIMENT]
    return subprocess.Popen(  # noqa: S603 - this interpreter
        [*command, "--class", "core", "--report-dir", str(directory), *words],
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": str(directory / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_interrupted_run_leaves_its_report_and_nothing_else(target: ASGIApp, tmp_path: Path) -> None:
    arrived = threading.Event()
    answered = itertools.count()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if next(answered) < 20:
            return await target(scope, receive, send)
        arrived.set()
        await receive()
        await receive()
        return None

    folder = tmp_path / "here"
    folder.mkdir()
    with running(slow) as base_url:
        process = _started(base_url, tmp_path / "reports", folder, "--timeout", "300")
        assert arrived.wait(60)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - start < 20
    assert err == ""
    assert out.count("\n") == 1
    assert out.startswith("COULD NOT JUDGE: interrupted")
    data = json.loads((tmp_path / "reports" / "report.json").read_text(encoding="utf-8"))
    assert (data["status"], data["cause"]) == (2, "interrupted")
    assert data["run"]["requests"] > 10
    assert list(folder.iterdir()) == []


def test_a_run_leaves_nothing_in_the_working_folder(target: ASGIApp, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    with running(target) as base_url:
        process = _started(base_url, tmp_path / "reports", folder, "--class", "robustness", "--accept-undecided")
        out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, ""), out
    assert list(folder.iterdir()) == []
    assert [file.name[:7] for file in (tmp_path / "reports" / "cache" / "parea-conformance").iterdir()] == ["bodies-"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_under_the_output(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "parea_conformance", "http://127.0.0.1:1", "--experiment", "e"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 - this interpreter
            [*command, "--report-dir", str(tmp_path)], stdout=full, stderr=subprocess.PIPE, text=True, env=environment,
            check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "parea-conformance: the output could not be written: No space left on device\n"
    assert (tmp_path / "report.json").exists()


# Arguments --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "http://h:99999",
        "http://h:0",
        "http://h:port",
        "http://h\r\nx-injected: 1",
        "http://h/\n",
        "http://h h",
        "http://[::1",
        "http://",
        "http:///path",
        "http://a..b",
        f"http://{'a' * 64}.com",
        "http://h?x=1",
        "http://h#x",
        "http://user:password@h",
        "http://user@h",
    ],
)
def test_addresses_that_are_none(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main([address, "--experiment", "e"])
    assert exit_.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("parea-conformance: error: argument BASE_URL: ")
    assert "password@" not in said


def test_a_key_in_the_command_line_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["http://127.0.0.1:1", "--experiment", "e", "--api-key", KEY]) == 2
    said = capsys.readouterr()
    assert "can read a key in a command line" in said.err
    assert KEY not in said.out + said.err
    assert cli.main(["http://127.0.0.1:1", "--experiment", "e"]) == 2
    assert "command line" not in capsys.readouterr().err


def test_seed_data_follows_no_link(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine", encoding="utf-8")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / f"{seed_data.EMPTY_EXPERIMENT}.jsonl").symlink_to(precious)
    assert cli.main(["seed-data", str(folder)]) == 2
    assert "symbolic link" in capsys.readouterr().err
    assert precious.read_text(encoding="utf-8") == "mine"
    (folder / f"{seed_data.EMPTY_EXPERIMENT}.jsonl").unlink()
    assert cli.main(["seed-data", str(folder)]) == 0
    assert cli.main(["seed-data", str(folder)]) == 0
