"""Bodies that are refused: their size, their encoding, their syntax, their place in `loc`."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from parea_target.answers import Refusal
from parea_target.bodies import read_body
from starlette.requests import Request

MAX = 65_536


@pytest.fixture(scope="module")
def client(serve: Any, make_log: Callable[..., Any]) -> Any:
    return serve({"e": [make_log("a", output="x")]})


def nested(depth: int, where: str = "%s") -> bytes:
    return (where % ("[" * depth + "]" * depth)).encode()


BOM = "\ufeff{}"

MALFORMED = {
    "empty": b"",
    "white space": b" \n",
    "broken": b"{",
    "nothing but brackets": b"[" * 60_000,
    "nothing but braces": b'{"a":' * 10_000,
    "too deep": nested(30_000),
    "one container too deep": nested(1_001),
    "too deep in a member": nested(30_000, '{"filter_value": %s}'),
    "two values": b"{} {}",
    "trailing comma": b'{"filter_field": null,}',
    "single quotes": b"{'filter_field': null}",
    "comment": b"{} // none",
    "NaN": b'{"filter_value": NaN}',
    "Infinity": b"Infinity",
    "-Infinity": b'{"x": [-Infinity]}',
    "leading zero": b'{"filter_value": 01}',
    "control character": b'{"filter_value": "\n"}',
    "raw NUL": b"{}\0",
    "no-break space": b"\xc2\xa0{}",
    "byte order mark": BOM.encode(),
    "UTF-16": "{}".encode("utf-16"),
    "UTF-16-LE": '{"filter_field": null}'.encode("utf-16-le"),
    "UTF-32-BE": "{}".encode("utf-32-be"),
    "Latin-1": '{"filter_field": "é", "filter_operator": "is_null"}'.encode("latin-1"),
    "overlong UTF-8": b'{"filter_value": "\xc0\x80"}',
    "surrogate in UTF-8": b'{"filter_value": "\xed\xa0\x80"}',
    "a member twice": b'{"filter_field": null, "filter_field": null}',
    "a member twice, escaped": b'{"filter_field": null, "filter_fi\\u0065ld": null}',
    "an inner member twice": b'{"filter_field": {"a": 1, "a": 1}}',
    "compressed": b"\x1f\x8b\x08\x00",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed(client: Any, name: str) -> None:
    response = client.post(content=MALFORMED[name])
    assert response.status_code == 422
    [error] = response.json()["detail"]
    assert error.keys() == {"loc", "msg", "type"}
    assert error["loc"] == ["body"]


FIELD = b'{"filter_field": "output", "filter_operator": "equals", "filter_value": %s}'

# Where the errors of a body are: the last step of each `loc`, None for `body` itself.
REFUSED: list[tuple[bytes, list[str | None]]] = [
    (b"[]", [None]),
    (b"null", [None]),
    (b'"text"', [None]),
    (b"9" * 10_000, [None]),
    (b"1e400", [None]),
    (nested(300), [None]),
    (b'{"filter_feild": null}', ["filter_feild"]),
    (b'{"": null, "filter_feild": null}', ["", "filter_feild"]),
    (b'{"filter_field": 5}', ["filter_field"]),
    (b'{"filter_field": "latency"}', ["filter_operator"]),
    (b'{"filter_field": "latency", "filter_operator": null}', ["filter_operator"]),
    (b'{"filter_field": "latency", "filter_operator": "equals"}', ["filter_value"]),
    (b'{"filter_field": "latency", "filter_operator": "equals", "filter_value": null}', ["filter_value"]),
    (b'{"filter_field": "latency", "filter_operator": "Equals", "filter_value": "1"}', ["filter_operator"]),
    (b'{"filter_field": "latency", "filter_operator": "like", "filter_value": "1"}', ["filter_operator"]),
    (b'{"filter_field": "latency", "filter_operator": "equals", "filter_value": "1\\n"}', ["filter_value"]),
    (b'{"filter_field": "latency", "filter_operator": "in", "filter_value": "1,,2"}', ["filter_value"]),
    (b'{"filter_field": "cache_hit", "filter_operator": "equals", "filter_value": "True"}', ["filter_value"]),
    (b'{"filter_field": "annotation:7", "filter_operator": "is_null"}', ["filter_field"]),
    (b'{"filter_field": "tags", "filter_key": "", "filter_operator": "is_null"}', ["filter_key"]),
    (b'{"filter_field": "inputs", "filter_operator": "equals", "filter_value": "x"}', ["filter_key"]),
    (b'{"filter_field": "inputs", "filter_operator": "equals"}', ["filter_key", "filter_value"]),
    (b'{"filter_key": "x"}', ["filter_key"]),
    (b'{"filter_field": null, "filter_operator": "is_null"}', ["filter_operator"]),
    (FIELD % b"1e400", ["filter_value"]),
    (FIELD % (b"9" * 10_000), ["filter_value"]),
    (FIELD % nested(300), ["filter_value"]),
    (FIELD % b'{"a": {}}', ["filter_value"]),
    (FIELD % b'"\\ud800"', ["filter_value"]),
    (b'{"\\udc00": 1}', ["\ufffd"]),
    (b'{"filter_value": ["\\ud800"]}', ["filter_value"]),
    (b'{"filter_value": {"\\ud800": 1}}', ["filter_value"]),
]


@pytest.mark.parametrize(("body", "places"), REFUSED, ids=lambda value: ascii(value)[:80])
def test_place_of_the_error(client: Any, body: bytes, places: list[str | None]) -> None:
    response = client.post(content=body)
    assert response.status_code == 422
    expected = [["body"] if place is None else ["body", place] for place in places]
    assert sorted(error["loc"] for error in response.json()["detail"]) == expected


def test_errors_repeat_no_value(client: Any) -> None:
    body = {"filter_field": "latency", "filter_operator": "equals", "filter_value": "secret"}
    response = client.post(body)
    assert "secret" not in response.text
    assert [error["type"] for error in response.json()["detail"]] == ["pattern"]


@pytest.mark.parametrize(
    "body", [b"{}", b' \r\n\t{"filter_field":null} ', FIELD % b'"\\u0000"', FIELD % b'"\\ud83d\\ude00"']
)
def test_accepted(client: Any, body: bytes) -> None:
    assert client.post(content=body).status_code == 200


def in_pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 1_000):
        yield body[start : start + 1_000]


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(("size", "status"), [(MAX, 200), (MAX + 1, 413), (5_000_000, 413)])
def test_size(client: Any, chunked: bool, size: int, status: int) -> None:
    body = b"{}".ljust(size)
    response = client.post(content=in_pieces(body) if chunked else body)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/json"


async def pieces_read(headers: list[tuple[bytes, bytes]]) -> int:
    """How many pieces are asked for before the body is refused."""
    asked = 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 10_000, "more_body": True}

    try:
        await read_body(Request({"type": "http", "headers": headers}, receive), MAX)
    except Refusal:
        return asked
    raise AssertionError


def test_no_more_is_read_than_needed() -> None:
    assert asyncio.run(pieces_read([])) == 7
    assert asyncio.run(pieces_read([(b"content-length", b"70000")])) == 0


@pytest.mark.parametrize(
    "body",
    [
        b"{" + b",".join(b'"m%d": null' % index for index in range(4_500)) + b', "m4499": null}',
        nested(900),
        ("[" * 900 + ",".join("1" * 30_000) + "]" * 900).encode(),
        ("[" * 900 + '"\\ud800"' + "]" * 900).encode(),
        b'{"filter_value": "' + b"\\ud800" * 10_000 + b'"}',
    ],
    ids=["the last of many members twice", "deep", "broad and deep", "a deep surrogate", "surrogates"],
)
def test_no_body_takes_long_to_refuse(client: Any, body: bytes) -> None:
    assert len(body) <= MAX
    took = []
    for _ in range(3):  # the least of three: a machine that does other things as well slows one down
        start = time.process_time()
        assert client.post(content=body).status_code == 422
        took.append(time.process_time() - start)
    assert min(took) < 0.3


def test_no_body_takes_long(client: Any) -> None:
    """No value makes a pattern, a parser or the database slow."""
    operators = ["equals", "in", "between", "like", "greater_than"]
    values = [" " * 60_000, "1" * 60_000, "1," * 30_000 + "1", "," * 60_000, "0" * 60_000 + "x", "1e" + "9" * 60_000]
    start = time.perf_counter()
    for value in values:
        for operator in operators:
            for field, key in (("latency", None), ("start_timestamp", None), ("inputs", "k"), ("output", None)):
                body = {"filter_field": field, "filter_key": key, "filter_operator": operator, "filter_value": value}
                assert client.post(body).status_code in (200, 422)
    assert time.perf_counter() - start < 10
