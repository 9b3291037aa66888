"""Decoding loses nothing, down to a stated depth, and says of a log that is not as documented where it is wrong."""

import copy
import json
import pickle
import sys
from typing import Any

import attrs
import msgspec
import parea_trace_logs
import pytest
from checks.client.support import SAMPLE, SCHEMAS
from checks.client.test_models import FULL, MINIMAL
from parea_trace_logs import UNSET, EvaluationScore, FilterOperator, TraceLog, TraceLogFilters
from parea_trace_logs._json import splitting as _splitting
from parea_trace_logs._json import text as text_module
from parea_trace_logs._json.arrays import decode_array, decode_chunk
from parea_trace_logs._json.decoding import decode, encode
from parea_trace_logs._json.splitting import CutShort, NotAnArray, Splitter

DEPTH = 400  # logs; each brings two containers


def refuse(*told: object) -> None:
    raise AssertionError(told)


def text(log: str) -> bytes:
    """A log with these members, as JSON."""
    return b'{"trace_id": "t", "start_timestamp": "s"' + log.encode() + b"}"


def tree(depth: int, more: str = "") -> bytes:
    one = b'{"trace_id": "t", "start_timestamp": "s"' + more.encode()
    return (one + b', "children_logs": [') * depth + one + b"}" + b"]}" * depth


MORE = {
    "plain": "",
    "unknown": ', "news": {"a": [1]}',
    "infinite": ', "cost": 1e400',
    "surrogate": ', "output": "\\ud800"',
}


@pytest.mark.parametrize("more", MORE.values(), ids=MORE)
def test_a_tree_within_the_limit_comes_back(more: str) -> None:
    content = tree(DEPTH, more)
    log = decode(content, TraceLog)
    [listed] = decode_array(b"[" + content + b"]", TraceLog, refuse)
    wanted = json.loads(content)
    for each in (log, listed, decode(encode(log), TraceLog)):
        assert each.to_dict() == wanted
    assert len(list(log.walk())) == DEPTH + 1
    assert len(repr(log)) < 2000


def test_a_tree_that_python_can_compare_can_be_copied() -> None:
    log = decode(tree(100, MORE["unknown"]), TraceLog)
    for twin in (pickle.loads(pickle.dumps(log)), copy.deepcopy(log)):  # noqa: S301 - our own
        assert twin == log
        list(twin.walk())[-1].status = "changed"
        assert twin != log


TOO_DEEP = {
    **{name: tree(20_000, more) for name, more in MORE.items()},
    "free": text(', "inputs": ' + '{"a": [' * 50_000 + "]}" * 50_000),
    "unknown and free": text(', "news": ' + "[" * 100_000 + "]" * 100_000),
}


@pytest.mark.parametrize("deep", TOO_DEEP.values(), ids=TOO_DEEP)
def test_a_log_nested_deeper_than_the_limit_is_refused_alone(deep: bytes) -> None:
    content = b"[" + text("") + b"," + deep + b"," + text(', "cost": 1') + b"]"
    told: list[tuple[Any, ...]] = []
    whole = decode_array(content, TraceLog, lambda *fault: told.append(fault))
    streamed = list(decode_chunk(Splitter().feed(content), TraceLog, lambda *fault: told.append(fault)))
    assert [[log.cost for log in logs] for logs in (whole, streamed)] == [[UNSET, 1]] * 2
    assert told == [(1, "$[1]", "nested deeper than 1,000 containers", deep)] * 2


def test_what_is_nested_deeper_than_the_limit_is_not_written() -> None:
    inputs: Any = {}
    for _ in range(20_000):
        inputs = {"a": inputs}
    for more in ({}, {"cost": float("inf")}, {"output": "\ud800"}):
        with pytest.raises(ValueError, match="nested deeper than 1,000 containers"):
            encode(TraceLog(trace_id="t", start_timestamp="s", inputs=inputs, **more))


# Each member is written as it came: value and form.
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("total_tokens", "2.0"),
        ("total_tokens", "1E2"),
        ("total_tokens", "123456789012345678901234567890"),
        ("total_tokens", "-9223372036854775809"),
        ("children_ids", "[1, 2.0, -0.0]"),
        ("depth", "1e999"),
        ("cost", "1"),
        ("cost", "9007199254740993"),
        ("cost", "-1e999"),
        ("latency", "5e-324"),
        ("inputs", '{"x": [1e999, "\\ud800", {"": null, "\\ud800": 1}]}'),
        ("output", '"\\udc00 \\ud83d\\ude00 \\u0000"'),
        ("\\ud800", '"\\ud800"'),
        ("scores", '[{"\\ud800": 1, "name": "n", "score": 1, "evaluation_metric_id": 3.0}]'),
        ("status", '"a status of tomorrow"'),
        ("additional_properties", '{"news": 1}'),
        ("additional_properties", "null"),
    ],
)
def test_what_msgspec_would_refuse_or_change_is_kept(member: str, value: str) -> None:
    content = text(f', "{member}": {value}')
    for log in (decode(content, TraceLog), *decode_array(b"[" + content + b"]", TraceLog, refuse)):
        assert repr(json.loads(encode(log))[json.loads(f'"{member}"')]) == repr(json.loads(value))


