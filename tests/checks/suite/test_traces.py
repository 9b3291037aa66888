"""The trace of a stack is seen in an error, as it stands and in a text of JSON; what is like one is not."""

import json

import pytest
from parea_conformance.stages.every_answer import holds_trace

TRACES = {
    "Python": 'Traceback (most recent call last):\n  File "/app/main.py", line 3, in read',
    "Python, its end": '  File "/app/main.py", line 3, in read',
    "Java": "java.lang.NullPointerException\n\tat com.example.Filters.read(Filters.java:42)",
    "Kotlin": "at Filters.kt:12",
    ".NET": "System.Exception: x\n   at App.Read() in /src/Filters.cs:line 42",
    "Node.js": "SyntaxError: x\n    at JSON.parse (<anonymous>)",
    "Ruby": "app/controllers/logs_controller.rb:12:in `index'",
    "PHP": "#0 /var/www/Controller.php(54): App->index()",
    "Go": "goroutine 34 [running]:",
    "Elixir": "lib/app/filters.ex:12: App.read/1",
}


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_a_trace_is_seen(trace: str) -> None:
    assert holds_trace(trace.encode())
    assert holds_trace(json.dumps({"detail": "x", "trace": trace}).encode())


@pytest.mark.parametrize("text", ["Not Found at 10:42", "body.filter_value", "see errors.go", "line 42, column 7"])
def test_what_is_no_trace_is_not(text: str) -> None:
    assert not holds_trace(json.dumps({"detail": text}).encode())
