"""What the package offers for tests: a factory of logs, and clients that answer from memory."""

import ast
import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import parea_trace_logs
import pytest
from checks.client.support import CONTRACT, SAMPLE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parea_conformance.contract import Contract
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_trace_logs import (
    UNSET,
    AsyncParea,
    FilterOperator,
    InvalidDataError,
    InvalidFilterError,
    NotFoundError,
    Parea,
    TooManyRequestsError,
    TraceLog,
    TraceLogFilters,
    UnprocessableContentError,
    where,
)
from parea_trace_logs._filters.rules import faults, kind_of
from parea_trace_logs._http.sync_transport import SyncTransport
from parea_trace_logs.api.experiment import get_experiment_trace_logs
from parea_trace_logs.contract import KINDS, MEMBERS
from parea_trace_logs.testing import FakeAsyncParea, FakeParea, matches, trace_log

pytestmark = pytest.mark.slow

THE_CONTRACT = Contract(CONTRACT)

# Values that are near each other, so that filters and logs meet.
TEXTS = st.sampled_from(
    ["", "a", "A", "ab", "aB c", " a", "1", "1.0", "true", "é", "É", "a%", "_", "x,y", "\x00", "10"]
)
NUMBERS = st.sampled_from(
    [0, 1, 1.0, -1, 0.1, 10, 9, 2**53, 2**53 + 1, 10**400, -(10**400), 1e308, 0.30000000000000004]
)
INTEGERS = st.sampled_from([0, 1, -1, 10, 2**53 + 1, 10**400])
TIMES = st.sampled_from(
    [
        *("2024-04-15T10:00:00Z", "2024-04-15T12:00:00+02:00", "2024-04-15T10:00:00.5Z", "2024-04-15T10:00:00.500000Z"),
        *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2024-04-15T10:00:00.500001Z"),
    ]
)
NAMES = st.sampled_from(["", "a", "latency", "correct", "c:d", "score:a"])
ANYTHING = st.one_of(TEXTS, NUMBERS, st.booleans(), st.none(), st.just([1]), st.just({"a": 1}))
KEYS = st.sampled_from(["", "k", "a.b", "K"])
OF_KIND: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "number": NUMBERS,
    "timestamp": TIMES,
    "boolean": st.booleans(),
    "string_list": st.lists(TEXTS, max_size=3),
    "integer_list": st.lists(INTEGERS, max_size=3),
    "map": st.dictionaries(KEYS, ANYTHING, max_size=3),
}
INTEGER_MEMBERS = {"input_tokens", "output_tokens", "total_tokens", "depth", "execution_order"}
NOT_NULL = {"trace_id", "start_timestamp", "depth", "execution_order", "cache_hit", "fill_children"}


# One member of each kind, so that filters and logs meet, and all the others now and then.
BUSY = [*{kind: name for name, kind in MEMBERS.items()}.values(), "metadata", "tags", "output", "cost"] * 6 + [*MEMBERS]


@st.composite
def plain_logs(draw: st.DrawFn) -> dict[str, Any]:
    log: dict[str, Any] = {"trace_id": draw(TEXTS), "start_timestamp": draw(TIMES)}
    for member in draw(st.lists(st.sampled_from(BUSY), max_size=5)):
        if MEMBERS[member] in OF_KIND:
            values = INTEGERS if member in INTEGER_MEMBERS else OF_KIND[MEMBERS[member]]
            log[member] = draw(values if member in NOT_NULL else st.none() | values)
    scores = st.lists(st.fixed_dictionaries({"name": NAMES, "score": NUMBERS}), max_size=3)
    user = st.fixed_dictionaries({"score": st.none() | NUMBERS, "value": st.none() | TEXTS}).map(
        lambda said: {"trace_id": "t", "defined_annotation_id": 1, "id": 1, "created_at": "", "user_id": "u", **said}
    )
    for member, values in (
        ("scores", scores),
        ("annotations", st.dictionaries(NAMES, st.dictionaries(TEXTS, user, max_size=2), max_size=2)),
    ):
        if draw(st.booleans()):
            log[member] = draw(st.none() | values)
    return log


