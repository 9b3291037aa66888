"""How long the suite takes at servers that are far away: rows of `make bench-verdict`.

The right target behind so many milliseconds for each answer, as its requests come; and the bodies of schemathesis both
kept from a run before and made anew.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Iterator

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


def main() -> None:
    """Print the rows."""
    print(_ROW.format("right target, each answer later by", "bodies", "requ.", "s", "goal"))
    keys = tenants()
    with application_of(RIGHT, keys) as app:
        for seconds, goal in DELAYS.items():
            with running(_delayed(app, seconds)) as base_url, _empty_cache():
                for kept in ("made", "kept"):
                    plans.cache_clear()  # A command plans anew each time.
                    report = judge(options(base_url, keys))
                    if report.status:
                        raise RuntimeError(f"the right target is accused: {report.cause}")
                    cells = [f"{seconds * 1000:.0f} ms", kept, report.requests, f"{report.seconds:.1f}", f"{goal:.0f}"]
                    print(_ROW.format(*cells), flush=True)


if __name__ == "__main__":
    main()
