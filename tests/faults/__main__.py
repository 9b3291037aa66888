"""`python -m faults [NAME…] [--seed N]`: which requirements catch each deliberately wrong target.

Exit status 1 when a fault survives, when one breaks a requirement that it does not name or leaves one whole that it
names, and when the right target is accused; 2 for a name that is no fault's.
"""

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from faults.catalogue import catalogue
from faults.lab import RIGHT, Outcome, examine_named

# Each process plans and fuzzes once for itself, which takes as long as to judge a few faults.
_PROCESSES = 2
_EACH = 8


def outcomes(names: Sequence[str], seed: int) -> Iterator[Outcome]:
    """What the suite finds at each of these targets, in their order."""
    processes = min(_PROCESSES, 1 + len(names) // _EACH)
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(examine_named, names, [seed] * len(names))


def rows(found: Iterable[Outcome]) -> Iterator[str]:
    """A target in two lines or more: its name, what it does and the verdict; then the requirements that caught it."""
    theme = ""
    for outcome in found:
        fault = outcome.fault
        if fault.theme != theme:
            theme = fault.theme
            yield f"\n{theme}"
        verdict = "not accused" if fault.name == RIGHT.name and not outcome.failed else outcome.verdict
        yield f"  {fault.name:<44} {verdict}"
        yield f"      {fault.text}"
        yield f"      caught by: {' '.join(sorted(outcome.failed)) or 'nothing'}"
        if outcome.cause:
            yield f"      not judged further: {outcome.cause}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Examine the faults of these names, or the right target and every fault."""
    parser = argparse.ArgumentParser(
        prog="faults", description="Which requirements catch each deliberately wrong target."
    )
    parser.add_argument("name", nargs="*", help="a fault; all of them by default")
    parser.add_argument("--seed", type=int, default=0, help="which filters and bodies are sent (%(default)s)")
    options = parser.parse_args(arguments)
    known = [RIGHT.name, *catalogue()]
    if unknown := [name for name in options.name if name not in known]:
        parser.error(f"no such fault: {' '.join(unknown)}")
    start, kept = time.perf_counter(), []

    def keep(found: Iterable[Outcome]) -> Iterator[Outcome]:
        for outcome in found:
            kept.append(outcome)
            yield outcome

    for line in rows(keep(outcomes(options.name or known, options.seed))):
        print(line, flush=True)
    faults = [outcome for outcome in kept if outcome.fault.name != RIGHT.name]
    survived = sum(not outcome.failed for outcome in faults)
    inexact = sum(outcome.verdict != "found" for outcome in faults) - survived
    accused = sum(bool(outcome.failed or outcome.open) for outcome in kept if outcome.fault.name == RIGHT.name)
    broken = len(frozenset().union(*(outcome.failed for outcome in faults)))
    print(
        f"\n{len(faults)} faults: {len(faults) - survived - inexact} found exactly, {survived} survived, "
        f"{inexact} broke other requirements than they name; {broken} requirements caught some; "
        f"the right target was {'accused' if accused else 'not accused'}; {time.perf_counter() - start:.0f} s"
    )
    return 1 if survived or inexact or accused else 0


if __name__ == "__main__":
    sys.exit(main())
