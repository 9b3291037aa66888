"""What the contract's own schemas generate comes back as it was, from bytes and from dicts, whole and in pieces."""

import copy
import json
import pickle
from typing import Any

import pytest
from checks.client.support import SCHEMAS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parea_trace_logs import TraceLog, models
from parea_trace_logs._json.arrays import decode_array, decode_chunk
from parea_trace_logs._json.decoding import decode, encode
from parea_trace_logs._json.splitting import Splitter

pytestmark = pytest.mark.slow

FREE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "integer": st.integers() | st.integers(-(2**60), 2**60).map(float),
    "number": st.integers() | st.floats(allow_nan=False),
    "string": st.text(st.characters(), max_size=5),
}


def values(schema: dict[str, Any], depth: int = 2) -> st.SearchStrategy[Any]:
    """What the schema accepts; where it lets members be free, some that it does not know."""
    if "$ref" in schema:
        return values(SCHEMAS[schema["$ref"].rpartition("/")[2]], depth)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "oneOf" in schema:
        return st.one_of([values(each, depth) for each in schema["oneOf"]])
    if "type" not in schema:
        return FREE
    types = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    return st.one_of([_of_type(each, schema, depth) for each in types])


def _of_type(kind: str, schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if kind == "array":
        return st.lists(values(schema["items"], depth - 1), max_size=2) if depth else st.just([])
    if kind != "object":
        return SCALARS[kind]
    free = schema.get("additionalProperties", True)
    members = {name: values(each, depth) for name, each in schema.get("properties", {}).items()}
    if not members:
        return st.dictionaries(st.text(max_size=3), FREE if free is True else values(free, depth), max_size=2)
    required = {name: members.pop(name) for name in schema.get("required", [])}
    chosen = st.lists(st.sampled_from(sorted(members)), max_size=6, unique=True) if members else st.just([])
    known = chosen.flatmap(lambda chosen: st.fixed_dictionaries(required | {name: members[name] for name in chosen}))
    unknown = st.dictionaries(st.text(max_size=3) | st.just("additional_properties"), FREE, max_size=2 if free else 0)
    return st.builds(lambda new, old: {**{key: new[key] for key in new if key not in members}, **old}, unknown, known)


def written(value: Any, **form: Any) -> str:
    """The JSON of a value; Python would write an infinity as what JSON has no word for."""
    return json.dumps(value, **form).replace("Infinity", "1e999")


def refuse(*fault: object) -> None:
    raise AssertionError(fault)


OURS = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", [name for name, schema in SCHEMAS.items() if "properties" in schema])
def test_every_schema_comes_back(name: str) -> None:
    kind = getattr(models, name)

    @OURS
    @given(values(SCHEMAS[name]))
    def check(value: dict[str, Any]) -> None:
        # The text of the value, so that 1 is not 1.0, nor true; null and absent differ in it too.
        wanted = written(value, sort_keys=True)
        before = copy.deepcopy(value)
        model = kind.from_dict(value)
        assert value == before
        twins = [decode(wanted.encode(), kind), decode(encode(model), kind)]
        for each in (model, *twins, pickle.loads(pickle.dumps(model))):  # noqa: S301 - our own
            assert written(each.to_dict(), sort_keys=True) == wanted
            assert each == model
            assert written(json.loads(encode(each)), sort_keys=True) == wanted
        assert written(copy.deepcopy(model).to_dict(), sort_keys=True) == wanted

    check()


@OURS
@given(
    st.lists(values(SCHEMAS["TraceLog"], 1), max_size=4), st.integers(1, 400), st.sampled_from([None, 1]), st.booleans()
)
def test_an_array_comes_back_whatever_its_pieces(
    logs: list[dict[str, Any]], size: int, indent: int | None, ascii_only: bool
) -> None:
    text = written(logs, indent=indent, ensure_ascii=ascii_only)
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # UTF-8 has none, only an escape has
        text = written(logs)
    content = text.encode()
    splitter, streamed = Splitter(), list[TraceLog]()
    for start in [*range(0, len(content), size), len(content)]:
        streamed += decode_chunk(splitter.feed(content[start : start + size]), TraceLog, refuse)
    splitter.finish()
    wanted = [written(log, sort_keys=True) for log in logs]
    for decoded in (streamed, decode_array(content, TraceLog, refuse)):
        assert [written(log.to_dict(), sort_keys=True) for log in decoded] == wanted
