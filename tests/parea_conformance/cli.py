"""`parea-conformance`: judge a server by the contract."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console

from parea_conformance import contract, seed_data
from parea_conformance.report import as_data, as_junit, show
from parea_conformance.run import Options
from parea_conformance.suite import CANNOT_JUDGE, judge

_EPILOG = """
exit status: 0 conformant, 1 not conformant, 2 could not judge (unreachable, wrong key, unknown or empty experiment,
bad arguments, or requirements that the experiment's logs cannot decide, unless --accept-undecided is given).

The suite only reads. `parea-conformance seed-data DIR` writes a small experiment on which nothing is undecided.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="parea-conformance",
        description="Judge a server of the trace logs endpoint by the contract, with proof.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("base_url", metavar="BASE_URL", help="what precedes /api/parea/v1; or: seed-data DIR")
    parser.add_argument("--experiment", metavar="UUID", required=True, help="the experiment to judge by; it needs logs")
    parser.add_argument("--api-key", metavar="KEY", help="default: the environment variable PAREA_API_KEY")
    parser.add_argument(
        "--class", dest="classes", action="append", choices=contract.CLASSES, help="judge this class only (repeatable)"
    )
    parser.add_argument("--other-experiment", metavar="UUID", help="an experiment of another key, to be answered 404")
    parser.add_argument("--empty-experiment", metavar="UUID", help="an experiment of this key without logs")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of fuzzing and planning (default 0)")
    parser.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="for each answer (default 30)")
    parser.add_argument(
        "--accept-undecided", action="store_true", help="undecided requirements do not spoil the verdict"
    )
    parser.add_argument("--report-dir", type=Path, metavar="DIR", help="write report.json and junit.xml there")
    return parser


def _options(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> tuple[Options, Path | None]:
    given = parser.parse_args(arguments)
    address = urlsplit(given.base_url)
    if address.scheme not in ("http", "https") or not address.netloc:
        parser.error(f"BASE_URL must begin with http:// or https://, not {given.base_url!r}")
    key = os.environ.get("PAREA_API_KEY", "") if given.api_key is None else given.api_key
    if not key:
        parser.error("an API key is needed: --api-key or the environment variable PAREA_API_KEY")
    if given.timeout <= 0:
        parser.error("--timeout must be above 0")
    options = Options(
        base_url=given.base_url.rstrip("/").removesuffix("/api/parea/v1"),
        experiment=given.experiment,
        api_key=key,
        classes=tuple(dict.fromkeys(given.classes or contract.CLASSES)),
        seed=given.seed,
        other_experiment=given.other_experiment,
        empty_experiment=given.empty_experiment,
        timeout=given.timeout,
        accept_undecided=given.accept_undecided,
    )
    return options, given.report_dir


def _write_seed_data(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="parea-conformance seed-data", description=seed_data.__doc__)
    parser.add_argument("directory", type=Path, metavar="DIR")
    directory = parser.parse_args(arguments).directory
    try:
        paths = seed_data.write(directory, contract.load())
    except OSError as error:
        print(f"parea-conformance: {error}", file=sys.stderr)
        return CANNOT_JUDGE
    for path in paths:
        print(path)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is returned."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["seed-data"]:
        return _write_seed_data(words[1:])
    options, directory = _options(_parser(), words)
    progress = Console(stderr=True)
    with progress.status("starting") as status:
        report = judge(options, status.update if progress.is_terminal else lambda _stage: None)
    show(report, Console(highlight=False))
    if directory is not None:
        try:
            directory.mkdir(parents=True, exist_ok=True)
            text = json.dumps(as_data(report), indent=2, ensure_ascii=True) + "\n"
            (directory / "report.json").write_text(text, encoding="utf-8")
            (directory / "junit.xml").write_text(as_junit(report), encoding="utf-8")
        except OSError as error:
            print(f"parea-conformance: the reports could not be written: {error}", file=sys.stderr)
            return CANNOT_JUDGE
    return report.status
