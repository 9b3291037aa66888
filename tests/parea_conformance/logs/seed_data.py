"""A small experiment on which nothing is undecided, ready to be loaded into any server.

Written to tell the rivals apart: each list below holds the values that some rival trips over. Members that are not
named here get one telling value from their kind, so that a member that is new in the contract is told apart as well.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.logs import class_data
from parea_conformance.rivals.answers import CAPS

EXPERIMENT = "0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01"
"""The experiment that the data belong to, by the name of its file."""
EMPTY_EXPERIMENT = "0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a02"
OTHER_EXPERIMENT = "0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a03"
TENANTS = ((EXPERIMENT, EMPTY_EXPERIMENT), (OTHER_EXPERIMENT,))
"""The experiments of two keys: of that by which is judged, and of the other tenant's."""

ROLES = (
    "the experiment to judge by, of your key: --experiment",
    "an experiment of the same key without logs: --empty-experiment",
    "an experiment of another key, which yours must not see: --other-experiment, --other-api-key",
)
"""What each file is for, in the order in which `write` gives them."""

_TEXTS: tuple[str | None, ...] = (
    "Greeting", "greeting", "Greeting ", " Greeting", "", None, "1.0", "1", "100% sure", "1000 sure", "a_b", "axb",
    "C:\\temp",
    "C:temp", "zero\0one", "Crème Brûlée", "Creme Brulee", "crème brûlée", "re\u0301sume\u0301", "r\u00e9sum\u00e9",
    "alpha, beta", "alpha", "beta",
    "alpha;beta", '"quoted"', "quoted", "[1, 2]", "f(x) = a.b*c", "\tindented", "indented", "hello brave new world",
    "line\nbreak", "日本語のテキスト", "🦊 fox", "x" * 300, "x" * 299 + "y", "null", "true",
)  # fmt: skip
_LATENCIES = (9, 10, 0.721968, 10.5, 2, 100, 0, 0.25, 0.75, None, 1000, 9.5)
_COSTS = (0.00002, 0, -0.5, 0.1, 0.1234567, -3, None, 0.5, 1e21, 1.5)
_TOKENS = (11, 9007199254740992, 9007199254740994, 7, 0, None, -1, 20)
_STARTS = (
    "2024-04-15T10:00:00.500000+00:00", "2024-04-15T12:00:00.500000+02:00", "2024-04-15T10:00:00.500001+00:00",
    "2024-04-15T10:00:00.499999Z", "2024-04-15T09:00:00-08:00", "2024-04-15T23:59:59.999999+05:30",
    "2024-04-14T10:00:00Z",
    "2024-04-15T10:00:00.501+00:00", "2024-04-15T10:00:00+00:00", "2024-02-29T00:00:00Z", "1969-12-31T23:59:59.999999Z",
    "2024-12-31T23:30:00-01:00",
)  # fmt: skip
_ENDS = (
    "2024-04-15T10:00:01.500000+00:00", None, "2024-04-15T10:00:01.500001+00:00", "2024-04-15T15:30:01.5+05:30",
    "2024-04-15T10:00:01Z", "2025-01-01T00:00:00Z", "2024-04-15T10:00:01.500999+00:00", "2024-04-15T02:00:00-08:00",
)  # fmt: skip
_TAGS: tuple[list[str] | None, ...] = (
    ["prod"], ["Prod", "canary"], ["canary", "prod"], [], None, ["production"], ["prod", "prod"],
    ["a", "b", "100% prod", "under_score"],
    [" prod"], ["alpha", "beta"], ["alpha, beta"], ["100 prod"], [""], ["underxscore"],
)  # fmt: skip
_IDS: tuple[list[int] | None, ...] = ([15075], [1, 2], [2, 1], [], None, [10], [7, 7], [9007199254740992])
_METADATA: tuple[dict[str, Any] | None, ...] = (
    None,
    {},
    {"attempt": 10, "note": "Checked by Ann", "flag": True, "zero": 0, "empty": "", "off": False},
    {"attempt": 9, "note": "checked", "flag": False, "zero": 1},
    {"attempt": "10", "note": "100% done", "flag": "true"},
    {"attempt": 2, "note": "1000 done", "flag": "1", "Attempt": 5},
    {"attempt": 2.5, "note": "a_b", "flag": 1},
    {"attempt": "2.50", "note": "axb", "flag": "True"},
    {"attempt": -1, "note": " padded note ", "flag": None},
    {"attempt": None, "note": None},
    {"attempt": True, "note": 42, "flag": 0},
    {"attempt": [10, 2], "note": ["checked"], "flag": ["true"]},
    {"attempt": {"n": 10}, "note": {"text": "checked"}, "flag": {}},
    {"user.id": "u-1", "user": {"id": "nested"}, "": "empty key", "list": ["first", "second"]},
    {"user": {"id": "u-1"}, 'quo"te': 1, "list[0]": "flat", "prefix-and-more": 1},
    {"prefix": "p", "quote": 2, "a]b": "z"},
    {"note": "alpha"},
    {"note": "beta"},
    {"note": "alpha, beta"},
    {"attempt": "9", "note": "1.0"},
    {"attempt": 1, "note": 1},
    {"attempt": 100, "note": "1"},
    {"attempt": 3, "note": "done"},
)
_SCORES: tuple[Any, ...] = (
    [("levenshtein", 0.25)], [("levenshtein", 0.75), ("is_correct", 1.0)], [("is_correct", 0)], [("Is_Correct", 1)],
    [], None,
    [("levenshtein", 0.1), ("levenshtein", 0.9)], [("levenshtein", 0.9), ("levenshtein", 0.1)],
    [("levenshtein", 0.205882)],
    [("levenshtein:fast", 0.5)], [("latency", 0.5)], [("cost", 9)], [("", 0.5)],
    [("levenshteins", 3)], [("score:x", 1)], [("x", 0.5)], [("annotation", 0.5)],
    [("levenshtein", 0.5), ("levenshtein", 0.5)],
    [("latency", 50), ("is_correct", 1)],
)  # fmt: skip
_ANNOTATIONS: tuple[Any, ...] = (
    None,
    {},
    {"7": {"ann": (1, "good", "quality"), "bob": (3, "bad", "quality")}},
    {"7": {"bob": (None, None, "quality"), "ann": (1, "good", "quality")}},
    {"7": {"ann": (2, None, "quality")}, "70": {"ann": (None, "fine", "tone")}},
    {"70": {"cid": (5, "bad", "tone")}},
    {"7": {"ann": (None, "good", None)}},
    {"7": {"bob": (3, "bad", None), "ann": (1, "good", None), "cid": (2, "so so", None)}},
    {"Tone": {"7": (4, "Good", None)}},
    {"tone": {}},
)
_BARE = 32
"""How many logs more there are than values of a class of operands in one member: some hold none, some another's."""

