"""Every part can be replaced, and the replacement decides."""

import dataclasses
import json
from collections.abc import Callable, Generator
from typing import Any

import pytest
from parea_target import Parts, Store
from parea_target.answers import render
from parea_target.conditions import CONDITIONS
from parea_target.filters import Filter, Subject, find_subject
from parea_target.judging import JUDGES, Target, Tenant
from sqlalchemy import desc
from starlette.responses import Response

pytestmark = pytest.mark.slow

LATENCY = {"filter_field": "latency", "filter_operator": "equals", "filter_value": "2"}
PARTS = {"filter_field": "output", "filter_operator": "in", "filter_value": "x,y"}
STAMP = {"filter_field": "start_timestamp", "filter_operator": "equals", "filter_value": "2024-04-15T22:19:13.381503Z"}


async def read_nothing(_request: Any, _max_bytes: int) -> bytes:
    return b"{}"


def first_only(bodies: Generator[bytes]) -> Generator[bytes]:
    return render(body for body in [next(bodies)])


def as_output(contract: Any, tables: Any, asked: Filter) -> Subject:
    return find_subject(contract, tables, dataclasses.replace(asked, filter_field="cost"))


# A part, what takes its place, a body, and what the answer is then: ids, or a status.
REPLACED: list[tuple[str, Any, Any, str]] = [
    ("judges", JUDGES[:5] + JUDGES[6:], {"x": 1}, "a b c"),
    ("authenticate", lambda _given, _keys: None, {}, "401"),
    ("authenticate", lambda _given, _keys: Tenant(frozenset()), {}, "404"),
    ("match_path", lambda _path, _contract: "other", {}, "404"),
    ("match_media_type", lambda _values, _contract: False, {}, "415"),
    ("read_body", read_nothing, {"x": 1}, "a b c"),
    ("parse", lambda _body: {}, {"x": 1}, "a b c"),
    ("validate", lambda _contract, _body: [{"loc": ["body"], "msg": "", "type": ""}], {}, "422"),
    ("filter", lambda _body: Filter(), LATENCY, "a b c"),
    ("locate", lambda _store, _tenant, _name: None, {}, "404"),
    ("subject", as_output, LATENCY, "c"),
    ("conditions", {**CONDITIONS, ("equals", "number"): CONDITIONS["not_equals", "number"]}, LATENCY, "a c"),
    ("number", lambda text: float(text) - 1, LATENCY, "a"),
    ("instant", lambda _text: "", STAMP, ""),
    ("boolean", lambda _text: False, {**LATENCY, "filter_field": "cache_hit", "filter_value": "true"}, "b"),
    (
        "split",
        lambda text: [text],
        {**LATENCY, "filter_field": "output", "filter_operator": "in", "filter_value": "x,y"},
        "b",
    ),
    ("split", lambda _text: [], PARTS, ""),
    ("order", lambda tables: [desc(tables.member("trace_id"))], {}, "c b a"),
    ("select", lambda tables, id_, _condition, order: Parts().select(tables, id_, None, order), LATENCY, "a b c"),
    ("render", first_only, {}, "a"),
    ("refuse", lambda _contract, refusal: Response("null", refusal.status + 1), {"x": 1}, "423"),
]


@pytest.fixture(scope="module")
def logs(make_log: Callable[..., Any]) -> list[Any]:
    return [
        make_log("a", latency=1, cache_hit=True, output="x"),
        make_log("b", latency=2, cache_hit=False, output="x,y"),
        make_log("c", latency=3, cost=2),
    ]


@pytest.mark.parametrize(("part", "replacement", "body", "expected"), REPLACED, ids=lambda value: str(value)[:20])
def test_replacement_decides(serve: Any, logs: Any, part: str, replacement: Any, body: Any, expected: str) -> None:
    response = serve({"e": logs}, parts=dataclasses.replace(Parts(), **{part: replacement})).post(body)
    shown = response.json()
    assert (
        " ".join(log["trace_id"] for log in shown) if response.is_success else str(response.status_code)
    ) == expected
    # And the right part answers differently.
    right = serve({"e": logs}).post(body)
    assert (right.status_code, right.text) != (response.status_code, response.text)


def test_every_part_is_replaced() -> None:
    assert {part for part, *_ in REPLACED} == {field.name for field in dataclasses.fields(Parts)}


def test_error_of_the_servers_own(serve: Any, logs: Any) -> None:
    """A part that breaks is a 500 in the form of every other error, without its trace."""

    def broken(_body: bytes) -> Any:
        raise RuntimeError("a secret")

    response = serve({"e": logs}, parts=dataclasses.replace(Parts(), parse=broken)).post({})
    assert (response.status_code, json.loads(response.text)) == (500, {"detail": "Internal Server Error"})


def test_target_shows_no_key(contract: Any) -> None:
    with Store(contract, []) as store:
        assert "secret" not in repr(Target(contract, store, {"secret": Tenant(None)}, Parts()))
