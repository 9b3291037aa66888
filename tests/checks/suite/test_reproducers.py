"""Every reproducer sends what the suite sent: run by a real shell and a real curl, compared octet by octet."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checks.suite.echo import Arrived, echoing, short
from checks.suite.scripts import run_script
from checks.suite.support import KEY, OTHER_KEY
from parea_conformance.contract import Contract
from parea_conformance.engine import judge
from parea_conformance.http.client import Client
from parea_conformance.http.curl import curl
from parea_conformance.http.request import Request
from parea_conformance.logs import seed_data
from parea_conformance.options import Options
from parea_conformance.report import as_data

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("verdicts"),
    pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash"),
]
MakeOptions = Callable[..., Options]
BOM = "\ufeff"


def _logs_or_nonsense(body: bytes) -> Callable[[Arrived], tuple[int, bytes]]:
    """Answers the unfiltered request with logs, and everything else wrongly."""
    return lambda request: (200, body) if request.body == b"{}" else (418, b'{"detail": "no"}')


def test_every_reproducer_of_a_failing_run(options: MakeOptions, contract: Contract, tmp_path: Path) -> None:
    logs = json.dumps(seed_data.logs(contract)).encode()
    sent: dict[str, Arrived] = {}
    with echoing(_logs_or_nonsense(logs)) as (echo, base_url):
        given = options(base_url, other_api_key=OTHER_KEY)

        def keep(exchange: Any) -> None:
            sent.setdefault(exchange.curl, echo.arrived[int(exchange.headers["x-arrived"])])

        report = judge(given, watch=keep)
        commands = list(
            dict.fromkeys(failure["curl"] for entry in as_data(report)["requirements"] for failure in entry["failures"])
        )
        assert len(commands) > 400
        before = len(echo.arrived)
        run_script("\n".join(commands), tmp_path)
        reproduced = echo.arrived[before:]
    assert len(reproduced) == len(commands)
    differing = [
        f"{command[:300]}\n  arrived {short(arrived)}\n  sent    {short(sent[command])}"
        for command, arrived in zip(commands, reproduced, strict=True)
        if arrived != sent[command]
    ]
    assert not differing, "\n".join(differing)


REQUESTS = [
    Request("/p", b"{}", key="{key}x"),
    Request("/p", b"{}", key="x{key}"),
    Request("/p", b"{}", key="{key},{other}"),
    Request("/p", b"{}", key=""),
    Request("/p", b"{}", key='a"b$HOME`id`\\'),
    Request("/p", b"{}", key=None, content_type=None),
    Request("/p", b"", method="HEAD"),
    Request("/p", b"{}", method="HEAD"),
    Request("/p", b"", method="GET"),
    Request("/p", f"{BOM}{{}}".encode()),
    Request("/p", b'{"a": "\x00\x01\x1b[31m\r\n\t\x7f"}'),
    Request("/p", "{'%s' \\n \u202e \u00a0 ü 🦊}".encode()),
    Request("/p", b"\xff\xfe\x00{"),
    Request("/p", b"\x00" * 3000),
    Request("/p", b"@/etc/hostname"),
    Request("/p", b""),
    Request("/a/%2e%2e/[x]", b"{}"),
    Request("/p?a=b&c='d'", b"{}"),
    Request("/p", b"{}", headers=(("x-empty", ""), ("x-quoted", 'it\'s "so"'), ("accept-language", "de"))),
    Request("/p", b"x" * 5000, chunked=True),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda one: f"{one.method} {one.key} {one.body[:12]!r} {one.path}")
def test_a_request_that_is_hard_to_write(
    request_: Request, options: MakeOptions, contract: Contract, tmp_path: Path
) -> None:
    with echoing(lambda _request: (200, b"[]")) as (echo, base_url):
        client = Client(contract, options(base_url, other_api_key=OTHER_KEY))
        exchange = client.send(request_)
        client.close()
        assert exchange.status == 200, exchange.error
        run_script(exchange.curl, tmp_path)
        first, second = echo.arrived
    assert first == second
    assert KEY not in exchange.curl


def test_what_a_terminal_does_not_show_is_escaped() -> None:
    shown = curl(Request("/p", f"{BOM}{{\u202e}}".encode()), "http://h", "x-api-key")
    assert shown.isprintable()
    assert r"\357\273\277" in shown
