"""What the command `parea-trace-logs` can be told: its options, its help, and what it says of wrong ones."""

import argparse
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final, NoReturn

from attrs import frozen
from parea_trace_logs._cli.since import since
from parea_trace_logs._filters.where_text import parse_where
from parea_trace_logs._shared.arguments import Parser, count, positive
from parea_trace_logs._tables.formats import EXTENSIONS, GZIPPED, format_of
from parea_trace_logs.contract import __version__
from parea_trace_logs.models import TraceLogFilters

PREVIEW_ROWS: Final = 20
STDOUT: Final = "-"
_FORMATS: Final = tuple(extension.removeprefix(".") for extension in EXTENSIONS)
_RAW_FORMATS: Final = ("jsonl", "json")

_EPILOG: Final = """\
filters:
  --where takes one filter, FIELD OPERATOR VALUE, in one argument; quote it for the shell.
    FIELD     a member of a log (latency, status, tags, ...), score:NAME, annotation:score:ID, annotation:value:ID;
              any other name is a score. One key of a map: metadata[user.id]
    OPERATOR  =  !=  ~ (or like, contains)  >  >=  <  <=  in  between  is null  exists (or is not null)
    VALUE     as it stands; "in" and "between" take several with commas between; "..." keeps spaces.
              A day without a time, such as 2024-04-15, is that whole day in UTC
  A filter judges root logs; each comes with its descendants. What the API would reject is rejected before
  anything is sent. One filter is all that the endpoint takes.

examples:
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01 -o logs.parquet
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01 --where 'score:levenshtein >= 0.5' -o good.csv
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01 --where 'tags in prod, canary' -o logs.jsonl.gz
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01 --where 'start_timestamp >= 2024-04-15' --limit 100
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01 -o - --format csv | head
  parea-trace-logs fetch 0b7a4c0e-6d53-4d6f-9a0e-3f7f3f6f5a01 --raw -o logs.jsonl       parea-target can serve it
  parea-trace-logs fetch --experiments uuids.txt -o folder                              one dataset of Parquet

environment:
  PAREA_API_KEY   the API key (required; not an argument, because others can read a command line)
  PAREA_BASE_URL  the server, if it is not Parea's own
  PAREA_LOG       debug shows on stderr what is sent and answered

exit status:
  0  done
  1  another failure, such as a full disk; the message says which
  2  wrong arguments, a filter that the API would reject, no key, or a missing extra; nothing was sent
  3  the server refused the request (4xx): a wrong key, an unknown experiment, too many requests
  4  the server could not be reached, did not answer in time, or failed (5xx)
  5  the answer broke off, or was not what the API documents
  129, 130, 143  hung up, interrupted or terminated
Whatever is not 0 leaves no new file, and an existing one as it was. Of several experiments those that could be fetched
are in the folder, and the status is that of the first that could not.
"""


@frozen
class Options:
    """What has been asked for, checked."""

    experiments: list[str]
    many: bool
    """Whether they become a folder, even when it is but one."""
    filters: TraceLogFilters | None
    output: Path | None
    """The file or folder; None for stdout, or where only the first rows are shown."""
    to_stdout: bool
    form: str | None
    """The format, where the name of the file does not say it."""
    raw: bool
    limit: int | None
    scores: list[str] | None
    concurrency: int
    resume: bool
    quiet: bool
    base_url: str | None
    timeout: float | None
    deadline: float | None
    csv_safe: bool
    usage: Callable[[str], NoReturn]
    """Ends the command with a message on wrong arguments."""


def parse(arguments: list[str] | None) -> Options:
    """What the arguments ask for; with wrong ones the command ends here, with status 2."""
    parser, fetch = _parsers()
    given = parser.parse_args(arguments)
    usage: Callable[[str], NoReturn] = fetch.error
    experiments = list(dict.fromkeys([*given.experiment, *_listed(given.experiments, usage)]))
    many = given.experiments is not None or len(experiments) > 1
    if not experiments:
        usage("name an experiment" if given.experiments is None else f"--experiments: {given.experiments} names none")
    to_stdout = given.output == STDOUT or (given.raw and given.output is None)
    options = Options(
        experiments,
        many,
        _filters(given, usage),
        None if given.output in (None, STDOUT) else Path(given.output),
        to_stdout,
        given.format,
        given.raw,
        given.limit,
        given.scores,
        given.concurrency,
        given.resume,
        given.quiet,
        given.base_url,
        given.timeout,
        given.deadline,
        given.csv_safe,
        usage,
    )
    _check(options)
    return options