def fields_of(log: dict[str, Any]) -> list[str]:
    """Every way to ask for something that a log has."""
    named = [each["name"] for each in log.get("scores") or ()]
    criteria = [f"annotation:{part}:{name}" for name in log.get("annotations") or () for part in ("score", "value")]
    return [*log, *named, *(f"score:{name}" for name in named), *criteria]


def texts_of(held: Any) -> list[str]:
    """What a value of a log may be asked for as."""
    if isinstance(held, dict):
        return [text for each in held.values() for text in texts_of(each)]
    if isinstance(held, list):
        return [text for each in held for text in texts_of(each)]
    if isinstance(held, bool) or held is None:
        return ["true", "false"]
    return [held] if isinstance(held, str) else [json.dumps(held).replace("Infinity", "1e999")]


CHANGED: list[Callable[[str], str]] = [
    *(lambda text: text,) * 4,
    lambda text: text.swapcase(),
    lambda text: text.upper(),
    lambda text: text[1:],
    lambda text: text[:-1],
    lambda text: f" {text} ",
    lambda text: f"{text}.0",
    lambda text: f"{text}e0",
    lambda text: f"-{text}",
]
FIELDS = st.one_of(st.sampled_from([*MEMBERS]), NAMES, NAMES.map("annotation:value:".__add__))
OTHERS = st.sampled_from(["", "a", "É", "0", "1", "9.5", "1e999", "2024-04-15T12:00:00+02:00", "true"])


@st.composite
def filters(draw: st.DrawFn, logs: list[dict[str, Any]]) -> TraceLogFilters:
    """A filter on something that one of the logs has, mostly, and with a value that is near what it has."""
    log = draw(st.sampled_from(logs))
    field = draw(st.one_of(st.sampled_from(fields_of(log)), st.sampled_from(fields_of(log)), FIELDS))
    kind = kind_of(field) or "text"
    key = draw(KEYS) if kind == "map" and draw(st.integers(0, 9)) else None
    pool = texts_of(log.get(field, [log.get("scores"), log.get("annotations")])) or [""]
    near = st.builds(lambda text, change: change(text), st.sampled_from(pool), st.sampled_from(CHANGED))
    parts = draw(st.lists(st.one_of(near, near, OTHERS), min_size=1, max_size=3))
    operator = FilterOperator(draw(st.sampled_from(KINDS[kind].operators)))
    if operator is FilterOperator.BETWEEN:
        parts = sorted([*parts, *parts][:2], key=lambda text: (len(text), text)) if draw(st.booleans()) else parts[:2]
    several = operator in (FilterOperator.BETWEEN, FilterOperator.IN)
    value = draw(st.sampled_from([",", " , "])).join(parts) if several else parts[0]
    return TraceLogFilters(filter_field=field, filter_key=key, filter_operator=operator, filter_value=value)


def judged(log: dict[str, Any], asked: TraceLogFilters) -> bool:
    """As the suite's oracle judges, which knows nothing of this package."""
    asked_ = Filter.from_body(asked.to_dict())
    return RIGHT.judge(RIGHT.values(log, asked_, THE_CONTRACT.kinds), asked_)


@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.lists(plain_logs(), min_size=1, max_size=3), st.data())
def test_logs_match_as_the_oracle_says(logs: list[dict[str, Any]], data: st.DataObject) -> None:
    for asked in data.draw(st.lists(filters(logs), min_size=6, max_size=6)):
        if faults(asked):
            with pytest.raises(InvalidFilterError):
                matches(trace_log(), asked)
            continue
        for log in logs:
            assert matches(TraceLog.from_dict(log), asked) == judged(log, asked), (log, asked)


