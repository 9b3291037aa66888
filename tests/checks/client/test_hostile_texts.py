"""Hostile texts: in `--where`, in Retry-After, in a table; and signals that end the command."""

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checks.client.hostile import LOG, dripping
from checks.client.network_faults import Act, answer, fault_server
from checks.client.support import ROOT, LocalServer
from parea_trace_logs import TraceLog
from parea_trace_logs._cli.command import main
from parea_trace_logs._cli.signals import signals_as_exceptions
from parea_trace_logs._filters.where_text import parse_where
from parea_trace_logs._http.retrying import pause
from parea_trace_logs.errors import TableError
from parea_trace_logs.tables import to_arrow, write

WHERE: dict[str, Callable[[int], str]] = {
    "spaces": lambda size: " " * size,
    "spaces in a name": lambda size: f"a{' ' * size}b",
    "spaces after a bracket": lambda size: f"a[b]{' ' * size}b",
    "words": lambda size: "in " * (size // 3),
    "quotes": lambda size: '"' * size,
    "open quote": lambda size: '"' + "a" * size,
    "backslashes": lambda size: '"' + "\\" * size,
    "brackets": lambda size: "a" + "[" * size,
    "pairs": lambda size: "a" + "[b]" * (size // 3),
    "is": lambda size: "a " + "is " * (size // 3),
    "is and spaces": lambda size: f"a is{' ' * size}nul",
    "value": lambda size: f"latency = {' ' * size}x",
}


def _seconds(text: str) -> float:
    began = time.perf_counter()
    with contextlib.suppress(ValueError):
        parse_where(text)
    return time.perf_counter() - began


@pytest.mark.parametrize("made", WHERE)
def test_where_takes_time_that_grows_with_its_length(made: str) -> None:
    assert _seconds(WHERE[made](300)) < 1  # a cubic pattern would not come back from the next
    small, large = (min(_seconds(WHERE[made](size)) for _ in range(3)) for size in (20_000, 80_000))
    assert large < 12 * small + 0.05


def test_a_pause_whatever_is_asked() -> None:
    """300,000 values of Retry-After, half of them near the three forms of a date."""
    chance = random.Random(20241101)  # noqa: S311 - a seed, not a secret
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Monday", "Friday"]
    months = ["Jan", "Feb", "Mar", "Apr", "Jun", "Sep", "Dec", "Foo"]
    numbers = ["0", "00", "1", "9", "23", "31", "59", "60", "99", "1994", "9999", "10000", "9" * 30, "-1", "", "1e9"]
    forms = ["{d}, {n} {m} {n} {n}:{n}:{n} GMT", "{d}, {n}-{m}-{n} {n}:{n}:{n} GMT", "{d} {m} {n} {n}:{n}:{n} {n}"]
    zones = ["GMT", "UTC", "+9999", "-0000", "+99999999999999", "EST", ""]
    for number in range(300_000):
        text = chance.choice(forms)
        while "{" in text:
            text = text.replace("{d}", chance.choice(days), 1)
            text = text.replace("{m}", chance.choice(months), 1).replace("{n}", chance.choice(numbers), 1)
        text = text.replace("GMT", chance.choice(zones)) if number % 3 == 0 else text
        if number % 2:
            place = chance.randrange(len(text))
            text = text[:place] + chr(chance.choice([0, 9, 32, 44, 45, 58, 200, 0x663, 0xD800])) + text[place + 1 :]
        assert 0 <= pause(0, {"retry-after": text}) <= 60


@pytest.mark.parametrize(
    "asked",
    ["Fri, 31 Dec 9999 23:59:59 -9999", "Mon, 01 Jan 0001 00:00:00 +2359", "Sun, 99999999999999999999 Nov 1994"],
)
def test_a_date_beyond_all_dates_is_an_error_of_the_package(
    asked: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAREA_API_KEY", "a-key-to-hide")
    with fault_server(answer("503 Busy", b"", f"Retry-After: {asked}")) as server:
        assert main(["fetch", "e", "--base-url", server.url]) == 4
    assert "503" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------------- tables
def _log(**members: Any) -> TraceLog:
    return TraceLog.from_dict({"trace_id": "t", "start_timestamp": "2024-04-15T22:19:13+00:00", **members})


@pytest.mark.parametrize("name", ["logs.csv", "logs.jsonl", "logs.parquet"])
@pytest.mark.parametrize(
    ("members", "column"),
    [
        ({"start_timestamp": "2024\ud800"}, "start_timestamp_text"),
        ({"end_timestamp": "\udfff"}, "end_timestamp_text"),
        ({"output": "\ud800"}, "output"),
        ({"trace_id": "\ud800"}, "trace_id"),
        ({"tags": ["a", "\ud800"]}, "tags"),
        ({"scores": [{"name": "\ud800", "score": 1}]}, "scores"),
    ],
    ids=ascii,
)
def test_a_table_cannot_hold_half_a_pair_of_surrogates(
    members: dict[str, Any], column: str, name: str, tmp_path: Path
) -> None:
    with pytest.raises(TableError, match=rf"column {column}") as info:
        write([_log(), _log(**members)], tmp_path / name)
    assert repr(members.get("trace_id", "t")) in str(info.value)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TableError, match="column"):
        to_arrow([_log(**members)])


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_cells_that_a_spreadsheet_would_run(text: str, tmp_path: Path) -> None:
    logs = [_log(output=text, latency=-1.5, tags=[text], metadata={"a": text}, scores=[{"name": text, "score": -2}])]
    write(logs, tmp_path / "as-is.csv")
    write(logs, tmp_path / "safe.csv", csv_safe=True)
    plain, safe = ((tmp_path / name).read_bytes().decode() for name in ("as-is.csv", "safe.csv"))
    quoted = '"' + text.replace('"', '""') + '"'
    assert f",{quoted}," in plain
    assert f",{quoted}," not in safe
    assert f'"\'{text}"' in safe
    assert "-1.5" in safe  # a number is a number
    assert not re.search(r'(?m)(?:^|,)"[=+\-@\t\r]', safe)


def test_the_command_can_write_safe_cells(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAREA_API_KEY", "a-key-to-hide")
    server.content = b"[" + LOG % b',"output":"=1+1"' + b"]"
    fetch = ["fetch", "e", "--base-url", server.url]
    assert main([*fetch, "-o", str(tmp_path / "a.csv"), "--csv-safe"]) == 0
    assert '"\'=1+1"' in (tmp_path / "a.csv").read_text()
    with pytest.raises(SystemExit) as info:
        main([*fetch, "-o", str(tmp_path / "a.jsonl"), "--csv-safe"])
    assert info.value.code == 2
    assert "--csv-safe" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------------------ command
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


def test_the_command_has_a_deadline_and_shows_what_is_no_text_escaped(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAREA_API_KEY", "a-key-to-hide")
    with fault_server(SLOW) as slow:
        began = time.monotonic()
        assert main(["fetch", "e", "--base-url", slow.url, "--deadline", "0.1"]) == 4
        assert time.monotonic() - began < 2
    capsys.readouterr()
    server.answer(404, {"detail": "\x1b[2J \u202e a-key-to-hide"})
    assert main(["fetch", "e", "--base-url", server.url]) == 3
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\\x1b[2J" in said
    assert "a-key" not in said
