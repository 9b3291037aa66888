"""Folders that are written from `openapi.yaml`: what is in one, what differs, and how one is replaced as a whole."""

import shutil
import tempfile
from pathlib import Path

Files = dict[Path, bytes]


def files_of(folder: Path) -> Files:
    """The files of a folder by their path within it, without what Python itself leaves there."""
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder): path.read_bytes() for path in paths}


def differences(wanted: Files, found: Files, name: Path) -> list[str]:
    """One line for each file of the folder `name` that is missing, extra or different, in the order of the paths."""
    lines = []
    for path in sorted(wanted.keys() | found.keys()):
        if path not in found:
            lines.append(f"missing: {name / path}")
        elif path not in wanted:
            lines.append(f"extra: {name / path}")
        elif wanted[path] != found[path]:
            lines.append(f"differs: {name / path}")
    return lines


def replace(folder: Path, wanted: Files) -> None:
    """Make `folder` hold exactly `wanted`: all of it, or what it held before.

    The new folder is written beside it and takes its place by renaming. A file that is right already keeps its times,
    and a folder that is right is not touched.
    """
    found = files_of(folder)
    if found == wanted:
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as temporary:
        made, former = Path(temporary) / "made", Path(temporary) / "former"
        made.mkdir()
        for path, content in wanted.items():
            (made / path).parent.mkdir(parents=True, exist_ok=True)
            if found.get(path) == content:
                shutil.copy2(folder / path, made / path)
            else:
                (made / path).write_bytes(content)
        if folder.exists():
            folder.rename(former)
        try:
            made.rename(folder)
        except OSError:
            if former.exists():
                former.rename(folder)
            raise
