"""Run every act of `hostile.MEMORY` against the client in this process, whose memory is limited; print what came of it.

    python -m checks.client.hostile_memory (list | stream | async list | async stream)

The acts run in this process, too, so what they hold is counted; that is little.
"""

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from checks.client.hostile import MEMORY
from checks.client.network_faults import fault_server
from parea_trace_logs import AsyncParea, Parea, PareaError, StatusError

LIMIT = 1 << 30
KEY = "a-key-to-hide"


async def _async(way: str, url: str) -> None:
    async with AsyncParea(KEY, url, max_retries=0) as client:
        if way == "async list":
            await client.get_experiment_trace_logs("e")
            return
        async with client.iter_experiment_trace_logs("e") as logs:
            async for _ in logs:
                pass


def call(way: str, url: str) -> str | None:
    """The name of the error that a call ends in."""
    try:
        if way.startswith("async"):
            asyncio.run(_async(way, url))
        else:
            with Parea(KEY, url, max_retries=0) as client:
                if way == "list":
                    client.get_experiment_trace_logs("e")
                else:
                    for _ in client.iter_experiment_trace_logs("e"):
                        pass
    except StatusError:
        return "StatusError"
    except PareaError as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001 - a test must see which
        return f"not of the package: {type(error).__name__}"
    return None


def peak_megabytes() -> float:
    """The resident peak of this program: that of `getrusage` may be its parent's, from before it was started."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024


def main() -> None:
    """One line of JSON: for each act what came of it, and the resident peak so far, in MB."""
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    found = {}
    way = sys.argv[1]
    for name, (act, _) in MEMORY.items():
        began = time.monotonic()
        with fault_server(act) as server:
            outcome = call(way, server.url)
        peak = peak_megabytes()
        found[name] = (outcome, peak, time.monotonic() - began)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
