"""The command: what it writes, what it shows, and how it ends."""

import io
import os
import pty
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from checks.client.support import CONTRACT, LocalServer
from parea_trace_logs import InvalidFilterError, TraceLogFilters, where
from parea_trace_logs._cli import command as _cli
from parea_trace_logs._cli.command import main
from parea_trace_logs._cli.progress import size
from parea_trace_logs._filters.operators import OPERATORS
from parea_trace_logs._filters.where_text import parse_where

KEY = "a-key-to-hide"
LOGS: list[dict[str, Any]] = [
    {
        "trace_id": f"log-{index}",
        "start_timestamp": "2024-04-15T22:19:13Z",
        "trace_name": "the same",
        "latency": index / 4,
        "output": f"line {index}\n\x1b[31mred" + "x" * 100,
        "scores": [{"name": "levenshtein", "score": index}],
    }
    for index in range(25)
]


@pytest.fixture(autouse=True)
def settings(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_API_KEY", KEY)
    monkeypatch.setenv("PAREA_BASE_URL", server.url)
    monkeypatch.setenv("COLUMNS", "100")
    server.answer(200, LOGS)


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("score:levenshtein >= 0.5", where("score:levenshtein") >= "0.5"),
        ("latency>2.5", where("latency") > 2.5),
        ("latency < 1", where("latency") < 1),
        ("latency <=1", where("latency") <= 1),
        ("  is_correct  =  1.0  ", where("is_correct") == "1.0"),
        ("status != success", where("status") != "success"),
        ("output ~ a = b > c", where("output").like("a = b > c")),
        ('output = " x\\n"', where("output") == " x\n"),
        ('output = ""', where("output") == ""),
        (
            "tags in prod, canary",
            TraceLogFilters.from_dict((where("tags").isin(["x"])).to_dict() | {"filter_value": "prod, canary"}),
        ),
        (
            "latency between 0, 1",
            TraceLogFilters.from_dict(where("latency").between(0, 1).to_dict() | {"filter_value": "0, 1"}),
        ),
        ("error is  null", where("error").is_null()),
        ("metadata exists", where("metadata").exists()),
        ("metadata[user.id] = u", where("metadata", key="user.id") == "u"),
        ('metadata["a]\\"b"]=u', where("metadata", key='a]"b') == "u"),
        ('metadata[""] is null', where("metadata", key="").is_null()),
        ('"score:a = b" = 1', where("score:a = b") == 1),
        ("score:in x = 1", where("score:in x") == 1),
        ("annotation:value:c in a", where("annotation:value:c").isin(["a"])),
    ],
)
def test_a_filter_as_text(text: str, filters: TraceLogFilters) -> None:
    assert parse_where(text) == filters


def test_every_operator_can_be_said() -> None:
    assert {each.value for each in OPERATORS.values()} == set(
        CONTRACT["components"]["schemas"]["FilterOperator"]["enum"]
    )


@pytest.mark.parametrize(
    "text", ["", "latency", "latency resembles 3", "= 1", "x is", 'output = "a" b', '"x = 1', "a in"]
)
def test_a_text_that_is_no_filter(text: str) -> None:
    with pytest.raises(ValueError, match=r"FIELD OPERATOR VALUE|begins with a quote|needs a value"):
        parse_where(text)


@pytest.mark.parametrize(
    ("text", "member"),
    [
        ("latency = fast", "value"),
        ("latency >> 3", "value"),
        ("latency ~ 3", "operator"),
        ("metadata = 3", "key"),
        ("annotation:x = 3", "field"),
        ("output = ", "value"),
    ],
)
def test_what_the_contract_rejects_is_not_sent(
    server: LocalServer, capsys: pytest.CaptureFixture[str], text: str, member: str
) -> None:
    with pytest.raises(InvalidFilterError) as caught:
        parse_where(text)
    assert caught.value.loc == ("body", f"filter_{member}")
    with pytest.raises(SystemExit) as ended:
        main(["fetch", "e", "--where", text])
    assert ended.value.code == 2
    assert f"--where: body.filter_{member}: " in capsys.readouterr().err
    assert server.received == []


