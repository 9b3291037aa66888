"""What stands on the terminal and in JUnit, what is chosen on the command line, and what a whole run leaves behind."""

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from checks.suite.support import KEY, keyless
from parea_conformance import cli
from parea_conformance.contract import Contract
from parea_conformance.engine import judge
from parea_conformance.http.in_process import InProcess
from parea_conformance.logs import seed_data
from parea_conformance.options import Options
from parea_conformance.report import as_data, as_junit, show, write_reports
from parea_conformance.report.result import as_badge, as_result
from parea_conformance.stages.drawn import DRAWN
from parea_target.server import running
from rich.console import Console
from starlette.types import ASGIApp, Receive, Scope, Send

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("verdicts")]
MakeOptions = Callable[..., Options]


@pytest.fixture(scope="module")
def right(target: ASGIApp) -> Iterator[str]:
    with running(target) as base_url:
        yield base_url


@pytest.fixture(scope="module")
def wrong(target: ASGIApp) -> Iterator[str]:
    """A server that takes every key."""
    with running(keyless(target)) as base_url:
        yield base_url


def _shown(data: dict[str, Any], verbosity: int = 0) -> str:
    console = Console(file=io.StringIO(), width=80, highlight=False)
    show(data, console, verbosity)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_failures_a_line_for_each_class_and_the_verdict(wrong: str, options: MakeOptions) -> None:
    data = as_data(judge(options(wrong)))
    quiet, usual, verbose = (_shown(data, verbosity) for verbosity in (-1, 0, 1))
    assert quiet == data["verdict"] + "\n"
    assert verbose.count("\npass ") > 50
    assert "\npass " not in usual
    classes = [line.split()[0] for line in usual.splitlines() if re.match(r"(core|semantics|robustness) ", line)]
    assert classes == ["core", "semantics", "robustness"]
    *lines, verdict = usual.splitlines()
    broken = [entry["id"] for entry in data["requirements"] if entry["verdict"] in ("fail", "error")]
    assert [line.split()[1] for line in lines[-len(broken) :]] == [f"{name}:" for name in broken]
    assert verdict.startswith("NOT CONFORMANT (")
    assert "curl -sS -i -X POST " + wrong in usual  # on one line, whatever the width
    left_out = [len(entry["failures"]) - 2 for entry in data["requirements"] if len(entry["failures"]) > 2]
    assert left_out
    assert re.findall("and (.*) more failures; --report-dir keeps them all", usual) == list(map(str, left_out))


def test_what_was_not_judged_stands_in_the_line_of_the_verdict(right: str, options: MakeOptions) -> None:
    report = judge(options(right, other_experiment=None, empty_experiment=None))
    verdict = as_data(report)["verdict"]
    assert report.status == 0
    assert verdict.startswith("CONFORMANT; not judged: ")
    for name in ("experiment.other-tenant", "experiment.empty", "http.rate-limit"):
        assert name in verdict.partition(" (")[0]


def test_undecided_says_what_to_do_shortest_first(right: str, options: MakeOptions) -> None:
    own = {"experiment": seed_data.OTHER_EXPERIMENT, "api_key": "another-key-of-the-tests"}
    report = judge(options(right, other_experiment=None, empty_experiment=None, **own))
    verdict = as_data(report)["verdict"]
    assert report.status == 2
    assert verdict.startswith("COULD NOT JUDGE: ")
    assert verdict.index("undecided") < verdict.index("--accept-undecided") < verdict.index("seed-data DIR")
    assert "undecided   " in _shown(as_data(report))
    assert "more; -v says why" in _shown(as_data(report))


def _cases(data: dict[str, Any]) -> tuple[int, int, int]:
    root = ET.fromstring(as_junit(data))  # noqa: S314 - our own report
    found = tuple(len(root.findall(f".//{name}")) for name in ("failure", "error", "skipped"))
    assert found == tuple(int(root.get(name, "")) for name in ("failures", "errors", "skipped"))
    return found  # type: ignore[return-value]


KNOWN = (("auth.key-missing", "#12"), ("auth.key-wrong", "#12"))