@pytest.mark.parametrize(
    ("members", "path"),
    [
        (', "latency": "1"', "$[1].latency"),
        (', "news": 1, "total_tokens": 1.5', "$[1].total_tokens"),
        (', "news": 1, "children_ids": [1, 1.5]', "$[1].children_ids[1]"),
        (', "scores": [{"name": "n", "score": 1}, {"name": "n"}]', "$[1].scores[1]"),
        (
            ', "configuration": {"news": 1, "messages": [{"role": 1, "content": null}]}',
            "$[1].configuration.messages[0].role",
        ),
        (', "annotations": {"a b": {"u": {"trace_id": "t"}}}', "$[1].annotations['a b'].u"),
        (', "children_logs": [{"trace_id": "t", "start_timestamp": 1}]', "$[1].children_logs[0].start_timestamp"),
        (', "children_logs": null', "$[1].children_logs"),
        (', "tags": ["a", null]', "$[1].tags[1]"),
        (', "cache_hit": 1', "$[1].cache_hit"),
        (', "depth": NaN', "$[1]"),
        (', "depth": ' + "1" * 5000, "$[1]"),
        (', "depth": 01', "$[1]"),
        (', "output": "\xff"', "$[1]"),
        (", ", "$[1]"),
    ],
)
def test_a_fault_has_its_path(members: str, path: str) -> None:
    told: list[tuple[Any, ...]] = []
    broken = text(members).decode().encode("latin-1")
    content = b"[" + text("") + b" ,\n" + broken + b"\t," + text(', "cost": 1') + b"]"
    logs = decode_array(content, TraceLog, lambda *fault: told.append(fault))
    assert [log.cost for log in logs] == [UNSET, 1]
    assert [(index, place, bytes_.strip()) for index, place, _, bytes_ in told] == [(1, path, broken)]
    assert " - at" not in told[0][2]


def test_a_value_of_an_enumeration_that_is_not_known_yet_is_kept() -> None:
    filters = TraceLogFilters.from_dict({"filter_field": "a", "filter_operator": "regex"})
    assert filters.to_dict() == {"filter_field": "a", "filter_operator": "regex"}
    assert TraceLogFilters.from_dict({"filter_operator": "in"}).filter_operator is FilterOperator.IN
    assert decode(b'{"filter_operator": "in"}', TraceLogFilters).filter_operator is FilterOperator.IN
    assert decode(b'{"filter_operator": "regex"}', TraceLogFilters).to_dict() == {"filter_operator": "regex"}


def test_the_protocol_of_attrs() -> None:
    log = TraceLog.from_dict(FULL)
    assert attrs.has(TraceLog)
    assert attrs.evolve(log) == log
    assert attrs.evolve(log).to_dict() == FULL
    changed = attrs.evolve(log, latency=2, additional_properties={"a": 1})
    assert (changed.latency, changed.additional_properties, log.latency) == (2, {"a": 1}, FULL["latency"])
    assert attrs.asdict(log)["additional_properties"] == log.additional_properties
    assert attrs.asdict(EvaluationScore(name="n", score=1)) == {
        "name": "n",
        "score": 1,
        "evaluation_metric_id": UNSET,
        "reason": UNSET,
        "id": UNSET,
        "additional_properties": {},
    }
    with pytest.raises(TypeError, match="trace_id"):
        TraceLog(start_timestamp="s")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="filter_feild"):
        TraceLogFilters(filter_feild="s")  # type: ignore[call-arg]


def test_a_log_that_occurs_twice_is_one_after_pickling() -> None:
    child = TraceLog(trace_id="c", start_timestamp="s")
    log = TraceLog(trace_id="t", start_timestamp="s", children_logs=[child, child])
    log.additional_properties["news"] = [1]
    twin = pickle.loads(pickle.dumps(log))  # noqa: S301 - our own
    assert twin == log
    assert twin.children_logs[0] is twin.children_logs[1]
    twin.additional_properties["news"].append(2)
    assert log.additional_properties == {"news": [1]}


