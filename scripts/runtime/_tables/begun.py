"""What is begun beside the file that is to be, and removed at the latest when Python ends.

A signal may raise between any two steps, also right after a folder was made and before a `with` block knows of it. So
a name is noted before anything stands there, and struck out after nothing does any more.
"""

import atexit
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_BEGUN: Final[dict[Path, int]] = {}  # by whom: a process that this one forks removes nothing of it


def begin(folder: Path) -> Path:
    """A hidden name in a folder where nothing stands: what is put there goes with `remove`."""
    path = folder / f".parea-{secrets.token_hex(8)}"
    _BEGUN[path] = os.getpid()
    return path


def remove(path: Path) -> None:
    """Remove what `begin` named, file or folder, if it is still there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    _BEGUN.pop(path, None)


@contextmanager
def begun(folder: Path) -> Iterator[Path]:
    """What `begin` names, removed when the block ends."""
    path = begin(folder)
    try:
        yield path
    finally:
        remove(path)


@atexit.register
def remove_all() -> None:
    """Remove what this process has begun and not removed."""
    for path in [each for each, process in _BEGUN.items() if process == os.getpid()]:
        remove(path)