@pytest.mark.parametrize(
    ("given", "status", "cases"),
    [
        ({}, 1, (2, 0, 0)),
        ({"known_failures": KNOWN}, 0, (0, 0, 2)),
        ({"known_failures": KNOWN[:1]}, 1, (1, 0, 1)),
        ({"known_failures": (*KNOWN, ("response.schema", "mended"))}, 1, (1, 0, 2)),
        ({"known_failures": KNOWN, "max_requests": 40}, 2, None),
        ({"known_failures": KNOWN, "dry_run": True}, 2, None),
        ({"only": ("auth.key-missing",)}, 1, (1, 0, 0)),
        ({"only": ("auth.key-missing",), "known_failures": KNOWN}, 2, (0, 1, 1)),
    ],
)
def test_junit_agrees_with_the_exit_status(
    wrong: str, options: MakeOptions, given: dict[str, Any], status: int, cases: tuple[int, int, int] | None
) -> None:
    report = judge(options(wrong, classes=("core",), **given))
    found = _cases(as_data(report))
    assert report.status == status
    assert bool(found[0] + found[1]) is bool(status)
    assert cases in (None, found)


def test_accepted_undecided_is_skipped_in_junit(right: str, options: MakeOptions) -> None:
    own: dict[str, Any] = {"experiment": seed_data.OTHER_EXPERIMENT, "api_key": "another-key-of-the-tests"}
    own.update(other_experiment=None, empty_experiment=None)
    strict = as_data(judge(options(right, **own)))
    lenient = as_data(judge(options(right, accept_undecided=True, **own)))
    assert (strict["status"], lenient["status"]) == (2, 0)
    assert _cases(strict)[1] > 0
    assert _cases(lenient)[:2] == (0, 0)


def test_undecided_alone_proves_nothing(right: str, options: MakeOptions) -> None:
    own = {"experiment": seed_data.OTHER_EXPERIMENT, "api_key": "another-key-of-the-tests", "classes": ("semantics",)}
    data = as_data(judge(options(right, accept_undecided=True, **own)))
    assert data["status"] == 2
    assert data["verdict"].startswith("COULD NOT JUDGE: nothing was proved (63 undecided")
    assert _cases(data)[1] == 1


