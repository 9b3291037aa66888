"""The reference target under load, beside a plain Starlette route that answers `[]`, in one run.

    python -m bench.target [--seconds 5] [--idle 5000] [--slow 300] [--soak MINUTES]

The databases are SQLite and, where a server is installed, PostgreSQL; TARGET_DATABASE in the environment names one.
Target and route are processes of their own by the same server settings. The clients are a third process: on few
processors they take time from both alike. Every answer is compared with the right one; a wrong one ends the run with
status 1. Memory is what is resident, as Linux says in /proc.
"""

import argparse
import asyncio
import os
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import linear_regression

from bench import logs
from bench.clients import Figures, WrongAnswerError, connected, measure, slow_readers
from bench.servers import Served, database, plain, target
from checks.target.postgresql import find_binaries
from parea_target import RootLog, load
from parea_target.store import load as load_database

_DATABASES = ("sqlite", "postgresql")
# Logs of the long answer: some 100 kB.
_LONG = 60
_SOAK_CONNECTIONS = 32
_SOAK_SECONDS = 10.0
# Seconds until slow readers have the beginning of their answers, and files of a process beside its connections.
_BEGIN_SECONDS = 30.0
_OTHER_FILES = 200

_ROW = "{:<10} {:<6} {:>6} {:>8} {:>8} {:>6} {:>9} {:>9} {:>6} {:>9} {:>9} {:>6}"
_HEAD = ("database", "answer", "conn.", "req/s", "plain", "ratio", "p50 ms", "plain", "ratio", "p99 ms", "plain")


def experiments(count: int) -> dict[str, list[RootLog]]:
    """Experiments by name: `many` of so many logs, `some` that make a long answer."""
    chance = random.Random(1)  # noqa: S311 - to measure with
    many = [RootLog.of(logs.log(chance)) for _ in range(count)]
    return {"many": many, "some": many[:_LONG]}


def cells(ours: Figures, theirs: Figures) -> Iterator[str]:
    """Three figures of the target, each beside the plain route's and as its multiple."""
    for mine, other, places in (
        (ours.rate, theirs.rate, 0),
        (ours.quantile(0.50), theirs.quantile(0.50), 2),
        (ours.quantile(0.99), theirs.quantile(0.99), 2),
    ):
        yield from (f"{mine:,.{places}f}", f"{other:,.{places}f}", f"{mine / other:.2f}")


