"""Unknown members whose names have been seen are decoded with the known ones, and nothing else changes."""

import copy
import json
import pickle
from typing import Any

import attrs
import msgspec
import parea_trace_logs._json.arrays
import pytest
from checks.client.odd_logs import client, logs
from parea_trace_logs import TraceLog
from parea_trace_logs._json import learning
from parea_trace_logs._json.arrays import decode_array
from parea_trace_logs._json.decoding import decode


def refuse(*fault: object) -> Any:
    raise ValueError(fault)


def array(found: list[str]) -> bytes:
    return ("[" + ",".join(found) + "]").encode()


def log(name: str, **members: Any) -> dict[str, Any]:
    return {"trace_id": name, "start_timestamp": "2024-04-15T22:19:13Z", **members}


def learnable(log: dict[str, Any]) -> dict[str, Any]:
    """The log without unknown members of models within it, or of names that no class takes: they go another way."""
    left = {key: value for key, value in log.items() if key not in ("configuration", "scores", "images", 'odd "name"')}
    if "children_logs" in log:
        left["children_logs"] = [learnable(each) for each in log["children_logs"]]
    return left


@pytest.fixture(autouse=True)
def nothing_learnt() -> None:
    learning.learnt.cache_clear()


@pytest.fixture
def fast_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parea_trace_logs._json.arrays, "convert", refuse)


@pytest.mark.parametrize("odd", [0.0, 0.02])
@pytest.mark.parametrize("unknown", [0.02, 0.5, 1.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_together_as_one_by_one(seed: int, unknown: float, odd: float) -> None:
    found = logs(seed, 100, unknown=unknown, odd=odd)
    if seed > 1:
        found = [json.dumps(learnable(json.loads(each))) for each in found if "e999" not in each]
    together = decode_array(array(found), TraceLog, refuse)
    assert together == [decode(each.encode(), TraceLog) for each in found]
    assert {type(each) for root in together for each in root.walk()} == {TraceLog}


@pytest.mark.usefixtures("fast_only")
def test_the_fast_way_is_taken() -> None:
    """At whatever depth, whatever the names: the slow way would fail here."""
    child = log("c", news=[1], additional_properties={"x": 1})
    tree = log("a", unknown_0=None, né=2**70, children_logs=[log("b"), log("d", children_logs=[child])], **{"": 1})
    [root] = decode_array(json.dumps([tree]).encode(), TraceLog, refuse)
    assert root.to_dict() == tree
    assert root.children_logs
    assert root.children_logs[0].additional_properties == {}
    for other in (pickle.loads(pickle.dumps(root)), copy.deepcopy(root), attrs.evolve(root)):  # noqa: S301 - our own
        assert (type(other), other) == (TraceLog, root)
    assert root.children_logs[1].children_logs == [TraceLog.from_dict(child)]


@pytest.mark.usefixtures("fast_only")
def test_what_has_been_learnt_is_not_asked_for() -> None:
    decode_array(json.dumps([log("a", news=1, more=2)]).encode(), TraceLog, refuse)
    assert decode_array(json.dumps([log("a"), log("b", more=3)]).encode(), TraceLog, refuse) == [
        TraceLog.from_dict(log("a")),
        TraceLog.from_dict(log("b", more=3)),
    ]


def many_names(start: int, count: int, each: int) -> list[dict[str, Any]]:
    """Logs of which each has so many members that none before has."""
    return [log(str(one), **{f"n{start + one * each + place}": one for place in range(each)}) for one in range(count)]


@pytest.mark.parametrize(
    "found",
    [
        many_names(0, 3, learning.MOST_UNKNOWN),
        [log(str(one)) for one in range(learning._EARLY)] + many_names(0, 20, 1),
        [log("a", **{'odd "name"': 1})],
        [log("a", configuration={"model": None, "news": 1}, more=1)],
        [log("a", scores=[{"name": "s", "score": 1, "news": 1}], news=1)],
    ],
    ids=["names without end", "late names", "a name that no class takes", "within a model", "within a list"],
)
def test_what_cannot_be_learnt_is_not_lost(found: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, ...]] = []
    made = learning._decoder

    def counted(kind: type[msgspec.Struct], unknown: tuple[str, ...]) -> Any:
        tried.append(unknown)
        return made(kind, unknown)

    monkeypatch.setattr(learning, "_decoder", counted)
    assert [each.to_dict() for each in decode_array(json.dumps(found).encode(), TraceLog, refuse)] == found
    assert len(tried) <= learning.MOST_UNKNOWN


@pytest.mark.parametrize("piece", [300, 70_000])
def test_a_stream(piece: int) -> None:
    found = logs(8, 200, unknown=0.7)
    assert list(client(array(found), piece).iter_experiment_trace_logs("e")) == [
        decode(each.encode(), TraceLog) for each in found
    ]


def test_what_is_wrong_is_said_as_ever() -> None:
    content = json.dumps([log("a", news=1), log("b", news=1, latency="slow")]).encode()
    told: list[tuple[Any, ...]] = []
    assert len(decode_array(content, TraceLog, lambda *fault: told.append(fault))) == 1
    assert told[0][:2] == (1, "$[1].latency")
