"""`python -m faults.power [AREA…] [--seed N]`: how much the suite finds of what nobody thought of.

*Leave one out*: the rivals of one area, or what else of it was written by hand, and the hand-written cases are switched
off, and the faults of that area judged by what is left. *Stacks*: the faults that common stacks have by default, judged
by the whole suite. Either stops at the first failure: whether anything is found is what counts.

Exit status 1 when a stack's fault survives, or less than 85 % of an area's are found; 2 for an area of unknown name.
"""

import argparse
import functools
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from parea_conformance import contract
from parea_conformance.probes.planner import planned
from parea_conformance.rivals import RIVALS, answers

from faults.catalogue import catalogue
from faults.lab import seek_named
from faults.registry import Fault
from faults.stacks.table import OUT_OF_REACH, STACKS

_PROCESSES = 2
_ENOUGH = 0.85
_CASES = "cases"
_CANDIDATES = "candidates"
ALL_STACKS = "stacks"


@dataclass(frozen=True)
class Area:
    """Faults that are judged together.

    Attributes:
        without: what is switched off meanwhile.
        enough: the least share of them that must be found.
    """

    name: str
    faults: tuple[str, ...]
    without: tuple[str, ...] = ()
    enough: float = 1.0


@dataclass(frozen=True)
class Power:
    """How many of the faults of an area are found."""

    area: Area
    survivors: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share that is found."""
        return 1 - len(self.survivors) / len(self.area.faults)

    @property
    def row(self) -> str:
        """The row of the table."""
        found = len(self.area.faults) - len(self.survivors)
        low = "" if self.share >= self.area.enough else f"  below {self.area.enough:.0%}"
        return f"{self.area.name:<36} {len(self.area.faults):>6} {found:>6} {self.share:>6.0%}{low}"


@functools.cache
def rival_areas() -> Mapping[str, frozenset[str]]:
    """The requirements that the rivals of each area would break, in the order of the catalogue of rivals."""
    patterns: dict[str, set[str]] = {}
    for rival in RIVALS:
        patterns.setdefault(rival.area, set()).update(rival.requirements)
    orders = (*answers.ROOT_ORDERS, *answers.CHILD_ORDERS)
    patterns[answers.__name__.rpartition(".")[2]] = {rival.requirement for rival in orders}
    matching = contract.load().matching
    return {
        area: frozenset(name for pattern in named for name in matching(pattern)) for area, named in patterns.items()
    }


def area_of(fault: Fault) -> str:
    """The area that a fault belongs to: its module, or where that has no rivals, those that name its requirements."""
    if fault.theme in rival_areas():
        return fault.theme
    return next((area for area, named in rival_areas().items() if fault.requirements <= named), fault.theme)


def areas() -> dict[str, Area]:
    """What is left out one after another, each with its faults; last all that filters are planned by."""
    faults: dict[str, list[str]] = {area: [] for area in rival_areas()}
    for fault in catalogue().values():
        faults.setdefault(area_of(fault), []).append(fault.name)
    found = {area: Area(area, tuple(names), _without(area), _ENOUGH) for area, names in faults.items()}
    meaning = frozenset(planned(contract.load().requirements))
    of_filters = tuple(fault.name for fault in catalogue().values() if fault.requirements & meaning)
    return {**found, _CANDIDATES: Area(_CANDIDATES, of_filters, _without(_CANDIDATES), _ENOUGH)}


def _without(area: str) -> tuple[str, ...]:
    return (area, _CASES) if area in {*rival_areas(), _CANDIDATES} else (_CASES,)


def stacks() -> list[Area]:
    """The things of each stack."""
    return [Area(stack, tuple(dict.fromkeys(things.values()))) for stack, things in STACKS.items()]


def judged(asked: Sequence[Area], seed: int) -> Iterator[Power]:
    """How much is found of each area, in their order. A fault that stands in several is judged once."""
    jobs = list(dict.fromkeys((name, area.without) for area in asked for name in area.faults))
    with ProcessPoolExecutor(_PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        running = {(name, without): pool.submit(seek_named, name, seed, without) for name, without in jobs}
        for area in asked:
            missed = (name for name in area.faults if not running[name, area.without].result().failed)
            yield Power(area, tuple(missed))


def rows(title: str, found: Iterable[Power]) -> Iterator[str]:
    """A table with this title: a row for each area, and below it what is not found."""
    yield f"\n{title:<36} {'faults':>6} {'found':>6} {'share':>6}"
    for power in found:
        yield power.row
        yield from (f"    not found: {name}" for name in power.survivors)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables of these areas, or of all and of the stacks."""
    known = areas()
    parser = argparse.ArgumentParser(prog="faults.power", description="How much is found of what nobody thought of.")
    parser.add_argument("area", nargs="*", help=f"{', '.join(known)} or {ALL_STACKS}; all of them by default")
    parser.add_argument("--seed", type=int, default=0, help="which filters and bodies are sent (%(default)s)")
    options = parser.parse_args(arguments)
    names = options.area or [*known, ALL_STACKS]
    if unknown := [name for name in names if name not in {*known, ALL_STACKS}]:
        parser.error(f"no such area: {' '.join(unknown)}; there are {', '.join([*known, ALL_STACKS])}")
    start, found = time.perf_counter(), []

    def keep(powers: Iterable[Power]) -> Iterator[Power]:
        for power in powers:
            found.append(power)
            yield power

    tables = {
        "leave one out": [known[name] for name in names if name in known],
        ALL_STACKS: stacks() if ALL_STACKS in names else [],
    }
    for title, asked in tables.items():
        for line in rows(title, keep(judged(asked, options.seed))) if asked else ():
            print(line, flush=True)
    for stack, things in OUT_OF_REACH.items() if ALL_STACKS in names else ():
        for thing, why in things.items():
            print(f"not judged: {stack}: {thing}: {why}")
    low = [power.area.name for power in found if power.share < power.area.enough]
    print(
        f"\n{len(low)} of {len(found)} rows are too low{': ' if low else ''}{', '.join(low)}; "
        f"{time.perf_counter() - start:.0f} s"
    )
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
