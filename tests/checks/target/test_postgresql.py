"""On a real PostgreSQL: the suite's verdict, a server that dies and comes back, queries that are stopped, indexes."""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from checks.target.asking import judged, plan, selected, statement
from checks.target.conftest import KEY, PATH
from faults.lab import DATA
from parea_target import RootLog, Store, create_app
from parea_target.filters import Filter
from parea_target.loader import read_experiments
from parea_target.messages import in_our_words
from parea_target.server import running
from parea_target.store import load
from parea_target.workers import DatabaseDownError, StoppedError
from sqlalchemy import Text, cast, func

if TYPE_CHECKING:
    from checks.target.postgresql import Server

pytestmark = pytest.mark.slow

MANY = 5_000

DOWN = '{"detail": "The database does not answer."}'

# Instants half a second before and after those of log 77: of its begin and its end.
BEFORE = ("2024-04-15T00:01:16.5Z", "2024-04-16T00:01:16.5Z")
AFTER = ("2024-04-15T00:01:17.5Z", "2024-04-16T00:01:17.5Z")

# Sought by it: many statements use that index for its order alone.
BY_ORDER = r"log_order.*AND \(*member_start_timestamp"


def fill(contract: Any, url: str, experiments: Any) -> None:
    for _ in load(contract, url, experiments):
        pass


def instants(index: int) -> dict[str, str]:
    """When a log begins and ends: each a second after the one before it."""
    begin = datetime(2024, 4, 15, tzinfo=UTC) + timedelta(seconds=index)
    return {"start_timestamp": begin.isoformat(), "end_timestamp": (begin + timedelta(days=1)).isoformat()}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def many(
    request: pytest.FixtureRequest, contract: Any, make_log: Callable[..., Any], tmp_path_factory: Any
) -> Iterator[Store]:
    """Many logs that differ in every kind of value."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('many')}/logs.db"
    else:
        url = request.getfixturevalue("postgresql").new_database()
    logs = (
        make_log(
            f"{index:05}",
            output=f"text {index}",
            latency=index,
            tags=[f"tag {index}"],
            metadata={"k": f"value {index}", "n": index},
            scores=[{"name": "s", "score": index}],
            annotations={"c": {"u": {"score": index, "value": f"note {index}"}}},
            **instants(index),
        )
        for index in range(MANY)
    )
    fill(contract, url, [("e", map(RootLog.of, logs)), ("other", [])])
    with Store.open(contract, url) as store:
        yield store


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (Filter("output", None, "equals", "text 77"), "log_output"),
        (Filter("output", None, "in", "text 77,x"), "log_output"),
        (Filter("latency", None, "equals", "77"), "log_latency"),
        (Filter("s", None, "equals", "77"), "score_number"),
        (Filter("metadata", "k", "equals", "value 77"), "entry_text"),
        (Filter("metadata", "n", "between", "77,77"), "entry_number"),
        (Filter("tags", None, "equals", "tag 77"), "element_text"),
        (Filter("annotation:score:c", None, "equals", "77"), "annotation_number"),
        (Filter("annotation:score:c", None, "between", "76.5,77.5"), "annotation_number"),
        (Filter("annotation:value:c", None, "equals", "note 77"), "annotation_text"),
        (Filter("annotation:value:c", None, "in", "note 77,x"), "annotation_text"),
        (Filter("end_timestamp", None, "equals", "2024-04-16T00:01:17Z"), "log_end_timestamp"),
        (Filter("end_timestamp", None, "between", f"{BEFORE[1]},{AFTER[1]}"), "log_end_timestamp"),
        (Filter("start_timestamp", None, "equals", "2024-04-15T02:01:17+02:00"), BY_ORDER),
        (Filter("start_timestamp", None, "between", f"{BEFORE[0]},{AFTER[0]}"), BY_ORDER),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_selective_filters_use_an_index(many: Store, asked: Filter, index: str) -> None:
    assert selected(many, "e", asked) == ["00077"]
    found = plan(many, "e", asked)
    assert re.search(index, found), found


def test_the_suite_finds_it_conformant(contract: Any, postgresql: "Server") -> None:
    url = postgresql.new_database()
    fill(contract, url, read_experiments([DATA], contract))
    with Store.open(contract, url) as store:
        assert judged(store) == ("", [])


def test_a_server_that_dies_and_comes_back(contract: Any, postgresql: "Server", make_log: Callable[..., Any]) -> None:
    """503 meanwhile, then the right answer again."""
    url = postgresql.new_database()
    fill(contract, url, [("e", map(RootLog.of, [make_log("a")]))])
    with Store.open(contract, url) as store, running(create_app(store, {KEY: None})) as base:

        def ask() -> httpx.Response:
            return httpx.post(base + PATH.format("e"), json={}, headers={"x-api-key": KEY}, timeout=30)

        assert [log["trace_id"] for log in ask().json()] == ["a"]
        postgresql.kill()
        try:
            assert not store.is_there()
            answer = ask()
            assert (answer.status_code, answer.json()) == (503, {"detail": "The database does not answer."})
            assert int(answer.headers["retry-after"]) > 0
        finally:
            postgresql.start()
        assert store.is_there()
        assert [log["trace_id"] for log in ask().json()] == ["a"]


@dataclass
class Outcome:
    """What came of a request: 200 with the right body, 503 as it must be, "broken off", or how else it was wrong."""

    begun: float
    ended: float
    result: int | str


def outcome(client: httpx.Client, url: str, right: bytes) -> int | str:
    """What comes of a request now."""
    try:
        answer = client.post(url, json={}, headers={"x-api-key": KEY})
    except httpx.RemoteProtocolError:
        return "broken off"
    if (answer.status_code, answer.content) == (200, right):
        return 200
    if (answer.status_code, answer.text) == (503, DOWN) and int(answer.headers["retry-after"]) > 0:
        return 503
    return f"{answer.status_code} with {len(answer.content)} bytes: {answer.text[:200]}"


@contextmanager
def asking(url: str, right: bytes) -> Iterator[list[Outcome]]:
    """A thread that asks over and over."""
    outcomes: list[Outcome] = []
    over = threading.Event()

    def ask() -> None:
        with httpx.Client(timeout=30) as client:
            while not over.wait(0.01):
                begun = time.monotonic()
                result = outcome(client, url, right)
                outcomes.append(Outcome(begun, time.monotonic(), result))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield outcomes
    finally:
        over.set()
        thread.join()


def test_a_server_killed_in_the_middle(
    contract: Any, postgresql: "Server", make_log: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Of many requests: right answers before and after, 503 between, and none that is wrong or only seems whole."""
    url = postgresql.new_database()
    sizes = {"empty": [], "short": [1], "long": [20_000] * 200, "huge": [150_000] * 200}
    given = {
        name: [RootLog.of(make_log(f"{index:03}", output="a" * size)) for index, size in enumerate(each)]
        for name, each in sizes.items()
    }
    fill(contract, url, given.items())
    with Store.open(contract, url) as store, running(create_app(store, {KEY: None})) as base, ExitStack() as stack:
        addresses = {
            base + PATH.format(name): b"[" + b",".join(root.body for root in given[name]) + b"]" for name in given
        }
        huge = base + PATH.format("huge")
        broken, waiting = (
            stack.enter_context(httpx.stream("POST", huge, json={}, headers={"x-api-key": KEY}, timeout=30))
            for _ in range(2)
        )
        assert (broken.status_code, waiting.status_code) == (200, 200)
        whole = addresses.pop(huge)
        asked = [stack.enter_context(asking(*each)) for each in addresses.items() for _ in range(3)]

        def each_has_asked(times: int) -> None:
            before, end = [len(outcomes) for outcomes in asked], time.monotonic() + 60
            while any(len(outcomes) < count + times for outcomes, count in zip(asked, before, strict=True)):
                assert time.monotonic() < end, "a request has no end"
                time.sleep(0.02)

        each_has_asked(2)
        killing = time.monotonic()
        postgresql.kill()
        killed = time.monotonic()
        try:
            each_has_asked(3)
            # Of an answer that had begun, the rest is not to be had: it must not seem whole.
            with pytest.raises(httpx.RemoteProtocolError):
                broken.read()
        finally:
            restarting = time.monotonic()
            postgresql.start()
        restarted = time.monotonic()
        # One that nobody read meanwhile holds no connection that could have been lost.
        assert waiting.read() == whole
        each_has_asked(3)
    said = {record.getMessage().partition(":")[0] for record in caplog.records}
    assert "an answer was broken off" in said
    assert said <= {"an answer was broken off", "a connection was lost"}
    assert not any(record.exc_info for record in caplog.records)
    for outcomes in asked:
        assert {each.result for each in outcomes} <= {200, 503, "broken off"}
        assert {each.result for each in outcomes if each.ended < killing} == {200}
        assert {each.result for each in outcomes if each.begun > killed and each.ended < restarting} == {503}
        assert {each.result for each in outcomes if each.begun > restarted} == {200}