@dataclass(frozen=True)
class Bench:
    """All that is measured of one target."""

    name: str
    target: Served
    plain: Served
    options: argparse.Namespace

    def row(self, answer: str, connections: object, ours: Figures, theirs: Figures) -> None:
        """Print a row of the table."""
        print(_ROW.format(self.name, answer, connections, *cells(ours, theirs)), flush=True)

    async def run(self) -> None:
        """Print everything."""
        before, _ = self.target.memory
        await self.table()
        now, most = self.target.memory
        print(f"{self.name}: memory {before:.0f} MB before, {now:.0f} MB after, {most:.0f} MB at most", flush=True)
        if self.options.idle:
            await self.idle()
        if self.options.slow:
            await self.slow()
        if self.options.soak:
            await self.soak()

    async def both(self, answer: str, connections: int, *, may_refuse: bool = False) -> tuple[Figures, Figures]:
        """The figures of the target and of the plain route, one after the other."""
        seconds = self.options.seconds
        question = self.target.questions[answer]
        ours = await measure(self.target.address, [question], connections, seconds, may_refuse=may_refuse)
        return ours, await measure(self.plain.address, [self.plain.questions["short"]], connections, seconds)

    async def table(self) -> None:
        """Requests a second, p50 and p99, by answer and connections."""
        for answer in ("short", "long"):
            for connections in self.options.connections:
                self.row(answer, connections, *await self.both(answer, connections))

    async def idle(self) -> None:
        """What a short answer takes while so many connections are idle."""
        count = self.options.idle
        if (most := allowed_files()) < count + _OTHER_FILES:
            print(f"{self.name}: NOT MEASURED with {count:,} idle connections: the machine allows {most:,} files")
            return
        question, other = self.target.questions["short"], self.plain.questions["short"]
        async with (
            connected(self.plain.address, count, other),
            connected(self.target.address, count, question) as held,
        ):
            figures = await self.both("short", 1)
            now, most_memory = self.target.memory
            still = sum(connection.is_open for connection in held)
        self.row("short", f"1+{count}", *figures)
        memory = f"memory {now:.0f} MB, {most_memory:.0f} MB at most"
        print(f"{self.name}: of {count:,} idle connections {still:,} stayed open; {memory}", flush=True)

    async def slow(self) -> None:
        """What a short answer takes while so many clients read a long one slowly."""
        count = self.options.slow
        whole = self.target.questions["whole"]
        async with slow_readers(self.target.address, whole, count, _BEGIN_SECONDS) as readers:
            ours, theirs = await self.both("short", 1, may_refuse=True)
            now, most = self.target.memory
        self.row("short", f"1+{count}", ours, theirs)
        print(
            f"{self.name}: of {count} slow readers of {len(whole.answer) / 1e6:.1f} MB {readers.reading} were reading, "
            f"{readers.refused} were refused, {readers.left} were left; meanwhile {ours.refused} short requests of "
            f"{ours.refused + len(ours.times):,} were refused; memory {now:.0f} MB, {most:.0f} MB at most",
            flush=True,
        )

    async def soak(self) -> None:
        """Memory over so many minutes of load, and its slope."""
        questions = [self.target.questions["short"], self.target.questions["long"]]
        seconds = self.options.soak * 60
        begun = time.perf_counter()
        samples = [(0.0, self.target.memory[0])]
        answered = 0
        while (passed := time.perf_counter() - begun) < seconds:
            step = min(_SOAK_SECONDS, seconds - passed, seconds / 4)
            figures = await measure(self.target.address, questions, _SOAK_CONNECTIONS, step)
            answered += len(figures.times)
            samples.append(((time.perf_counter() - begun) / 60, self.target.memory[0]))
            print(f"{self.name}: soak {samples[-1][0]:6.2f} min {samples[-1][1]:8.1f} MB", flush=True)
        # The first half is left out: what is made once is made then.
        later = samples[(len(samples) - 1) // 2 :]
        slope = linear_regression([minute for minute, _ in later], [memory for _, memory in later]).slope
        print(f"{self.name}: soak {answered:,} right answers; slope of the second half {slope * 1024:+.0f} kB/min")


def allowed_files() -> int:
    """How many open files this process and those that it starts may have; raised as far as the machine allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard


def wanted() -> list[str]:
    """The databases to measure on; one that cannot be started is said, where it was not asked for by name."""
    named = os.environ.get("TARGET_DATABASE")
    if named is not None:
        if named not in _DATABASES:
            raise SystemExit(f"TARGET_DATABASE={named}: it must be one of {', '.join(_DATABASES)}")
        return [named]
    if find_binaries() is None:
        print("NOT MEASURED on PostgreSQL: no server is installed (Debian: apt-get install postgresql)")
        return ["sqlite"]
    return [*_DATABASES]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; the status is 1 after a wrong answer."""
    parser = argparse.ArgumentParser(prog="bench.target", description="The reference target under load.")
    parser.add_argument("--seconds", type=float, default=5.0, help="for each figure (%(default)g)")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 32, 256], help="at once (1 32 256)")
    parser.add_argument("--logs", type=int, default=10_000, help="of the larger experiment (%(default)s)")
    parser.add_argument("--idle", type=int, default=5_000, help="idle connections; 0 for none (%(default)s)")
    parser.add_argument("--slow", type=int, default=300, help="slow readers; 0 for none (%(default)s)")
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES", help="of load, for the slope of memory")
    options = parser.parse_args(arguments)
    most = options.idle + options.slow + max(options.connections) + _OTHER_FILES
    allowed_files()
    print(f"load of the machine at the beginning: {' '.join(f'{load:.2f}' for load in os.getloadavg())}")
    loaded = experiments(options.logs)
    names = wanted()
    print(_ROW.format(*_HEAD, "ratio"))
    try:
        with plain(most) as route:
            for name in names:
                with ExitStack() as stack:
                    url = stack.enter_context(database(name))
                    for _ in load_database(load(), url, loaded.items()):
                        pass
                    served = stack.enter_context(target(url, loaded, most))
                    asyncio.run(Bench(name, served, route, options).run())
    except WrongAnswerError as error:
        print(f"wrong answer: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
