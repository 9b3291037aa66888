"""The generated classes: nothing is lost, null is not absent, and what is free-form is plain."""

import copy
import importlib
import json
import pickle
from typing import Any

import attrs
import msgspec
import parea_trace_logs
import pytest
from checks.client.support import OPERATION, SAMPLE, SCHEMAS
from parea_trace_logs import UNSET, FilterOperator, LLMInputs, TraceLog, TraceLogFilters, models
from parea_trace_logs._json.decoding import decode, encode
from parea_trace_logs._json.model import _slot

MINIMAL: dict[str, Any] = {"trace_id": "t", "start_timestamp": "2024-04-15T22:19:13.3815031234Z"}

# Each schema that is an object, with a member that the contract does not know.
FULL: dict[str, Any] = {
    **MINIMAL,
    "end_timestamp": "2024-04-15T24:00:00",
    "latency": 1,
    "cost": 9007199254740993,
    "total_tokens": 123456789012345678901234567890,
    "status": "a status of tomorrow",
    "inputs": {"a": {"b": [1, {"c": None}]}, "": 1.5, "additional_properties": {"x": 1}},
    "metadata": {},
    "tags": [],
    "scores": [{"name": "n", "score": 1.0, "news": [1]}, {"name": "m", "score": 0, "reason": None}],
    "images": [{"url": "u", "news": {}}],
    "comments": [
        {"trace_id": "t", "comment": "", "id": 7, "user_id": "u", "created_at": "c", "news": None},
        {"trace_id": "t", "comment": "", "id": "7", "user_id": "u", "created_at": "c"},
    ],
    "annotations": {
        "c": {
            "u": {"trace_id": "t", "defined_annotation_id": 1, "id": None, "created_at": "", "user_id": "", "news": 1}
        },
        "d": {},
    },
    "configuration": {
        "model_params": {"temp": 0, "response_format": {"type": "json", "news": 1}, "news": False},
        "messages": [
            {"content": [{"text": "x"}], "role": "of tomorrow", "news": "n"},
            {"content": None, "role": "user"},
        ],
        "functions": [{"name": "f"}, 1],
        "function_call": {"name": "f"},
        "news": [],
    },
    "children_logs": [{**MINIMAL, "news": 1, "children_logs": [{**MINIMAL, "news": {"deep": True}}]}],
    "news": {"free": [1, 2]},
    "additional_properties": "a member that is called so",
}


def through(log: dict[str, Any]) -> Any:
    return json.loads(encode(decode(json.dumps(log).encode(), TraceLog)))


def nested(depth: int) -> dict[str, Any]:
    log = dict(MINIMAL)
    for _ in range(depth):
        log = {**MINIMAL, "children_logs": [log]}
    return log


@pytest.mark.parametrize("log", [SAMPLE[0], MINIMAL, FULL, nested(100)], ids=["sample", "minimal", "full", "nested"])
def test_nothing_is_lost(log: dict[str, Any]) -> None:
    assert through(log) == log
    assert TraceLog.from_dict(log).to_dict() == log


def test_a_number_keeps_its_form() -> None:
    """1 is not 1.0 to who compares files, and 2**53 + 1 is another number as a double."""
    assert [repr(through(FULL)[name]) for name in ("latency", "cost", "total_tokens")] == [
        "1",
        "9007199254740993",
        "123456789012345678901234567890",
    ]


@pytest.mark.parametrize("name", SCHEMAS["TraceLog"]["properties"])
def test_null_absent_and_unset_are_kept_apart(name: str) -> None:
    schema = SCHEMAS["TraceLog"]["properties"][name]
    if name not in MINIMAL:
        assert getattr(TraceLog.from_dict(MINIMAL), name) is UNSET
        assert name not in through(MINIMAL)
    nullable = "null" in schema.get("type", []) or {"type": "null"} in schema.get("oneOf", [])
    if nullable:
        assert through({**MINIMAL, name: None}) == {**MINIMAL, name: None}
    else:
        with pytest.raises(msgspec.ValidationError, match=f"got `null` - at `\\$.{name}`"):
            through({**MINIMAL, name: None})


def test_free_form_members_are_plain_dicts() -> None:
    log = TraceLog.from_dict(FULL)
    assert type(log.inputs) is type(log.metadata) is dict
    assert log.inputs == FULL["inputs"]
    assert isinstance(log.configuration, LLMInputs)
    assert type(log.configuration.function_call) is dict
    assert isinstance(log.configuration.model_params, models.ModelParams)
    assert type(log.configuration.model_params.response_format) is dict
    assert isinstance(log.annotations, dict)
    assert type(log.annotations["c"]) is dict
    assert isinstance(log.annotations["c"]["u"], models.TraceLogAnnotation)


def test_unknown_members_are_within_reach_and_can_be_changed() -> None:
    log = TraceLog.from_dict(FULL)
    assert log.additional_properties == {key: FULL[key] for key in ("news", "additional_properties")}
    assert isinstance(log.scores, list)
    assert [score.additional_properties for score in log.scores] == [{"news": [1]}, {}]
    log.additional_properties["more"] = 1
    assert log.to_dict() == {**FULL, "more": 1}
    log.additional_properties = {}
    assert log.to_dict().keys() == FULL.keys() - {"news", "additional_properties"}


