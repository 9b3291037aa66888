"""Trees and scores."""

import importlib
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import msgspec
import pytest
from checks.client.support import SAMPLE, SCHEMAS
from parea_trace_logs import InvalidDataError, Logs, PareaError, TraceLog, TraceLogFilters, models
from parea_trace_logs.models import EvaluationScore

MINIMAL: dict[str, Any] = {"trace_id": "t", "start_timestamp": "s"}


def log(trace_id: str, *children: dict[str, Any]) -> dict[str, Any]:
    return {**MINIMAL, "trace_id": trace_id, "children_logs": list(children)}


def test_walk_goes_down_before_it_goes_on() -> None:
    tree = TraceLog.from_dict(log("r", log("a", log("b"), log("c")), log("d", {**MINIMAL, "trace_id": "e"})))
    assert "".join(each.trace_id for each in tree.walk()) == "rabcde"
    assert list(TraceLog.from_dict(MINIMAL).walk()) == [TraceLog.from_dict(MINIMAL)]


def test_walk_of_a_deep_tree() -> None:
    tree = TraceLog(trace_id="0", start_timestamp="s")
    for depth in range(1, 401):
        tree = TraceLog(trace_id=str(depth), start_timestamp="s", children_logs=[tree])
    assert [each.trace_id for each in tree.walk()] == [str(depth) for depth in range(400, -1, -1)]


@pytest.mark.parametrize("scores", [{}, {"scores": None}, {"scores": []}, {"scores": [{"name": "X", "score": 1}]}])
def test_no_score_of_that_name(scores: dict[str, Any]) -> None:
    assert TraceLog.from_dict({**MINIMAL, **scores}).get_score("x") is None
    assert TraceLog.from_dict({**MINIMAL, **scores}).get_scores("x") == []


def test_scores_by_name() -> None:
    scores = [{"name": "x", "score": 0}, {"name": "y", "score": 0.5}, {"name": "x", "score": 1.5}]
    scored = TraceLog.from_dict({**MINIMAL, "scores": scores})
    assert (scored.get_score("x"), scored.get_score("y"), scored.get_scores("x")) == (0, 0.5, [0, 1.5])
    scored.scores = [EvaluationScore(name="", score=2.0)]
    assert scored.get_score("") == 2


TIMES = {"start_timestamp": "2024-04-15T22:19:13.381503+00:00", "end_timestamp": "2024-04-16t00:19:14.5z"}


def test_the_timestamps_as_instants() -> None:
    timed = TraceLog.from_dict({**MINIMAL, **TIMES})
    assert timed.start == datetime(2024, 4, 15, 22, 19, 13, 381503, tzinfo=UTC)
    assert timed.end == datetime(2024, 4, 16, 0, 19, 14, 500000, tzinfo=UTC)
    assert timed.duration == timedelta(hours=2, seconds=1, microseconds=118497)
    assert timed.start_timestamp == TIMES["start_timestamp"]
    for more in ({}, {"end_timestamp": None}):
        open_end = TraceLog.from_dict({**MINIMAL, "start_timestamp": "2024-04-15T22:19:13+05:30", **more})
        assert open_end.start.utcoffset() == timezone(timedelta(hours=5, minutes=30)).utcoffset(None)
        assert (open_end.end, open_end.duration) == (None, None)


@pytest.mark.parametrize("text", ["s", "2024-04-15T22:19:13", "2024-04-15", "2024-04-31T00:00:00Z", ""])
def test_what_is_not_an_instant(text: str) -> None:
    timed = TraceLog.from_dict({**MINIMAL, **TIMES, "end_timestamp": text})
    for read in (lambda: timed.end, lambda: timed.duration):
        with pytest.raises(InvalidDataError, match="end_timestamp is not a date-time with an offset") as caught:
            read()
        assert caught.value.path == "$.end_timestamp"


