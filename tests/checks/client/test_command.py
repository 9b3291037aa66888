"""The command in pipes, with several experiments, raw, and with what people get wrong."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from checks.client.support import LocalServer
from checks.client.test_cli import KEY, LOGS, command
from parea_target.contract import load
from parea_target.loader import read_experiments
from parea_trace_logs import tables
from parea_trace_logs._cli.command import main
from parea_trace_logs._cli.progress import size

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def settings(server: LocalServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_API_KEY", KEY)
    monkeypatch.setenv("PAREA_BASE_URL", server.url)
    server.answer(200, LOGS)


def run(*arguments: str, given: str | None = None, **options: Any) -> subprocess.CompletedProcess[bytes]:
    content = None if given is None else given.encode()
    return subprocess.run(command(*arguments), input=content, capture_output=True, check=False, **options)  # noqa: S603


def wrong(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(["fetch", *arguments])
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", None])
def test_a_table_in_a_pipe(tmp_path: Path, form: str | None) -> None:
    done = run("fetch", "e", "-o", "-", *(["--format", form] if form else []))
    assert done.returncode == 0
    assert done.stderr.startswith(b"stdout: 25 rows of 25 root logs, ")
    written = tmp_path / f"logs.{form or 'jsonl'}"
    assert main(["fetch", "e", "-o", str(written), "-q"]) == 0
    assert done.stdout == written.read_bytes()


def test_the_format_whatever_the_name_says(tmp_path: Path) -> None:
    for name, form in (("logs.txt", "csv"), ("logs.csv", "jsonl"), ("logs", "parquet")):
        assert main(["fetch", "e", "-o", str(tmp_path / name), "--format", form]) == 0
    assert '"trace_id"' in (tmp_path / "logs.txt").read_text("utf-8").splitlines()[0]
    assert json.loads((tmp_path / "logs.csv").read_text().splitlines()[0])
    assert (tmp_path / "logs").read_bytes().startswith(b"PAR1")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_compressed_table(tmp_path: Path, form: str) -> None:
    plain, zipped = tmp_path / f"logs.{form}", tmp_path / f"logs.{form}.gz"
    for path in (plain, zipped):
        assert main(["fetch", "e", "-o", str(path)]) == 0
    assert gzip.decompress(zipped.read_bytes()) == plain.read_bytes()
    found = duckdb.sql(f"select count(*) from '{zipped}'")  # noqa: S608
    assert found is not None
    assert found.fetchall() == [(25,)]
    assert {path.name for path in tmp_path.iterdir()} == {plain.name, zipped.name}
    before = zipped.read_bytes()
    tables.write([], zipped)
    assert zipped.read_bytes() != before


PRETTY = json.dumps([{**log, "news": 1e400} for log in LOGS], indent=1, ensure_ascii=False).replace("Infinity", "1e400")


@pytest.mark.parametrize("name", ["uuid.jsonl", "uuid.json", "uuid.jsonl.gz", "uuid.json.gz", "-"])
def test_the_logs_as_they_came(server: LocalServer, tmp_path: Path, name: str) -> None:
    server.answer(200, PRETTY.encode())
    path = tmp_path / name
    done = run("fetch", "uuid", "--raw", *([] if name == "-" else ["-o", str(path)]))
    assert done.returncode == 0, done.stderr
    written = done.stdout if name == "-" else path.read_bytes()
    written = gzip.decompress(written) if name.endswith(".gz") else written
    served = tmp_path / ("uuid.json" if ".json." in name or name.endswith(".json") else "uuid.jsonl")
    served.write_bytes(written)
    [(_, roots)] = read_experiments([served], load())
    assert [root.log["trace_id"] for root in roots] == [log["trace_id"] for log in LOGS]
    if served.suffix == ".json":
        assert json.loads(written) == json.loads(PRETTY)
        assert b"1e400" in written
    else:
        assert [json.loads(line) for line in written.splitlines()] == json.loads(PRETTY)
    assert b"root logs" in done.stderr


def test_raw_logs_may_be_what_the_contract_forbids_but_must_be_json(server: LocalServer, tmp_path: Path) -> None:
    server.answer(200, b'[{"latency": "fast"}, [1]]')
    done = run("fetch", "e", "--raw")
    assert (done.returncode, done.stdout) == (0, b'{"latency": "fast"}\n[1]\n')
    server.answer(200, b'[{"a": nope}]')
    done = run("fetch", "e", "--raw", "-o", str(tmp_path / "x.jsonl"))
    assert (done.returncode, list(tmp_path.iterdir())) == (5, [])
    server.answer(200, b"[]")
    assert run("fetch", "e", "--raw", "--format", "json").stdout == b"[]\n"


def test_no_more_than_a_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "logs.csv"
    assert main(["fetch", "e", "--limit", "3", "-o", str(path)]) == 0
    assert f"{path}: 3 rows of 3 root logs" in capsys.readouterr().err
    assert main(["fetch", "e", "--limit", "2"]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("log-") == 2
    assert shown.err == ""
    assert len(run("fetch", "e", "--raw", "--limit", "2").stdout.splitlines()) == 2
    for text in ("0", "-1"):
        assert f"argument --limit: must be at least 1, not {text}" in wrong(capsys, "e", f"--limit={text}")
    for text in ("two", "1.5"):
        assert f"argument --limit: must be a whole number, not '{text}'" in wrong(capsys, "e", f"--limit={text}")


def test_several_experiments(server: LocalServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "data"
    assert main(["fetch", "a", "b", "a", "-o", str(folder), "--where", "latency >= 0", "--score", "x"]) == 0
    assert sorted(each.path.split("/")[-2] for each in server.received) == ["a", "b"]
    assert {each.body["filter_field"] for each in server.received} == {"latency"}
    assert capsys.readouterr().err == f"{folder}: 50 rows of 2 experiments\n"
    assert sorted(path.name for path in folder.iterdir()) == ["experiment=a", "experiment=b"]
    server.answer(404, {"detail": "Experiment not found."})
    assert main(["fetch", "a", "b", "-o", str(folder)]) == 3
    shown = capsys.readouterr().err
    assert "parea-trace-logs: a: 404: Experiment not found." in shown
    assert "parea-trace-logs: b: 404: " in shown


@pytest.mark.parametrize("source", ["file", "stdin"])
def test_experiments_from_a_file(server: LocalServer, tmp_path: Path, source: str) -> None:
    text = "\ufeffone\n\n  two  # the second\n# none\none\n"
    listed = tmp_path / "uuids.txt"
    listed.write_text(text, "utf-8")
    name = str(listed) if source == "file" else "-"
    done = run("fetch", "--experiments", name, "--raw", "-o", str(tmp_path / "raw"), given=text.lstrip("\ufeff"))
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "raw").iterdir()) == ["one.jsonl", "two.jsonl"]
    assert len(server.received) == 2


def test_quiet_says_nothing(server: LocalServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in (["-o", str(tmp_path / "logs.csv")], ["--raw", "-o", str(tmp_path / "x.jsonl")], ["--limit", "1"]):
        assert main(["fetch", "e", "--quiet", "--where", "latencyy > 1", *more]) == 0
    assert main(["fetch", "a", "b", "-q", "-o", str(tmp_path / "d")]) == 0
    assert capsys.readouterr().err == ""
    server.answer(401, {"detail": "no"})
    assert main(["fetch", "e", "-q"]) == 3
    assert "401" in capsys.readouterr().err


def test_a_slip_is_told_and_nothing_found_is_said(
    server: LocalServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer(200, [])
    path = tmp_path / "logs.csv"
    assert main(["fetch", "e", "--where", "metadata.attempt > 2", "-o", str(path)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("parea-trace-logs: warning: no member of a trace log is called 'metadata.attempt'")
    assert 'did you mean metadata["attempt"]?' in lines[0]
    assert lines[1:] == [f"{path}: 0 rows of 0 root logs, 2 bytes received", "No log matches."]
    assert main(["fetch", "e", "--raw", "-o", str(tmp_path / "x.json")]) == 0
    assert capsys.readouterr().err == "The experiment has no logs.\n"
    assert main(["fetch", "a", "b", "-o", str(tmp_path / "d")]) == 0
    assert capsys.readouterr().err.count("The experiment has no logs.") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["e", "--where", "latency > 1", "--where", "cost > 1"], "--where: one filter is all that the endpoint takes"),
        (["e", "--timeout", "abc"], "argument --timeout: must be a number, not 'abc'"),
        (["e", "--timeout", "nan"], "argument --timeout: must be above 0, not nan"),
        (["e", "-o", "nowhere/logs.csv"], "-o: there is no folder nowhere"),
        (["e", "-o", "logs.parquet.gz"], "Parquet compresses itself"),
        (["e", "-o", "logs.txt"], "the extension must be one of"),
        (["e", "--raw", "-o", "logs.csv"], "with --raw the extension must be .jsonl or .json"),
        (["e", "--raw", "--format", "csv"], "--raw is for --format jsonl or json"),
        (["e", "--raw", "--score", "x"], "--score makes columns"),
        (["e", "--format", "csv"], "--format needs -o"),
        (["e", "-o", "-", "--format", "json"], "--format json is for --raw"),
        (["a", "b"], "several experiments need -o FOLDER"),
        (["a", "b", "-o", "-"], "several experiments need -o FOLDER"),
        (["a", "b", "-o", "d", "--limit", "1"], "--limit is for one experiment"),
        (["a", "b", "-o", "d", "--format", "csv"], "several experiments become Parquet"),
        (["a", "b", "-o", "a-file"], "a-file is not a folder"),
        ([], "name an experiment"),
        (["--experiments", "empty", "-o", "d"], "--experiments: empty names none"),
        (["--experiments", "missing", "-o", "d"], "--experiments: [Errno 2] No such file"),
        (["e", "--where", "tags not in a,b"], "--where: no filter is the opposite of 'in'"),
        (["e", "--base-url", "http://user:a-key-to-hide@x"], "base_url must hold no user"),
    ],
)
def test_wrong_arguments_are_said_in_the_users_words(
    server: LocalServer,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-file").touch()
    (tmp_path / "empty").write_text("# nothing\n")
    said = wrong(capsys, *arguments)
    assert words in said
    assert "a-key-to-hide" not in said
    assert server.received == []
    assert {path.name for path in tmp_path.iterdir()} == {"a-file", "empty"}


def test_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "parea_trace_logs", "--version"], capture_output=True, check=True)
    assert done.stdout.startswith(b"parea-trace-logs 0.")


@pytest.mark.parametrize("arguments", [["-o", "logs.csv"], ["-o", "-"], [], ["--raw"]])
def test_a_closed_stdout(tmp_path: Path, arguments: list[str]) -> None:
    words = " ".join(command("fetch", "e", *arguments)[3:])
    code = command()[2].replace("'", '"')
    shell = f"cd {tmp_path}; exec {sys.executable} -c '{code}' {words} >&-"
    done = subprocess.run(["/bin/sh", "-c", shell], stderr=subprocess.PIPE, check=False)  # noqa: S603
    assert b"Traceback" not in done.stderr
    assert done.returncode == (2 if arguments in (["-o", "-"], ["--raw"]) else 0), done.stderr
    if done.returncode == 2:
        assert b"stdout is closed" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("arguments", [["-o", "-"], [], ["--raw"]])
def test_a_full_disk_behind_stdout(arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(command("fetch", "e", *arguments), stdout=full, stderr=subprocess.PIPE, check=False)  # noqa: S603
    assert done.returncode == 1
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_who_stops_reading_a_table_sees_no_traceback() -> None:
    for arguments in (["-o", "-"], ["--raw"]):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run(command("fetch", "e", *arguments), stdout=write, stderr=subprocess.PIPE, check=False)  # noqa: S603
        os.close(write)
        assert (done.returncode, done.stderr) == (1, b"")


def test_what_a_status_says_names_the_place(server: LocalServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.answer(404, b"<html>nginx</html>")
    assert main(["fetch", "e"]) == 3
    said = capsys.readouterr().err
    assert "is the base URL right?" in said
    assert f"[get_experiment_trace_logs: POST {server.url}/api/parea/v1/experiment/e/trace_logs]" in said


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1_234_567, "1.2 MB"),
        (5e9, "5.0 GB"),
        (5e15, "5,000.0 TB"),
    ],
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text


EXTRAS = """
import sys, importlib.abc
class Without(importlib.abc.MetaPathFinder):
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        return None if BLOCKS(name) else self.finder.find_spec(name, path, target)
    def __getattr__(self, name):
        return getattr(self.finder, name)