@pytest.mark.parametrize("log", [SAMPLE[0], MINIMAL], ids=["sample", "minimal"])
def test_a_log_without_unknown_members_is_msgspecs_work_alone(
    log: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("parse", "convert", "from_plain"):
        monkeypatch.setattr(parea_trace_logs._json.decoding, name, refuse)
    content = json.dumps([log] * 3).encode()
    assert len(decode_array(content, TraceLog, refuse)) == 3
    assert len(list(decode_chunk(Splitter().feed(content), TraceLog, refuse))) == 3


def test_members_are_sought_in_the_order_in_which_the_wire_has_them() -> None:
    """Else decoding takes half as long again: msgspec looks for a member where it found the last one."""
    shown = [name for name in SAMPLE[0] if name in SCHEMAS["TraceLog"]["properties"]]
    assert [name for name in TraceLog.__struct_fields__ if name in shown] == shown


# What is cut out must not depend on where the pieces end, nor on who counts.
ARRAY = b' \n[ {"a": "]}\\"[{"} ,{"b":[{"c":[]},"\\\\"]}\t,\r\n[1,[2]], "x,\\"]", -12.5e3 ,true,null'
ARRAY += b', {"d":"\xc3\xa9\\ud800"}, {}]  '
ELEMENTS = [b'{"a": "]}\\"[{"}', b'{"b":[{"c":[]},"\\\\"]}', b"[1,[2]]", b'"x,\\"]"', b"-12.5e3", b"true", b"null"]
ELEMENTS += [b'{"d":"\xc3\xa9\\ud800"}', b"{}"]


@pytest.fixture(params=["msgspec tells", "brackets are counted"])
def _who_counts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _splitting._BEYOND >= 0, "msgspec does not tell any more where a value ends: streams are slow"
    if request.param == "brackets are counted":
        monkeypatch.setattr(_splitting, "_BEYOND", -1)


def cut(content: bytes, size: int) -> list[bytes]:
    splitter, found = Splitter(), list[bytes]()
    for start in [*range(0, len(content), size), len(content)]:
        batch = splitter.feed(content[start : start + size])
        found += [bytes(batch.content[begin:end]).strip() for begin, end in batch.bounds]
    splitter.finish()
    assert splitter.count == len(found)
    return found


@pytest.mark.usefixtures("_who_counts")
@pytest.mark.parametrize("size", range(1, len(ARRAY) + 1))
def test_elements_are_cut_out_alike_whatever_the_pieces(size: int) -> None:
    assert cut(ARRAY, size) == ELEMENTS


@pytest.mark.usefixtures("_who_counts")
@pytest.mark.parametrize("end", range(len(ARRAY.rstrip())))
def test_an_array_that_ends_early_is_cut_short(end: int) -> None:
    with pytest.raises(CutShort):
        cut(ARRAY[:end], 7)


@pytest.mark.usefixtures("_who_counts")
@pytest.mark.parametrize(
    "content",
    [
        *[b"{}", b"<html>", b"null", b"1", b'"a"', b"\xef\xbb\xbf[]", b"[}"],
        *[b"[,]", b"[1,]", b"[1 2]", b"[{}{}]", b"[]]", b"[:]", b"[] x", b"[1:2]", b"[{},,{}]", b"]"],
    ],
)
@pytest.mark.parametrize("size", [1, 100])
def test_what_is_no_array_is_told_from_one_that_is_cut_short(content: bytes, size: int) -> None:
    with pytest.raises(NotAnArray) as caught:
        cut(content, size)
    assert not isinstance(caught.value, CutShort)


def test_an_element_of_many_pieces_is_not_looked_at_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0
    ask = _splitting._trailing

    def count(view: bytes | memoryview) -> int:
        nonlocal looked
        looked += len(view)
        return ask(view)

    monkeypatch.setattr(_splitting, "_trailing", count)
    content = b'[{"a": "' + b"x" * 10_000_000 + b'"}]'
    assert len(cut(content, 10_000)) == 1
    assert looked < 5 * len(content)


@pytest.mark.parametrize(
    "content",
    [
        *["", " ", "[", "]", "{", "}", "[1,]", '{"a"}', '{"a":}', '{"a":1,}', "{1:2}", "01", "1.", ".5", "-", "+1"],
        *[
            "1e",
            "nul",
            "truefalse",
            '"',
            '"\\x"',
            '"\n"',
            "NaN",
            "[1}",
            '{"a":1]',
            "1 2",
            "[1 2]",
            '{"a" 1}',
            ",",
            ":",
            '"a":1',
            "[:]",
            "{,}",
        ],
    ],
)
def test_what_python_does_not_take_for_json_our_parser_does_not(content: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json.loads(content, parse_constant=lambda name: float(f"no {name}"))
    with pytest.raises(msgspec.DecodeError):
        text_module.parse(content.encode())


@pytest.mark.parametrize("value", [float("nan"), {"a": float("nan")}])
def test_nan_is_not_written(value: object) -> None:
    log = TraceLog(trace_id="t", start_timestamp="s", inputs={"x": value})
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode(log)


def test_the_interpreter_is_left_as_it_was() -> None:
    assert sys.getrecursionlimit() == 1000