def test_the_examples_of_the_contract_match_as_the_oracle_says() -> None:
    for asked in THE_CONTRACT.examples().values():
        made = TraceLogFilters.from_dict(asked.body())
        for log in SAMPLE:
            if made.filter_field is not UNSET:
                assert matches(TraceLog.from_dict(log), made) == judged(log, made)
    assert matches(trace_log(), TraceLogFilters())
    assert matches(trace_log(), TraceLogFilters(filter_field=None))


def members_of(kind: str) -> list[str]:
    return [name for name, of in MEMBERS.items() if of == kind]


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from([*MEMBERS]), st.integers()), st.data())
def test_what_the_factory_makes_is_valid(names: dict[str, int], data: st.DataObject) -> None:
    members = {
        name: data.draw(INTEGERS if name in INTEGER_MEMBERS else OF_KIND[MEMBERS[name]])
        for name in names
        if MEMBERS[name] in OF_KIND and name not in ("start_timestamp", "end_timestamp")
    }
    child = trace_log(scores=[{"name": "a", "score": 1}])
    log = trace_log(**members, scores={"a": 1.0}, children_logs=[child, trace_log(children_logs=[child])])
    assert THE_CONTRACT.fault_of_log(log.to_dict()) is None
    assert log.to_dict().items() >= {name: members[name] for name in members if name != "children"}.items()


def test_what_the_factory_fills_in() -> None:
    leaf = trace_log(trace_id="leaf")
    root = trace_log(children_logs=[trace_log(trace_id="child", children_logs=[leaf]), leaf], scores={"x": 0.5})
    assert [(log.depth, log.execution_order, log.root_trace_id) for log in root.walk()] == [
        (0, 0, root.trace_id),
        (1, 0, root.trace_id),
        (2, 0, root.trace_id),
        (1, 1, root.trace_id),
    ]
    assert [log.parent_trace_id for log in root.walk()] == [root.trace_id, root.trace_id, "child", root.trace_id]
    assert (leaf.depth, leaf.parent_trace_id, root.children) == (0, "leaf", ["child", "leaf"])
    assert (root.get_score("x"), root.status, root.duration.total_seconds()) == (0.5, "success", 1)  # type: ignore[union-attr]
    assert trace_log(error="boom").status == "error"
    assert trace_log().trace_id != trace_log().trace_id
    assert trace_log().start < trace_log().start
    noon = datetime(2024, 4, 15, 12, tzinfo=UTC)
    timed = trace_log(start_timestamp=noon, latency=2.5, end_timestamp=UNSET)
    assert (timed.start, timed.end_timestamp) == (noon, UNSET)
    assert (
        trace_log(start_timestamp="2024-04-15T12:00:00+02:00", latency=2).end_timestamp == "2024-04-15T12:00:02+02:00"
    )
    assert trace_log(additional_properties={"news": 1}).to_dict()["news"] == 1


