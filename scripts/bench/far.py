"""How long the suite takes at servers that are far away: rows of `make bench-verdict`.

The right target behind so many milliseconds for each answer, as its requests come; and the bodies of schemathesis both
kept from a run before and made anew.
"""

import asyncio
import contextlib
import multiprocessing
import os
import tempfile
from collections.abc import Collection, Iterator
from multiprocessing.connection import Connection

from faults.lab import RIGHT, options, tenants
from faults.lab import application as application_of
from parea_conformance.engine import judge
from parea_conformance.probes import made_up
from parea_conformance.probes.planner import plans
from parea_target.server import running
from starlette.types import ASGIApp, Receive, Scope, Send

DELAYS = {0.0: 5.0, 0.05: 20.0, 0.2: 60.0}
"""The seconds that each answer takes more, and the seconds that a run should take at the most."""
_ROW = "{:<42} {:>9} {:>6} {:>6} {:>6}"


def _delayed(app: ASGIApp, seconds: float) -> ASGIApp:
    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(seconds)
        await app(scope, receive, send)

    return serve


@contextlib.contextmanager
def _empty_cache() -> Iterator[None]:
    """A cache folder in which nothing is kept."""
    before = os.environ.get("XDG_CACHE_HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        made_up.forget()
        try:
            yield
        finally:
            os.environ.pop("XDG_CACHE_HOME")
            os.environ.update({} if before is None else {"XDG_CACHE_HOME": before})


def _served(seconds: float, keys: dict[str, Collection[str]], address: Connection) -> None:
    """Serve until the other end of the pipe closes."""
    with application_of(RIGHT, keys) as app, running(_delayed(app, seconds)) as base_url, contextlib.suppress(EOFError):
        address.send(base_url)
        address.recv()


@contextlib.contextmanager
def _far(seconds: float, keys: dict[str, Collection[str]]) -> Iterator[str]:
    """The address of the target in a process of its own, as servers are: in this one it would take the suite's time."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_served, args=(seconds, keys, there))
    process.start()
    there.close()
    try:
        yield here.recv()
    finally:
        here.close()
        process.join()


def main() -> None:
    """Print the rows."""
    print(_ROW.format("right target, each answer later by", "bodies", "requ.", "s", "goal"))
    keys = tenants()
    for seconds, goal in DELAYS.items():
        with _far(seconds, keys) as base_url, _empty_cache():
            for kept in ("made", "kept"):
                plans.cache_clear()  # A command plans anew each time.
                report = judge(options(base_url, keys))
                if report.status:
                    raise RuntimeError(f"the right target is accused: {report.cause}")
                cells = [f"{seconds * 1000:.0f} ms", kept, report.requests, f"{report.seconds:.1f}", f"{goal:.0f}"]
                print(_ROW.format(*cells), flush=True)


if __name__ == "__main__":
    main()