def test_a_lost_connection_is_told_in_a_line(
    contract: Any, postgresql: "Server", make_log: Callable[..., Any], caplog: pytest.LogCaptureFixture
) -> None:
    """The pool that gets it back would show a traceback; it does of what nobody expects."""
    in_our_words()
    url = postgresql.new_database()
    fill(contract, url, [("e", [RootLog.of(make_log(f"{index:03}", output="a" * 20_000)) for index in range(200)])])
    with Store.open(contract, url) as store:
        bodies = store.read(statement(store, "e", Filter())).bodies()
        next(bodies)
        postgresql.kill()
        try:
            with pytest.raises(DatabaseDownError):
                bodies.close()  # as where the client has left
        finally:
            postgresql.start()
    assert {record.getMessage() for record in caplog.records} == {"a connection was lost: the database went away"}
    assert not any(record.exc_info for record in caplog.records)
    caplog.clear()
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("sqlalchemy.pool.impl.QueuePool").error("Error closing cursor", exc_info=True)
    assert [record.getMessage() for record in caplog.records if record.exc_info] == ["Error closing cursor"]


def test_a_query_is_stopped(contract: Any, postgresql: "Server", make_log: Callable[..., Any]) -> None:
    """Soon after its time is over; and its connection is none the worse."""
    url = postgresql.new_database()
    fill(contract, url, [("e", map(RootLog.of, [make_log("a")]))])
    before = threading.active_count()
    with Store.open(contract, url) as store:
        plain = statement(store, "e", Filter())
        end = time.monotonic() + 0.3
        start = time.monotonic()
        with pytest.raises(StoppedError):
            list(store.read(plain.where(cast(func.pg_sleep(20), Text) == ""), lambda: time.monotonic() > end).bodies())
        assert time.monotonic() - start < 5
        assert store.queries == 0
        assert len(list(store.read(plain).bodies())) == 1
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
