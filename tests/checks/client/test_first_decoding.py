"""Threads that decode for the first time, all at once: msgspec by itself lets the process die."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import parea_trace_logs
import pytest

PACKAGE = Path(parea_trace_logs.__file__).parent

# A crash takes the process with it, so it is another one. In each round the classes are new to msgspec.
ROUNDS = """
import sys, threading
import msgspec
from parea_trace_logs._json import decoders

sys.setswitchinterval(1e-6)
members = [f"member_{place}" for place in range(20)]
leaf = dict.fromkeys(members, 1)
content = msgspec.json.encode([{"leaves": [leaf], "by_name": {"a": leaf}}])
roads = {
    "decoder": lambda kind: decoders.decoder(kind).decode(content),
    "made_decoder": lambda kind: decoders.made_decoder(kind).decode(content),
    "convert": lambda kind: decoders.convert(msgspec.json.decode(content), kind),
}
road = roads[sys.argv[1]]
decoded = []
for _ in range(100):
    Leaf = msgspec.defstruct("Leaf", [(member, int) for member in members])
    Root = msgspec.defstruct("Root", [("leaves", list[Leaf]), ("by_name", dict[str, Leaf])])
    together = threading.Barrier(8)

    def run():
        together.wait()
        decoded.append(road(list[Root])[0].by_name["a"].member_19)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(sum(decoded))
"""


def _decoded(road: str) -> tuple[int, str]:
    """The exit status, and how many of the 800 threads decoded."""
    command = [sys.executable, "-c", ROUNDS, road]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - this Python
    return done.returncode, done.stdout.strip()


@pytest.mark.parametrize("road", ["decoder", "made_decoder", "convert"])
def test_threads_get_to_know_a_class_at_once(road: str) -> None:
    assert _decoded(road) == (0, "800")


def _first_looks() -> Iterator[tuple[str, str]]:
    """The functions of the package in which msgspec may come upon a class: module, and what they call.

    What a module does as it is imported, it does once.
    """
    for path in PACKAGE.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                for node in ast.walk(function):
                    if isinstance(node, ast.Call) and _looks(called := ast.unparse(node.func), node):
                        yield str(path.relative_to(PACKAGE)), called


def _looks(called: str, call: ast.Call) -> bool:
    typed = any(keyword.arg == "type" for keyword in call.keywords)
    return called.startswith("msgspec.") and (called.endswith((".Decoder", ".convert")) or typed)


def test_there_is_one_place_where_msgspec_gets_to_know_a_class() -> None:
    assert set(_first_looks()) == {
        ("_json/decoders.py", "msgspec.json.Decoder"),
        ("_json/decoders.py", "msgspec.convert"),
    }
