"""What the target's tests share: a server for some logs, over real HTTP."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from parea_target import Contract, Parts, RootLog, Store, create_app, load
from parea_target.server import running
from parea_target.store import load as load_database

if TYPE_CHECKING:
    from checks.target.postgresql import Server

KEY = "the-key"
PATH = "/api/parea/v1/experiment/{}/trace_logs"

Log = dict[str, Any]


class Client:
    """A client of a target: `ids` for answers, `post` for everything else."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def post(self, body: object = None, experiment: str = "e", key: str | None = KEY, **options: Any) -> httpx.Response:
        headers = {"x-api-key": key} if key is not None else {}
        headers |= options.pop("headers", {})
        if "content" in options:
            headers.setdefault("content-type", "application/json")
        else:
            options["json"] = body
        return self.http.post(PATH.format(experiment), headers=headers, **options)

    def ids(
        self, filter_field: str, filter_operator: str, filter_value: str | None = None, filter_key: str | None = None
    ) -> str:
        """The trace ids of the answer, with a space between."""
        # With null where unset, as the official client sends it.
        response = self.post(
            {
                "filter_field": filter_field,
                "filter_key": filter_key,
                "filter_operator": filter_operator,
                "filter_value": filter_value,
            }
        )
        assert response.status_code == 200, response.text
        return " ".join(log["trace_id"] for log in response.json())


Serve = Callable[..., Client]


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load()


@pytest.fixture(scope="session")
def postgresql() -> Iterator["Server"]:
    """A real server of PostgreSQL's; where its programs or its driver are missing, the test is skipped, and says so."""
    pytest.importorskip("psycopg", reason="NOT TESTED with PostgreSQL: psycopg is missing (the extra `postgres`)")
    from checks.target.postgresql import find_binaries, running_server

    binaries = find_binaries()
    if binaries is None:
        pytest.skip("NOT TESTED with PostgreSQL: no server is installed (Debian: apt-get install postgresql)")
    with running_server(binaries) as server:
        yield server


MakeStore = Callable[[Contract, Sequence[tuple[str, Iterable[RootLog]]]], Store]


@pytest.fixture(scope="session")
def make_store(request: pytest.FixtureRequest) -> MakeStore:
    """Makes a store; with TARGET_DATABASE=postgresql in the environment, on a new database of a real server."""
    if os.environ.get("TARGET_DATABASE", "sqlite") == "sqlite":
        return Store
    assert os.environ["TARGET_DATABASE"] == "postgresql"
    server: Server = request.getfixturevalue("postgresql")

    def make(contract: Contract, experiments: Sequence[tuple[str, Iterable[RootLog]]]) -> Store:
        url = server.new_database()
        for _ in load_database(contract, url, experiments):
            pass
        return Store.open(contract, url)

    return make


@pytest.fixture(scope="module")
def serve(contract: Contract, make_store: MakeStore) -> Iterator[Serve]:
    """Serves experiments (name → logs) until the module is done, to one key by default."""
    with ExitStack() as stack:

        def start(
            experiments: Mapping[str, Sequence[Log]],
            keys: Mapping[str, Collection[str] | None] | None = None,
            parts: Parts | None = None,
        ) -> Client:
            given = [(name, map(RootLog.of, logs)) for name, logs in experiments.items()]
            store = stack.enter_context(make_store(contract, given))
            app = create_app(store, keys or {KEY: None}, parts or Parts())
            url = stack.enter_context(running(app))
            return Client(stack.enter_context(httpx.Client(base_url=url)))

        yield start


@pytest.fixture(scope="session")
def make_log() -> Callable[..., Log]:
    """Makes a log of its id and members. All begin at once, so that answers are in the order of the ids.

    A member whose value is `...` is left out.
    """

    def make(trace_id: str, **members: Any) -> Log:
        log = {"trace_id": trace_id, "start_timestamp": "2024-04-15T22:19:13.381503+00:00", **members}
        return {member: value for member, value in log.items() if value is not ...}

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'logs.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.new_database()
