"""Every fault of a stack changes an answer, and says where it is documented; every thing of a stack has its fault."""

import asyncio
import re
from typing import Any
from urllib.parse import unquote

import pytest
from parea_conformance import contract
from starlette.types import ASGIApp, Message

from faults.catalogue import catalogue
from faults.lab import RIGHT, application, tenants
from faults.registry import Fault
from faults.stacks import stack_faults
from faults.stacks.declaring import SHOWN, Shown
from faults.stacks.table import OUT_OF_REACH
from faults.stacks.table import STACKS as TABLE

STACKS = stack_faults()

Answer = tuple[int, dict[bytes, bytes], bytes]


async def _send(app: ASGIApp, shown: Shown, key: str) -> Answer:
    target, _, query = shown.target.partition("?")
    given = {name: value.replace("{swapped}", key.swapcase()) for name, value in shown.headers.items()}
    headers = {**given, **({"x-api-key": key} if shown.key else {})}
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": shown.method,
        "scheme": "http",
        "path": unquote(target),
        "raw_path": target.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("in-process.invalid", 80),
    }
    sent: list[Message] = []
    given_body: list[Message] = [{"type": "http.request", "body": shown.body, "more_body": False}]

    async def receive() -> Message:
        if not given_body:
            await asyncio.Event().wait()
        return given_body.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body


def _answers(fault: Fault, shown: Shown) -> Answer:
    keys = tenants()

    async def ask() -> Answer:
        with application(fault, keys) as app:
            await _send(app, Shown(), next(iter(keys)))
            return await _send(app, shown, next(iter(keys)))

    return asyncio.run(ask())


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.name) for fault in STACKS.values()])
def test_fault_changes_an_answer(fault: Fault) -> None:
    shown = SHOWN[fault.name]
    assert _answers(fault, shown) != _answers(RIGHT, shown)


@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.name) for fault in STACKS.values()])
def test_fault_is_documented(fault: Fault) -> None:
    assert fault.requirements
    assert fault.requirements <= contract.load().requirements.keys()
    assert re.fullmatch(r"[^\n]+\.", fault.text)
    assert re.fullmatch(r"[^\n]+(\n[^\n]+)*[.:]?", fault.source)
    assert "://" not in fault.source


def test_stacks_are_no_part_of_the_catalogue() -> None:
    assert len(STACKS) >= 60
    assert not catalogue().keys() & STACKS.keys()


def test_every_thing_of_a_stack_has_its_fault() -> None:
    named = {name for things in TABLE.values() for name in things.values()}
    assert not named - {*catalogue(), *STACKS}
    assert not STACKS.keys() - named
    assert len(TABLE) >= 15
    assert OUT_OF_REACH.keys() <= TABLE.keys()
