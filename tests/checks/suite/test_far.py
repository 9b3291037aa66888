"""Several requests at a time: the same verdicts, order and bounds; and answers that are read as they come."""

import asyncio
import itertools
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from checks.suite.support import keyless
from parea_conformance.contract import Contract
from parea_conformance.engine import Report, judge
from parea_conformance.http import exchange as exchange_module
from parea_conformance.http.client import BudgetSpentError, Client, Exchange
from parea_conformance.http.in_process import InProcess
from parea_conformance.http.json_text import TooDeepError
from parea_conformance.http.request import Request
from parea_conformance.ledger import Verdict
from parea_conformance.logs import elements as elements_module
from parea_conformance.logs import seed_data
from parea_conformance.logs.elements import Elements, TooLongError
from parea_conformance.logs.known import KnownLogs
from parea_conformance.options import Options
from parea_conformance.probes import made_up
from parea_conformance.report import as_data
from parea_conformance.stages import meaning
from starlette.requests import Request as Received
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

pytestmark = pytest.mark.slow

MakeOptions = Callable[..., Options]


def _judged(app: ASGIApp, options: MakeOptions, **given: object) -> Report:
    with InProcess(app) as transport:
        return judge(options("http://in-process.invalid", **given), transport=transport)


def _comparable(report: Report) -> dict[str, Any]:
    """A report without its times."""
    data = as_data(report)
    data["verdict"] = data["verdict"].rpartition(", ")[0]
    del data["made"], data["run"]["seconds"]
    data["run"]["timeline"] = [(span["stage"], span["requests"]) for span in data["run"]["timeline"]]
    return data


def _shared(app: ASGIApp) -> ASGIApp:
    """The application, whose requests under way get the answer of the last that came."""
    current: list[bytes] = []

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        current[:] = [await Received(scope, receive).body()]
        await asyncio.sleep(0.004)  # long enough for others to come meanwhile, however busy the machine is
        body = current[0]
        headers = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
        length = (b"content-length", str(len(body)).encode())
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> Message:
            return given.pop() if given else await receive()

        await app({**scope, "headers": [*headers, length]}, again, send)

    return serve


