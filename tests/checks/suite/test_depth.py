"""However deep an answer is nested, the suite judges it or says that it cannot; it never fails itself."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from faults.in_process import InProcess
from parea_conformance.contract import Contract
from parea_conformance.engine import judge
from parea_conformance.http.json_text import TooDeepError, parse
from parea_conformance.ledger import Verdict
from parea_conformance.logs.sampling import SAMPLE, Sampler
from parea_conformance.options import Options
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

LOG = '{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00Z","inputs":{"k":%s}}'


def _nested(depth: int) -> str:
    return LOG % ("[" * depth + "]" * depth)


def _tree(depth: int) -> str:
    log = '{"trace_id":"%s","start_timestamp":"2024-01-01T00:00:00Z","children_logs":[' * depth
    return log % tuple(range(depth)) + "]}" * depth


def _serving(log: str, error: str) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        told = request.headers.get("x-api-key") == "a-long-enough-key"
        body, status = (f"[{log}]", 200) if told else (error, 401)
        await Response(body, status, media_type="application/json")(scope, receive, send)

    return serve


@pytest.mark.parametrize("depth", [100, 400, 1100, 100_000])
@pytest.mark.parametrize("log", [_nested, _tree])
def test_an_answer_of_any_depth(options: Callable[..., Options], log: Callable[[int], str], depth: int) -> None:
    asked = options("http://deep.invalid", api_key="a-long-enough-key", experiment="e", classes=("core",), fuzz=1)
    with InProcess(_serving(log(depth), '{"detail": %s}' % ("[" * depth + "]" * depth))) as transport:
        report = judge(asked, transport=transport)
    assert report.status != 0
    by_id = {entry.requirement.id: entry for entry in report.entries}
    if depth <= 400:
        assert not report.cause
        assert by_id["response.schema"].verdict is Verdict.PASS
    elif depth >= 1100:
        assert by_id["response.schema"].verdict is Verdict.FAIL
        assert any("nested too deep" in cause for cause in by_id["response.schema"].causes)


def test_many_deep_logs_are_sampled(contract: Contract) -> None:
    sampler = Sampler(0, contract.kinds)
    for number in range(SAMPLE + 1):
        sampler.visit({**json.loads(_nested(900)), "trace_id": f"{number:03}"})
    assert len(sampler.logs()) == SAMPLE


def test_a_deep_error_is_accused_of_its_schema(contract: Contract) -> None:
    body: Any = json.loads("[" * 400 + "]" * 400)
    assert "nested too deep" in (contract.fault_of_error(404, {"detail": body}) or "")


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        ("[" * 1001 + "]" * 1001, True),
        ('{"a":' * 1001 + "1" + "}" * 1001, True),
        ("[" + "[]," * 2000 + "[]]", False),
        ('["' + "[" * 2000 + '\\"' + "[" * 9 + '"]', False),
    ],
)
def test_depth_is_counted_outside_of_strings(text: str, deep: bool) -> None:
    if deep:
        with pytest.raises(TooDeepError):
            parse(text.encode())
    else:
        assert parse(text.encode())
