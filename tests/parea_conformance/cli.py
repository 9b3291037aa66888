"""`parea-conformance`: judge a server by the contract."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from parea_conformance import contract
from parea_conformance.engine import CANNOT_JUDGE, INTERRUPTED, InterruptedRunError, Report, judge, of_ours
from parea_conformance.guard import guarded, say
from parea_conformance.logs import seed_data
from parea_conformance.options import Options, read_options
from parea_conformance.report import compare, load_report, show, show_plan, verdict_line, write_reports


def _judge(options: Options) -> Report:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("preflight", total=None)

        def tell(stage: str, sent: int, planned: int) -> None:
            bar.update(task, description=stage, completed=sent, total=max(sent, planned))

        def notify(note: str) -> None:
            console.print(note, highlight=False, markup=False, soft_wrap=True)

        return judge(options, tell, notify=notify)


def _run(words: Sequence[str]) -> int:
    options, directory = read_options(words)
    try:
        report, interrupted = _judge(options), False
    except InterruptedRunError as error:
        report, interrupted = error.report, True
    # The reports first: they are written even where the terminal is gone.
    written = _write(report, directory) if directory is not None else True
    console = Console(highlight=False)
    if interrupted:
        print(verdict_line(report))
        return INTERRUPTED
    if options.dry_run and not report.cause:
        show_plan(report, console)
    else:
        show(report, console)
    return report.status if written else CANNOT_JUDGE


def _write(report: Report, directory: Path) -> bool:
    try:
        write_reports(report, directory)
    except OSError as error:
        say(f"the reports could not be written: {error}")
        return False
    return True


def _seed_data(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="parea-conformance seed-data", description=seed_data.__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR", help="where the .jsonl files go, an experiment each")
    directory = parser.parse_args(words).directory
    try:
        paths = seed_data.write(directory, contract.load())
    except OSError as error:
        print(f"parea-conformance: {error}", file=sys.stderr)
        return CANNOT_JUDGE
    for path in paths:
        print(path)
    return 0


def _diff(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="parea-conformance diff",
        description="Show what changed between two reports. Exit status: 0 nothing got worse, 1 something did, "
        "2 a report could not be read.",
    )
    parser.add_argument("old", type=Path, metavar="OLD", help="a report.json")
    parser.add_argument("new", type=Path, metavar="NEW", help="a later one")
    given = parser.parse_args(words)
    try:
        old, new = load_report(given.old), load_report(given.new)
    except (OSError, ValueError) as error:
        print(f"parea-conformance: {error}", file=sys.stderr)
        return CANNOT_JUDGE
    lines, worse = compare(old, new)
    for line in lines:
        print(line)
    return int(worse)


_COMMANDS = {"seed-data": _seed_data, "diff": _diff}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is returned."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = _COMMANDS.get(words[0]) if words else None
    return guarded(lambda: _run(words) if command is None else command(words[1:]), of_ours)