@pytest.mark.xdist_group("far")
@pytest.mark.parametrize("wrong", [lambda app: app, keyless, _shared], ids=["right", "keyless", "shared"])
def test_reports_are_the_same_for_any_number_at_a_time(
    target: ASGIApp, options: MakeOptions, wrong: Callable[[ASGIApp], ASGIApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The slowest filter is asked again where it took long, which a machine that does other things as well decides.
    monkeypatch.setattr(meaning, "_SLOW", 1e9)
    one, many = (_judged(wrong(target), options, concurrency=number) for number in (1, 8))
    if wrong is _shared:
        # Which answers are mixed up in a crowd, and so what they prove, is chance; that some are is not.
        first, second = ([(entry.requirement.id, entry.verdict) for entry in each.entries] for each in (one, many))
        assert first == second
        assert "one request at a time: the server mixes up answers" in many.notes[0]
        failed = [entry.requirement.id for entry in many.entries if entry.verdict is Verdict.FAIL]
        assert failed == ["robust.concurrency"]
    else:
        assert _comparable(one) == _comparable(many)
        assert many.notes == ()


class Counting:
    """Answers `[]` after a while that grows shorter, and counts how many requests are under way."""

    def __init__(self, status: Callable[[int], int] = lambda _number: 200) -> None:
        self.most = self._open = 0
        self._numbers = itertools.count()
        self._status = status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        number = next(self._numbers)
        self._open += 1
        self.most = max(self.most, self._open)
        await asyncio.sleep(0.1 / (1 + number % 5))  # so long that all are under way on a busy machine as well
        self._open -= 1
        status = self._status(number)
        await JSONResponse([number], status, {"retry-after": "0"} if status == 429 else {})(scope, receive, send)


def _sent(contract: Contract, options: Options, app: ASGIApp, number: int) -> tuple[list[int], list[int], str, int]:
    """What was sent by the number of its path: as it was given, as observers were told; the error, and the count."""
    with InProcess(app) as transport:
        client = Client(contract, options, transport)
        client.width = 8
        told: list[Exchange] = []
        client.observers.append(told.append)
        given: list[int] = []
        error = ""
        try:
            exchanges = client.send_all(Request(f"/{place}") for place in range(number))
            given.extend(int(each.request.path[1:]) for each in exchanges)
        except BudgetSpentError as spent:
            error = str(spent)
        client.close()
        return given, [int(each.request.path[1:]) for each in told], error, client.sent


def test_exchanges_come_in_the_order_of_the_requests(contract: Contract, options: MakeOptions) -> None:
    app = Counting()
    given, told, _, sent = _sent(contract, options("http://x.invalid"), app, 50)
    assert given == told == list(range(50))
    assert sent == 50
    assert 1 < app.most <= 8  # a machine that does other things as well may never have all of them under way


def test_a_budget_is_exact_and_what_was_sent_is_given(contract: Contract, options: MakeOptions) -> None:
    given, told, error, sent = _sent(contract, options("http://x.invalid", max_requests=21), Counting(), 50)
    assert given == told == list(range(21))
    assert (error, sent) == ("the budget of 21 requests was spent", 21)


def test_who_asks_to_be_left_alone_is_asked_one_at_a_time(contract: Contract, options: MakeOptions) -> None:
    app = Counting(lambda number: 429 if number in (20, 21, 22) else 200)
    given, told, _, sent = _sent(contract, options("http://x.invalid"), app, 60)
    assert given == list(range(60))
    assert sent == len(told) == 63


# Answers that are read as they come -------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is long, as little as a test can send."""
    monkeypatch.setattr(exchange_module, "WHOLE", 2000)
    monkeypatch.setattr(elements_module, "_WINDOW", 700)
    monkeypatch.setattr(elements_module, "_LARGEST", 20_000)


@pytest.mark.usefixtures("small")
def test_a_long_answer_is_judged_as_a_short_one(target: ASGIApp, options: MakeOptions, contract: Contract) -> None:
    long = _judged(target, options)
    assert long.status == 0
    assert long.logs == len(seed_data.logs(contract))


def _texts() -> list[str]:
    tricky = ['},{"a":[{},{}]}', "\\", '"', "}\n,\t{", "🦊", "\ud800", "[[", "]]"]
    logs = [{"trace_id": f"{place}", "in": text, "list": [{"x": text}, {"y": [text]}]} for place, text in
            enumerate(tricky * 20)]  # fmt: skip
    return [
        json.dumps(logs),
        json.dumps(logs, indent=1),
        " \n" + json.dumps([log for log in logs if "\ud800" not in log["in"]], ensure_ascii=False) + "\n ",
        json.dumps([1, "a", None, [], {}] * 300),
        "[]",
        " [ ] ",
    ]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("text", _texts())
@pytest.mark.parametrize("seed", range(3))
def test_elements_of_pieces_are_those_of_the_whole(text: str, seed: int) -> None:
    body, draw = text.encode(), random.Random(seed)  # noqa: S311 - where a text is cut
    reader, place = Elements(), 0
    found: list[Any] = []
    while place < len(body):
        size = draw.randrange(1, 400)
        found += reader.feed(body[place : place + size])
        place += size
    found += reader.close()
    values = [
        json.loads(bytes(each)) if not isinstance(each, dict | list | str | int | None) else each for each in found
    ]
    assert values == json.loads(text)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"detail": "x"}' + " " * 3000, TypeError),
        ("[" + "[" * 30_000, TooDeepError),
        ('["' + "x" * 50_000, TooLongError),
        ("[{}," + "x" * 50_000, ValueError),
        ("[{},{}" * 300, ValueError),
        ("[" + "{}," * 900 + "{}] x", ValueError),
    ],
)
def test_what_is_no_array_in_pieces(text: str, error: type[Exception]) -> None:
    def read() -> None:
        reader = Elements()
        for place in range(0, len(text), 500):
            list(reader.feed(text[place : place + 500].encode()))
        list(reader.close())

    with pytest.raises(error):
        read()


def test_of_many_faults_the_first_are_told(contract: Contract) -> None:
    _, faults = KnownLogs(contract).read(json.dumps([{"no": "log"}] * 500).encode())
    assert len(faults) == 101
    assert faults[-1] == "400 more logs of the answer break the schema"


def test_what_will_be_read_is_said_before(options: MakeOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parea_conformance.run._MUCH", 10_000.0)
    logs = [{"trace_id": f"{n:03}", "start_timestamp": "2024-01-01T00:00:00Z", "output": f"x{n}"} for n in range(40)]
    said: list[str] = []

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(json.dumps(logs), media_type="application/json")(scope, receive, send)

    with InProcess(serve) as transport:
        report = judge(options("http://x.invalid", dry_run=True), transport=transport, notify=said.append)
    assert said == list(report.notes)
    assert said[0].startswith("the 40 logs are 0.0 GB; the answers to the planned filters will be about ")


# Bodies that are made up ------------------------------------------------------------------------------------------


def test_bodies_are_made_once_and_the_same(contract: Contract, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def made() -> made_up.MadeUp:
        monkeypatch.setattr(made_up, "_remembered", {})
        with made_up.making(contract, 5, 77) as making:
            return making.bodies()

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    first = made()
    [file] = (tmp_path / "parea-conformance").iterdir()
    with monkeypatch.context() as without:
        without.setattr(made_up, "_MAKER", "no_such_module")
        assert made() == first
    file.write_text("[1]", encoding="ascii")  # cut off by whatever: made anew
    assert made() == first
    assert first.valid
    assert first.mutated
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    monkeypatch.setattr(made_up, "_MAKER", "no_such_module")
    with pytest.raises(made_up.MakingFailedError, match="no_such_module"):
        made()
