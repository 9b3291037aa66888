"""Signals that end the command: wherever they arrive, nothing is left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from checks.client.hostile import LOG, dripping
from checks.client.network_faults import Act, fault_server
from checks.client.support import ROOT, LocalServer
from parea_trace_logs._cli.command import main
from parea_trace_logs._cli.signals import signals_as_exceptions
from parea_trace_logs._tables.begun import remove_all

pytestmark = pytest.mark.slow

_MAIN = "import sys; from parea_trace_logs._cli.command import main; sys.exit(main())"


def _command(url: str, *more: str, ignored: int | None = None) -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", _MAIN, "fetch", "e", "--base-url", url, *more],
        env={**os.environ, "PYTHONPATH": str(ROOT / "generated"), "PAREA_API_KEY": "a-key-to-hide"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=(lambda: signal.signal(ignored, signal.SIG_IGN)) if ignored else None,
    )


SLOW: Act = dripping("200 OK", b"[" + LOG % b"", b"," + LOG % b"")


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_nothing_behind(sent: signal.Signals, tmp_path: Path) -> None:
    with fault_server(SLOW) as server:
        running = _command(server.url, "-o", str(tmp_path / "logs.jsonl"))
        until = time.monotonic() + 20
        while not any(tmp_path.glob(".parea-*")) and time.monotonic() < until:
            time.sleep(0.02)
        assert any(tmp_path.iterdir())
        running.send_signal(sent)
        said = running.communicate(timeout=20)
    assert list(tmp_path.iterdir()) == []
    assert running.returncode == 128 + sent
    assert "Traceback" not in said[1]


@pytest.mark.parametrize("sent", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_a_callback_is_not_lost(sent: signal.Signals) -> None:
    def interrupted(_: object) -> None:
        signal.raise_signal(sent)

    with pytest.raises((KeyboardInterrupt, SystemExit)) as raised, signals_as_exceptions():  # noqa: PT012 - in it
        short_lived = {1}
        callback = weakref.ref(short_lived, interrupted)
        del short_lived  # the callback raises, and Python goes on
        assert callback() is None
        time.sleep(20)
    assert raised.value.args in ((), (128 + sent,))
    assert raised.type is (KeyboardInterrupt if sent == signal.SIGINT else SystemExit)


def test_another_exception_in_a_callback_is_shown() -> None:
    seen: list[object] = []
    before, sys.unraisablehook = sys.unraisablehook, seen.append
    try:
        with signals_as_exceptions():
            short_lived = {1}
            _callback = weakref.ref(short_lived, lambda _: 1 / 0)
            del short_lived
    finally:
        sys.unraisablehook = before
    assert [type(each.exc_value) for each in seen] == [ZeroDivisionError]  # type: ignore[attr-defined]


@pytest.mark.parametrize("ignored", [signal.SIGHUP, signal.SIGINT])
def test_a_signal_that_is_ignored_at_the_start_stays_so(ignored: signal.Signals, tmp_path: Path) -> None:
    with fault_server(SLOW) as server:
        running = _command(server.url, "-o", str(tmp_path / "logs.jsonl"), "--deadline", "1.5", ignored=ignored)
        until = time.monotonic() + 20
        while not any(tmp_path.glob(".parea-*")) and time.monotonic() < until:
            time.sleep(0.02)
        running.send_signal(ignored)
        said = running.communicate(timeout=20)
    assert running.returncode == 4
    assert "deadline" in said[1]
    assert list(tmp_path.iterdir()) == []


_OURS = {"begun.py", "command.py", "many.py", "raw.py", "writing.py"}
_WAYS = {
    "table": ["-o", "{0}/logs.jsonl"],
    "compressed": ["-o", "{0}/logs.csv.gz"],
    "raw": ["--raw", "-o", "{0}/logs.jsonl"],
    "stdout": ["-o", "-", "--format", "csv"],
    "many": ["f", "-o", "{0}"],
}


class _Steps:
    """Raises a signal at one of the steps that the modules take which write."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.taken = 0
        self.first: dict[tuple[str, int], int] = {}

    def __call__(self, frame: FrameType, event: str, _: Any) -> "_Steps | None":
        """Count the lines."""
        if Path(frame.f_code.co_filename).name not in _OURS or "_trace_logs" not in frame.f_code.co_filename:
            return None
        if event == "line":
            self.taken += 1
            self.first.setdefault((frame.f_code.co_filename, frame.f_lineno), self.taken)
            if self.taken == self.at:
                signal.raise_signal(signal.SIGTERM)
        return self


def _left(way: str, folder: Path, at: int, url: str) -> tuple[_Steps, dict[str, bytes | None]]:
    """The steps that the command took, and what is there when Python has ended, where a signal came at one of them."""
    folder.mkdir()
    steps, before = _Steps(at), sys.gettrace()
    arguments = ["fetch", "e", *(each.format(folder) for each in _WAYS[way]), "--base-url", url, "--quiet"]
    with contextlib.suppress(SystemExit), signals_as_exceptions():  # before and after its own the process would end
        sys.settrace(steps)
        main(arguments)
    sys.settrace(before)
    for thread in threading.enumerate():  # as Python ends
        if thread.name.startswith("parea-"):
            thread.join()
    remove_all()
    there = {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    return steps, there | dict.fromkeys(map(str, folder.parent.rglob(".parea-*")))


@pytest.mark.parametrize("way", _WAYS)
def test_a_signal_at_any_step_leaves_a_whole_file_or_none(
    way: str, tmp_path: Path, server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAREA_API_KEY", "a-key-to-hide")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    steps, whole = _left(way, tmp_path / "whole", 0, server.url)
    assert len(whole) == {"stdout": 0, "many": 2}.get(way, 1)
    assert len(steps.first) > 20
    for at in steps.first.values():
        _, left = _left(way, tmp_path / str(at), at, server.url)
        assert left.items() <= whole.items(), at
