"""`action.yml` and what it shows: its shell parts run here as the runner runs them."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from checks.suite.support import KEY, keyless
from parea_conformance.logs import seed_data
from parea_conformance.report.github import annotations, main, summary
from parea_target.server import running
from starlette.types import ASGIApp

ROOT = Path(__file__).resolve().parents[3]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "run" in step}
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("verdicts")]

Play = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Run a step of the action by name, with inputs as the environment that the step makes of them."""
    (tmp_path / "parea").symlink_to(sys.prefix)

    def run(step: str, **environment: str) -> subprocess.CompletedProcess[str]:
        unset = dict.fromkeys(STEPS[step].get("env", ()), "")
        files = {name: str(tmp_path / name) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        return subprocess.run(  # noqa: S603 - our own action
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[step]["run"]],  # noqa: S607
            env={**os.environ, **unset, **files, "RUNNER_TEMP": str(tmp_path), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture(scope="module")
def servers(target: ASGIApp) -> Iterator[dict[str, str]]:
    """A right server, and one that takes every key."""
    with running(target) as right, running(keyless(target)) as wrong:
        yield {"right": right, "wrong": wrong}


@pytest.mark.parametrize(("server", "status"), [("right", 0), ("wrong", 1), ("none", 2)])
def test_the_action(play: Play, servers: dict[str, str], tmp_path: Path, server: str, status: int) -> None:
    judged = play(
        "Judge",
        BASE_URL=servers.get(server, "http://127.0.0.1:9"),
        EXPERIMENT=seed_data.EXPERIMENT,
        EMPTY_EXPERIMENT=seed_data.EMPTY_EXPERIMENT,
        PAREA_API_KEY=KEY,
        CLASSES="core robustness",
        ARGUMENTS="--seed 3 --rate '100000'",
    )
    assert judged.returncode == 0, judged.stderr
    assert (tmp_path / "GITHUB_OUTPUT").read_text(encoding="utf-8") == f"status={status}\n"
    first, *_, last = judged.stdout.splitlines()
    assert first.startswith("::stop-commands::")
    assert last == f"::{first.removeprefix('::stop-commands::')}::"
    report = json.loads((tmp_path / "parea-report" / "report.json").read_text(encoding="utf-8"))
    assert (report["run"]["classes"], report["run"]["seed"]) == (["core", "robustness"], 3)

    shown = play("Summary and annotations")
    assert shown.returncode == 0, shown.stderr
    errors = [line for line in shown.stdout.splitlines() if line.startswith("::error")]
    assert bool(errors) is bool(status)
    assert ("fail%3A auth.key-missing" in shown.stdout) is (server == "wrong")
    assert report["verdict"].split(" (")[0] in (tmp_path / "GITHUB_STEP_SUMMARY").read_text(encoding="utf-8")
    assert play("Verdict", STATUS=str(status)).returncode == status
    assert KEY not in judged.stdout + judged.stderr + shown.stdout + json.dumps(report)


def test_bad_arguments_are_no_verdict(play: Play, tmp_path: Path) -> None:
    judged = play("Judge", BASE_URL="nowhere", EXPERIMENT="e", PAREA_API_KEY=KEY)
    assert judged.returncode == 0
    assert (tmp_path / "GITHUB_OUTPUT").read_text(encoding="utf-8") == "status=2\n"
    assert "::error title=could not judge::" in play("Summary and annotations").stdout


def _entry(**members: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": "a.b",
        "text": "It must.",
        "verdict": "pass",
        "known_failure": None,
        "causes": [],
        "failures": [],
    }
    return {**plain, **members}


def _report(*entries: dict[str, Any], cause: str = "") -> dict[str, Any]:
    return {
        "verdict": "NOT CONFORMANT",
        "cause": cause,
        "counts": {"fail": len(entries), "pass": 0},
        "versions": {"suite": "1"},
        "run": {"base_url": "http://h", "seed": 0},
        "requirements": list(entries),
    }


FAILURE = {"summary": "50% | <b>\n::error::forged"}


@pytest.mark.parametrize(
    ("entry", "level"),
    [
        (_entry(), None),
        (_entry(verdict="skipped"), None),
        (_entry(verdict="fail", failures=[FAILURE]), "error"),
        (_entry(verdict="fail", failures=[FAILURE], known_failure="soon"), "notice"),
        (_entry(known_failure="soon"), "error"),
        (_entry(verdict="undecided", causes=["no log"]), "warning"),
        (_entry(verdict="error", causes=["down"]), "error"),
    ],
)
def test_each_verdict_has_its_level(entry: dict[str, Any], level: str | None) -> None:
    found = list(annotations(_report(entry)))
    assert [line.split(" ")[0] for line in found] == ([f"::{level}"] if level else [])
    assert ("a.b" in summary(_report(entry))) is (level is not None)


def test_what_a_server_says_stays_data() -> None:
    report = _report(_entry(verdict="fail", failures=[FAILURE]))
    assert list(annotations(report)) == ["::error title=fail%3A a.b::It must. 50%25 | <b>%0A::error::forged"]
    row = summary(report).splitlines()[-1]
    assert row == "| fail | <code>a.b</code> | <code>50% &#124; &lt;b&gt;&#10;::error::forged</code> |"


def test_a_run_that_could_not_judge_is_one_annotation() -> None:
    report = _report(_entry(verdict="error", causes=["down"]), cause="down")
    assert list(annotations(report)) == ["::error title=could not judge::down"]
    assert "| verdict |" not in summary(report)


def test_long_tables_say_what_they_leave_out() -> None:
    report = _report(*(_entry(id=f"a.{n}", verdict="undecided", causes=["no log"]) for n in range(60)))
    assert "and 10 more" in summary(report)


def test_no_report_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.json")]) == 2
    assert "none.json" in capsys.readouterr().err