@pytest.mark.parametrize("plain", [SAMPLE[0], {**MINIMAL, "news": [1], "cost": 2**70, "output": "\ud800 é"}])
def test_json_there_and_back(plain: dict[str, Any]) -> None:
    first = TraceLog.from_dict(plain)
    text = first.to_json()
    assert json.loads(text) == plain
    for given in (text, text.encode(), bytearray(text.encode())):
        assert TraceLog.from_json(given) == first  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "path"),
    [
        (lambda: TraceLog.from_json("{"), None),
        (lambda: TraceLog.from_json(b"\xff"), None),
        (lambda: TraceLog.from_json('{"trace_id": 1, "start_timestamp": "s"}'), "$.trace_id"),
        (lambda: TraceLog.from_json('{"trace_id": "\ud800'), None),
        (lambda: TraceLog.from_dict({"trace_id": "t"}), None),
        (lambda: TraceLog.from_dict({**MINIMAL, "scores": [{"name": 1}]}), "$.scores[0].name"),
        (lambda: TraceLogFilters.from_dict({"filter_feild": "x"}), None),
        (lambda: TraceLog(**MINIMAL, cost=float("nan")).to_json(), None),
        (lambda: TraceLog(**MINIMAL, inputs={"a": object()}).to_json(), None),
    ],
)
def test_what_is_not_of_the_contract_is_an_error_of_the_package(made: Callable[[], object], path: str | None) -> None:
    with pytest.raises(InvalidDataError) as caught:
        made()
    assert caught.value.path == path
    for kind in (PareaError, ValueError, msgspec.ValidationError):
        assert isinstance(caught.value, kind)
    twin = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (str(twin), twin.path) == (str(caught.value), path)


def test_a_representation_is_short() -> None:
    long = {"output": "x" * 10_000, "inputs": {str(n): "y" * 500 for n in range(99)}, "tags": ["z" * 70] * 500}
    one = TraceLog.from_dict({**SAMPLE[0], **long, "children_logs": [SAMPLE[0]] * 50})
    assert repr(one).startswith("TraceLog(trace_id='94d6cf08-3b8a-4084-bba3-7a2960cc5b8d', trace_name='greeting', ")
    assert len(repr(one)) < 3000
    assert "9,922 more" in repr(one)
    many = Logs([one] * 20_000)
    assert len(repr(many)) < 10_000
    assert repr(many).endswith(", ... 19,997 more])")
    assert repr(Logs()) == "Logs([])"
    assert repr(Logs([1, 2])) == "Logs([1, 2])"
    assert one.to_dict()["output"] == "x" * 10_000


def test_what_a_notebook_shows() -> None:
    one = TraceLog.from_dict({**SAMPLE[0], "trace_name": "<script>", "latency": None, "output": "x" * 10_000})
    assert "<th>TraceLog</th>" in one._repr_html_()
    assert "&lt;script&gt;" in one._repr_html_()
    shown = Logs([one] * 20_000)._repr_html_()
    assert shown.count("<tr>") == 21
    assert len(shown) < 50_000
    assert "20,000 logs, of which these are the first 20" in shown
    assert "<th>trace_id</th><th>trace_name</th>" in shown
    assert "<th>latency</th>" not in shown
    assert "script>" not in shown.replace("&lt;script&gt;", "")
    assert Logs()._repr_html_() == "<table><thead><tr></tr></thead><tbody></tbody></table>"


def test_only_what_has_the_shape_has_the_methods() -> None:
    for name in SCHEMAS:
        kind = getattr(models, name)
        assert hasattr(kind, "walk") == hasattr(kind, "get_score") == (name == "TraceLog")


def test_methods_are_no_members() -> None:
    assert attrs.fields_dict(TraceLog).keys() - {"additional_properties"} == SCHEMAS["TraceLog"]["properties"].keys()
    assert json.loads(json.dumps(TraceLog.from_dict(log("r", log("a"))).to_dict())) == log("r", log("a"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_class_and_member_has_a_docstring(name: str) -> None:
    kind = getattr(models, name)
    source = importlib.import_module(kind.__module__).__spec__.loader.get_source(kind.__module__)  # type: ignore[union-attr]
    assert kind.__doc__
    assert source.count('"""') >= 2 * (1 + len(SCHEMAS[name].get("properties", ())))
    for method in (
        "walk",
        "get_score",
        "get_scores",
        "start",
        "end",
        "duration",
        "to_dict",
        "from_dict",
        "to_json",
        "from_json",
    ):
        assert getattr(kind, method, kind).__doc__
