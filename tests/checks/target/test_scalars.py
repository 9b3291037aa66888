"""Every operator on text, numbers, timestamps and booleans, each with the values that a wrong reading confuses."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from parea_target.conditions import CONDITIONS

# The member that is filtered, and its value in the log of each id; None is null, `...` is a log without the member.

TEXTS: Mapping[str, Any] = {
    "a": "Greeting",
    "b": "greeting",
    "c": " greeting",
    "d": "",
    "e": None,
    "f": ...,
    "g": "100% sure_",
    "h": "1000 sure",
    "i": "nul\0in the text",
    "j": "nul",
    "k": "ÉCOLE",
    "l": "école",
    "m": "x, y",
    "n": "back\\slash",
    "o": "e\u0301",  # the same character, decomposed
    "p": "\u00e9",
    "q": "null",
}
NUMBERS: Mapping[str, Any] = {
    "a": 9,
    "b": 10,
    "c": 10.0,
    "d": -1.5,
    "e": 0,
    "f": None,
    "g": ...,
    "h": 9007199254740993,  # 2**53 + 1, which is 2**53 as a double
    "i": 0.1,
    "j": 1e308,
    "k": 10**400,
    "l": -(10**400),
    "m": -0.0,
}
TIMESTAMPS: Mapping[str, Any] = {
    "a": "2024-04-15T12:00:00Z",
    "b": "2024-04-15T14:00:00.000+02:00",  # the same instant as a
    "c": "2024-04-15T12:00:00.000001z",
    "d": "2024-04-15t12:00:00.0000001Z",  # after a, before c
    "e": None,
    "f": ...,
    "g": "2024-04-15T06:30:00-05:30",  # the same instant as a again
    "h": "0001-01-01T00:00:00+23:59",  # in the year 0
    "i": "9999-12-31T23:59:59.999999-23:59",  # in the year 10000
    "j": "2024-04-15T11:59:59.999999999Z",
    "k": "1969-12-31T23:59:59Z",
}
BOOLEANS: Mapping[str, Any] = {"a": True, "b": False, "c": ...}

SAME = "2024-04-15T12:00:00+00:00"

CASES: Mapping[str, tuple[Mapping[str, Any], list[tuple[str, str | None, str]]]] = {
    "output": (
        TEXTS,
        [
            ("equals", "greeting", "b"),
            ("equals", "Greeting", "a"),
            ("equals", "", "d"),
            ("equals", "nul\0in the text", "i"),
            ("equals", "nul", "j"),
            ("equals", "\u00e9", "p"),
            ("equals", "x, y", "m"),
            ("equals", "null", "q"),
            ("not_equals", "greeting", "a c d e f g h i j k l m n o p q"),
            ("not_equals", "", "a b c e f g h i j k l m n o p q"),
            ("like", "REET", "a b c"),
            ("like", "", "a b c d g h i j k l m n o p q"),
            ("like", "100%", "g"),
            ("like", "sure_", "g"),
            ("like", "%", "g"),
            ("like", "cole", "k l"),
            ("like", "École", "k"),
            ("like", "école", "l"),
            ("like", "\0IN", "i"),
            ("like", "nul", "i j q"),
            ("like", "\\", "n"),
            ("in", "greeting,nul", "b j"),
            ("in", " nul , Greeting ", "a j"),
            ("in", "x, y", ""),
            ("in", ",nul", "d j"),
            ("in", "\u00e9", "p"),
            ("in", " greeting", "b"),
            ("in", "\tnul", ""),
            ("is_null", None, "e f"),
            ("is_null", "anything", "e f"),
            ("exists", None, "a b c d g h i j k l m n o p q"),
        ],
    ),
    "latency": (
        NUMBERS,
        [
            ("equals", "10", "b c"),
            ("equals", "1e1", "b c"),
            ("equals", "0", "e m"),
            ("equals", "-0", "e m"),
            ("equals", "9007199254740992", "h"),
            ("equals", "0.1000000000000000055511151231257827", "i"),
            ("equals", "1e400", "k"),
            ("equals", "9" * 10_000, "k"),
            ("equals", "-1e400", "l"),
            ("equals", "1e-400", "e m"),
            ("not_equals", "10", "a d e f g h i j k l m"),
            ("greater_than", "9", "b c h j k"),
            ("greater_than_or_equal", "9", "a b c h j k"),
            ("greater_than", "1e400", ""),
            ("greater_than_or_equal", "1e400", "k"),
            ("less_than", "0", "d l"),
            ("less_than_or_equal", "0", "d e l m"),
            ("less_than_or_equal", "-1e400", "l"),
            ("in", "9,10", "a b c"),
            ("in", " 0.1 , 1e1 ,10", "b c i"),
            ("between", "9,10", "a b c"),
            ("between", " -1.5 , 0 ", "d e m"),
            ("between", "10,9", ""),
            ("between", "-1e400,1e400", "a b c d e h i j k l m"),
            ("is_null", None, "f g"),
            ("exists", None, "a b c d e h i j k l m"),
        ],
    ),
    "end_timestamp": (
        TIMESTAMPS,
        [
            ("equals", SAME, "a b g"),
            ("equals", "2024-04-15T22:00:00.000000+10:00", "a b g"),
            ("equals", "2024-04-15T12:00:00-00:00", "a b g"),
            ("equals", "2024-04-15T12:00:00.000001Z", "c"),
            ("equals", "0001-01-01T00:01:00+23:59", ""),
            ("not_equals", SAME, "c d e f h i j k"),
            ("greater_than", SAME, "c d i"),
            ("greater_than_or_equal", SAME, "a b c d g i"),
            ("greater_than", "9999-12-31T23:59:59.999998-23:59", "i"),
            ("less_than", SAME, "h j k"),
            ("less_than_or_equal", SAME, "a b g h j k"),
            ("less_than", "0001-01-01T00:00:01+23:59", "h"),
            ("less_than", "1970-01-01T00:00:00Z", "h k"),
            ("between", f"{SAME},2024-04-15T12:00:00.000001Z", "a b c d g"),
            ("between", f" {SAME} , 2024-04-15T14:00:00+02:00 ", "a b g"),
            ("between", f"2024-04-15T12:00:00.000001Z,{SAME}", ""),
            ("is_null", None, "e f"),
            ("exists", None, "a b c d g h i j k"),
        ],
    ),
    "cache_hit": (
        BOOLEANS,
        [
            ("equals", "true", "a"),
            ("equals", "false", "b"),
            ("not_equals", "true", "b c"),
            ("not_equals", "false", "a c"),
            ("is_null", None, "c"),
            ("exists", None, "a b"),
        ],
    ),
}


@pytest.fixture(scope="module")
def clients(serve: Any, make_log: Callable[..., Any]) -> dict[str, Any]:
    return {
        field: serve({"e": [make_log(id_, **{field: value}) for id_, value in values.items()]})
        for field, (values, _) in CASES.items()
    }


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [(field, *case) for field, (_, cases) in CASES.items() for case in cases],
    ids=lambda value: ascii(value)[:40],
)
def test_scalar(clients: Any, field: str, operator: str, value: str | None, expected: str) -> None:
    assert clients[field].ids(field, operator, value) == expected


def test_order_of_instants_is_exact(serve: Any, make_log: Callable[..., Any]) -> None:
    """By instant and not by text, to any digit; then by code point, in which U+FF5E is below U+1F600."""
    stamps = {
        "later": "2024-04-15T12:00:00.00000000000002+00:00",
        "sooner": "2024-04-15T14:00:00.00000000000001+02:00",
        "\U0001f600": "2024-04-15T13:00:00+01:00",
        "\uff5e": "2024-04-15T12:00:00.000Z",
        "Z": "2024-04-15T12:00:00Z",
        "a": "2024-04-15T12:00:00Z",
    }
    logs = [make_log(id_) | {"start_timestamp": stamp} for id_, stamp in stamps.items()]
    answer = serve({"e": logs}).post({}).json()
    assert [log["trace_id"] for log in answer] == ["Z", "a", "\uff5e", "\U0001f600", "sooner", "later"]


def test_every_operator_is_tested(contract: Any) -> None:
    for field, (_, cases) in CASES.items():
        operators = {operator for operator, kind in CONDITIONS if kind == contract.kinds[field]}
        assert {operator for operator, _, _ in cases} == operators