def _parsers() -> tuple[Parser, Parser]:
    """The parser of the command, and that of `fetch`."""
    parser = Parser(
        prog="parea-trace-logs",
        description="Fetch the trace logs of experiments from Parea.",
        epilog="parea-trace-logs fetch --help says everything about fetching.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    fetch = commands.add_parser(
        "fetch",
        help="fetch the logs of experiments into a file, or look at the first",
        description="Fetch the trace logs of an experiment into a file, one row for each log and each of its\n"
        f"descendants, or of several into a folder. Without a file, show the first {PREVIEW_ROWS} rows.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = fetch.add_argument
    add("experiment", metavar="EXPERIMENT", nargs="*", help="an experiment's UUID, as its page's address has it")
    add("--experiments", metavar="FILE", help="a file with an experiment on each line; - is stdin")
    add("--where", metavar="FILTER", action="append", help="fetch only the logs that match, e.g. 'latency > 2.5'")
    add(
        "--since",
        metavar="TIME",
        type=since,
        help="fetch only the logs that began since: a time, a day, or 90m, 36h, 7d",
    )
    add(
        "-o",
        "--output",
        metavar="FILE",
        help=f"the file; its extension says the format: {', '.join(EXTENSIONS)}; {GZIPPED} after it compresses. It "
        "appears, or is replaced, when all of it has been written. - is stdout. Several experiments need a folder",
    )
    add(
        "--format",
        choices=dict.fromkeys((*_FORMATS, *_RAW_FORMATS)),
        help="the format, where the name of the file does not say it (stdout: jsonl)",
    )
    add(
        "--raw",
        action="store_true",
        help="the logs as they came, as lines (jsonl) or one array (json); to stdout without -o",
    )
    add("--limit", metavar="N", type=count, help="no more than the first N root logs")
    add(
        "--score",
        metavar="NAME",
        action="append",
        dest="scores",
        help="make a column for this score only (repeatable); by default each score that occurs gets one",
    )
    add("--concurrency", metavar="N", type=count, default=4, help="how many experiments are fetched at a time (4)")
    add("--resume", action="store_true", help="of several experiments, leave those as they are that have a file there")
    add("-q", "--quiet", action="store_true", help="say nothing on stderr but what went wrong")
    add("--base-url", metavar="URL", help="the server; overrides PAREA_BASE_URL")
    add("--timeout", metavar="SECONDS", type=positive, help="for each step of the request (60)")
    add("--deadline", metavar="SECONDS", type=positive, help="for a whole request (without limit)")
    add("--csv-safe", action="store_true", help="put ' before texts in CSV that a spreadsheet would run as a formula")
    return parser, fetch


def _listed(name: str | None, usage: Callable[[str], NoReturn]) -> list[str]:
    """The experiments that a file names, one on each line; what follows a # is a comment."""
    if name is None:
        return []
    try:
        text = sys.stdin.read() if name == STDOUT else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        usage(f"--experiments: {error}")
    return [found for line in text.splitlines() if (found := line.partition("#")[0].strip())]


def _filters(given: argparse.Namespace, usage: Callable[[str], NoReturn]) -> TraceLogFilters | None:
    texts: list[str] = given.where or []
    if len(texts) > 1:
        usage("--where: one filter is all that the endpoint takes; ask for the one that matches fewer logs")
    since_then: TraceLogFilters | None = given.since
    if not texts:
        return since_then
    if since_then is not None:
        usage("--since is a filter, and one filter is all that the endpoint takes: leave --where away")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            filters = parse_where(texts[0])
        except ValueError as error:
            usage(f"--where: {error}")
    for each in () if given.quiet else caught:
        print(f"parea-trace-logs: warning: {each.message}", file=sys.stderr)
    return filters


def _check(options: Options) -> None:
    """Say before the request what could only fail after it, or would mean nothing."""
    for wrong, said in (
        (options.many and options.output is None, "several experiments need -o FOLDER"),
        (options.many and options.limit is not None, "--limit is for one experiment"),
        (options.many and options.form not in (None, "jsonl" if options.raw else "parquet"), _MANY),
        (options.raw and options.scores is not None, "--score makes columns of tables, and --raw none"),
        (options.raw and options.form not in (None, *_RAW_FORMATS), "--raw is for --format jsonl or json"),
        (not options.raw and options.form == "json", "--format json is for --raw"),
        (options.resume and not options.many, "--resume is for several experiments"),
        (options.csv_safe and (options.raw or options.many), "--csv-safe is for CSV"),
        (options.csv_safe and not options.to_stdout and options.output is None, "--csv-safe needs -o FILE.csv"),
        (options.form is not None and not options.to_stdout and options.output is None, "--format needs -o"),
        (options.to_stdout and options.form == "parquet" and _is_terminal(), "Parquet is not for a terminal"),
        (options.to_stdout and sys.stdout is None, "-o -: stdout is closed"),
    ):
        if wrong:
            options.usage(said)
    if options.many:
        _check_folder(options)
    elif options.output is not None:
        _check_file(options, options.output)
    elif options.to_stdout and not options.raw:
        _check_format(Path(f"stdout.{options.form or 'jsonl'}"), options)


_MANY: Final = "several experiments become Parquet, or JSON Lines with --raw"


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _check_folder(options: Options) -> None:
    output = options.output
    if output is not None and output.exists() and not output.is_dir():
        options.usage(f"-o: {output} is not a folder, which several experiments need")
    if not options.raw:
        _check_format(Path("logs.parquet"), options)


def _check_file(options: Options, output: Path) -> None:
    if output.is_dir() or not output.parent.is_dir():
        options.usage(f"-o: {output} is a folder" if output.is_dir() else f"-o: there is no folder {output.parent}")
    if options.raw:
        if raw_format(output, options.form) is None:
            options.usage(f"-o: {output.name}: with --raw the extension must be .jsonl or .json, or {GZIPPED} after it")
    else:
        _check_format(output, options)


def _check_format(path: Path, options: Options) -> None:
    try:
        format_of(path, options.form)
        format_of(path, options.form, csv_safe=options.csv_safe)
    except (ValueError, ModuleNotFoundError) as error:
        options.usage(f"-o: {error}".replace("csv_safe", "--csv-safe"))


def raw_format(path: Path, form: str | None) -> str | None:
    """The format of a raw file: `jsonl` or `json`; None where its name says another."""
    named = path.with_suffix("") if path.suffix.lower() == GZIPPED else path
    found = form or named.suffix.lower().removeprefix(".")
    return found if found in _RAW_FORMATS else None
