"""`parea-conformance`: judge a server by the contract."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from parea_conformance import contract, replay
from parea_conformance.engine import CANNOT_JUDGE, Report, judge
from parea_conformance.http.recording import Recording
from parea_conformance.logs import seed_data
from parea_conformance.options import Options, Output, read_options
from parea_conformance.report import as_data, compare, load_report, show, show_plan, write_reports


def _judge(options: Options, **given: Any) -> Report:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("preflight", total=None)

        def tell(stage: str, sent: int, planned: int) -> None:
            bar.update(task, description=stage, completed=sent, total=max(sent, planned))

        return judge(options, tell, **given)


def _told(report: Report, output: Output) -> int:
    """Show and write the reports; the exit status."""
    console = Console(highlight=False)
    data = as_data(report)
    if report.options.dry_run and not report.cause:
        show_plan(report, console)
    else:
        show(data, console, output.verbosity)
    if output.report_dir is not None:
        write_reports(data, output.report_dir)
    return report.status


def _run(words: Sequence[str]) -> int:
    options, output = read_options(words)
    with contextlib.ExitStack() as stack:
        watch = stack.enter_context(Recording(output.record, options)) if output.record is not None else None
        report = _judge(options, watch=watch)
    return _told(report, output)


def _seed_data(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="parea-conformance seed-data", description=seed_data.__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR", help="where the .jsonl files go, an experiment each")
    directory = parser.parse_args(words).directory
    paths = seed_data.write(directory, contract.load())
    for path, role in zip(paths, seed_data.ROLES, strict=True):
        print(f"{path}\n    {role}")
    print(f"\nLoad each under the UUID that names its file, then:\n\n  {_command()}")
    return 0


def _command() -> str:
    """The command that judges a server by the seed data."""
    words = ["PAREA_API_KEY=…", "PAREA_OTHER_API_KEY=…", "parea-conformance", "BASE_URL"]
    words += ["--experiment", seed_data.EXPERIMENT, "--empty-experiment", seed_data.EMPTY_EXPERIMENT]
    return " ".join([*words, "--other-experiment", seed_data.OTHER_EXPERIMENT])


def _diff(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="parea-conformance diff",
        description="Show what changed between two reports. Exit status: 0 nothing got worse, 1 something did, "
        "2 a report could not be read.",
    )
    parser.add_argument("old", type=Path, metavar="OLD", help="a report.json")
    parser.add_argument("new", type=Path, metavar="NEW", help="a later one")
    given = parser.parse_args(words)
    lines, worse = compare(load_report(given.old), load_report(given.new))
    for line in lines:
        print(line)
    return int(worse)


def _list(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="parea-conformance list", description="Print every requirement.")
    parser.add_argument("--class", dest="classes", action="append", choices=contract.CLASSES, help="of this class only")
    classes = parser.parse_args(words).classes or contract.CLASSES
    for entry in contract.load().select(classes).values():
        print(f"{entry.id:<34} {entry.cls:<11} {entry.provenance:<10} {entry.text}")
    return 0


def _replay(words: Sequence[str]) -> int:
    asked, output = replay.read_options(words)
    return _told(replay.judged(asked, _judge), output)


_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "list": _list,
    "seed-data": _seed_data,
    "replay": _replay,
    "diff": _diff,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is returned."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command, rest = (_COMMANDS[words[0]], words[1:]) if words and words[0] in _COMMANDS else (_run, words)
    try:
        return command(rest)
    except (OSError, ValueError) as error:
        print(f"parea-conformance: {error}", file=sys.stderr)
        return CANNOT_JUDGE
