"""`parea-conformance`: judge a server by the contract."""

import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from parea_conformance import contract, replay
from parea_conformance._shared.arguments import Parser
from parea_conformance.engine import CANNOT_JUDGE, INTERRUPTED, InterruptedRunError, Report, judge, of_ours
from parea_conformance.guard import guarded, say
from parea_conformance.http.recording import Recording
from parea_conformance.logs import seed_data
from parea_conformance.neighbours import listing
from parea_conformance.options import Options, Output, read_options
from parea_conformance.report import as_data, compare, load_report, show, show_plan, verdict_line, write_reports


def _judge(options: Options, **given: Any) -> Report:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("preflight", total=None)

        def tell(stage: str, sent: int, planned: int) -> None:
            bar.update(task, description=stage, completed=sent, total=max(sent, planned))

        def notify(note: str) -> None:
            console.print(note, highlight=False, markup=False, soft_wrap=True)

        return judge(options, tell, notify=notify, **given)


def _told(report: Report, output: Output, *, interrupted: bool = False) -> int:
    """Show and write the reports; the exit status."""
    data = as_data(report)
    # The reports first: they are written even where the terminal is gone.
    written = _write(data, output.report_dir) if output.report_dir is not None else True
    console = Console(highlight=False)
    if interrupted:
        print(verdict_line(report))
        return INTERRUPTED
    if report.options.dry_run and not report.cause:
        show_plan(report, console)
    else:
        show(data, console, output.verbosity)
    return report.status if written else CANNOT_JUDGE


def _run(words: Sequence[str]) -> int:
    options, output = read_options(words)
    with contextlib.ExitStack() as stack:
        watch = stack.enter_context(Recording(output.record, options)) if output.record is not None else None
        try:
            report, interrupted = _judge(options, watch=watch), False
        except InterruptedRunError as error:
            report, interrupted = error.report, True
    return _told(report, output, interrupted=interrupted)


def _write(data: Mapping[str, Any], directory: Path) -> bool:
    try:
        write_reports(data, directory)
    except OSError as error:
        say(f"the reports could not be written: {error}")
        return False
    return True


def _seed_data(words: Sequence[str]) -> int:
    parser = Parser(prog="parea-conformance seed-data", description=seed_data.__doc__)
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
    parser = Parser(
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
    parser = Parser(prog="parea-conformance list", description="Print every requirement.")
    parser.add_argument("--class", dest="classes", action="append", choices=contract.CLASSES, help="of this class only")
    parser.add_argument("--neighbours", action="store_true", help="print what is asked next to a right request: "
                        "token, change, number of instances in the seed data, what must come")  # fmt: skip
    given = parser.parse_args(words)
    if given.neighbours:
        for line in listing.lines(contract.load()):
            print(line)
        return 0
    for entry in contract.load().select(given.classes or contract.CLASSES).values():
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
    command = _COMMANDS.get(words[0]) if words else None
    if command is None:
        Parser(prog="parea-conformance").refuse_nearly(words, _COMMANDS)
    return guarded(lambda: _run(words) if command is None else _of_files(command, words[1:]), of_ours)


def _of_files(command: Callable[[Sequence[str]], int], words: Sequence[str]) -> int:
    """Run a command on files that the caller names: one that is not what it should be is said in one line."""
    try:
        return command(words)
    except (OSError, ValueError) as error:
        say(str(error))
        return CANNOT_JUDGE
