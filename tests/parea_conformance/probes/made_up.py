"""Bodies made up by schemathesis from the contract: valid ones, and mutated ones.

To make them takes longer than to send them. It is done in a process of its own while others are sent, and the bodies
are kept in the user's cache folder: the same contract, number, seed and versions give the same bodies.
"""

import base64
import functools
import hashlib
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from parea_conformance.contract import Contract

_MAKER = "parea_conformance.probes.maker"
_MAKERS = ("schemathesis", "hypothesis")
_FORMAT = 1
_SECRETS = ("PAREA_API_KEY", "PAREA_OTHER_API_KEY")
_remembered: dict[str, "MadeUp"] = {}


class MakingFailedError(Exception):
    """The bodies could not be made; the message holds what the process said."""


class MadeUp(NamedTuple):
    """Bodies that were made up, as they are sent."""

    valid: tuple[bytes, ...]
    mutated: tuple[bytes, ...]


def as_text(made: MadeUp) -> str:
    """The bodies as they are kept."""
    return json.dumps([[base64.b64encode(body).decode() for body in bodies] for bodies in made])


def _from_text(text: str) -> MadeUp:
    """The bodies as they were kept.

    Raises:
        ValueError: the text is not what `as_text` writes.
    """
    try:
        valid, mutated = ([base64.b64decode(body, validate=True) for body in bodies] for bodies in json.loads(text))
    except TypeError as error:
        raise ValueError(str(error)) from None
    return MadeUp(tuple(valid), tuple(mutated))


def cache_folder() -> Path:
    """Where what takes long to make is kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "parea-conformance"


@functools.lru_cache(maxsize=4)
def _document_digest(contract: Contract) -> str:
    return hashlib.sha256(json.dumps(contract.document).encode()).hexdigest()


def _name(contract: Contract, number: int, seed: int) -> str:
    """The name under which bodies are kept: another for whatever would make others."""
    versions = [importlib.metadata.version(name) for name in _MAKERS]
    parts = [_FORMAT, _document_digest(contract), number, seed, versions, sys.version_info[:2]]
    return f"bodies-{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]}.json"


@dataclass
class Making:
    """Bodies that are being made, or were."""

    _name: str
    _process: "subprocess.Popen[bytes] | None" = None
    _folder: Path = Path()

    def bodies(self) -> MadeUp:
        """The bodies, as soon as they are made.

        Raises:
            MakingFailedError: they could not be made.
        """
        if self._name not in _remembered:
            assert self._process is not None  # `making` starts it unless the bodies are remembered
            if self._process.wait():
                said = (self._folder / "errors").read_text(encoding="utf-8", errors="replace").strip()
                raise MakingFailedError(f"schemathesis could not make up bodies: {said[-500:]}")
            _remembered[self._name] = _from_text((self._folder / "bodies").read_text(encoding="utf-8"))
            _keep(self._name, _remembered[self._name])
        return _remembered[self._name]

    def stop(self) -> None:
        """End the process that makes them."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def making(contract: Contract, number: int, seed: int) -> Iterator[Making]:
    """Begin to make so many valid bodies and so many mutated ones, unless they are kept from a run before.

    Nothing is written into the folder in which the run was started.
    """
    name = _name(contract, number, seed)
    if name not in _remembered and (kept := _kept(name)) is not None:
        _remembered[name] = kept
    if name in _remembered:
        yield Making(name)
        return
    with tempfile.TemporaryDirectory(prefix="parea-conformance-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        (place / "contract").write_text(json.dumps(contract.document), encoding="utf-8")
        environment = {name: value for name, value in os.environ.items() if name not in _SECRETS}
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        environment["HYPOTHESIS_STORAGE_DIRECTORY"] = str(place / "hypothesis")
        command = [sys.executable, "-P", "-m", _MAKER, str(number), str(seed)]
        with (place / "errors").open("wb") as errors:
            process = subprocess.Popen(  # noqa: S603 - this interpreter, and numbers
                command, cwd=place, env=environment, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors
            )
        made = Making(name, process, place)
        try:
            yield made
        finally:
            made.stop()


def forget() -> None:
    """Forget what this process remembers; what is kept in the cache folder stays."""
    _remembered.clear()


def _kept(name: str) -> MadeUp | None:
    """What was kept, if it was, and is whole."""
    try:
        return _from_text((cache_folder() / name).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _keep(name: str, made: MadeUp) -> None:
    """Keep bodies for the next run; where nothing can be kept, they are made anew."""
    with suppress(OSError):
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=folder, encoding="ascii", delete=False) as file:
            file.write(as_text(made))
        Path(file.name).replace(folder / name)
