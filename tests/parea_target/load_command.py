"""The command `parea-target load`: put experiments from files into a database that stays."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from parea_target._shared.arguments import Parser
from parea_target.contract import load as load_contract
from parea_target.loader import DataError, read_experiments
from parea_target.store import DatabaseError, load

# Seconds between two lines of progress.
_EVERY = 2.0


def _parser() -> Parser:
    parser = Parser(
        prog="parea-target load",
        description="Load experiments into a database, for `parea-target --database URL` to serve. Each is there whole "
        "or as it was, whatever happens meanwhile.",
        epilog="One JSON line is printed for each experiment that was loaded: experiment, logs.",
    )
    parser.add_argument(
        "--database",
        required=True,
        metavar="URL",
        help="sqlite:///FILE or postgresql://USER@HOST/NAME; a password is better in PGPASSWORD or ~/.pgpass than here",
    )
    parser.add_argument("--append", action="store_true", help="keep the logs that an experiment has; else replace them")
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="EXPERIMENT_UUID.json (an array), EXPERIMENT_UUID.jsonl (a line per root log), either with .gz after it, "
        "or a folder of such",
    )
    return parser


def load_command(arguments: Sequence[str]) -> None:
    """Load.

    Raises:
        SystemExit: 2 for arguments, files or a database that cannot be loaded.
    """
    options = _parser().parse_args(arguments)
    contract = load_contract()
    try:
        experiments = read_experiments(options.paths, contract)
        for name, count in load(contract, options.database, experiments, append=options.append, progress=_progress):
            print(json.dumps({"experiment": name, "logs": count}), flush=True)
    except (DataError, DatabaseError, ValueError) as error:
        print(f"parea-target load: error: {' '.join(str(error).split())}", file=sys.stderr)
        raise SystemExit(2) from None


def _progress(name: str) -> Callable[[int], None]:
    last = time.monotonic()

    def show(count: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            print(f"{name}: {count:,} logs", file=sys.stderr, flush=True)

    return show
