"""What README shows of the client works."""

import ast
import asyncio
import inspect
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from checks.client.support import ROOT, LocalServer
from parea_trace_logs._cli.options import parse

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
COMMANDS = re.findall(r"^\$ (parea-trace-logs fetch .*?)(?:\s+#.*|\s+\|.*)?$", TEXT, re.MULTILINE)


def test_every_snippet_runs_in_its_order(
    server: LocalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAREA_API_KEY", "a-key")
    monkeypatch.setenv("PAREA_BASE_URL", server.url)
    certificates = Path(__import__("certifi").where())
    (tmp_path / "company.pem").write_bytes(certificates.read_bytes())
    names: dict[str, Any] = {}
    assert len(SNIPPETS) >= 7
    for snippet in SNIPPETS:
        text = snippet.replace('AuthenticatedClient(token="', f'AuthenticatedClient({server.url!r}, token="')
        if "parea_trace_logs" not in snippet and "Parea" not in snippet:
            continue  # another door's
        if "import dlt" in snippet:
            continue  # not installed here; tests/engines/engine_dlt.py runs it
        code = compile(text, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if code.co_flags & inspect.CO_COROUTINE:
            names.setdefault("AsyncParea", __import__("parea_trace_logs").AsyncParea)
            asyncio.run(eval(code, names))  # noqa: S307 - our own text
        else:
            exec(code, names)  # noqa: S102 - our own text
    assert "greeting" in capsys.readouterr().out
    assert len(server.received) >= 5


def test_every_command_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "uuids.txt").write_text("one\ntwo\n")
    assert len(COMMANDS) >= 5
    for line in COMMANDS:
        assert parse(shlex.split(line)[1:]).experiments
