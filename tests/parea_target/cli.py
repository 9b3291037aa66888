"""The command `parea-target`: serve experiments from files."""

import argparse
import json
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NoReturn

from parea_target import json_text
from parea_target._shared.arguments import Parser, count, positive, whole
from parea_target.app import QUERY_SECONDS
from parea_target.contract import load
from parea_target.load_command import load_command
from parea_target.loader import DataError, find_files, read_experiments
from parea_target.operations import ContractError
from parea_target.processes import WorkerError, working
from parea_target.server import Limits, listening, serving
from parea_target.service import Service
from parea_target.store import DatabaseError, Store

DATA = Path(__file__).resolve().parent / "data"

_COMMANDS = {"load": load_command}
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

# What a key may see: the experiments by name, None for all.
Keys = dict[str, list[str] | None]


def _leave(_number: int, _frame: object) -> NoReturn:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


def _parser() -> Parser:
    parser = Parser(
        prog="parea-target",
        description="Serve experiment trace logs from files or from a database, as openapi.yaml says.",
        epilog="`parea-target load --help` says how a database is filled. "
        "When it serves, it prints one JSON line: base_url, api_key, experiments (and keys, with --keys).",
    )
    parser.add_argument(
        "--data",
        nargs="+",
        action="extend",
        type=Path,
        metavar="PATH",
        help="EXPERIMENT_UUID.json (an array), EXPERIMENT_UUID.jsonl (a line per root log), or a folder of such; "
        "the bundled data by default",
    )
    parser.add_argument(
        "--database", metavar="URL", help="serve what `parea-target load` put into this database, rather than files"
    )
    parser.add_argument("--api-key", metavar="KEY", help="a key that sees every experiment; a random one by default")
    parser.add_argument(
        "--keys",
        type=Path,
        metavar="FILE",
        help="further keys with their own experiments: a JSON object, key to array of experiments. With it there is "
        "no random key, and without --api-key the first of the file is the api_key that is printed",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--port", default=0, type=_port, help="the port; 0, the default, takes a free one")
    parser.add_argument(
        "--query-timeout",
        default=QUERY_SECONDS,
        type=_seconds,
        metavar="SECONDS",
        help="how long the database may look for an answer, or for its next part; longer is answered 503 (%(default)g)",
    )
    parser.add_argument(
        "--max-connections",
        default=Limits.connections,
        type=count,
        metavar="NUMBER",
        help="how many connections each process serves at once; more are answered 503 (%(default)s)",
    )
    parser.add_argument(
        "--grace",
        default=Limits.grace_seconds,
        type=_seconds,
        metavar="SECONDS",
        help="how long answers that have begun may take after SIGTERM or SIGINT (%(default)g)",
    )
    parser.add_argument("--docs", type=Path, metavar="FILE", help="a page of HTML to show at /docs")
    parser.add_argument(
        "--workers",
        default=1,
        type=count,
        metavar="NUMBER",
        help="how many processes serve the --database on the one port (%(default)s)",
    )
    parser.add_argument("--metrics", action="store_true", help="metrics for Prometheus at /metrics, which needs no key")
    parser.add_argument("--access-log", action="store_true", help="a line of JSON on stderr for each request")
    return parser


def _port(text: str) -> int:
    port = whole(text)
    if not 0 <= port <= 65_535:
        raise argparse.ArgumentTypeError(f"{port} is not a port (0 to 65535)")
    return port


def _seconds(text: str) -> float:
    seconds = positive(text)
    if seconds > threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"must be less than {threading.TIMEOUT_MAX:g}, not {text}")
    return seconds


