"""Reading answers: facts by bytes, and what is not an array of logs."""

import json
from typing import Any

import pytest
from parea_conformance.contract import Contract
from parea_conformance.http.json_text import parse
from parea_conformance.logs.elements import elements
from parea_conformance.logs.known import KnownLogs


def _log(number: int, **members: Any) -> dict[str, Any]:
    return {"trace_id": f"t-{number:05}", "start_timestamp": "2024-04-15T10:00:00Z", **members}


def test_an_answer_is_read_once_and_known_by_its_bytes(contract: Contract) -> None:
    library = KnownLogs(contract)
    body = json.dumps([_log(1, output="a"), _log(2, latency=1.0)]).encode()
    first, faults = library.read(body)
    again, _ = library.read(body)
    assert faults == []
    assert [one is other for one, other in zip(first, again, strict=True)] == [True, True]


def test_the_order_of_members_and_spaces_do_not_change_what_a_log_says(contract: Contract) -> None:
    library = KnownLogs(contract)
    [one], _ = library.read(b'[{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00Z","cost":1}]')
    [other], _ = library.read(b'[ {"cost": 1, "start_timestamp":"2024-01-01T00:00:00Z", "trace_id":"a"} ]')
    [changed], _ = library.read(b'[{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00Z","cost":2}]')
    assert one.content == other.content != changed.content


SPELLINGS = [
    *(
        "1",
        "1.0",
        "10e-1",
        "0",
        "-0.0",
        "0.1",
        "0.1000000000000000055",
        "1e16",
        "10000000000000000.0",
        "1e22",
        "5e-324",
    ),
    *(
        "9007199254740993",
        "9007199254740992.0",
        "18446744073709551616",
        "18446744073709551617",
        "1.8446744073709552e19",
    ),
    *(
        "1e300",
        f"1{'0' * 300}",
        str(int(1e300)),
        "1e999",
        "-1e999",
        "9" * 5000,
        "9" * 250 + "e99",
        "null",
        "true",
        '"1"',
    ),
    *('"\\ud800"', '"\\ud801"', '"1.0]"', '"e999"', "[]", "{}", "[1.0, 1e999]", "[1, 2e999]", '{"a": 1.0, "b": null}'),
    '{"b": null, "a": 1}',
]


@pytest.mark.parametrize("beside", ["", ',"a":1.0', ',"a":1e999', ',"a":"\\ud800"'])
def test_what_a_log_says_is_what_its_values_are(contract: Contract, beside: str) -> None:
    library = KnownLogs(contract)
    log = '[{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00Z","unknown":[%s]%s}]'
    contents = [library.read((log % (text, beside)).encode())[0][0].content for text in SPELLINGS]
    values = [parse(text.encode()) for text in SPELLINGS]
    for (text, one), content in zip(zip(SPELLINGS, values, strict=True), contents, strict=True):
        same = [isinstance(one, bool) == isinstance(other, bool) and one == other for other in values]
        assert [content == other for other in contents] == same, text


def test_logs_that_break_the_schema_are_named_and_left_out(contract: Contract) -> None:
    logs = [_log(1), {"trace_id": "x"}, _log(3, latency="slow"), _log(4, end_timestamp="yesterday"), _log(5)]
    facts, faults = KnownLogs(contract).read(json.dumps(logs).encode())
    assert [fact.trace_id for fact in facts] == ["t-00001", "t-00005"]
    assert [fault.split(" ")[1] for fault in faults] == ["1", "2", "3"]
    assert "$.latency" in faults[1]
    assert "$.end_timestamp" in faults[2]


@pytest.mark.parametrize(
    "log",
    [
        '{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00Z","latency":1e999}',
        '{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00Z","total_tokens":' + "9" * 5000 + "}",
        '{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00Z","output":"\\ud800"}',
        '{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00Z","scores":[{"name":"\\udfff","score":-1e999}]}',
        '{"trace_id":"a","start_timestamp":"2024-01-01T00:00:00.123456+23:59","unknown":[null]}',
    ],
)
def test_what_json_allows_is_no_fault(contract: Contract, log: str) -> None:
    facts, faults = KnownLogs(contract).read(f"[{log}]".encode())
    assert (len(facts), faults) == (1, [])


@pytest.mark.parametrize(
    "stamp",
    [
        "2024-01-01T00:00:00.1234567Z",
        "2024-01-01t00:00:00Z",
        "2024-01-01T00:00:00z",
        "2016-12-31T23:59:60Z",
        "0000-02-29T00:00:00Z",
        "2024-01-01T00:00:00Z\n",
    ],
)
@pytest.mark.parametrize("is_child", [False, True])
def test_timestamps_have_the_form_of_a_filter_value(contract: Contract, stamp: str, is_child: bool) -> None:
    log = _log(1, end_timestamp=stamp)
    facts, faults = KnownLogs(contract).read(json.dumps([_log(2, children_logs=[log]) if is_child else log]).encode())
    assert not facts
    assert len(faults) == 1
    assert "$.end_timestamp" in faults[0]


@pytest.mark.parametrize("body", [b"", b"[", b"[1,]", b"\xff[]", b"[{}] x"])
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        elements(body)


def test_what_is_json_but_no_array() -> None:
    with pytest.raises(TypeError):
        elements(b'{"detail": "x"}')
