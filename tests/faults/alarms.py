"""`python -m faults.alarms [--seeds N]`: is a right server accused at any of N seeds? There are two, sharing nothing.

Exit status 1 when one is accused, or left undecided, at some seed.
"""

import argparse
import dataclasses
import json
import multiprocessing
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import second_server
from parea_conformance.engine import judge
from parea_conformance.ledger import Verdict
from parea_conformance.options import Options

from faults.lab import DATA, RIGHT, options, serving, tenants

_PROCESSES = 2
_CHUNK = 5  # Seeds that one process judges in turn, at a server that it starts once.


@contextmanager
def second() -> Iterator[Options]:
    """Serve the bundled data by the second server, written without a look at the suite or at the reference target."""
    logs = {
        file.stem: [json.loads(line) for line in file.read_bytes().splitlines()]
        for file in sorted(DATA.glob("*.jsonl"))
    }
    keys = tenants()
    with second_server.running(logs, keys) as base_url:
        yield options(base_url, keys)


SERVERS: Mapping[str, Callable[[], AbstractContextManager[Options]]] = {
    "reference target": lambda: serving(RIGHT),
    "second server": second,
}


Alarms = dict[int, dict[str, list[str]]]
"""By seed, the requirements that were not proven at a right server, nor skipped, each with the causes; without the
seeds at which there were none."""
Job = tuple[str, Sequence[int]]


def alarms(server: str, seeds: Sequence[int]) -> Alarms:
    """Judge a right server at these seeds."""
    found: Alarms = {}
    with SERVERS[server]() as asked:
        for seed in seeds:
            report = judge(dataclasses.replace(asked, seed=seed))
            wrong = {
                entry.requirement.id: entry.causes
                for entry in report.entries
                if entry.verdict not in (Verdict.PASS, Verdict.SKIPPED)
            }
            if wrong or report.status:
                found[seed] = wrong or {"": [f"exit status {report.status}: {report.cause}"]}
    return found


def outcomes(jobs: Sequence[Job]) -> Iterator[Alarms]:
    """What each job finds, in their order."""
    with ProcessPoolExecutor(_PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(alarms, *zip(*jobs, strict=True))


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the right servers at so many seeds, and print what they are accused of."""
    parser = argparse.ArgumentParser(prog="faults.alarms", description="Is a right server accused at any seed?")
    parser.add_argument("--seeds", type=int, default=50, metavar="N", help="seeds 0 to N-1 (%(default)s)")
    number = parser.parse_args(arguments).seeds
    if number < 1:
        parser.error("--seeds must be at least 1")
    start = time.perf_counter()
    jobs = [(server, range(at, min(at + _CHUNK, number))) for server in SERVERS for at in range(0, number, _CHUNK)]
    accused = 0
    for (server, seeds), found in zip(jobs, outcomes(jobs), strict=True):
        accused += len(found)
        print(f"{server:<18} seeds {seeds[0]:>3} to {seeds[-1]:>3}: {len(found) or 'no'} false alarms", flush=True)
        for seed, wrong in found.items():
            for requirement, causes in wrong.items():
                print(f"  seed {seed}: {requirement}: {'; '.join(causes)}", flush=True)
    print(f"{len(SERVERS)} right servers, {number} seeds each: {accused} accused; {time.perf_counter() - start:.0f} s")
    return 1 if accused else 0


if __name__ == "__main__":
    sys.exit(main())