def test_a_log_without_unknown_members_carries_nothing_for_them() -> None:
    log = TraceLog.from_dict(SAMPLE[0])
    assert not hasattr(log, "__dict__")
    assert _slot.__get__(log) is UNSET
    assert log.additional_properties == {}


def test_a_closed_schema_refuses_unknown_members() -> None:
    with pytest.raises(msgspec.ValidationError, match="filter_feild"):
        TraceLogFilters.from_dict({"filter_feild": "x"})
    assert not hasattr(TraceLogFilters(), "additional_properties")


def test_unset_is_one_thing_however_it_travels() -> None:
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET  # noqa: S301 - our own
    assert copy.copy(UNSET) is copy.deepcopy(UNSET) is UNSET
    assert not UNSET


@pytest.mark.parametrize("log", [MINIMAL, FULL], ids=["minimal", "full"])
def test_logs_travel(log: dict[str, Any]) -> None:
    original = TraceLog.from_dict(log)
    for twin in (pickle.loads(pickle.dumps(original)), copy.copy(original), copy.deepcopy(original)):  # noqa: S301
        assert twin == original
        assert twin.latency is UNSET if log is MINIMAL else twin.latency == 1
        assert twin.to_dict() == log


def test_equality_is_that_of_all_members() -> None:
    log = TraceLog.from_dict(FULL)
    assert log == TraceLog.from_dict(FULL)
    assert log != TraceLog.from_dict({**FULL, "latency": 2})
    assert log != TraceLog.from_dict({**FULL, "news": 2})
    assert log != TraceLog.from_dict({key: value for key, value in FULL.items() if key != "news"})
    assert TraceLog.from_dict({**MINIMAL, "target": None}) != TraceLog.from_dict(MINIMAL)
    assert log != FULL


def test_the_representation_shows_what_is_there() -> None:
    assert repr(TraceLog.from_dict({**MINIMAL, "target": None, "news": 1})) == (
        f"TraceLog(trace_id='t', start_timestamp={MINIMAL['start_timestamp']!r}, target=None,"
        " additional_properties={'news': 1})"
    )


def test_a_number_beyond_doubles_and_half_a_pair_of_surrogates_are_json() -> None:
    text = b'{"trace_id": "t", "start_timestamp": "s", "cost": -1e400, "inputs": {"x": [1e400]}, "output": "\\ud800"}'
    log = decode(text, TraceLog)
    assert (log.cost, log.inputs, log.output) == (float("-inf"), {"x": [float("inf")]}, "\ud800")


def test_a_filter_writes_its_operator_as_the_contract_does() -> None:
    filters = TraceLogFilters(filter_field="a", filter_operator=FilterOperator.IN, filter_value="1,2")
    assert json.loads(encode(filters)) == {"filter_field": "a", "filter_operator": "in", "filter_value": "1,2"}
    assert type(filters.to_dict()["filter_operator"]) is str
    assert TraceLogFilters.from_dict(filters.to_dict()) == filters


def object_schemas() -> dict[str, dict[str, Any]]:
    return {name: schema for name, schema in SCHEMAS.items() if "properties" in schema}


@pytest.mark.parametrize("name", object_schemas())
def test_a_class_has_the_members_of_its_schema(name: str) -> None:
    schema, kind = SCHEMAS[name], getattr(models, name)
    fields = attrs.fields_dict(kind)
    assert set(fields) - {"additional_properties"} == set(schema["properties"])
    assert ("additional_properties" in fields) == (schema.get("additionalProperties") is not False)
    fields.pop("additional_properties", None)
    required = {field for field, attribute in fields.items() if attribute.default is attrs.NOTHING}
    assert required == set(schema.get("required", []))
    assert all(attribute.default is UNSET for field, attribute in fields.items() if field not in required)
    assert hasattr(kind, "additional_properties") == (schema.get("additionalProperties") is not False)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_class_says_what_its_schema_says(name: str) -> None:
    kind = getattr(models, name)
    said = " ".join((kind.__doc__ or "").split())
    assert said == " ".join(SCHEMAS[name]["description"].split())
    source = " ".join(importlib.import_module(kind.__module__).__spec__.loader.get_source(kind.__module__).split())  # type: ignore[union-attr]
    for member in SCHEMAS[name].get("properties", {}).values():
        assert f'"""{" ".join(member["description"].split())}' in source


def test_the_operators_are_those_of_the_contract_in_its_order() -> None:
    assert [operator.value for operator in FilterOperator] == SCHEMAS["FilterOperator"]["enum"]


def test_every_operation_is_a_function_and_a_method() -> None:
    name = OPERATION["operationId"]
    module = importlib.import_module(f"parea_trace_logs.api.{OPERATION['tags'][0]}.{name}")
    for function in ("sync", "sync_detailed", "asyncio", "asyncio_detailed"):
        assert callable(getattr(module, function))
    for client in (parea_trace_logs.Parea, parea_trace_logs.AsyncParea):
        assert OPERATION["summary"] in (getattr(client, name).__doc__ or "")
