"""Worker threads: what takes time runs there, within a limit, so that the event loop only moves bytes."""

import functools
import time
from collections.abc import Callable
from typing import TypeVar

import anyio
from anyio import to_thread
from anyio.lowlevel import RunVar

T = TypeVar("T")

# Queries that run at once, for each event loop; more would only take the processors from one another.
_QUERIES = 16
_limiters: RunVar[anyio.CapacityLimiter] = RunVar("parea_target.queries")


class StoppedError(Exception):
    """A query took too long, or nobody waits for its answer any more."""


class TimeLimit:
    """How long the database may work on one piece of an answer.

    Attributes:
        seconds: the limit.
        abandoned: whether the client has left, so that there is no time at all.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.abandoned = False
        self._end = time.monotonic() + seconds

    def restart(self) -> None:
        """Begin with the next piece."""
        self._end = time.monotonic() + self.seconds

    def is_over(self) -> bool:
        """Whether the work must stop; asked by the thread that does it."""
        return self.abandoned or time.monotonic() > self._end


async def run_query(limit: TimeLimit, function: Callable[[], T]) -> T:
    """Run what queries the database in a worker thread; waiting for a thread counts as work.

    Args:
        limit: what the function stops by; it is restarted.
        function: the work.

    Raises:
        StoppedError: the limit was over.
    """
    limit.restart()
    try:
        with anyio.fail_after(limit.seconds):
            return await to_thread.run_sync(function, limiter=_limiter())
    except TimeoutError:
        raise StoppedError from None


async def run_work(function: Callable[..., T], *arguments: object) -> T:
    """Run in a worker thread what ends by itself, soon, but not so soon that the event loop could wait for it."""
    return await to_thread.run_sync(functools.partial(function, *arguments))


def _limiter() -> anyio.CapacityLimiter:
    try:
        return _limiters.get()
    except LookupError:
        limiter = anyio.CapacityLimiter(_QUERIES)
        _limiters.set(limiter)
        return limiter