def read_keys(file: Path | None, api_key: str | None, experiments: Sequence[str]) -> Keys:
    """The keys and what exists for each; the first is the one to print.

    Raises:
        DataError: the file is malformed, a header cannot carry a key, or an experiment is not served.
    """
    keys: Keys = {}
    if api_key is not None or file is None:
        keys[secrets.token_urlsafe() if api_key is None else api_key] = None
    if file is not None:
        for key, names in _keys_file(file).items():
            if key in keys:
                raise DataError(f"{file}: one of the keys is that of --api-key")
            for name in names:
                if name not in experiments:
                    raise DataError(f"{file}: no experiment {json.dumps(name)} is served")
            keys[key] = names
    for key in keys:
        # The key itself is not told: it may end up in a log.
        if not key.isascii() or not key.isprintable() or not key or key != key.strip():
            raise DataError("a key is empty, or has characters that a header cannot carry")
    return keys


def _keys_file(file: Path) -> dict[str, list[str]]:
    try:
        document = json_text.parse(file.read_bytes().decode("utf-8"))
    except OSError as error:
        raise DataError(f"{file}: {error.strerror}") from None
    except ValueError:
        # Without the decoder's message: it may quote a key.
        raise DataError(f"{file}: not JSON in UTF-8 with every key once") from None
    if not isinstance(document, dict) or not document:
        raise DataError(f"{file}: not a JSON object of keys")
    for names in document.values():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise DataError(f"{file}: a key's value is not an array of experiments")
    return document


@contextmanager
def _open_store(options: argparse.Namespace) -> Iterator[tuple[Keys, Store]]:
    """The keys, and the store that they open.

    Raises:
        DataError: keys or files cannot be served.
        DatabaseError: the database cannot be served.
    """
    if options.database is not None:
        with Store.open(load(), options.database) as store:
            yield read_keys(options.keys, options.api_key, list(store.experiments)), store
        return
    paths: list[Path] = options.data or [DATA]
    keys = read_keys(options.keys, options.api_key, list(find_files(paths)))
    with Store(load(), read_experiments(paths, load())) as store:
        yield keys, store


def _serve(options: argparse.Namespace) -> NoReturn:
    with ExitStack() as stack:
        keys, store = stack.enter_context(_open_store(options))
        service = Service(
            keys,
            Limits(options.max_connections, grace_seconds=options.grace),
            options.query_timeout,
            options.docs,
            access_log=options.access_log,
            metrics=options.metrics,
        )
        ready: dict[str, object] = {"base_url": "", "api_key": next(iter(keys)), "experiments": list(store.experiments)}
        if options.keys is not None:
            ready["keys"] = {key: list(store.experiments) if names is None else names for key, names in keys.items()}
        listener, ready["base_url"] = stack.enter_context(listening(options.host, options.port))
        if options.workers == 1:
            stack.enter_context(serving(service.app(store), listener, service.limits))
            wait: Callable[[], object] = threading.Event().wait
        else:
            service.app(store)  # what is wrong with it is said once, not by every worker
            workers = stack.enter_context(working(options.workers, options.database, service, listener))
            wait = workers.watch
        print(json.dumps(ready), flush=True)
        wait()
        raise AssertionError("nothing but a signal ends the wait")


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGINT or SIGTERM, which end the process with status 0.

    Raises:
        SystemExit: 0 after a signal, 1 where a worker cannot be replaced, 2 for what cannot be served.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given and (command := _COMMANDS.get(given[0])):
        command(given[1:])
        return
    parser = _parser()
    parser.refuse_nearly(given, _COMMANDS)
    options = parser.parse_args(given)
    if options.database is not None and options.data is not None:
        parser.error("--data and --database exclude one another")
    if options.workers > 1 and options.database is None:
        parser.error("--workers needs a --database, which all of them serve")
    # Before the data is loaded: a signal meanwhile ends the command as well as one later.
    for number in _SIGNALS:
        signal.signal(number, _leave)
    try:
        _serve(options)
    except WorkerError as error:
        parser.exit(1, f"{parser.prog}: error: {error}\n")
    except (ContractError, DataError, DatabaseError, OSError) as error:
        parser.exit(2, f"{parser.prog}: error: {' '.join(str(error).split())}\n")