_TOGETHER = 3
"""How many names that others become stand on one log: as few as the number of logs that are judged by allows."""


def _annotation(trace_id: str, criterion: str, user: str, held: tuple[float | None, str | None, str | None]) -> Any:
    score, value, name = held
    created = f"2024-05-0{1 + len(user) + ord(user[0]) % 5}T00:00:00Z"
    number = int(criterion) if criterion.isdigit() else 0
    entry = {"trace_id": trace_id, "defined_annotation_id": number, "score": score, "value": value, "id": None}
    return {**entry, "created_at": created, "user_id": user, "annotation_name": name}


def _tree() -> list[dict[str, Any]]:
    """Children whose places tie, are absent, order otherwise as text, by id and by start; two levels deep."""
    places = (
        ("c-5", 0, 8),
        ("c-6", None, 7),
        ("c-7", 0, 6),
        ("c-3", 2, 5),
        ("c-9", 9, 4),
        ("c-1", 10, 3),
        ("c-4", 10, 2),
        ("c-0", 11, 1),
    )
    children = []
    for trace_id, place, second in places:
        child = {
            "trace_id": trace_id,
            "parent_trace_id": "tree",
            "root_trace_id": "tree",
            "start_timestamp": f"2024-04-15T10:00:0{second}Z",
            "trace_name": f"child {trace_id}",
            "output": "only a child says so",
            "depth": 1,
            "execution_order": place,
        }
        children.append({name: value for name, value in child.items() if value is not None})
    children[0]["cost"] = 0.12345678901234
    children[4]["children_logs"] = [
        {
            "trace_id": f"d-{place}",
            "parent_trace_id": "c-9",
            "root_trace_id": "tree",
            "start_timestamp": "2024-04-15T10:00:06Z",
            "depth": 2,
            "execution_order": place,
            "latency": 777,
            "cost": 0.12345678901234,
        }
        for place in (9, 10)
    ]
    return children


def _telling(kind: str, member: str, place: int) -> Any:
    """A value of a member that no other member of the kind has on the same log."""
    return {
        "text": f"{member} of its own",
        "number": 1000 + place,
        "timestamp": f"2024-03-01T00:00:{place:02}Z",
        "boolean": True,
        "string_list": [member],
        "integer_list": [1000 + place],
        "map": {member: member},
    }[kind]


# Structures have no value in common; a new one in the contract needs an entry here to be told apart.
_OWN_STRUCTURES: dict[str, Any] = {
    "scores": [{"name": "its own", "score": 1}],
    "comments": [
        {"trace_id": "x", "comment": "well done", "id": 1, "user_id": "ann", "created_at": "2024-05-01T00:00:00Z"}
    ],
    "annotations": {"own": {}},
    "images": [{"url": "https://example.com/a.png", "caption": None}],
    "configuration": {"model": "gpt-4", "provider": "openai", "messages": [{"content": "Greet Bar", "role": "user"}]},
}