@pytest.mark.parametrize(
    ("members", "kind", "words"),
    [
        ({"latencyy": 1}, TypeError, "no member 'latencyy'; did you mean latency"),
        ({"latency": "fast"}, InvalidDataError, "latency"),
        ({"cost": float("nan")}, InvalidDataError, "NaN"),
        ({"start_timestamp": "yesterday"}, InvalidDataError, "start_timestamp"),
        ({"start_timestamp": datetime(2024, 4, 15)}, InvalidDataError, "time zone"),
        ({"end_timestamp": "2020-01-01T00:00:00Z"}, InvalidDataError, "ends before it starts"),
        ({"scores": [{"name": "x"}]}, InvalidDataError, "score"),
    ],
)
def test_what_the_factory_refuses(members: dict[str, Any], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        trace_log(**members)


def test_a_fake_answers_as_the_contract_says() -> None:
    first, second = trace_log(scores={"correct": 1.0}), trace_log(scores={"correct": 0})
    with FakeParea({"uuid": [second, first]}, default_headers={"X-Team": "a"}) as fake:
        assert isinstance(fake, Parea)
        assert fake.get_experiment_trace_logs("uuid") == [first, second]
        assert list(fake.iter_experiment_trace_logs("uuid", where("score:correct") < 1)) == [second]
        assert [each.experiment for each in fake.asked] == ["uuid", "uuid"]
        assert fake.asked[1].filters == (where("score:correct") < 1)
        assert fake.asked[0].headers["x-team"] == "a"
        assert "a-key-of-tests" not in str(fake.asked)
        with pytest.raises(NotFoundError, match="Experiment not found"):
            fake.get_experiment_trace_logs("another")
        with pytest.raises(UnprocessableContentError, match="filter_operator"):
            get_experiment_trace_logs.sync("uuid", client=fake._client, body=TraceLogFilters(filter_field="latency"))
        fake.experiments["another"] = [trace_log()]
        assert len(fake.get_experiment_trace_logs("another")) == 1
        logs = fake.get_experiment_trace_logs("uuid")
        assert logs.response is not None
        assert (logs.response.request_id or "").startswith("fake-")
    with pytest.raises(TypeError, match="by experiment"):
        FakeParea([first])  # type: ignore[arg-type]


def test_a_fake_orders_roots_and_children() -> None:
    early, late = "2024-04-15T10:00:00+02:00", "2024-04-15T09:00:00Z"
    children = [trace_log(trace_id=name) for name in "ba"]
    tree = trace_log(trace_id="t", start_timestamp=early, children_logs=children)
    tree.children_logs[0].execution_order = 1  # type: ignore[index]
    logs = [trace_log(trace_id="z", start_timestamp=late), trace_log(trace_id="y", start_timestamp=late), tree]
    with FakeParea({"e": logs}) as fake:
        found = fake.get_experiment_trace_logs("e")
    assert [log.trace_id for log in found] == ["t", "y", "z"]
    assert [child.trace_id for child in found[0].children_logs or ()] == ["a", "b"]
    assert [child.trace_id for child in tree.children_logs or ()] == ["b", "a"]


def test_a_fake_fails_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeParea({"e": [trace_log()]}) as fake:
        fake.answer_next(429, {"detail": "slow down"}, {"Retry-After": "1"})
        fake.answer_next(200, b"[")
        with pytest.raises(TooManyRequestsError, match="slow down"):
            fake.get_experiment_trace_logs("e")
        with pytest.raises(parea_trace_logs.PareaError):
            fake.get_experiment_trace_logs("e")
        assert len(fake.get_experiment_trace_logs("e")) == 1
    monkeypatch.setattr(SyncTransport, "_sleep", lambda *_: None)
    with FakeParea({"e": [trace_log()]}, max_retries=2) as fake:
        fake.answer_next(503)
        assert len(fake.get_experiment_trace_logs("e")) == 1
        assert len(fake.asked) == 2


def test_an_asynchronous_fake() -> None:
    async def run() -> None:
        async with FakeAsyncParea({"e": [trace_log(latency=2.0), trace_log()]}) as fake:
            assert isinstance(fake, AsyncParea)
            assert len(await fake.get_experiment_trace_logs("e", where("latency") > 1)) == 1
            assert len([log async for log in fake.iter_experiment_trace_logs("e")]) == 2
            fake.answer_next(404, {"detail": "gone"})
            with pytest.raises(NotFoundError, match="gone"):
                await fake.get_experiment_trace_logs("e")
            assert len(fake.asked) == 3

    asyncio.run(run())


def test_a_fake_serves_what_takes_a_client(tmp_path: Path) -> None:
    from parea_trace_logs.tables import fetch_many

    with FakeParea({"a": [trace_log()], "b": []}) as fake:
        assert fetch_many(fake, ["a", "b"], tmp_path) == {"a": 1, "b": 0}


def test_the_package_imports_no_suite() -> None:
    package = Path(parea_trace_logs.__file__).parent
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.split(".")[0] in ("parea_conformance", "parea_target") for name in names), path
    found = "any(name.startswith(('parea_conf', 'parea_target')) for name in sys.modules)"
    code = f"import sys, parea_trace_logs.testing; print({found})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == "False\n"
