"""A database that stays: loading it, whole or not at all; serving it; what its text keeps."""

import gzip
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from checks.target.asking import selected, statement
from checks.target.conftest import KEY, PATH, Client
from checks.target.test_cli import TESTS, ask, started
from parea_target import RootLog, Store, cli, create_app
from parea_target.filters import Filter
from parea_target.reading import Reading
from parea_target.server import running
from parea_target.store import DatabaseError, load
from parea_target.texts import escape_text, unescape_text
from parea_target.workers import StoppedError

pytestmark = pytest.mark.slow

Log = dict[str, Any]


def put(contract: Any, url: str, logs: list[Log], name: str = "e", **options: Any) -> None:
    assert list(load(contract, url, [(name, map(RootLog.of, logs))], **options)) == [(name, len(logs))]


def ids(store: Store, name: str = "e", asked: Filter | None = None) -> str:
    return " ".join(selected(store, name, asked or Filter()))


def test_replaces_or_appends_and_serves_what_came_later(contract: Any, url: str, make_log: Callable[..., Log]) -> None:
    put(contract, url, [make_log("a", scores=[{"name": "s", "score": 1}]), make_log("b")])
    with Store.open(contract, url) as store:
        assert ids(store) == "a b"
        put(contract, url, [make_log("c")], append=True)
        put(contract, url, [make_log("x", scores=[{"name": "s", "score": 2}])], "other")
        assert ids(store) == "a b c"
        assert ids(store, "other") == "x"
        assert ids(store, "e", Filter("s", None, "exists")) == "a"
        put(contract, url, [make_log("d")])
        assert ids(store) == "d"
        assert ids(store, "e", Filter("s", None, "exists")) == ""
        assert ids(store, "other", Filter("s", None, "exists")) == "x"
        with pytest.raises(KeyError):
            store.experiments["unknown"]
    with Store.open(contract, url) as store:
        assert dict(store.experiments) == {"e": 1, "other": 2}


def test_an_answer_is_of_one_moment(contract: Any, url: str, make_log: Callable[..., Log]) -> None:
    """Logs that are replaced while an answer is read are in it still, all of them."""
    put(contract, url, [make_log(f"{index:04}") for index in range(300)])
    with Store.open(contract, url) as store:
        bodies = store.read(statement(store, "e", Filter())).bodies()
        next(bodies)
        put(contract, url, [make_log("new")])
        assert [json.loads(body)["trace_id"] for body in bodies] == [f"{index:04}" for index in range(1, 300)]
        assert ids(store) == "new"


def begun(store: Store) -> tuple[Reading, Iterator[bytes]]:
    """An answer of which the first log has been read."""
    reading = store.read(statement(store, "e", Filter()))
    bodies = reading.bodies()
    assert json.loads(next(bodies))["trace_id"] == "0000"
    return reading, bodies


def test_who_reads_slowly_holds_no_connection(contract: Any, url: str, make_log: Callable[..., Log]) -> None:
    """And reads what was selected at first, whatever comes meanwhile."""
    put(contract, url, [make_log(f"{index:04}") for index in range(300)])
    with Store.open(contract, url) as store:
        reading, bodies = begun(store)
        assert store.queries == 1
        reading.let_go()
        assert store.queries == 0
        put(contract, url, [make_log("0001 and later")], append=True)
        reading.let_go()  # once more changes nothing
        assert [json.loads(body)["trace_id"] for body in bodies] == [f"{index:04}" for index in range(1, 300)]
        reading.let_go()
        assert store.queries == 0


@pytest.mark.parametrize("emptied", [False, True])
def test_a_slow_answer_ends_where_its_logs_are_gone(
    contract: Any, url: str, make_log: Callable[..., Log], emptied: bool
) -> None:
    """The logs that are there now are not taken for them, also where the experiment had none in between."""
    put(contract, url, [make_log(f"{index:04}") for index in range(300)])
    with Store.open(contract, url) as store:
        reading, bodies = begun(store)
        reading.let_go()
        if emptied:
            put(contract, url, [])
        put(contract, url, [make_log(f"{index:04}") for index in range(300)])
        with pytest.raises(StoppedError):
            list(bodies)
        assert store.queries == 0


def test_a_load_that_fails_changes_nothing(contract: Any, url: str, make_log: Callable[..., Log]) -> None:
    put(contract, url, [make_log("a")])
    with pytest.raises(ValueError, match='"b" occurs twice'):
        put(contract, url, [make_log("b"), make_log("b")])
    with pytest.raises(ValueError, match='"a" occurs twice'):
        put(contract, url, [make_log("a")], append=True)
    with Store.open(contract, url) as store:
        assert ids(store) == "a"


