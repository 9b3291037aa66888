"""Parameters of an operation as they are sent."""

import enum

import pytest
from parea_trace_logs._http.parameters import header_values, query_of, segment


class State(enum.StrEnum):
    DONE = "done"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, ""),
        ({"a": None}, ""),
        ({"a": "x y&z=/?#"}, "?a=x%20y%26z%3D%2F%3F%23"),
        ({"a": 1, "b": 1.5, "c": True, "d": False}, "?a=1&b=1.5&c=true&d=false"),
        ({"a": [State.DONE, "x"]}, "?a=done&a=x"),
        ({"a": []}, ""),
        ({"a": ""}, "?a="),
        ({"é": "🦊"}, "?%C3%A9=%F0%9F%A6%8A"),
    ],
)
def test_a_query(given: dict[str, object], sent: str) -> None:
    assert query_of(given) == sent


def test_headers() -> None:
    assert header_values({"X-A": 1, "x-b": None, "x-c": State.DONE, "x-d": True}) == {
        "x-a": "1",
        "x-c": "done",
        "x-d": "true",
    }


@pytest.mark.parametrize("text", ["a\r\nx-api-key: b", "é", " a", "a\0"])
def test_what_a_header_cannot_carry_is_an_error_that_names_it(text: str) -> None:
    with pytest.raises(ValueError, match="x-a holds what a header cannot carry"):
        header_values({"x-a": text})


@pytest.mark.parametrize(("value", "sent"), [("a/b", "a%2Fb"), ("..", "%2E%2E"), (7, "7"), (State.DONE, "done")])
def test_a_segment_of_a_path(value: object, sent: str) -> None:
    assert segment(value, type(value)) == sent
