"""Budget, rate, dry run, known failures, the other tenant: what a run can be asked for."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from checks.suite.support import KEY, OTHER_KEY, keyless
from parea_conformance.contract import Contract
from parea_conformance.engine import judge
from parea_conformance.http.client import BudgetSpentError, Client
from parea_conformance.ledger import Verdict
from parea_conformance.logs import seed_data
from parea_conformance.options import Options, read_options
from parea_target.server import running
from starlette.types import ASGIApp, Receive, Scope, Send

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("verdicts")]

MakeOptions = Callable[..., Options]


@pytest.fixture(scope="module")
def right(target: ASGIApp) -> Iterator[str]:
    with running(target) as base_url:
        yield base_url


@pytest.mark.parametrize("most", [1, 3, 40, 700])
def test_a_budget_is_kept_and_what_it_does_not_reach_is_undecided(right: str, options: MakeOptions, most: int) -> None:
    report = judge(options(right, max_requests=most))
    assert report.requests <= most
    assert report.status == 2
    assert not report.count(Verdict.FAIL)
    assert report.count(Verdict.UNDECIDED) or report.cause
    assert report.cause or not report.count(Verdict.ERROR)
    planned = [entry for entry in report.entries if entry.requirement.id.startswith(("filter.", "field.", "http."))]
    undecided = [entry for entry in planned if entry.verdict is Verdict.UNDECIDED]
    assert all(any("budget" in cause for cause in entry.causes) for entry in undecided)


def test_a_spent_budget_still_finds_what_it_reached(target: ASGIApp, options: MakeOptions) -> None:
    async def ignoring(scope: Scope, receive: Receive, send: Send) -> None:
        async def unfiltered() -> dict[str, object]:
            await receive()
            return {"type": "http.request", "body": b"{}", "more_body": False}

        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        await target({**scope, "headers": headers}, unfiltered, send)

    with running(ignoring) as base_url:
        report = judge(options(base_url, max_requests=60))
    assert report.status == 1


def test_the_rate_is_kept(right: str, options: MakeOptions, contract: Contract) -> None:
    client = Client(contract, options(right, rate=50.0))
    start = time.monotonic()
    for _ in range(11):
        client.send(client.request({}))
    client.close()
    assert time.monotonic() - start >= 10 / 50


def test_the_budget_of_a_wire(right: str, options: MakeOptions, contract: Contract) -> None:
    client = Client(contract, options(right, max_requests=2))
    assert [client.send(client.request({})).status for _ in range(2)] == [200, 200]
    with pytest.raises(BudgetSpentError, match="2 requests"):
        client.send(client.request({}))
    client.close()


def test_a_dry_run_sends_little_says_what_it_would_send_and_is_no_pass(right: str, options: MakeOptions) -> None:
    everything = {
        "other_experiment": seed_data.OTHER_EXPERIMENT,
        "other_api_key": OTHER_KEY,
        "empty_experiment": seed_data.EMPTY_EXPERIMENT,
    }
    report = judge(options(right, dry_run=True, **everything))
    full = judge(options(right, **everything))
    assert report.requests <= 3
    assert report.status == 2
    assert not report.count(Verdict.PASS)
    planned = sum(report.outline.values())
    assert planned <= full.requests <= planned * 1.3
    assert planned <= 3000
    # Some 200 tell rivals apart (test_catalogue bounds them), the others cover classes of operands, members and names.
    assert 100 < len({filter_ for filters in report.filters.values() for filter_ in filters}) <= 1100
    assert full.requests <= 3000


def test_the_other_tenant_is_judged_from_both_sides(right: str, options: MakeOptions) -> None:
    def verdict(**given: object) -> tuple[Verdict, int]:
        report = judge(options(right, classes=("robustness",), **given))
        [entry] = [entry for entry in report.entries if entry.requirement.id == "experiment.other-tenant"]
        return entry.verdict, entry.checks

    assert verdict() == (Verdict.PASS, 1)
    assert verdict(other_api_key=OTHER_KEY) == (Verdict.PASS, 2)
    assert verdict(other_api_key="no-key-of-this-server")[0] is Verdict.ERROR
    assert verdict(other_experiment=None)[0] is Verdict.SKIPPED
    assert verdict(other_experiment=seed_data.EXPERIMENT)[0] is Verdict.FAIL


def test_known_failures_still_run_and_one_that_passes_fails_the_run(target: ASGIApp, options: MakeOptions) -> None:
    known = tuple((name, "a ticket") for name in ("auth.key-missing", "auth.key-wrong"))
    with running(keyless(target)) as base_url:
        none = judge(options(base_url, classes=("core",)))
        all_known = judge(options(base_url, classes=("core",), known_failures=known))
        some = judge(options(base_url, classes=("core",), known_failures=known[:1]))
        stale = judge(options(base_url, classes=("core",), known_failures=(*known, ("error.detail", "mended"))))
    assert [none.status, all_known.status, some.status, stale.status] == [1, 0, 1, 1]
    assert all_known.count(Verdict.FAIL) == 2
    assert [entry.requirement.id for entry in stale.unexpected] == ["error.detail"]


def test_the_file_of_known_failures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_API_KEY", KEY)
    file = tmp_path / "known"
    words = ["http://127.0.0.1:1", "--experiment", "e", "--known-failures", str(file)]
    file.write_text("# ours\nauth.first  judged late, #12\n\nhttp.size a proxy cuts # until May\n", encoding="utf-8")
    options, _ = read_options(words)
    assert options.known_failures == (("auth.first", "judged late, #12"), ("http.size", "a proxy cuts # until May"))
    for wrong in ("no.such a reason", "auth.first", "auth.first   "):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(SystemExit) as exit_:
            read_options(words)
        assert exit_.value.code == 2


def test_keys_are_in_no_representation(options: MakeOptions, contract: Contract) -> None:
    given = options("http://127.0.0.1:1", other_api_key=OTHER_KEY)
    client = Client(contract, given)
    shown = repr(given) + repr(client) + client.wire.curl(client.request({}))
    client.close()
    assert KEY not in shown
    assert OTHER_KEY not in shown


@pytest.mark.parametrize(
    ("given", "complaint"),
    [("project=x", "no path has a parameter 'project'; there are: none"), ("project", "must be NAME=VALUE")],
)
def test_a_parameter_is_one_of_the_contract(capsys: pytest.CaptureFixture[str], given: str, complaint: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        read_options(["http://x.invalid", "--experiment", "e", "--api-key", "k", "--parameter", given])
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--concurency", "4"], "no option is called --concurency; did you mean --concurrency?"),
        (["--api-kee", KEY], "no option is called --api-kee; did you mean --api-key?"),
        ([f"--api-kee={KEY}"], "no option is called --api-kee; did you mean --api-key?"),
        (["--xyzzy"], "no option is called --xyzzy (see --help)"),
        (["more"], "an argument too many"),
        (["--concurrency", "x"], "argument --concurrency: must be a whole number, not 'x'"),
        (["--concurrency", "0"], "argument --concurrency: must be at least 1, not 0"),
        (["--seed", "1.5"], "argument --seed: must be a whole number, not '1.5'"),
        (["--timeout", "abc"], "argument --timeout: must be a number, not 'abc'"),
        (["--timeout", "nan"], "argument --timeout: must be above 0, not nan"),
    ],
)
def test_what_is_mistyped_is_said_in_words_and_without_values(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        read_options(["http://127.0.0.1:9", "--experiment", "e", *words])
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert KEY not in error
    assert error.count("\n") == 1
