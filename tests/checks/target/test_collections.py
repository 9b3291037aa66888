"""Every operator on lists, maps, structures, scores and annotations, with the values that a wrong reading confuses."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from parea_target.conditions import CONDITIONS
from sqlalchemy import Engine, event

Case = tuple[str, str | None, str | None, str]  # operator, filter_value, filter_key, ids


def annotation(**members: Any) -> dict[str, Any]:
    return {
        "trace_id": "x", "defined_annotation_id": 1, "id": None, "created_at": "", "user_id": "u", **members
    }  # fmt: skip


def named(*scores: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"name": name, "score": score} for name, score in scores]


# By the member that differs between the logs: its values by id, then the filters by `filter_field`.
TABLES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, list[Case]]]] = {
    "tags": (
        {
            "a": ["prod", "canary"],
            "b": ["Prod"],
            "c": [],
            "d": None,
            "e": ...,
            "f": [""],
            "g": ["prod,canary", "x%y"],
            "h": [" prod"],
        },
        {
            "tags": [
                ("equals", "prod", None, "a"),
                ("equals", "", None, "f"),
                ("equals", "prod,canary", None, "g"),
                ("not_equals", "prod", None, "b c d e f g h"),
                ("like", "PROD", None, "a b g h"),
                ("like", "x%", None, "g"),
                ("like", "x_y", None, ""),
                ("like", "", None, "a b f g h"),
                ("in", "canary , Prod", None, "a b"),
                ("in", "prod,canary", None, "a"),
                ("in", "x,", None, "f"),
                ("is_null", None, None, "d e"),
                ("exists", None, None, "a b c f g h"),
            ]
        },
    ),
    "evaluation_metric_ids": (
        {"a": [1, 22], "b": [2], "c": [], "d": None, "e": ..., "f": [9007199254740993]},
        {
            "evaluation_metric_ids": [
                ("equals", "2", None, "b"),
                ("equals", "2.2e1", None, "a"),
                ("equals", "9007199254740992", None, "f"),
                ("not_equals", "1", None, "b c d e f"),
                ("in", "1 , 2.0", None, "a b"),
                ("in", "1.5", None, ""),
                ("is_null", None, None, "d e"),
                ("exists", None, None, "a b c f"),
            ]
        },
    ),
    "metadata": (
        {
            "a": {"k": "10", "user.id": "dotted"},
            "b": {"k": 10},
            "c": {"k": 9.5, "user": {"id": "dotted"}},
            "d": {"k": True},
            "e": {"k": "true"},
            "f": {"k": None},
            "g": {"K": "10", "": "empty key", "a'b\"c]d [e": "quoted", "nul\0": "nul"},
            "h": {},
            "i": None,
            "j": ...,
            "k": {"k": ["10", 10]},
            "l": {"k": {"10": 10}},
            "m": {"k": 1},
            "n": {"k": ""},
            "o": {"k": "Say 10%"},
            "p": {"k": 10**400},
            "q": {"k": "10,9"},
        },
        {
            "metadata": [
                ("is_null", None, None, "i j"),
                ("exists", None, None, "a b c d e f g h k l m n o p q"),
                ("is_null", None, "k", "f g h i j"),
                ("exists", None, "k", "a b c d e k l m n o p q"),
                ("exists", None, "user.id", "a"),
                ("exists", None, "user", "c"),
                ("exists", None, "", "g"),
                ("exists", None, "nul", ""),
                ("exists", None, "nul\0", "g"),
                ("equals", "quoted", "a'b\"c]d [e", "g"),
                ("equals", "10", "k", "a b"),
                ("equals", "10.0", "k", "b"),
                ("equals", "1e1", "k", "b"),
                ("equals", " 10", "k", ""),
                ("equals", "true", "k", "d e"),
                ("equals", "True", "k", ""),
                ("equals", "1", "k", "m"),
                ("equals", "null", "k", ""),
                ("equals", "", "k", "n"),
                ("equals", '["10", 10]', "k", ""),
                ("equals", "1e999", "k", "p"),
                ("equals", "Infinity", "k", ""),
                ("not_equals", "10", "k", "c d e f g h i j k l m n o p q"),
                ("not_equals", "10.0", "k", "a c d e f g h i j k l m n o p q"),
                ("like", "10", "k", "a o q"),
                ("like", "TRU", "k", "d e"),
                ("like", "0%", "k", "o"),
                ("like", "", "k", "a d e n o q"),
                ("in", "10.0, x", "k", "b"),
                ("in", " 10 , true", "k", "a b d e"),
                ("in", "x,", "k", "n"),
                ("in", "10,9", "k", "a b"),
                ("greater_than", "9", "k", "b c p"),
                ("greater_than", "9.5", "k", "b p"),
                ("greater_than", "", "k", ""),
                ("greater_than", " 9", "k", ""),
                ("greater_than", "9,1", "k", ""),
                ("greater_than_or_equal", "9.5", "k", "b c p"),
                ("greater_than_or_equal", "NaN", "k", ""),
                ("less_than", "9.5", "k", "m"),
                ("less_than", "true", "k", ""),
                ("less_than_or_equal", "9.5", "k", "c m"),
                ("less_than_or_equal", "+10", "k", ""),
                ("between", "9.5 , 10", "k", "b c"),
                ("between", "10,9.5", "k", ""),
                ("between", "1", "k", ""),
                ("between", "a,z", "k", ""),
                ("between", "1,2,3", "k", ""),
            ]
        },
    ),
    "configuration": (
        {"a": {}, "b": {"model": "m"}, "c": None, "d": ...},
        {
            "configuration": [
                ("is_null", None, None, "c d"),
                ("exists", None, None, "a b"),
            ]
        },
    ),
    "scores": (
        {
            "a": named(("is_correct", 1)),
            "b": named(("is_correct", 0), ("is_correct", 1)),
            "c": named(("is_correct", 0), ("latency", 7), ("", 3), ("annotation", 4), ("score:x", 5)),
            "d": named(("Is_correct", 1), ("x", 6), ("%", 1)),
            "e": [],
            "f": None,
            "g": ...,
        },
        {
            "scores": [("is_null", None, None, "f g"), ("exists", None, None, "a b c d e")],
            "is_correct": [
                ("equals", "1.0", None, "a b"),
                ("equals", "0", None, "b c"),
                ("not_equals", "1", None, "c d e f g"),
                ("not_equals", "0", None, "a d e f g"),
                ("greater_than", "0", None, "a b"),
                ("greater_than_or_equal", "0", None, "a b c"),
                ("less_than", "1", None, "b c"),
                ("less_than_or_equal", "1", None, "a b c"),
                ("in", "5, 1", None, "a b"),
                ("between", "0.5,1", None, "a b"),
                ("is_null", None, None, "d e f g"),
                ("exists", None, None, "a b c"),
            ],
            "score:is_correct": [("equals", "1", None, "a b")],
            "score:latency": [("equals", "7", None, "c")],
            "latency": [("equals", "7", None, ""), ("is_null", None, None, "a b c d e f g")],
            "": [("equals", "3", None, "c")],
            "score:": [("equals", "3", None, "c")],
            "annotation": [("equals", "4", None, "c")],
            "score:score:x": [("equals", "5", None, "c")],
            "score:x": [("equals", "6", None, "d"), ("equals", "5", None, "")],
            "x": [("equals", "6", None, "d")],
            "%": [("exists", None, None, "d")],
        },
    ),
    "annotations": (
        {
            "a": {"7": {"u": annotation(score=1, value="Good")}},
            "b": {"7": {"u": annotation(score=0, value="bad"), "v": annotation(score=1, value=None)}},
            "c": {"7": {"u": annotation(score=None)}},
            "d": {"8": {"u": annotation(score=1, value="other")}, "": {"u": annotation(score=5)}},
            "e": {"7": {}},
            "f": None,
            "g": ...,
            "h": {"score:7": {"u": annotation(score=2)}},
        },
        {
            "annotations": [("is_null", None, None, "f g"), ("exists", None, None, "a b c d e h")],
            "annotation:score:7": [
                ("equals", "1", None, "a b"),
                ("equals", "0", None, "b"),
                ("not_equals", "1", None, "c d e f g h"),
                ("greater_than", "0", None, "a b"),
                ("greater_than_or_equal", "0", None, "a b"),
                ("less_than", "1", None, "b"),
                ("less_than_or_equal", "0", None, "b"),
                ("in", "0,3", None, "b"),
                ("between", "1,2", None, "a b"),
                ("is_null", None, None, "c d e f g h"),
                ("exists", None, None, "a b"),
            ],
            "annotation:value:7": [
                ("equals", "Good", None, "a"),
                ("not_equals", "Good", None, "b c d e f g h"),
                ("like", "goo", None, "a"),
                ("in", "x, bad", None, "b"),
                ("is_null", None, None, "c d e f g h"),
                ("exists", None, None, "a b"),
            ],
            "annotation:score:": [("equals", "5", None, "d")],
            "annotation:score:score:7": [("equals", "2", None, "h")],
        },
    ),
}


@pytest.fixture(scope="module")
def clients(serve: Any, make_log: Callable[..., Any]) -> dict[str, Any]:
    return {
        member: serve({"e": [make_log(id_, **{member: value}) for id_, value in values.items()]})
        for member, (values, _) in TABLES.items()
    }


@pytest.mark.parametrize(
    ("member", "field", "case"),
    [
        (member, field, case)
        for member, (_, fields) in TABLES.items()
        for field, cases in fields.items()
        for case in cases
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_collection(clients: Any, member: str, field: str, case: Case) -> None:
    operator, value, key, expected = case
    assert clients[member].ids(field, operator, value, key) == expected


@pytest.mark.parametrize(
    ("member", "field", "kind"),
    [(member, member, None) for member in TABLES]
    + [("scores", "is_correct", "number")]
    + [("annotations", "annotation:score:7", "number"), ("annotations", "annotation:value:7", "text")],
)
def test_every_operator_is_tested(contract: Any, member: str, field: str, kind: str | None) -> None:
    kind = kind or contract.kinds[field]
    operators = {operator for operator, of_kind in CONDITIONS if of_kind == kind}
    assert {operator for operator, *_ in TABLES[member][1][field]} == operators


def test_only_roots_are_judged(serve: Any, make_log: Callable[..., Any]) -> None:
    child = make_log("c", output="sought", scores=named(("s", 1)), tags=["t"])
    client = serve({"e": [make_log("a", output="other", children_logs=[child]), make_log("b", output="sought")]})
    assert client.ids("output", "equals", "sought") == "b"
    assert client.ids("s", "exists") == client.ids("tags", "exists") == ""
    assert client.ids("trace_id", "equals", "c") == ""
    assert client.ids("children_logs", "exists") == "a"


def test_members_of_a_kind_are_kept_apart(serve: Any, make_log: Callable[..., Any]) -> None:
    members = {"tags": ["t"], "children": ["c"], "inputs": {"k": "i"}, "metadata": {"k": "m"}}
    client = serve({"e": [make_log("a", **members, evaluation_metric_ids=[1], children_ids=[2])]})
    for field, value, key in [
        ("tags", "t", None),
        ("children", "c", None),
        ("evaluation_metric_ids", "1", None),
        ("children_ids", "2", None),
        ("inputs", "i", "k"),
        ("metadata", "m", "k"),
    ]:
        assert client.ids(field, "equals", value, key) == "a"
    for field, value, key in [
        ("tags", "c", None),
        ("children", "t", None),
        ("evaluation_metric_ids", "2", None),
        ("children_ids", "1", None),
        ("inputs", "m", "k"),
        ("metadata", "i", "k"),
    ]:
        assert client.ids(field, "equals", value, key) == ""


@pytest.fixture
def few_variables() -> Iterator[None]:
    """SQLite as its authors ship it, where a statement binds 32,766 values at most; some builds allow more."""

    def limit(connection: object, _record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32_766)

    event.listen(Engine, "connect", limit)
    yield
    event.remove(Engine, "connect", limit)


@pytest.mark.usefixtures("few_variables")
@pytest.mark.parametrize("field", ["output", "tags", "metadata"])
def test_as_many_parts_as_a_body_can_hold(serve: Any, make_log: Callable[..., Any], field: str) -> None:
    client = serve({"e": [make_log("a", output="zz", tags=["zz"], metadata={"k": "zz"})]})
    key = "k" if field == "metadata" else None
    letters = [chr(code) for code in (*range(0x23, 0x2C), *range(0x2D, 0x5C), *range(0x5D, 0x7F))]
    texts = ["zz", *letters, *(one + two for one in letters for two in letters)]
    numbers = ["zz", *map(str, range(13_000))]
    for parts in (texts, numbers, ["zz", *[""] * 60_000]):
        value = ",".join(parts)[:65_000]
        body = {"filter_field": field, "filter_operator": "in", "filter_value": value, "filter_key": key}
        response = client.post(body)
        assert response.status_code == 200
        assert len(response.json()) == 1
