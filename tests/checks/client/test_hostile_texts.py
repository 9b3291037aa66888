"""Hostile texts: in `--where`, in Retry-After, in a table."""

import contextlib
import random
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checks.client.hostile import LOG, dripping
from checks.client.network_faults import Act, answer, fault_server
from checks.client.support import LocalServer
from parea_trace_logs import TraceLog
from parea_trace_logs._cli.command import main
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
SLOW: Act = dripping("200 OK", b"[" + LOG % b"", b"," + LOG % b"")


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
