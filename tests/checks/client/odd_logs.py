"""Logs of every kind that tables have to hold, made by chance, and answers that stream them."""

import json
import random
from collections.abc import Iterator
from typing import Any

import httpx
from checks.client.support import SAMPLE
from parea_trace_logs import Parea

TEXTS = ("", "plain", 'with "quotes", commas', "line\nbreak", "é日本🙂", "\x00", "null", "},{", '{"a": 1}, ')
TIMESTAMPS = (
    "2024-04-15T22:19:13.381503+00:00",
    "2024-04-15T22:19:13.000000+00:00",
    "2024-04-15T22:19:13+00:00",
    "2024-04-15T22:19:13.5Z",
    "2024-04-15 22:19:13.123456789-02:30",
    "2024-04-15t22:19:13z",
    "2024-02-30T00:00:00.123456+00:00",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59.999999+00:00",
    "2024-W16-1T22:19:13.381503+00:00",
    "yesterday",
    "",
)
NUMBERS = (0, 1, -1, 0.5, 1e-7, 1e300, 2**53 + 1, 10**30, 0.1 + 0.2)
FREE: tuple[Any, ...] = (
    None,
    {},
    {"k": [1, None, "é"]},
    {"tier": "gold", "n": 10**25, "deep": {"a": [{}]}},
    {"": {"b": 1.0}},
)


def _log(chance: random.Random, name: str, below: int) -> dict[str, Any]:
    log: dict[str, Any] = {"trace_id": name, "start_timestamp": chance.choice(TIMESTAMPS)}
    members: dict[str, Any] = {
        "end_timestamp": chance.choice((*TIMESTAMPS, None)),
        "output": chance.choice((*TEXTS, None)),
        "error": chance.choice(TEXTS),
        "parent_trace_id": chance.choice(("p", None)),
        "root_trace_id": chance.choice(("r", None)),
        "latency": chance.choice((*NUMBERS, None)),
        "cost": chance.choice((*NUMBERS, None)),
        "total_tokens": chance.choice((0, 7, 2**53, 2**53 + 1, -(2**63), 2**63 - 1, None)),
        "depth": chance.randrange(3),
        "cache_hit": chance.random() < 0.5,
        "inputs": chance.choice(FREE),
        "metadata": chance.choice(FREE),
        "tags": chance.choice(([], ["x", 'q"'], None)),
        "children_ids": chance.choice(([], [1, 2**40])),
        "scores": chance.choice(
            (
                None,
                [],
                [{"name": "a", "score": 1, "reason": "é"}],
                [{"name": "a", "score": 0.5, "id": 3}, {"name": 'b"\n', "score": 2}, {"name": "a", "score": 9}],
            )
        ),
        "images": chance.choice((None, [], [{"url": "u", "size": 3}])),
        "configuration": chance.choice((None, SAMPLE[0]["configuration"], {"model": "m", "history": [], "news": 1})),
    }
    log |= {key: value for key, value in members.items() if chance.random() < 0.6}
    if below and chance.random() < 0.5:
        log["children_logs"] = [_log(chance, f"{name}.{place}", below - 1) for place in range(chance.randrange(3))]
    return log


UNKNOWN = ("news", 'odd "name"', "né", "additional_properties", "unknown_0")
ODD: tuple[dict[str, Any], ...] = (
    {"total_tokens": 2.0},
    {"latency": "INFINITY"},
    {"metadata": {"x": "INFINITY"}},
    {"inputs": {"half": "\ud800"}},
    {"scores": [{"name": "a", "score": "INFINITY"}]},
)
REFUSED: tuple[dict[str, Any], ...] = (
    {"latency": "slow"},
    {"configuration": {"model": 5}},
    {"inputs": []},
    {"children_ids": None},
    {"status": 1},
)


def logs(seed: int, count: int, *, odd: float = 0.0, refused: float = 0.0, unknown: float = 0.0) -> list[str]:
    """So many logs as JSON; those chances are each log's to be odd, or not as documented, or to know more members."""
    chance = random.Random(seed)  # noqa: S311 - to test with
    found = []
    for place in range(count):
        log = _log(chance, str(place), chance.choice((0, 0, 0, 3)))
        if chance.random() < odd:
            log |= chance.choice(ODD)
        if chance.random() < refused:
            log |= chance.choice(REFUSED)
        if chance.random() < unknown:
            log |= {name: chance.choice((None, 1, {"x": [TEXTS]})) for name in UNKNOWN if chance.random() < 0.5}
        text = json.dumps(log, ensure_ascii=chance.random() < 0.3, separators=chance.choice(((",", ":"), (", ", ": "))))
        found.append(text.replace("\ud800", "\\ud800").replace('"INFINITY"', chance.choice(("1e999", "-1e999"))))
    return found


def documented(found: list[str]) -> list[dict[str, Any]]:
    """These logs without their descendants, with timestamps as the contract has them: what any server takes."""
    good = ("2024-04-15T22:19:13.381503+00:00", "2024-04-15T22:19:13+00:00", "2024-04-15T22:19:13.5Z")
    parsed: list[dict[str, Any]] = [json.loads(each) for each in found]
    for place, log in enumerate(parsed):
        log["start_timestamp"] = good[place % 3]
        if "end_timestamp" in log:
            log["end_timestamp"] = good[(place + 1) % 3]
        log.pop("children_logs", None)
    return parsed


def client(body: bytes, piece: int) -> Parea:
    """A client whose server answers everything with this body, in pieces of this size."""

    def pieces() -> Iterator[bytes]:
        for place in range(0, len(body), piece):
            yield body[place : place + piece]

    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=pieces()))
    return Parea("a-key", "http://127.0.0.1:9", http_client=httpx.Client(transport=transport))
