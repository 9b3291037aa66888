"""Exit statuses and verdicts, over real HTTP: a right server, wrong ones, and what cannot be judged."""

import json
import shlex
import socket
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import parea_target
import pytest
from checks.suite.support import KEY, keyless
from parea_conformance import cli
from parea_conformance.contract import Contract
from parea_conformance.engine import Report, judge
from parea_conformance.ledger import Verdict
from parea_conformance.logs import seed_data
from parea_conformance.options import Options
from parea_conformance.report import as_data, as_junit
from parea_target.loader import read_experiments
from parea_target.server import running
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("verdicts")]

MakeOptions = Callable[..., Options]


class Simple:
    """A server that answers any request through one function."""

    def __init__(self, answer: Callable[[Any], Response]) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        await self._answer((request.headers.get("x-api-key"), body))(scope, receive, send)


@pytest.fixture(scope="module")
def logs(contract: Contract) -> list[dict[str, Any]]:
    return seed_data.logs(contract)


@pytest.fixture(scope="module")
def right(target: ASGIApp) -> Iterator[str]:
    with running(target) as base_url:
        yield base_url


@pytest.fixture(scope="module")
def report(right: str, options: MakeOptions) -> Report:
    """The report of the right server."""
    return judge(options(right))


def _failed(report: Report) -> set[str]:
    return {entry.requirement.id for entry in report.entries if entry.verdict is Verdict.FAIL}


def test_the_reference_target_is_conformant_and_nothing_is_vacuous(report: Report) -> None:
    verdicts = {entry.requirement.id: entry.verdict for entry in report.entries}
    assert report.status == 0
    assert {name for name, verdict in verdicts.items() if verdict is not Verdict.PASS} == {"http.rate-limit"}
    assert all(entry.checks for entry in report.entries if entry.verdict is Verdict.PASS)


def test_what_was_accepted_covers_every_operator_and_kind(report: Report, contract: Contract) -> None:
    asked = {entry.requirement.id for entry in report.entries if entry.evidence}
    assert asked >= {name for name in contract.requirements if name.startswith("filter.")}


def test_a_server_that_answers_every_filter_with_all_logs(logs: list[dict[str, Any]], options: MakeOptions) -> None:
    with running(Simple(lambda _asked: JSONResponse(logs))) as base_url:
        report = judge(options(base_url))
    assert report.status == 1
    assert _failed(report) >= {"filter.equals.text", "filter.is_null.number", "filter.exists.map", "auth.key-missing"}


def test_a_server_that_ignores_the_key(target: ASGIApp, options: MakeOptions) -> None:
    with running(keyless(target)) as base_url:
        report = judge(options(base_url))
    assert report.status == 1
    assert _failed(report) == {"auth.key-missing", "auth.key-wrong", "auth.first"}


def test_a_server_that_answers_nothing_to_everything(options: MakeOptions) -> None:
    with running(Simple(lambda _asked: JSONResponse([]))) as base_url:
        report = judge(options(base_url))
    assert report.status == 2
    assert "no logs" in report.cause


@pytest.mark.parametrize(
    ("given", "cause"),
    [({"api_key": "a-wrong-key-of-the-tests"}, "refuses the key"), ({"experiment": "nope"}, "does not exist")],
)
def test_a_wrong_key_and_an_unknown_experiment(
    right: str, options: MakeOptions, given: dict[str, str], cause: str
) -> None:
    report = judge(options(right, **given))
    assert report.status == 2
    assert cause in report.cause
    assert not report.count(Verdict.PASS)
    assert report.requests == 1


def test_a_closed_port(options: MakeOptions) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    report = judge(options(address))
    assert report.status == 2
    assert "unreachable" in report.cause


@pytest.mark.parametrize(
    "answer",
    [
        Response("<html>", media_type="text/html"),
        JSONResponse({"logs": []}),
        JSONResponse([{"no": "log"}]),
        Response("[", media_type="application/json"),
        JSONResponse({"detail": "broken"}, 500),
    ],
)
def test_an_answer_that_is_no_array_of_logs_is_never_a_pass(options: MakeOptions, answer: Response) -> None:
    with running(Simple(lambda _asked: answer)) as base_url:
        report = judge(options(base_url))
    assert report.status == 1
    assert not report.count(Verdict.PASS) or _failed(report)