BLOCKS = lambda name: name.partition(".")[0] in BLOCKED_NAMES
sys.meta_path[:] = map(Without, sys.meta_path)
sys.argv = [COMMAND, *ARGUMENTS]
from importlib.metadata import entry_points
[entry] = entry_points(group="console_scripts", name=COMMAND)
sys.exit(entry.load()())
"""
# What `pip install .` leaves out.
NOT_INSTALLED = [
    "rich",
    "yaml",
    "schemathesis",
    "jsonschema_rs",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "pyarrow",
    "polars",
]


@pytest.mark.parametrize(
    ("name", "arguments", "extra"),
    [
        ("parea-conformance", ["http://x", "--experiment", "e"], "conformance"),
        ("parea-conformance", ["--help"], "conformance"),
        ("parea-conformance", ["diff", "a", "b"], "conformance"),
        ("parea-target", ["--data", "x"], "target"),
        ("parea-trace-logs", ["fetch", "e", "-o", "logs.parquet"], "arrow"),
    ],
)
@pytest.mark.parametrize("missing", [NOT_INSTALLED, ["jsonschema_rs", "pyarrow"]], ids=["all", "one"])
def test_a_command_without_its_extra_says_what_to_install(
    tmp_path: Path, name: str, arguments: list[str], extra: str, missing: list[str]
) -> None:
    code = f"COMMAND, ARGUMENTS, BLOCKED_NAMES = {name!r}, {arguments!r}, {missing!r}\n{EXTRAS}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)  # noqa: S603
    assert done.returncode == 2, done.stderr
    assert f"pip install 'parea-trace-logs[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_module_that_is_missing_for_another_reason_is_not_hidden() -> None:
    for name, missing in (("parea-conformance", "parea_conformance.engine"), ("parea-target", "parea_target.store")):
        code = f"COMMAND, ARGUMENTS, BLOCKED_NAMES = {name!r}, ['--help'], []\n{EXTRAS}".replace(
            'name.partition(".")[0] in BLOCKED_NAMES', f"name == {missing!r}"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
        assert "ModuleNotFoundError" in done.stderr


def test_the_command_alone_needs_no_extra() -> None:
    code = f"COMMAND, ARGUMENTS, BLOCKED_NAMES = 'parea-trace-logs', ['fetch', 'e'], {NOT_INSTALLED!r}\n{EXTRAS}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert "log-0" in done.stdout
