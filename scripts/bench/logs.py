"""Trace logs to measure with: the members and the order of the documented response, texts of usual length."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = yaml.load((ROOT / "openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
_WORDS = ["the", "model", "said", "greeting", "because", "context", "über", "question", "answer", "trace", "naïve"]


def sample() -> dict[str, Any]:
    """The documented response's log."""
    (path,) = DOCUMENT["paths"].values()
    content = path["post"]["responses"]["200"]["content"]["application/json"]
    found: dict[str, Any] = content["examples"]["sample"]["value"][0]
    return copy.deepcopy(found)


def _text(chance: random.Random, length: int) -> str:
    words = " ".join(chance.choices(_WORDS, k=length // 6))
    return f'{words} "{words[:9]}"\n'


def _id(chance: random.Random) -> str:
    return f"{chance.getrandbits(32):08x}-{chance.getrandbits(16):04x}-4000-a000-{chance.getrandbits(48):012x}"


def log(chance: random.Random, below: int = 0) -> dict[str, Any]:
    """One log of about 1.8 kB, with as many levels of one child each below it."""
    one = sample()
    one["configuration"] |= {"model": "gpt-4o", "provider": "openai", "model_params": {"temp": 0.5, "max_length": None}}
    one["configuration"]["messages"] = [
        {"content": _text(chance, 150), "role": "system"},
        {"content": _text(chance, 90), "role": "user"},
    ]
    ids = dict.fromkeys(("trace_id", "parent_trace_id", "root_trace_id"), _id(chance))
    ids |= {name: _id(chance) for name in ("organization_id", "project_uuid", "experiment_uuid")}
    one |= ids | {"inputs": {"question": _text(chance, 60), "k": 3}, "output": _text(chance, 120)}
    one |= {"latency": chance.random(), "cost": chance.random() / 100, "input_tokens": chance.randrange(5000)}
    one |= {"metadata": {"user": _id(chance), "attempt": 2}, "tags": ["prod", "canary"], "target": _text(chance, 60)}
    one["scores"].append({"name": "is_correct", "score": 1.0, "evaluation_metric_id": 12, "reason": _text(chance, 40)})
    if below:
        one["children_logs"] = [log(chance, below - 1)]
    return one


def body(count: int, below: int = 0) -> bytes:
    """An answer of so many logs; beyond 2,000 they repeat."""
    chance = random.Random(1)  # noqa: S311 - to measure with
    texts = [json.dumps(log(chance, below), ensure_ascii=False) for _ in range(min(count, 2000))]
    return ("[" + ",".join(texts[number % len(texts)] for number in range(count)) + "]").encode()
