"""A server for the engines: the reference target, with an experiment of many kinds of logs."""

from collections.abc import Iterator

import pytest
from checks.client.odd_logs import documented, logs
from parea_target import RootLog, Store, create_app, load
from parea_target.server import running

KEY = "the-key-to-hide"
EXPERIMENTS = {f"e{place}": documented(logs(place, 40 + place)) for place in range(4)}


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of the server."""
    found = [(name, [RootLog.of(log) for log in each]) for name, each in EXPERIMENTS.items()]
    with Store(load(), found) as store, running(create_app(store, {KEY: None})) as url:
        yield url
