"""Judging from Python: what `parea-conformance` does, as one function."""

import contextlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from parea_conformance import contract, engine
from parea_conformance.engine import Report
from parea_conformance.http.in_process import Asgi, InProcess
from parea_conformance.http.recording import Recording
from parea_conformance.options import Options

IN_PROCESS = "http://in-process.invalid"


def judge(  # noqa: PLR0913 - what a run can be asked for, by name
    base_url: str | None = None,
    *,
    app: Asgi | None = None,
    experiment: str,
    api_key: str | None = None,
    classes: Sequence[str] = contract.CLASSES,
    only: Collection[str] = (),
    seed: int = 0,
    other_experiment: str | None = None,
    other_api_key: str | None = None,
    empty_experiment: str | None = None,
    parameters: Mapping[str, str] | None = None,
    allow_writes: bool = False,
    timeout: float = 30.0,
    accept_undecided: bool = False,
    known_failures: Mapping[str, str] | None = None,
    fail_fast: bool = False,
    thorough: bool = False,
    record: Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Report:
    """Judge a server, or an application in this process, by the contract.

    Args:
        base_url: what precedes `/api/parea/v1`.
        app: an ASGI application that is judged in this process, without a port, in the place of a base URL. Its
            lifespan is not run.
        experiment: the experiment to judge by; it needs logs.
        api_key: its key; by default the environment variable PAREA_API_KEY.
        classes: judge these classes of requirements only.
        only: judge these requirements only, by id.
        seed: of fuzzing, planning and sampling.
        other_experiment: an experiment of another key.
        other_api_key: that key.
        empty_experiment: an experiment of this key without logs.
        parameters: values of parameters in the paths of other operations, by name.
        allow_writes: whether operations that may write are asked with documented requests.
        timeout: seconds to wait for each answer.
        accept_undecided: whether undecided requirements spoil the verdict no more.
        known_failures: the reason of each failure that is known, by requirement.
        fail_fast: whether to stop at the first failure.
        thorough: whether everything that can be derived is asked, which takes many times as long.
        record: a file that keeps every exchange.
        progress: told the stage, how many requests were sent, and how many are planned.

    Returns:
        The report. Its `status` is 0 for a conformant server, 1 for another, 2 where it could not be judged.

    Raises:
        ValueError: not exactly one of `base_url` and `app` is given, no key, or a name that the contract does not know.
        OSError: the recording cannot be written.
    """
    if (base_url is None) == (app is None):
        raise ValueError("give either base_url or app")
    key = os.environ.get("PAREA_API_KEY", "") if api_key is None else api_key
    if not key:
        raise ValueError("an API key is needed: api_key or the environment variable PAREA_API_KEY")
    known = dict(known_failures or {})
    _check("class", classes, contract.CLASSES)
    _check("requirement", [*only, *known], contract.load().requirements)
    options = Options(
        base_url=(base_url or IN_PROCESS).rstrip("/").removesuffix("/api/parea/v1"),
        experiment=experiment,
        api_key=key,
        classes=tuple(classes),
        seed=seed,
        other_experiment=other_experiment,
        other_api_key=other_api_key,
        empty_experiment=empty_experiment,
        parameters=tuple((parameters or {}).items()),
        allow_writes=allow_writes,
        timeout=timeout,
        accept_undecided=accept_undecided,
        known_failures=tuple(known.items()),
        only=tuple(only),
        fail_fast=fail_fast,
        thorough=thorough,
    )
    with contextlib.ExitStack() as stack:
        transport = stack.enter_context(InProcess(app)) if app is not None else None
        watch = stack.enter_context(Recording(record, options)) if record is not None else None
        return engine.judge(options, progress or engine.quiet, transport, watch=watch)


def _check(what: str, names: Collection[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"no {what} is called {name!r}")
