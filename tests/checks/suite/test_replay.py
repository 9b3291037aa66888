"""Recordings: what they keep, that a replay gives the same verdicts, and that `--send` sends what failed alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from checks.suite.support import KEY, keyless
from parea_conformance import Report, cli, judge
from parea_conformance.contract import Contract
from parea_conformance.ledger import Verdict
from parea_conformance.logs import seed_data
from parea_target.server import running
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("verdicts")]
WHERE: dict[str, Any] = {"experiment": seed_data.EXPERIMENT, "other_experiment": seed_data.OTHER_EXPERIMENT,
         "empty_experiment": seed_data.EMPTY_EXPERIMENT}  # fmt: skip


def telling(target: ASGIApp) -> ASGIApp:
    """The target, but it takes any key, and an unknown experiment is answered with the key."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if "no-such-experiment" in scope["path"]:
            await JSONResponse({"detail": f"no experiment for {KEY}"}, 404)(scope, receive, send)
            return
        await keyless(target)(scope, receive, send)

    return serve


@pytest.fixture(scope="module")
def recorded(target: ASGIApp, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Report]]:
    """A recording of a wrong server, and the report of that run."""
    file = tmp_path_factory.mktemp("recording") / "run.har"
    with running(telling(target)) as base_url:
        yield file, judge(base_url, api_key=KEY, record=file, **WHERE)


def _verdicts(data: dict[str, list[dict[str, object]]]) -> dict[object, object]:
    return {entry["id"]: (entry["verdict"], entry["causes"], entry["checks"]) for entry in data["requirements"]}


def test_a_replay_gives_the_same_verdicts_and_failures(recorded: tuple[Path, Report], tmp_path: Path) -> None:
    file, report = recorded
    assert cli.main(["replay", str(file), "--report-dir", str(tmp_path)]) == report.status == 1
    again = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    then = {entry.requirement.id: (entry.verdict.value, entry.causes, entry.checks) for entry in report.entries}
    assert _verdicts(again) == then
    assert then["robust.no-leak"][0] == "fail"


def test_a_recording_is_har_and_holds_no_key(recorded: tuple[Path, Report]) -> None:
    file, report = recorded
    text = file.read_text(encoding="ascii")
    log = json.loads(text)["log"]
    assert log["version"] == "1.2"
    assert len(log["entries"]) == report.requests
    assert all({"request", "response", "startedDateTime", "time", "cache", "timings"} <= {*e} for e in log["entries"])
    assert KEY not in text
    assert "no experiment for redacted-PAREA_API_KEY" in text


def test_what_failed_is_sent_and_nothing_else(
    recorded: tuple[Path, Report], target: ASGIApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, report = recorded
    monkeypatch.setenv("PAREA_API_KEY", KEY)
    sent: list[str] = []

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        sent.append(scope["path"])
        await target(scope, receive, send)

    with running(counting) as base_url:
        status = cli.main(["replay", str(file), "--send", "--base-url", base_url, "--report-dir", str(tmp_path)])
    verdicts = _verdicts(json.loads((tmp_path / "report.json").read_text(encoding="utf-8")))
    assert 0 < len(sent) < report.requests / 10
    assert status == 0, {name: told for name, told in verdicts.items() if told[0] not in ("pass", "skipped")}  # type: ignore[index]
    assert report.count(Verdict.FAIL) > 3


def test_a_recording_that_lacks_a_request_is_an_error(
    recorded: tuple[Path, Report], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = json.loads(recorded[0].read_text(encoding="utf-8"))
    del held["log"]["entries"][200:]
    file = tmp_path / "cut.har"
    file.write_text(json.dumps(held), encoding="utf-8")
    assert cli.main(["replay", str(file)]) == 2
    assert "the recording holds no answer to POST" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{}", '{"log": {"entries": []}}', "[]"])
def test_what_is_no_recording(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.har"
    file.write_text(text, encoding="utf-8")
    assert cli.main(["replay", str(file)]) == 2
    assert "not a recording of this suite" in capsys.readouterr().err


def test_sending_needs_a_key(
    recorded: tuple[Path, Report], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PAREA_API_KEY", raising=False)
    assert cli.main(["replay", str(recorded[0]), "--send"]) == 2
    assert "PAREA_API_KEY" in capsys.readouterr().err


# From Python ------------------------------------------------------------------------------------------------------


def test_an_application_is_judged_without_a_port(target: ASGIApp, contract: Contract) -> None:
    report = judge(app=target, api_key=KEY, **WHERE)
    assert report.status == 0
    assert [entry.requirement.id for entry in report.entries] == list(contract.requirements)
    assert KEY not in repr(report)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "either base_url or app"),
        ({"base_url": "http://h", "app": lambda: None}, "either base_url or app"),
        ({"base_url": "http://h", "api_key": ""}, "API key"),
        ({"base_url": "http://h", "classes": ["cor"]}, "no class is called 'cor'"),
        ({"base_url": "http://h", "only": ["auth.frist"]}, "no requirement is called 'auth.frist'"),
        ({"base_url": "http://h", "known_failures": {"x": "y"}}, "no requirement is called 'x'"),
    ],
)
def test_wrong_arguments(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        judge(**{"experiment": "e", "api_key": KEY, **given})  # type: ignore[arg-type]
