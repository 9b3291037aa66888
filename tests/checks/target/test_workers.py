"""Several processes on one database and one port, and the metrics of all of them."""

import json
import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from checks.target.conftest import KEY
from checks.target.test_cli import ask, start
from checks.target.test_service import begun, received
from parea_target import RootLog, Store, create_app
from parea_target.metrics import Metrics
from parea_target.own_paths import own_paths
from parea_target.processes import WorkerError, working
from parea_target.server import Limits, listening, running
from parea_target.service import Service
from parea_target.store import load

pytestmark = pytest.mark.slow

# An answer of this many logs fits into the buffers of no connection.
LOGS = 60


@pytest.fixture(scope="module")
def database(contract: Any, tmp_path_factory: pytest.TempPathFactory, make_log: Callable[..., Any]) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('workers')}/logs.db"
    logs = [RootLog.of(make_log(f"{index:03}", output="a" * 300_000)) for index in range(LOGS)]
    assert list(load(contract, url, [("long", logs), ("short", [])])) == [("long", LOGS), ("short", 0)]
    return url


def workers_of(parent: int) -> list[int]:
    """The processes below a process that serve, or begin to."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def value_of(metrics: str, name: str) -> float:
    """The value of a metric by name and labels."""
    return float(re.findall(rf"^{re.escape(name)} (\S+)$", metrics, re.MULTILINE)[0])


def test_a_worker_that_dies_is_replaced_and_all_end(database: str) -> None:
    """Right answers and whole metrics before and after; SIGTERM lets an answer that has begun end, and all with it."""
    with start("--database", database, "--workers", "2", "--metrics", "--grace", "20") as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        with httpx.Client(base_url=ready["base_url"]) as client:

            def counted() -> float:
                return value_of(client.get("/metrics").text, 'parea_target_requests_total{method="POST",status="200"}')

            for _ in range(20):
                assert ask(ready, "short").json() == []
            end = time.monotonic() + 10
            while counted() < 20 and time.monotonic() < end:  # an answer is counted once it has been sent
                time.sleep(0.05)
            assert counted() == 20
        before = workers_of(process.pid)
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        end = time.monotonic() + 30
        while len(now := workers_of(process.pid)) < 2 or before[0] in now:
            assert time.monotonic() < end, "it is not replaced"
            time.sleep(0.05)
        with httpx.Client(base_url=ready["base_url"]) as client:
            assert ask(ready, "short").json() == []
            assert (
                value_of(client.get("/metrics").text, 'parea_target_requests_total{method="POST",status="200"}') == 21
            )
        with begun(ready) as connection:
            process.send_signal(signal.SIGTERM)
            assert received(connection).endswith(b"0\r\n\r\n")
        out, err = process.communicate(timeout=30)
    said = f"parea-target: worker {before[0]} ended with status -9; another is started\n"
    assert (process.returncode, out, err) == (0, "", said)
    with pytest.raises(httpx.ConnectError):
        httpx.get(ready["base_url"])


def test_workers_do_not_outlive_their_parent(database: str) -> None:
    with start("--database", database, "--workers", "2") as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        process.kill()
        process.wait(10)
        end = time.monotonic() + 20
        with pytest.raises(httpx.TransportError):  # noqa: PT012 - until it is raised
            while time.monotonic() < end:
                httpx.get(ready["base_url"] + "/healthz")
                time.sleep(0.05)


def test_a_worker_that_cannot_begin_ends_all(tmp_path: Path) -> None:
    with (
        listening() as (listener, _),
        pytest.raises(WorkerError, match=r"did not begin: .*nowhere\.db: unable to open"),
        working(2, f"sqlite:///{tmp_path}/nowhere.db", Service({KEY: None}, Limits()), listener),
    ):
        pass


def test_metrics_of_one_process(contract: Any) -> None:
    """Methods that HTTP does not have count as one; the page is there only where it is asked for."""
    with Store(contract, [("e", [])]) as store:
        metrics = Metrics()
        app = metrics.around(own_paths(create_app(store, {KEY: None}), metrics.pages()))
        with running(app) as url, httpx.Client(base_url=url) as client:
            for method in ("GET", "QUERY", "NONSENSE"):
                assert client.request(method, "/").status_code == 401
            answer = client.get("/metrics")
            assert answer.headers["content-type"].startswith("text/plain")
    assert value_of(answer.text, 'parea_target_requests_total{method="GET",status="401"}') == 1
    assert value_of(answer.text, 'parea_target_requests_total{method="other",status="401"}') == 2
    assert value_of(answer.text, 'parea_target_request_seconds_count{method="other"}') == 2
    assert value_of(answer.text, "parea_target_requests_under_way") == 1
    assert KEY not in answer.text
