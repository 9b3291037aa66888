"""The plugin for pytest: run by pytest, as a project of its own would."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from checks.suite.support import KEY, keyless
from parea_conformance.contract import Contract
from parea_conformance.logs import seed_data
from parea_target.server import running
from starlette.types import ASGIApp

pytest_plugins = ["pytester"]
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("verdicts")]


@pytest.fixture(scope="module")
def wrong(target: ASGIApp) -> Iterator[str]:
    """A server that takes every key."""
    with running(keyless(target)) as base_url:
        yield base_url


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAREA_API_KEY", KEY)


def _arguments(base_url: str) -> list[str]:
    return ["--parea-url", base_url, "--parea-experiment", seed_data.EXPERIMENT, "-p", "no:cacheprovider"]


def test_loading_the_plugin_is_cheap() -> None:
    code = "import parea_pytest.suite, parea_pytest.target, sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    heavy = {"schemathesis", "httpx", "sqlalchemy", "starlette", "jsonschema_rs", "yaml", "rich", "hypothesis"}
    assert heavy & {name.partition(".")[0] for name in json.loads(done.stdout)} == set()


def test_the_command_loads_what_makes_requests_up_only_where_it_is_needed() -> None:
    code = "import parea_conformance.cli, sys; print({'schemathesis', 'hypothesis'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("workers", ["0", "2"])
def test_one_test_for_each_requirement(pytester: pytest.Pytester, wrong: str, contract: Contract, workers: str) -> None:
    result = pytester.runpytest_subprocess(*_arguments(wrong), "--parea-class", "core", "-n", workers, timeout=100)
    core = len(contract.select(["core"]))
    result.assert_outcomes(failed=2, passed=core - 2 + 1)
    result.stdout.fnmatch_lines(["*auth.key-missing*", "*curl -sS -i -X POST*"])
    assert KEY not in result.stdout.str() + result.stderr.str()


def test_tests_can_be_chosen_and_known_failures_are_skipped(pytester: pytest.Pytester, wrong: str) -> None:
    pytester.makeconftest(
        "def pytest_parea_judge(config):\n"
        f"    return {{'base_url': {wrong!r}, 'experiment': {seed_data.EXPERIMENT!r}, 'classes': ['core'],\n"
        "            'known_failures': {'auth.key-missing': 'ticket #12', 'auth.header-case': 'mended'}}\n"
    )
    result = pytester.runpytest_subprocess("-k", "auth", "-rs", "-n", "0", timeout=100)
    outcomes = result.parseoutcomes()
    assert outcomes["skipped"] == 1
    result.stdout.fnmatch_lines(["*a known failure: ticket #12*"])
    assert "passes, but is a known failure: mended" in result.stdout.str()
    assert outcomes["deselected"] > 1


def test_an_application_in_this_process(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        async def app(scope, receive, send):
            await send({"type": "http.response.start", "status": 401, "headers": []})
            await send({"type": "http.response.body", "body": b"{}"})

        def pytest_parea_judge(config):
            return {"app": app, "experiment": "e", "classes": ["core"]}
        """
    )
    result = pytester.runpytest_subprocess("-n", "0", "-k", "run", timeout=100)
    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(["COULD NOT JUDGE: the server refuses the key (401)*"])


def test_what_is_missing_is_said(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--parea-url", "http://127.0.0.1:9", timeout=100)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--parea-url needs --parea-experiment*"])


def test_without_the_option_nothing_is_added(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_a(): pass")
    pytester.runpytest_subprocess("-n", "0", timeout=100).assert_outcomes(passed=1)


def test_the_target_serves_the_logs_of_a_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from parea_trace_logs import Parea, where

        LOGS = [
            {"trace_id": name, "start_timestamp": f"2024-01-0{day}T00:00:00Z", "output": name}
            for day, name in enumerate("abc", 1)
        ]

        def test_mine(parea_target):
            server, other = parea_target(LOGS), parea_target(LOGS[:1])
            assert server.api_key not in repr(server)
            with Parea(api_key=server.api_key, base_url=server.base_url) as p:
                logs = p.get_experiment_trace_logs(server.experiment, where("output") != "b")
                assert [log.trace_id for log in logs] == ["a", "c"]
            with Parea(api_key=other.api_key, base_url=other.base_url) as p:
                assert len(p.get_experiment_trace_logs(other.experiment)) == 1

        def test_logs_that_the_contract_does_not_allow(parea_target):
            with pytest.raises(ValueError, match="start_timestamp"):
                parea_target([{"trace_id": "a"}])
        """
    )
    pytester.runpytest_subprocess("-n", "0", timeout=100).assert_outcomes(passed=2)