def test_undecided_is_not_conformant_unless_accepted(options: MakeOptions, tmp_path: Path) -> None:
    (tmp_path / "bare.jsonl").write_text(
        '{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00Z"}\n', encoding="utf-8"
    )
    said = parea_target.load()
    with parea_target.Store(said, read_experiments([tmp_path], said)) as store:
        bare = {"experiment": "bare", "other_experiment": None, "empty_experiment": None}
        with running(parea_target.create_app(store, {KEY: ["bare"]})) as base_url:
            strict = judge(options(base_url, **bare))
            lenient = judge(options(base_url, accept_undecided=True, **bare))
    verdicts = {entry.requirement.id: entry for entry in strict.entries}
    assert (strict.status, lenient.status) == (2, 0)
    assert verdicts["filter.like.map"].verdict is Verdict.UNDECIDED
    assert any("it takes" in cause for cause in verdicts["filter.like.map"].causes)
    assert verdicts["experiment.empty"].verdict is Verdict.SKIPPED


def test_classes_choose_what_is_judged(right: str, options: MakeOptions, contract: Contract) -> None:
    report = judge(options(right, classes=("core",)))
    assert report.status == 0
    assert [entry.requirement.id for entry in report.entries] == list(contract.select(["core"]))


def test_reports_hold_every_requirement_and_no_key(report: Report, contract: Contract) -> None:
    data = as_data(report)
    junit = as_junit(data)
    assert [entry["id"] for entry in data["requirements"]] == list(contract.requirements)
    root = ET.fromstring(junit)  # noqa: S314 - our own report
    assert [case.get("name") for case in root.iter("testcase")] == list(contract.requirements)
    assert (root.get("failures"), root.get("errors"), root.get("skipped")) == ("0", "0", "1")
    assert KEY not in json.dumps(data) + junit + repr(report)


def test_a_failure_can_be_reproduced(logs: list[dict[str, Any]], options: MakeOptions) -> None:
    with running(Simple(lambda asked: JSONResponse(logs if asked[0] == KEY else [], 200))) as base_url:
        report = judge(options(base_url, classes=("semantics",)))
        [entry] = [entry for entry in report.entries if entry.requirement.id == "filter.equals.text"]
        failure = entry.failures[0]
        assert "${PAREA_API_KEY}" in failure.curl
        assert failure.unexpected
        words = shlex.split(failure.curl.replace("${PAREA_API_KEY}", KEY))
        headers = dict(words[place + 1].split(": ") for place, word in enumerate(words) if word == "-H")
        url = next(word for word in words if word.startswith("http"))
        again = httpx.post(url, content=words[words.index("--data-binary") + 1], headers=headers)
    assert set(failure.unexpected) <= {log["trace_id"] for log in again.json()}
    root = ET.fromstring(as_junit(as_data(report)))  # noqa: S314 - our own report
    assert int(root.get("failures", 0)) == len(_failed(report)) == len(root.findall(".//failure"))


def test_the_command_writes_reports_and_tells_by_its_status(
    right: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PAREA_API_KEY", KEY)
    arguments = [
        right + "/api/parea/v1",
        "--experiment",
        seed_data.EXPERIMENT,
        "--class",
        "core",
        "--report-dir",
        str(tmp_path),
    ]
    assert cli.main(arguments) == 0
    printed = capsys.readouterr().out
    assert "CONFORMANT" in printed
    assert KEY not in printed
    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert data["status"] == 0
    assert data["counts"]["pass"] == len(data["requirements"])
    assert (tmp_path / "junit.xml").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["http://127.0.0.1:1"],
        ["127.0.0.1:1", "--experiment", "e"],
        ["ftp://127.0.0.1:1", "--experiment", "e"],
        ["http://127.0.0.1:1", "--experiment", "e", "--class", "all"],
        ["http://127.0.0.1:1", "--experiment", "e", "--timeout", "0"],
        ["http://127.0.0.1:1", "--experiment", "e", "--seed", "x"],
    ],
)
def test_bad_arguments_end_with_2(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_API_KEY", KEY)
    with pytest.raises(SystemExit) as exit_:
        cli.main(arguments)
    assert exit_.value.code == 2


def test_without_a_key_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAREA_API_KEY", raising=False)
    with pytest.raises(SystemExit) as exit_:
        cli.main(["http://127.0.0.1:1", "--experiment", "e"])
    assert exit_.value.code == 2