def _main(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    try:
        status = cli.main(words)
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    printed = capsys.readouterr()
    return status, printed.out, printed.err


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command, the key in the environment: its status, and what it prints."""
    monkeypatch.setenv("PAREA_API_KEY", KEY)
    return lambda *words: _main(capsys, *words)


Ask = Callable[..., tuple[int, str, str]]


def test_only_some_requirements(right: str, ask: Ask, tmp_path: Path) -> None:
    where = [right, "--experiment", seed_data.EXPERIMENT]
    status, out, _ = ask(*where, "--only", "filter.*.text", "--only", "auth.first", "-v", "--report-dir", str(tmp_path))
    assert status == 0
    assert {line.split()[1] for line in out.splitlines() if line.startswith("pass ")} == {
        *(f"filter.{name}.text" for name in ("equals", "not_equals", "like", "in", "is_null", "exists")), "auth.first",
    }  # fmt: skip
    assert out.splitlines()[-1].startswith("CONFORMANT in what was asked for")
    status, _, err = ask(*where, "--only", "filter.equal.text")
    assert status == 2
    assert "did you mean filter.equals.text?" in err


def test_stopping_at_the_first_failure(wrong: str, options: MakeOptions) -> None:
    whole, first = (judge(options(wrong, fail_fast=fast)) for fast in (False, True))
    assert (whole.status, first.status) == (1, 1)
    assert first.requests < whole.requests
    failed = [entry for entry in first.entries if entry.failures]
    assert len(failed) == 1
    assert sum(len(entry.failures) for entry in failed) == 1
    assert all("--fail-fast" in entry.causes[-1] for entry in first.entries if not entry.failures)
    known = (("auth.key-missing", "#12"),)
    later = judge(options(wrong, fail_fast=True, known_failures=known))
    assert [entry.requirement.id for entry in later.unexpected] == ["auth.key-wrong"]


def test_the_first_failure_ends_the_stage_in_which_it_is_seen(target: ASGIApp, options: MakeOptions) -> None:
    async def ignoring(scope: Scope, receive: Receive, send: Send) -> None:
        async def unfiltered() -> dict[str, object]:
            await receive()
            return {"type": "http.request", "body": b"{}", "more_body": False}

        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        await target({**scope, "headers": headers}, unfiltered, send)

    with InProcess(ignoring) as transport:
        report = judge(options("http://in-process.invalid", fail_fast=True), transport=transport)
    assert report.status == 1
    assert report.requests < 60
    [failed] = [entry for entry in report.entries if entry.failures]
    others = [entry for entry in report.entries if entry is not failed]
    untouched = [entry for entry in others if entry.causes[-1].startswith("not judged: ")]
    assert report.notes[-1].startswith(f"stopped at the first failure, {failed.requirement.id} failed: ")
    assert f": {len(untouched)} requirements were not judged, {len(others) - len(untouched)} not " in report.notes[-1]
    assert len(untouched) > len(others) / 2


def test_the_list_needs_no_server(ask: Ask, contract: Contract) -> None:
    status, out, _ = ask("list")
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == list(contract.requirements)
    _, core, _ = ask("list", "--class", "core")
    assert len(core.splitlines()) == len(contract.select(["core"]))


def test_versions_and_help(ask: Ask, contract: Contract) -> None:
    status, out, _ = ask("--version")
    assert status == 0
    assert contract.document["info"]["version"] in out
    _, out, _ = ask("--help")
    assert all(f"parea-conformance {name}" in out for name in ("list", "seed-data", "diff", "replay"))


def test_a_dry_run_shows_the_filters(right: str, ask: Ask) -> None:
    status, out, _ = ask(right, "--experiment", seed_data.EXPERIMENT, "--dry-run", "--only", "filter.equals.boolean")
    assert status == 2
    assert "    cache_hit equals 'true'" in out.replace("'false'", "'true'")
    assert "filter.equals.boolean" in out
    assert "body.rejected" not in out


@pytest.mark.parametrize("only", ["filter.equals.boolean", "http.path"])
def test_a_dry_run_counts_what_is_sent(right: str, options: MakeOptions, only: str) -> None:
    planned = judge(options(right, only=(only,), dry_run=True)).outline
    sent = judge(options(right, only=(only,))).requests
    assert [name for name, number in planned.items() if number] == [only]
    # Not of every draw a filter comes that was not asked before; the preflight asks three times beside.
    assert planned[only] - DRAWN * only.startswith("filter") <= sent <= planned[only] + 3


def test_an_experiment_is_named(ask: Ask) -> None:
    status, _, err = ask("http://127.0.0.1:9", "--experiment", "")
    assert status == 2
    assert "name the UUID of an experiment" in err


def test_seed_data_says_which_file_is_which_and_how_to_judge(ask: Ask, tmp_path: Path) -> None:
    status, out, _ = ask("seed-data", str(tmp_path))
    assert status == 0
    lines = out.splitlines()
    for uuid, option in (
        (seed_data.EXPERIMENT, "--experiment"),
        (seed_data.EMPTY_EXPERIMENT, "--empty-experiment"),
        (seed_data.OTHER_EXPERIMENT, "--other-experiment"),
    ):
        place = next(n for n, line in enumerate(lines) if line.endswith(f"{uuid}.jsonl"))
        assert option in lines[place + 1]
        assert f"{option} {uuid}" in lines[-1]


# What a whole run leaves behind -----------------------------------------------------------------------------------


def test_a_result_and_a_badge_of_a_whole_run_only(right: str, options: MakeOptions, tmp_path: Path) -> None:
    data = as_data(judge(options(right, seed=7)))
    write_reports(data, tmp_path)
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert (result["result"], result["seed"], result["contract"]) == ("conformant", 7, data["versions"]["contract"])
    assert result["command"].startswith(f"parea-conformance {right} --experiment {seed_data.EXPERIMENT} --seed 7")
    badge = ET.fromstring((tmp_path / "badge.svg").read_text(encoding="utf-8"))  # noqa: S314 - our own
    title = badge.findtext("{*}title") or ""
    assert all(part in title for part in (result["contract"], result["suite"], "seed 7", "conformant but for 1"))
    for given in ({"classes": ("core",)}, {"only": ("auth.first",)}, {"dry_run": True}, {"max_requests": 5000}):
        assert as_result(as_data(judge(options(right, **given)))) is None
    write_reports({**data, "run": {**data["run"], "partial": True}}, tmp_path)
    assert not (tmp_path / "result.json").exists()
    assert not (tmp_path / "badge.svg").exists()
    assert "not conformant" in as_badge({**result, "result": "not conformant"})


def test_the_timeline_covers_the_run(right: str, options: MakeOptions) -> None:
    report = judge(options(right))
    stages = [span.stage for span in report.timeline]
    assert stages == [
        "preflight", "trial", "meaning", "laws", "drawn", "cases", "bodies", "neighbours", "fuzz", "repeat", "confirm",
    ]  # fmt: skip
    assert sum(span.requests for span in report.timeline) == report.requests
    assert sum(span.seconds for span in report.timeline) <= report.seconds