def _columns(index: int, trace_id: str) -> dict[str, Any]:
    """The members that the lists above decide, for the log at this index."""
    members: dict[str, Any] = {}
    for name, values in (
        ("output", _TEXTS),
        ("latency", _LATENCIES),
        ("cost", _COSTS),
        ("total_tokens", _TOKENS),
        ("end_timestamp", _ENDS),
        ("tags", _TAGS),
        ("children_ids", _IDS),
        ("metadata", _METADATA),
    ):
        if index < len(values) and not (name == "children_ids" and values[index] is None):
            members[name] = values[index]
    if index < len(_SCORES):
        held = _SCORES[index]
        members["scores"] = None if held is None else [{"name": name, "score": score} for name, score in held]
    if index < len(_ANNOTATIONS):
        by_criterion = _ANNOTATIONS[index]
        members["annotations"] = by_criterion and {
            criterion: {user: _annotation(trace_id, criterion, user, held) for user, held in users.items()}
            for criterion, users in by_criterion.items()
        }
    return members


def _named(contract: Contract) -> Iterator[dict[str, Any]]:
    """Logs with names that software converts, of scores, criteria and keys; with what these become, a few on each."""
    maps = [member for member, kind in contract.kinds.items() if kind == "map"]
    for one, others in class_data.names():
        for names in ([one], *(others[place : place + _TOGETHER] for place in range(0, len(others), _TOGETHER))):
            yield {
                "scores": [{"name": name, "score": 0.5} for name in names],
                "annotations": {name: {"ann": _annotation("named", name, "ann", (1, "good", None))} for name in names},
                **{member: dict.fromkeys(names, "named") for member in maps},
            }


def logs(contract: Contract) -> list[dict[str, Any]]:
    """The root logs of the experiment, in the order in which a server must answer them is not promised here."""
    built: list[dict[str, Any]] = []
    by_class = class_data.columns()
    ids = ["Tie-b", "tie-a", "tie-\ufffd", "tie-\U0001f98a", "Tie-a"]
    for index in range(max(max(CAPS) + 1, _BARE + max(map(len, by_class.values())))):
        trace_id = ids[index] if index < len(ids) else f"log-{(index * 37) % 1000:03}"
        start = _STARTS[index % len(_STARTS)] if index >= len(ids) else "2024-04-15T10:00:00.123456+00:00"
        built.append({"trace_id": trace_id, "start_timestamp": start, **_columns(index, trace_id)})
    for place, (member, kind) in enumerate(contract.kinds.items()):
        log = built[len(_TEXTS) + place]
        if kind == "structure" and member in _OWN_STRUCTURES:
            log[member] = _OWN_STRUCTURES[member]
        elif member in ("parent_trace_id", "root_trace_id"):  # equal to trace_id on a root log, where they are present
            log[member] = log["trace_id"]
        elif kind != "structure" and member not in ("trace_id", "start_timestamp"):
            log[member] = _telling(kind, member, place)
    built[1].update(cache_hit=True, fill_children=False, inputs={"name": "Bar"}, comments=[])
    built[2].update(cache_hit=False, fill_children=True, configuration={}, images=[])
    built[3].update(children_logs=[], inputs={})
    for member, values in by_class.items():
        free = (log for log in built if member not in log)
        for log, value in zip(free, values, strict=False):
            log[member] = value
    for place, members in enumerate(_named(contract)):
        built.append({"trace_id": f"named-{place:02}", "start_timestamp": _STARTS[place % len(_STARTS)], **members})
    built += contract.sample()
    built[40].update(trace_id="tree", parent_trace_id="tree", root_trace_id="tree", children_logs=_tree())
    return built


def write(directory: Path, contract: Contract) -> list[Path]:
    """Write the experiment, an empty one and one for another key: a `.jsonl` file each, a root log a line.

    Raises:
        OSError: the directory or a file cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    own = logs(contract)
    theirs = {"start_timestamp": "2024-01-01T00:00:00Z", "output": "another tenant's secret"}
    # One is called as one of ours is: what knows logs by their ids alone mixes them up.
    other = [{"trace_id": trace_id, **theirs} for trace_id in ("other-1", own[-1]["trace_id"])]
    experiments = {EXPERIMENT: own, EMPTY_EXPERIMENT: [], OTHER_EXPERIMENT: other}
    paths = []
    for experiment, held in experiments.items():
        path = directory / f"{experiment}.jsonl"
        lines = [json.dumps(log, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n" for log in held]
        _write(path, "".join(lines))
        paths.append(path)
    return paths


def _write(path: Path, text: str) -> None:
    """Write a file, through no link: whoever may write into the folder could have laid one to a file of ours.

    Raises:
        OSError: the file cannot be written, or is a symbolic link.
    """
    if path.is_symlink():  # said clearly; that none is laid from now on, the flag sees to
        raise FileExistsError(f"{path} is a symbolic link, and is not followed")
    flag = getattr(os, "O_NOFOLLOW", 0)
    with open(
        path, "w", encoding="utf-8", newline="\n", opener=lambda name, flags: os.open(name, flags | flag, 0o666)
    ) as file:
        file.write(text)
