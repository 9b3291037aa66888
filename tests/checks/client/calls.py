"""Every way of calling: a list and a stream, sync and async."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from parea_trace_logs import AsyncParea, Parea, PareaError, TraceLog

KEY = "a-key-to-hide"

Call = Callable[..., list[TraceLog]]
"""Fetches the logs; what had come before an error is in the list `seen`."""


def listed(url: str, seen: list[TraceLog], **options: Any) -> None:
    with Parea(KEY, url, **options) as client:
        seen += client.get_experiment_trace_logs("e")


def streamed(url: str, seen: list[TraceLog], **options: Any) -> None:
    with Parea(KEY, url, **options) as client, client.iter_experiment_trace_logs("e") as logs:
        seen.extend(logs)


async def _listed(url: str, seen: list[TraceLog], **options: Any) -> None:
    async with AsyncParea(KEY, url, **options) as client:
        seen += await client.get_experiment_trace_logs("e")


async def _streamed(url: str, seen: list[TraceLog], **options: Any) -> None:
    async with AsyncParea(KEY, url, **options) as client, client.iter_experiment_trace_logs("e") as logs:
        async for log in logs:
            seen.append(log)  # noqa: PERF401 - an error must leave what came before it


CALLS: dict[str, Callable[..., None]] = {
    "list": listed,
    "stream": streamed,
    "async list": lambda *args, **options: asyncio.run(_listed(*args, **options)),
    "async stream": lambda *args, **options: asyncio.run(_streamed(*args, **options)),
}


def caught(call: str, url: str, **options: Any) -> PareaError:
    """The error that a call ends in; it is not retried unless `options` say so."""
    seen: list[TraceLog] = []
    with pytest.raises(PareaError) as info:
        CALLS[call](url, seen, **{"max_retries": 0, **options})
    return info.value
