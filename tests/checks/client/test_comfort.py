"""Trees and scores."""

import importlib
import json
from typing import Any

import attrs
import pytest
from checks.client.support import SCHEMAS
from parea_trace_logs import TraceLog, models
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
    for method in ("walk", "get_score", "get_scores", "to_dict", "from_dict"):
        assert getattr(kind, method, kind).__doc__
