"""Files: what is served of them, and how an error names its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from parea_target.loader import DataError, read_experiments, read_logs

STAMP = '"start_timestamp": "2024-04-15T22:19:13Z"'


def log(trace_id: str, more: str = "") -> str:
    return f'{{"trace_id": "{trace_id}", {STAMP}{more}}}'


def bodies(file: Path, contract: Any) -> list[str]:
    return [root.body.decode() for root in read_logs(file, contract)]


def test_bytes_of_each_log(tmp_path: Path, contract: Any) -> None:
    """Of an array and of lines, without the space between logs but with those within; any line separator within."""
    logs = [log("a", ', "output": "\u2028\u0085\x7f \\u0000"'), log("b", ', "latency": 1.50e0'), log("c")]
    lines = tmp_path / "lines.jsonl"
    lines.write_bytes("\r\n".join([*logs[:2], "", f" {logs[2]} "]).encode())
    assert bodies(lines, contract) == logs
    logs[1] = logs[1].replace(", ", ",\n\t")
    array = tmp_path / "array.json"
    array.write_bytes(b"\n [ " + " ,\n".join(logs).encode() + b"\n]\n")
    assert bodies(array, contract) == logs


@pytest.mark.parametrize(("name", "text"), [("e.json", " [ ] "), ("e.jsonl", ""), ("e.jsonl", "\n\n")])
def test_empty_experiment(tmp_path: Path, contract: Any, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert bodies(tmp_path / name, contract) == []


def test_folders_and_files(tmp_path: Path, contract: Any) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("b.jsonl", "a.b.json", "README.md"):
        (folder / name).write_text("[]" if name == "a.b.json" else "")
    single = tmp_path / "single.json"
    single.write_text("[]")
    names = [name for name, _ in read_experiments([single, folder], contract)]
    assert names == ["single", "a.b", "b"]


CHILDREN = ', "children_logs": [{}]'


def deep(containers: int, more: str = "") -> str:
    """A log of so many containers in one another, itself and its `metadata` among them."""
    return log("deep", f', "metadata": {{"k": {"[" * (containers - 2)}{"]" * (containers - 2)}}}{more}')


# The name of the file, its text, and what the message must say of the place and the fault.
BAD: list[tuple[str, str | bytes, list[str]]] = [
    ("e.json", "{}", ["not a JSON array"]),
    ("e.json", "", ["not a JSON array"]),
    ("e.json", "[", ["element 0", "not JSON"]),
    ("e.json", f"[{log('a')}", ["element 0", "neither a comma"]),
    ("e.json", f"[{log('a')},]", ["element 1", "not JSON"]),
    ("e.json", f"[{log('a')}] x", ["something follows"]),
    ("e.json", f"[{log('a')} {log('b')}]", ["element 0", "neither a comma"]),
    ("e.json", "\ufeff[]", ["not a JSON array"]),
    ("e.json", b"[\xff]", ["not UTF-8", "byte 1"]),
    ("e.json", "[" + log("a") + ", " + log("b", ', "latency": NaN') + "]", ["element 1", "NaN"]),
    ("e.json", "[" + log("a", ', "tags": 1') + "]", ["element 0", "$.tags"]),
    ("e.jsonl", b'{}\n"\xff"', ["line 1", "required"]),
    ("e.jsonl", log("a").encode() + b'\n"\xff"', ["line 2", "not UTF-8", "byte 1"]),
    ("e.jsonl", f"\n{log('a')} {log('b')}", ["line 2", "more than one value"]),
    ("e.jsonl", "\n".join([log("a"), log("b"), log("a")]), ["line 3", "$.trace_id", "twice"]),
    ("e.jsonl", log("a", ', "latency": 1, "latency": 2'), ["line 1", '"latency"', "twice"]),
    ("e.jsonl", log("a", ', "inputs": ' + "[" * 30_000), ["line 1", "deep"]),
    ("e.jsonl", log("a", ', "output": "\\ud800"'), ["line 1", "$.output", "surrogate"]),
    ("e.jsonl", log("a", ', "inputs": {"a b": ["\\uDFFF"]}'), ["line 1", '$.inputs["a b"][0]', "surrogate"]),
    ("e.jsonl", log("a", ', "inputs": {"\\ud800": 1}'), ["line 1", "$.inputs", "surrogate"]),
    ("e.jsonl", log("a", ', "end_timestamp": "2024-04-15 22:19:13Z"'), ["line 1", "$.end_timestamp"]),
    ("e.jsonl", log("a", ', "end_timestamp": "2024-04-15T22:19:13"'), ["line 1", "$.end_timestamp"]),
    (
        "e.jsonl",
        log("a", ', "end_timestamp": "2024-04-15T22:19:13.1234567Z"'),
        ["$.end_timestamp", "6 fraction digits"],
    ),
    ("e.jsonl", log("a", ', "end_timestamp": "2024-04-15t22:19:13z"'), ["line 1", "$.end_timestamp"]),
    ("e.jsonl", log("a", ', "end_timestamp": "2016-12-31T23:59:60Z"'), ["line 1", "$.end_timestamp"]),
    ("e.jsonl", log("a", ', "end_timestamp": "0000-02-29T00:00:00Z"'), ["line 1", "$.end_timestamp"]),
    (
        "e.jsonl",
        log("a", CHILDREN.format(log("b", ', "end_timestamp": "2024-04-15T22:19:13.1234567Z"'))),
        ["$.children_logs[0].end_timestamp", "6 fraction digits"],
    ),
    ("e.jsonl", log("a", ', "scores": [{"name": "x"}]'), ["line 1", "$.scores[0]", "score"]),
    ("e.jsonl", f"{log('a')}\n{deep(1_001)}", ["line 2", "nested deeper than 1,000 containers"]),
    ("e.jsonl", deep(50_000), ["line 1", "nested deeper than 1,000 containers"]),
    ("e.json", f"[{log('a')}, {deep(1_001)}]", ["element 1", "nested deeper than 1,000 containers"]),
    ("e.jsonl", deep(800, ', "latency": "x"'), ["line 1", "$.latency"]),
    ("e.jsonl", deep(800, ', "inputs": [{}]').replace("metadata", "scores"), ["line 1", "$: ", "schema", "too deeply"]),
    ("e.jsonl", log("a", CHILDREN.format('{"trace_id": "b"}')), ["$.children_logs[0]", "start_timestamp"]),
    ("e.jsonl", log("a", CHILDREN.format(f"{log('c')}, {log('b')}")), ["line 1", "$.children_logs[1]", "before"]),
    (
        "e.jsonl",
        log("a", CHILDREN.format(log("b", CHILDREN.format(log("c", ', "execution_order": 1') + ", " + log("d"))))),
        ["$.children_logs[0].children_logs[1]", "before"],
    ),
]


@pytest.mark.parametrize(("name", "text", "parts"), BAD, ids=lambda value: ascii(value)[:50])
def test_error_names_its_place(tmp_path: Path, contract: Any, name: str, text: str | bytes, parts: list[str]) -> None:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(DataError) as raised:
        bodies(file, contract)
    message = str(raised.value)
    assert message.startswith(f"{file}: ")
    assert all(part in message for part in parts), message
    assert len(message) < 600


def test_deep_logs_are_taken(tmp_path: Path, contract: Any) -> None:
    """In the depth of maps, and of descendants."""
    family = log("leaf")
    for generation in range(400):
        family = log(f"{generation}", CHILDREN.format(family))
    file = tmp_path / "e.jsonl"
    file.write_text(f"{deep(800)}\n{family}")
    assert len(bodies(file, contract)) == 2


def test_children_in_order_are_taken(tmp_path: Path, contract: Any) -> None:
    """By execution_order, which is 0 where absent, then by id; ids of children may occur twice."""
    children = [log("c", ', "execution_order": -1'), log("a"), log("b", ', "execution_order": 0'), log("b"),
                log("a", ', "execution_order": 2'), log("a", ', "execution_order": 10')]  # fmt: skip
    file = tmp_path / "e.jsonl"
    file.write_text(log("a", CHILDREN.format(", ".join(children))))
    assert len(bodies(file, contract)) == 1


@pytest.mark.parametrize(
    "stamp", ["2000-02-29T23:59:59Z", "0001-01-01T00:00:00.123456+23:59", "9999-12-31T23:59:59-23:59"]
)
def test_stamps_at_the_edge_are_taken(tmp_path: Path, contract: Any, stamp: str) -> None:
    file = tmp_path / "e.jsonl"
    file.write_text(json.dumps({"trace_id": "a", "start_timestamp": stamp}))
    assert len(bodies(file, contract)) == 1


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["missing.json"], "does not exist"),
        (["x.txt"], "not a .json"),
        (["empty"], "no .json"),
        (["a.json", "a.jsonl"], "already"),
    ],
)
def test_bad_paths(tmp_path: Path, contract: Any, names: list[str], message: str) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("x.txt", "a.json", "a.jsonl"):
        (tmp_path / name).write_text("[]")
    with pytest.raises(DataError, match=message):
        list(read_experiments([tmp_path / name for name in names], contract))