@pytest.mark.parametrize("extension", ["parquet", "csv", "jsonl"])
def test_a_file(server: LocalServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], extension: str) -> None:
    path = tmp_path / f"logs.{extension}"
    assert main(["fetch", "the experiment", "--where", "score:levenshtein >= 0.5", "-o", str(path)]) == 0
    assert (server.received[0].path.split("/")[-2], server.received[0].headers["x-api-key"]) == (
        "the%20experiment",
        KEY,
    )
    assert server.received[0].body == (where("score:levenshtein") >= "0.5").to_dict()
    found = duckdb.sql(f"select trace_id, \"score:levenshtein\" from '{path}'")  # noqa: S608
    assert found is not None
    assert [(name, float(score)) for name, score in found.fetchall()] == [
        (f"log-{index}", index) for index in range(25)
    ]
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == f"{path}: 25 rows of 25 root logs, {size(len(server.content))} received\n"
    assert list(tmp_path.iterdir()) == [path]


def test_named_scores_only(tmp_path: Path) -> None:
    path = tmp_path / "logs.csv"
    assert main(["fetch", "e", "--score", "x", "--score", "y", "-o", str(path)]) == 0
    assert path.read_text("utf-8").splitlines()[0].endswith(',"additional_properties","score:x","score:y"')


def test_the_first_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fetch", "e"]) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].split() == ["trace_id", "score:levenshtein", "latency", "output"]
    assert len(lines) == 22
    assert lines[2].startswith("log-0")
    assert "\x1b" not in shown.out
    assert "the same" not in shown.out
    assert all(len(line) <= 100 for line in lines)
    assert shown.err == "These are the first 20 rows; -o FILE writes them all.\n"


def test_nothing_to_show(server: LocalServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.answer(200, [])
    assert (main(["fetch", "e"]), main(["fetch", "e", "--where", "latency > 1"])) == (0, 0)
    assert capsys.readouterr() == ("", "The experiment has no logs.\nNo log matches.\n")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("rich", [True, False])
def test_on_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rich: bool) -> None:
    if not rich:
        monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    out, err = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert main(["fetch", "e", "-o", str(tmp_path / "logs.csv")]) == 0
    assert "log-19" in out.getvalue()
    assert "log-20" not in out.getvalue()
    assert "\x1b[31m" not in out.getvalue()
    assert " [31mred" in out.getvalue()
    assert ("━" in out.getvalue()) is rich
    assert re.search(r"\r\x1b\[K25 root logs, \d+\.\d kB received", err.getvalue())
    assert err.getvalue().count("root logs") <= 3


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, {"detail": f"wrong key {KEY}"}, 3),
        (404, {"detail": "Experiment not found."}, 3),
        (422, {"detail": [{"loc": ["body", "filter_value"], "msg": "no", "type": "t"}]}, 3),
        (418, b"", 3),
        (501, {"detail": "not today"}, 4),
        (200, b"{}", 5),
        (200, b'[{"trace_id": "a"}]', 5),
        (200, b"<html>", 5),
        (200, [{**LOGS[0], "total_tokens": 2**63}], 1),
    ],
)
def test_exit_statuses(
    server: LocalServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: int, body: Any, code: int
) -> None:
    server.answer(status, body)
    path = tmp_path / "logs.csv"
    path.write_text("as it was")
    assert main(["fetch", "e", "-o", str(path)]) == code
    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]
    shown = capsys.readouterr()
    assert shown.err.startswith("parea-trace-logs: ")
    assert KEY not in shown.err
    assert shown.out == ""


