"""The fixture `parea_target`: the reference target, serving the logs that a test gives it."""

import contextlib
import json
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Served:
    """A target that serves one experiment.

    Attributes:
        base_url: what precedes `/api/parea/v1`.
        experiment: the experiment's UUID.
        api_key: its key.
    """

    base_url: str
    experiment: str
    api_key: str = field(repr=False)


@pytest.fixture
def parea_target(tmp_path: Path) -> Iterator[Callable[[Sequence[Mapping[str, Any]]], Served]]:
    """Serves root logs over HTTP until the test ends: `parea_target(logs)` gives its address, key and experiment.

    The logs are those of one experiment, as an answer holds them. Logs that the contract does not allow are a
    `ValueError` that names the place. Needs the extra `target`.
    """
    with contextlib.ExitStack() as stack:
        yield lambda logs: _serve(logs, tmp_path, stack)


def _serve(logs: Sequence[Mapping[str, Any]], folder: Path, stack: contextlib.ExitStack) -> Served:
    from parea_target import Store, create_app, load
    from parea_target.loader import read_experiments
    from parea_target.server import running

    experiment, key = str(uuid.uuid4()), secrets.token_urlsafe(24)
    file = folder / f"{experiment}.json"
    file.write_text(json.dumps(logs), encoding="utf-8")
    said = load()
    store = stack.enter_context(Store(said, read_experiments([file], said)))
    base_url = stack.enter_context(running(create_app(store, {key: [experiment]})))
    return Served(base_url, experiment, key)
