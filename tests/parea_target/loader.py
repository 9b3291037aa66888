"""Reading experiments from files: `EXPERIMENT_UUID.json` is an array of root logs, `.jsonl` has one on each line.

Either may be compressed, and end in `.gz`. A log's bytes are kept as they came. What the contract asks of an answer is
therefore asked of the files: a log that the schema `TraceLog` refuses, a `trace_id` twice, or children out of order is
an error, not something to mend. So is a log of more than `json_text.MAX_DEPTH` (1,000) containers in one another,
itself the first.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, cast

from parea_target import json_text
from parea_target.contract import Contract
from parea_target.json_text import Place
from parea_target.loading import RootLog

_GZIPPED = ".gz"
_ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class DataError(ValueError):
    """A file that cannot be served; the message names the file, the place in it and what is wrong there."""


def find_files(paths: Iterable[Path]) -> dict[str, Path]:
    """The files of experiments by the experiment's name: those given, and those directly in the folders given.

    Raises:
        DataError: a path is neither, a folder holds none, or two files are of the same experiment.
    """
    files: dict[str, Path] = {}
    for path in paths:
        if path.is_dir():
            found = sorted(file for file in path.iterdir() if _form(file) in _READERS)
            if not found:
                raise DataError(f"{path}: no .json or .jsonl file in this folder")
        elif path.is_file() and _form(path) in _READERS:
            found = [path]
        else:
            raise DataError(f"{path}: " + ("not a .json or .jsonl file" if path.exists() else "does not exist"))
        for file in found:
            name = _plain(file).stem
            if name in files:
                raise DataError(f"{file}: the experiment {name} is in {files[name]} already")
            files[name] = file
    return files


def _plain(file: Path) -> Path:
    """The file's name without the `.gz` that says that it is compressed."""
    return file.with_suffix("") if file.suffix == _GZIPPED else file


def _form(file: Path) -> str:
    return _plain(file).suffix


def _open(file: Path) -> IO[bytes]:
    if file.suffix == _GZIPPED:
        return cast("IO[bytes]", gzip.open(file, "rb"))
    return file.open("rb")


def read_experiments(paths: Iterable[Path], contract: Contract) -> Iterator[tuple[str, Iterator[RootLog]]]:
    """Each experiment by its name with its root logs, read as they are asked for.

    Raises:
        DataError: a path or a file that cannot be served.
    """
    for name, file in find_files(paths).items():
        yield name, read_logs(file, contract)


def read_logs(file: Path, contract: Contract) -> Iterator[RootLog]:
    """The root logs of one file.

    Raises:
        DataError: the file cannot be served.
    """
    seen: set[str] = set()
    try:
        for where, log, text in _READERS[_form(file)](file):
            fault = _fault(log, text, contract, seen)
            if fault is not None:
                raise DataError(f"{where}: {fault}")
            yield RootLog(log, text.encode())
    except DataError as error:
        raise DataError(f"{file}: {error}") from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{file}: {getattr(error, 'strerror', None) or error}") from None


def _decode(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: not UTF-8 at byte {error.start}") from None


def _scan(text: str, start: int, where: str) -> tuple[Any, int]:
    try:
        return json_text.scan(text, start)
    except json_text.DepthError as error:
        raise DataError(f"{where}: {error}") from None
    except ValueError as error:
        raise DataError(f"{where}: not JSON: {error}") from None


def _lines(file: Path) -> Iterator[tuple[str, Any, str]]:
    with _open(file) as lines:
        # Bytes split at newlines only; a str would be split at characters that JSON allows within strings.
        for number, line in enumerate(lines, 1):
            where = f"line {number}"
            text = _decode(line, where)
            start = json_text.skip_space(text, 0)
            if start == len(text):
                continue
            log, end = _scan(text, start, where)
            if json_text.skip_space(text, end) < len(text):
                raise DataError(f"{where}: more than one value: something follows at column {end + 1}")
            yield where, log, text[start:end]


def _array(file: Path) -> Iterator[tuple[str, Any, str]]:
    with _open(file) as opened:
        text = _decode(opened.read(), "the whole")
    at = json_text.skip_space(text, 0)
    if text[at : at + 1] != "[":
        raise DataError("not a JSON array")
    at = json_text.skip_space(text, at + 1)
    index = 0
    while index or text[at : at + 1] != "]":
        where = f"element {index}"
        log, end = _scan(text, at, where)
        yield where, log, text[at:end]
        at = json_text.skip_space(text, end)
        if text[at : at + 1] != ",":
            break
        at = json_text.skip_space(text, at + 1)
        index += 1
    if text[at : at + 1] != "]":
        raise DataError(f"element {index}: neither a comma nor the end of the array follows")
    if json_text.skip_space(text, at + 1) < len(text):
        raise DataError("something follows the array")


_READERS = {".json": _array, ".jsonl": _lines}


def _fault(log: Any, text: str, contract: Contract, seen: set[str]) -> str | None:
    """Why an answer must not hold this root log: JSON path and what is wrong there; None when it may."""
    if _ESCAPED_SURROGATE.search(text):
        place = json_text.find_lone_surrogate(log)
        if place is not None:
            return f"{_json_path(place)}: a lone surrogate, which UTF-8 cannot hold"
    fault = contract.log_fault(log)
    if fault is not None:
        return f"{_json_path(fault[0])}: {fault[1]}"
    if log["trace_id"] in seen:
        return f"$.trace_id: {json.dumps(log['trace_id'])} occurs twice among the root logs"
    seen.add(log["trace_id"])
    return _fault_of_tree(log, contract)


def _fault_of_tree(log: Any, contract: Contract) -> str | None:
    """What the schema cannot say: the form of timestamps, the order of children."""
    rest: list[tuple[Place, Any]] = [((), log)]
    while rest:
        place, parent = rest.pop()
        for member in contract.members["timestamp"]:
            text = parent.get(member)
            if text is not None and not contract.accepts("timestamp_value", text):
                path = _json_path((*place, member))
                return f"{path}: not a timestamp as `filter_value` has it: RFC 3339, at most 6 fraction digits"
        children = parent.get("children_logs", ())
        keys = [(child.get("execution_order") or 0, child["trace_id"]) for child in children]
        for index, (before, after) in enumerate(pairwise(keys), 1):
            if after < before:
                path = _json_path((*place, "children_logs", index))
                return f"{path}: belongs before the child in front of it, by execution_order, then trace_id"
        rest.extend(((*place, "children_logs", index), child) for index, child in enumerate(children))
    return None


def _json_path(place: Place) -> str:
    """A place as a JSON path (RFC 9535)."""
    steps = (f".{step}" if str(step).isidentifier() else f"[{json.dumps(step)}]" for step in place)
    return "$" + "".join(steps)