def test_no_server_is_unavailable(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert main(["fetch", "e", "--base-url", f"http://127.0.0.1:{port}", "--timeout", "2"]) == 4
    assert "ConnectError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "COMMAND"),
        (["fecth", "e"], "invalid choice: 'fecth' (choose from 'fetch')"),
        (["fetch"], "name an experiment"),
        (["fetch", "e", "-o", "logs.xlsx"], "-o: "),
        (["fetch", "e", "-o", "nowhere/logs.csv"], "-o: there is no folder nowhere"),
        (["fetch", "e", "--timeout", "0"], "--timeout: must be above 0, not 0"),
        (["fetch", "e", "--timeout", "soon"], "--timeout: must be a number, not 'soon'"),
        (["fetch", "e", "--limit", "0"], "--limit: must be at least 1, not 0"),
        (["fetch", "e", "--base-url", "ftp://x"], "http"),
        (["fetch", "e", "--where", "nonsense"], "--where: "),
        (["fetch", "--wher", "x", "--limt", "secret"], "no option is called --limt; did you mean --limit?"),
        (["--basse-url=secret", "fetch", "e"], "no option is called --basse-url; did you mean --base-url?"),
        (["fetch", "e", "--api-key", "secret"], "no option is called --api-key (see --help)"),
    ],
)
def test_wrong_arguments(
    server: LocalServer,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    """One line, and no value of an option that there is not."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    error = capsys.readouterr().err
    assert error.startswith("parea-trace-logs")
    assert error.endswith(" (see --help)\n")
    assert said in error
    assert "secret" not in error
    assert error.count("\n") == 1
    assert server.received == []
    assert list(tmp_path.iterdir()) == []


def test_no_key(monkeypatch: pytest.MonkeyPatch, server: LocalServer, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("PAREA_API_KEY")
    assert main(["fetch", "e"]) == 2
    assert "PAREA_API_KEY" in capsys.readouterr().err
    assert server.received == []


def test_an_extra_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, server: LocalServer
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SystemExit) as ended:
        main(["fetch", "e", "-o", str(tmp_path / "logs.parquet")])
    assert ended.value.code == 2
    assert "pip install 'parea-trace-logs[arrow]'" in capsys.readouterr().err
    assert server.received == []


def test_help_says_it_all(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--help"], ["fetch", "--help"], ["--version"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    text = capsys.readouterr().out
    for word in ("PAREA_API_KEY", "exit status:", "--where", "is null", ".parquet", "metadata[user.id]", "examples:"):
        assert word in text
    for status in (_cli.OK, _cli.FAILED, _cli.USAGE, _cli.REFUSED, _cli.UNAVAILABLE, _cli.BROKEN):
        assert f"\n  {status}  " in text
    for line in text.splitlines():
        if line.startswith("  parea-trace-logs fetch ") and "--where" in line:
            parse_where(line.split("'")[1])


def command(*arguments: str) -> list[str]:
    code = "import sys; from parea_trace_logs._cli.command import main; sys.exit(main())"
    return [sys.executable, "-c", code, *arguments]


@pytest.fixture
def endless() -> Iterator[socket.socket]:
    """A server that never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        yield listener


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_leaves_nothing(endless: socket.socket, tmp_path: Path, number: int, code: int) -> None:
    url = f"http://127.0.0.1:{endless.getsockname()[1]}"
    process = subprocess.Popen(  # noqa: S603
        command("fetch", "e", "-o", str(tmp_path / "logs.csv"), "--base-url", url), stderr=subprocess.PIPE
    )
    with process, endless.accept()[0]:  # by then the command has made its folder, and owns it
        assert list(tmp_path.iterdir())
        process.send_signal(number)
        assert process.wait(20) == code
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert list(tmp_path.iterdir()) == []


def test_who_stops_reading_sees_no_traceback() -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(command("fetch", "e"), stdout=write, stderr=subprocess.PIPE, check=False)  # noqa: S603
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_real_terminal(tmp_path: Path) -> None:
    main_end, other_end = pty.openpty()
    done = subprocess.run(  # noqa: S603
        command("fetch", "e", "-o", str(tmp_path / "logs.csv")), stdout=other_end, stderr=other_end, check=False
    )
    os.close(other_end)
    shown = os.read(main_end, 100_000).decode()
    os.close(main_end)
    assert done.returncode == 0
    assert "trace_id" in shown
    assert "25 rows of 25 root logs" in shown
