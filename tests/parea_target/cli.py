"""The command `parea-target`: serve experiments from files."""

import argparse
import json
import secrets
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from parea_target import json_text
from parea_target.app import QUERY_SECONDS, create_app
from parea_target.contract import load
from parea_target.loader import DataError, find_files, read_experiments
from parea_target.operations import ContractError
from parea_target.server import Limits, running
from parea_target.store import Store

DATA = Path(__file__).resolve().parent / "data"

_SIGNALS = (signal.SIGINT, signal.SIGTERM)

# What a key may see: the experiments by name, None for all.
Keys = dict[str, list[str] | None]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message}\n")


def _leave(_number: int, _frame: object) -> NoReturn:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise SystemExit(0)


def _parser() -> _Parser:
    parser = _Parser(
        prog="parea-target",
        description="Serve experiment trace logs from files, as openapi.yaml says.",
        epilog="When it serves, it prints one JSON line: base_url, api_key, experiments (and keys, with --keys).",
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
        type=_connections,
        metavar="NUMBER",
        help="how many connections are served at once; more are answered 503 (%(default)s)",
    )
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65_535:
        raise argparse.ArgumentTypeError(f"{port} is not a port (0 to 65535)")
    return port


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds above 0")
    return seconds


def _connections(text: str) -> int:
    connections = int(text)
    if connections < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number of connections above 0")
    return connections


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


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGINT or SIGTERM, which end the process with status 0.

    Raises:
        SystemExit: 0 after a signal, 2 for arguments or data that cannot be served.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    paths: list[Path] = options.data or [DATA]
    # Before the data is loaded: a signal meanwhile ends the command as well as one later.
    for number in _SIGNALS:
        signal.signal(number, _leave)
    try:
        keys = read_keys(options.keys, options.api_key, list(find_files(paths)))
        with Store(load(), read_experiments(paths, load())) as store:
            app = create_app(store, keys, query_seconds=options.query_timeout)
            with running(app, options.host, options.port, Limits(options.max_connections)) as base_url:
                ready: dict[str, object] = {"base_url": base_url, "api_key": next(iter(keys))}
                ready["experiments"] = list(store.experiments)
                if options.keys is not None:
                    ready["keys"] = {
                        key: list(store.experiments) if names is None else names for key, names in keys.items()
                    }
                print(json.dumps(ready), flush=True)
                threading.Event().wait()
    except (ContractError, DataError, OSError) as error:
        parser.error(" ".join(str(error).split()))
