"""Error answers: their order, their status, their headers; keys and tenants."""

import http.client
import json
from collections.abc import Callable
from typing import Any

import pytest
from checks.target.conftest import KEY, PATH

GOOD = PATH.format("e")


@pytest.fixture(scope="module")
def client(serve: Any, make_log: Callable[..., Any]) -> Any:
    experiments = {
        "e": [make_log("a")],
        "other": [make_log("b")],
        "empty": [],
        "a b/ü": [make_log("c")],
        "\ufffd": [make_log("d")],
    }
    return serve(experiments, keys={KEY: None, "first": ["e"], "second": ["other", "missing"], "none": []})


# From the first thing that is judged to the last: what is wrong with it, as options of a request, and the answer.
WRONG: list[tuple[str, dict[str, Any], int]] = [
    ("key", {"key": "wrong"}, 401),
    ("path", {"path": "/nowhere"}, 404),
    ("method", {"method": "GET"}, 405),
    ("media type", {"media_type": "text/plain"}, 415),
    ("size", {"content": b" " * 65_537}, 413),  # not JSON either
    ("body", {"content": b"{"}, 422),
    ("experiment", {"experiment": "unknown"}, 404),
]


def send(client: Any, **wrong: Any) -> Any:
    headers = {"content-type": wrong.get("media_type", "application/json"), "x-api-key": wrong.get("key", KEY)}
    path = wrong.get("path", PATH.format(wrong.get("experiment", "e")))
    return client.http.request(wrong.get("method", "POST"), path, headers=headers, content=wrong.get("content", b"{}"))


@pytest.mark.parametrize(
    ("first", "second"), [(i, j) for i in range(len(WRONG)) for j in range(i, len(WRONG))], ids=str
)
def test_order_of_judging(client: Any, first: int, second: int) -> None:
    """Of two things that are wrong, the one that is judged first decides; and each alone is refused."""
    response = send(client, **{**WRONG[second][1], **WRONG[first][1]})
    assert response.status_code == WRONG[first][2]
    assert response.headers["content-type"] == "application/json"
    assert isinstance(response.json()["detail"], list if response.status_code == 422 else str)


def test_everything_right(client: Any) -> None:
    assert send(client).status_code == 200


def test_same_answer_for_every_wrong_key(client: Any) -> None:
    answers = [
        client.http.post(GOOD, headers=headers, json={})
        for headers in (
            [],
            [("x-api-key", "")],
            [("x-api-key", "wrong")],
            [("x-api-key", KEY[:-1])],
            [("x-api-key", KEY.upper())],
            [("x-api-key", "k\u00e9y".encode("latin-1"))],
            [("x-api-key", KEY), ("x-api-key", KEY)],
            [("authorization", f"Bearer {KEY}")],
        )
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.headers["www-authenticate"] for answer in answers}) == 1
    assert all(KEY not in str(answer.headers) + answer.text for answer in answers)


def test_key_in_the_query_is_none(client: Any) -> None:
    assert client.http.post(f"{GOOD}?x-api-key={KEY}", json={}).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/openapi.json",
        "/docs",
        GOOD + "/",
        "/" + GOOD,
        GOOD.removesuffix("s"),
        GOOD.upper(),
        "/api/parea/v1/experiment//trace_logs",
        "/api/parea/v1/experiment/a/b/trace_logs",
        "/api/parea/v1/experiment/%ff/trace_logs",
    ],
)
def test_unknown_path(client: Any, path: str) -> None:
    assert client.http.post(path, json={}, headers={"x-api-key": KEY}).status_code == 404
    assert client.http.get(path, headers={"x-api-key": KEY}).status_code == 404
    assert client.http.post(path, json={}).status_code == 401


@pytest.mark.parametrize("path", ["a%20b%2F%C3%BC", "a%20b%2f%c3%bc"])
def test_experiment_is_the_decoded_segment(client: Any, path: str) -> None:
    assert [log["trace_id"] for log in client.post({}, path).json()] == ["c"]


def test_encoded_path_is_the_same_path(client: Any) -> None:
    path = GOOD.replace("a", "%61") + "?x=1"
    assert client.http.post(path, json={}, headers={"x-api-key": KEY}).is_success


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "QUERY", "post"])
def test_other_method(client: Any, method: str) -> None:
    connection = http.client.HTTPConnection(client.http.base_url.netloc.decode())
    connection.request(method, GOOD, headers={"x-api-key": KEY})
    response = connection.getresponse()
    assert (response.status, response.getheader("allow")) == (405, "POST")
    assert json.loads(response.read() or '{"detail": ""}').keys() == {"detail"}
    connection.close()


def test_no_path_at_all(client: Any) -> None:
    connection = http.client.HTTPConnection(client.http.base_url.netloc.decode())
    for headers, status in (({}, 401), ({"x-api-key": KEY}, 404)):
        connection.request("OPTIONS", "*", headers=headers)
        response = connection.getresponse()
        assert (response.status, response.read()[:10]) == (status, b'{"detail":')
    connection.close()


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON ;charset=latin-1", 200),
        ("application/json;", 200),
        ("application/problem+json", 415),
        ("application/jsonl", 415),
        ("application", 415),
        ("text/json", 415),
        ("*/*", 415),
        ("", 415),
        ("application/json, text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ],
)
def test_media_type(client: Any, media_type: str, status: int) -> None:
    assert send(client, media_type=media_type).status_code == status


def test_missing_and_double_media_type(client: Any) -> None:
    for types in ([], ["application/json", "application/json"]):
        headers = [("x-api-key", KEY), *(("content-type", type_) for type_ in types)]
        assert client.http.post(GOOD, headers=headers, content=b"{}").status_code == 415


def test_tenants(client: Any) -> None:
    """An experiment of another key is answered, to the byte, as one that does not exist."""
    statuses = {
        (key, name): client.post({}, name, key).status_code
        for key in (KEY, "first", "second", "none")
        for name in ("e", "other", "missing")
    }
    assert {pair for pair, status in statuses.items() if status == 200} == {
        (KEY, "e"),
        (KEY, "other"),
        ("first", "e"),
        ("second", "other"),
    }
    assert set(statuses.values()) == {200, 404}
    assert client.post({}, "other", "first").content == client.post({}, "missing", "first").content


def test_empty_experiment(client: Any) -> None:
    assert client.post({}, "empty").content == b"[]"
    assert client.post({"filter_field": "x", "filter_operator": "is_null"}, "empty").content == b"[]"