def test_sigkill_at_any_moment(contract: Any, tmp_path: Path, url: str, make_log: Callable[..., Log]) -> None:
    """Each experiment is whole or absent, or as it was before."""
    for name in ("one", "two"):
        logs = (json.dumps(make_log(f"{name}-{index:04}", inputs={"k": "v" * 300})) for index in range(1_500))
        (tmp_path / f"{name}.jsonl").write_text("\n".join(logs))
    command = [sys.executable, "-m", "parea_target", "load", "--database", url]
    chance = random.Random(1)  # noqa: S311 - moments, not secrets
    seen = set()
    for _ in range(20):
        with subprocess.Popen(  # noqa: S603 - this very interpreter
            [*command, str(tmp_path / "one.jsonl"), str(tmp_path / "two.jsonl")],
            stdout=subprocess.DEVNULL,
            env={"PYTHONPATH": str(TESTS)},
        ) as process:
            time.sleep(chance.uniform(0.3, 3.0))
            process.send_signal(signal.SIGKILL)
        try:
            with Store.open(contract, url) as store:
                seen.add(tuple(len(ids(store, name).split()) for name in store.experiments))
        except DatabaseError:
            seen.add((-1,))
    assert seen <= {(-1,), (), (1_500,), (1_500, 1_500)}, seen


def test_command(tmp_path: Path, url: str, make_log: Callable[..., Log], capsys: pytest.CaptureFixture[str]) -> None:
    """Loads plain and compressed files; the next start serves them without a look at the files."""
    (tmp_path / "plain.json").write_text(json.dumps([make_log("a")]))
    with gzip.open(tmp_path / "packed.jsonl.gz", "wt") as packed:
        packed.write(json.dumps(make_log("b")) + "\n" + json.dumps(make_log("c")))
    files = [str(tmp_path / name) for name in ("plain.json", "packed.jsonl.gz")]
    cli.main(["load", "--database", url, *files])
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert printed == [{"experiment": "plain", "logs": 1}, {"experiment": "packed", "logs": 2}]
    for file in files:
        Path(file).unlink()
    with started("--database", url) as ready:
        assert ready["experiments"] == ["plain", "packed"]
        assert [log["trace_id"] for log in ask(ready, "packed").json()] == ["b", "c"]
        assert ask(ready, "unknown").status_code == 404


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sqlite:///{}/missing.db", "unable to open database file"),
        ("sqlite:///{}/empty.db", "nothing was loaded"),
        ("sqlite:///{}/other.db", "load into a new database"),
        ("secret", "sqlite:///logs.db"),
        ("mysql://u:secret@host/db", "a mysql database is not supported"),
        ("postgresql://u:secret@127.0.0.1:1/db", "u:***@127.0.0.1:1/db"),
    ],
)
def test_databases_that_cannot_be_served(
    contract: Any, tmp_path: Path, make_log: Callable[..., Log], text: str, message: str
) -> None:
    if "postgresql" in text:
        pytest.importorskip("psycopg")
    (tmp_path / "empty.db").touch()
    other = f"sqlite:///{tmp_path}/other.db"
    put(contract, other, [make_log("a")])
    with Store.open(contract, other) as store:
        layout = store.tables.loaded_layout
        engine = store.tables.dialect.engine(
            store._engine.url.set(database=f"{tmp_path}/other.db", query={}), writes=True
        )
    with engine.connect() as connection:
        connection.execute(layout.update().values(name="0-older"))
    engine.dispose()
    with pytest.raises(DatabaseError) as refused:
        Store.open(contract, text.format(tmp_path))
    assert message in str(refused.value)
    assert "secret" not in str(refused.value)


CHARACTERS = ["", "\0", "\0\0", "\1", "\1\2", "\2", "\3", "\4", "a", "\x7f", "\u0080", "\ud7ff", "\ud800", "\udfff"]
CHARACTERS += ["\ue000", "\ue000\ue001", "\ue001", "\ue040", "\ue041", "\uffff", "\U00010000", "\U0010ffff", "\ud800a"]


def test_escaped_text_keeps_order_equality_and_substrings() -> None:
    chance = random.Random(2)  # noqa: S311 - examples, not secrets
    texts = {"".join(chance.choices(CHARACTERS, k=chance.randrange(4))) for _ in range(300)} | {*CHARACTERS}
    for text in texts:
        escaped = escape_text(text)
        assert "\0" not in escaped
        assert escaped.encode().decode() == escaped
        assert unescape_text(escaped) == text
        for other in texts:
            assert (escape_text(other) < escaped, escape_text(other) in escaped) == (other < text, other in text)


def test_text_that_sql_does_not_hold_is_kept(contract: Any, url: str, make_log: Callable[..., Log]) -> None:
    names = [character for character in CHARACTERS if character]
    logs = [make_log(name, output=name, inputs={name: name}) for name in names]
    roots = [RootLog(log, json.dumps(log).encode()) for log in logs]
    assert list(load(contract, url, [("e\ud800", roots)])) == [("e\ud800", len(logs))]
    with Store.open(contract, url) as store:
        assert list(store.experiments) == ["e\ud800"]
        assert ids(store, "e\ud800") == " ".join(sorted(names))
        for name in names:
            for asked in (Filter("output", None, "equals", name), Filter("inputs", name, "exists")):
                assert ids(store, "e\ud800", asked) == name


def test_served_over_http(contract: Any, url: str, make_log: Callable[..., Log]) -> None:
    put(contract, url, [make_log("a", output="x"), make_log("b")])
    with (
        Store.open(contract, url) as store,
        running(create_app(store, {KEY: None})) as base,
        httpx.Client(base_url=base) as http,
    ):
        client = Client(http)
        assert client.ids("output", "like", "X") == "a"
        assert client.ids("output", "is_null") == "b"
        assert http.get(PATH.format("e")).status_code == 401
