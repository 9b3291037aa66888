"""Requests one after another on several connections at a time: lines, and the walk over kinds along them."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from faults import lab
from parea_conformance.contract import Contract
from parea_conformance.engine import judge
from parea_conformance.http.client import BudgetSpentError, Client, Exchange, ServerGoneError
from parea_conformance.http.in_process import InProcess
from parea_conformance.http.request import Request
from parea_conformance.ledger import Verdict
from parea_conformance.options import Options
from parea_conformance.probes.kinds import Kind, lines
from parea_conformance.stages.walk import walked_along
from parea_target.server import running
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

pytestmark = pytest.mark.slow

MakeOptions = Callable[..., Options]
LINES = [[Request(f"/{line}-{place}") for place in range(4)] for line in range(5)]
STAGES = ("cases", "bodies", "neighbours", "fuzz", "laws", "drawn", "operations", "classes")


async def _ports(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(0.05)  # so long that each line has begun
    await JSONResponse(scope["client"][1])(scope, receive, send)


def _client(contract: Contract, options: Options, width: int = 8) -> tuple[Client, list[Exchange]]:
    client, told = Client(contract, options), list[Exchange]()
    client.width = width
    client.observers.append(told.append)
    return client, told


def test_each_line_has_a_connection_of_its_own(contract: Contract, options: MakeOptions) -> None:
    with running(_ports) as base_url:
        client, told = _client(contract, options(base_url))
        found = client.send_lines(LINES)
        client.close()
    assert [[exchange.request for exchange in line] for line in found] == LINES
    assert [exchange.request for exchange in told] == [request for line in LINES for request in line]
    ports = [{exchange.body for exchange in line} for line in found]
    assert [len(each) for each in ports] == [1] * len(LINES)
    assert len(set().union(*ports)) == len(LINES)
    for line, exchanges in zip(LINES, found, strict=True):
        before = [None if exchange.before is None else exchange.before[0] for exchange in exchanges]
        assert before == [None, *line[:-1]]


@pytest.mark.parametrize("most", [0, 7, 19])
def test_a_budget_that_ends_among_lines_is_spent_whole(contract: Contract, options: MakeOptions, most: int) -> None:
    with running(_ports) as base_url:
        client, told = _client(contract, options(base_url, max_requests=most))
        with pytest.raises(BudgetSpentError):
            client.send_lines(LINES)
        client.close()
    assert len(told) == client.sent == most


def test_a_server_that_answers_nothing_is_gone_after_a_few_of_each_line(
    contract: Contract, options: MakeOptions
) -> None:
    async def silent(*_: object) -> None:
        await asyncio.sleep(60)

    long = [[Request(f"/{line}-{place}") for place in range(40)] for line in range(3)]
    with InProcess(silent) as transport:
        client = Client(contract, options("http://in-process.invalid", timeout=0.05), transport)
        client.width = 8
        with pytest.raises(ServerGoneError):
            client.send_lines(long)
        assert client.sent <= 3 * 5 + 1
        client.close()


def test_what_a_silent_line_left_out_is_asked_alone(contract: Contract, options: MakeOptions) -> None:
    async def choosy(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith("/1-"):
            await asyncio.sleep(60)
        await JSONResponse([])(scope, receive, send)

    with InProcess(choosy) as transport:
        client = Client(contract, options("http://in-process.invalid", timeout=0.05), transport)
        client.width = 8
        asked = [[Request(f"/{line}-{place}") for place in range(8)] for line in range(3)]
        found = client.send_lines(asked)
        client.close()
    assert [[exchange.request for exchange in line] for line in found] == asked
    assert [[exchange.status for exchange in line] for line in found] == [[200] * 8, [0] * 8, [200] * 8]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 50])
def test_parts_of_a_walk_have_each_pair_once(step: int) -> None:
    walk = list(range(20))
    pairs = [pair for part in lines(walk, step) for pair in itertools.pairwise(part)]
    assert pairs == list(itertools.pairwise(walk))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 7, 8, 19])
def test_the_lines_of_the_walk_have_each_pair_once(number: int) -> None:
    statuses = (200, 401, 404, 422)
    kinds = [Kind(str(place), Request(f"/{place}"), statuses[place % 4], "") for place in range(number)]
    walk = walked_along(kinds)
    pairs = Counter(pair for line in walk for pair in itertools.pairwise(line))
    assert pairs == Counter(itertools.product(kinds, repeat=2))
    assert len(walk) <= 17
    # The last is walked alone, and has each status after each other.
    alone = {(one.status, other.status) for one, other in itertools.pairwise(walk[-1])}
    assert alone >= set(itertools.product({kind.status for kind in kinds}, repeat=2))


def _crowded(app: ASGIApp) -> ASGIApp:
    """The target, that takes GET for an unknown path while it answers another request."""
    open_ = 0

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal open_
        open_ += 1
        await asyncio.sleep(0.002)
        path = "/nowhere" if scope["method"] == "GET" and open_ > 1 else scope["path"]
        await app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
        open_ -= 1

    return serve


def test_what_is_amiss_only_among_many_lines_is_accused_as_that() -> None:
    keys = lab.tenants()
    asked = replace(lab.options("http://in-process.invalid", keys), without=STAGES, fail_fast=True)
    with lab.application(lab.RIGHT, keys) as app, InProcess(_crowded(app)) as transport:
        report = judge(asked, transport=transport)
    [entry] = [entry for entry in report.entries if entry.verdict is Verdict.FAIL]
    assert entry.requirement.id == "robust.concurrency"
    assert "GET: answered otherwise after" in entry.failures[0].summary
    assert "while other connections asked as well" in entry.failures[0].summary
    assert "\n" in entry.failures[0].curl
