"""The lab: serves a wrong target in this process, has the suite judge it, and compares what broke with what should."""

import asyncio
import dataclasses
import functools
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from parea_conformance.contract import CLASSES
from parea_conformance.engine import Report, judge
from parea_conformance.http.in_process import InProcess
from parea_conformance.ledger import Verdict
from parea_conformance.logs.seed_data import EMPTY_EXPERIMENT, EXPERIMENT, OTHER_EXPERIMENT, TENANTS
from parea_conformance.options import Options
from parea_target import Parts, RootLog, Store, create_app, load
from parea_target.loader import read_experiments
from parea_target.server import running
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from faults.catalogue import catalogue
from faults.registry import ChangeLog, Fault, Reply, Request, Serve, Surround
from faults.stacks import stack_faults

DATA = Path(__file__).resolve().parents[1] / "parea_target" / "data"
_TIMEOUT = 5.0

RIGHT = Fault("the-right-target", "It does nothing wrong.", "lab", frozenset())


@dataclass(frozen=True)
class Outcome:
    """What the suite found at one target.

    Attributes:
        failed: the requirements that broke.
        open: the requirements that were neither broken nor proven, nor skipped; a wrong target may leave such.
        cause: why the suite could not judge it; empty when it could.
    """

    fault: Fault
    seed: int
    failed: frozenset[str]
    open: frozenset[str]
    cause: str
    seconds: float

    @property
    def missed(self) -> frozenset[str]:
        """What the fault names and the suite did not find."""
        return self.fault.requirements - self.failed

    @property
    def collateral(self) -> frozenset[str]:
        """What the suite found and the fault does not name."""
        return self.failed - self.fault.requirements

    @property
    def verdict(self) -> str:
        """`found` when exactly what the fault names was found; else what is amiss."""
        if not self.failed:
            return "survived"
        amiss = [
            f"{label}: {' '.join(sorted(names))}"
            for label, names in (("missed", self.missed), ("collateral", self.collateral))
            if names
        ]
        return "; ".join(amiss) or "found"


@functools.cache
def _experiments() -> tuple[tuple[str, tuple[RootLog, ...]], ...]:
    return tuple((name, tuple(logs)) for name, logs in read_experiments([DATA], load()))


@functools.cache
def _right_store() -> Store:
    return Store(load(), _experiments())


@contextmanager
def _store(change: ChangeLog | None) -> Iterator[Store]:
    if change is None:
        yield _right_store()
        return
    changed = ((name, (RootLog(change(dict(root.log)), root.body) for root in logs)) for name, logs in _experiments())
    with Store(load(), changed) as store:
        yield store


def _surrounded(app: ASGIApp, surround: Surround) -> ASGIApp:
    """The application with something around it, which sees requests and replies whole."""

    async def inside(request: Request) -> Reply:
        sent: list[Message] = []
        given: list[Message] = [{"type": "http.request", "body": request.body, "more_body": False}]

        async def receive() -> Message:
            if not given:
                await asyncio.Event().wait()  # the client stays until it has its answer
            return given.pop()

        async def send(message: Message) -> None:
            sent.append(message)

        await app(request.scope, receive, send)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
        return Reply(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))

    serve: Serve = surround(inside)

    async def outside(scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body, more = body + message.get("body", b""), message.get("more_body", False)
        reply = await serve(Request(dict(scope), body))
        # The length is the server's to say, unless the fault says one.
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    return outside


def tenants() -> dict[str, Collection[str]]:
    """Two keys, made up anew, each with its own experiments: that which is judged, and that of the other tenant."""
    return {secrets.token_urlsafe(24): experiments for experiments in TENANTS}


def options(base_url: str, keys: Iterable[str], seed: int = 0) -> Options:
    """How a server of the bundled data is judged whole; `keys` are those of `tenants`."""
    key, other_key = keys
    return Options(
        base_url=base_url,
        experiment=EXPERIMENT,
        api_key=key,
        classes=CLASSES,
        seed=seed,
        other_experiment=OTHER_EXPERIMENT,
        other_api_key=other_key,
        empty_experiment=EMPTY_EXPERIMENT,
        timeout=_TIMEOUT,
    )


@contextmanager
def application(fault: Fault, keys: Mapping[str, Collection[str]]) -> Iterator[ASGIApp]:
    """A wrong target with these keys, as an application."""
    with _store(fault.stored) as store:
        app: ASGIApp = create_app(store, keys, fault.parts(Parts()))
        yield app if fault.around is None else _surrounded(app, fault.around)


@contextmanager
def serving(fault: Fault, seed: int = 0) -> Iterator[Options]:
    """Serve a wrong target over HTTP; the options by which it is judged."""
    keys = tenants()
    with application(fault, keys) as app, running(app) as base_url:
        yield options(base_url, keys, seed)


def run(fault: Fault, seed: int = 0) -> Report:
    """The suite's report on a wrong target that is served over HTTP."""
    with serving(fault, seed) as asked:
        return judge(asked)


def run_in_process(fault: Fault, seed: int = 0, without: tuple[str, ...] = (), *, fail_fast: bool = False) -> Report:
    """The same without sockets, which takes half as long; stages may be left out, and all after the first failure."""
    keys = tenants()
    with application(fault, keys) as app, InProcess(app) as transport:
        asked = replace(options("http://in-process.invalid", keys, seed), without=without, fail_fast=fail_fast)
        return judge(asked, transport=transport)


def examine(fault: Fault, seed: int = 0, run: Callable[[Fault, int], Report] = run) -> Outcome:
    """What the suite found at a wrong target."""
    report = run(fault, seed)
    by_verdict = {
        verdict: frozenset(entry.requirement.id for entry in report.entries if entry.verdict is verdict)
        for verdict in Verdict
    }
    return Outcome(
        fault.described(),
        seed,
        by_verdict[Verdict.FAIL],
        by_verdict[Verdict.ERROR] | by_verdict[Verdict.UNDECIDED],
        report.cause,
        report.seconds,
    )


def examine_named(name: str, seed: int) -> Outcome:
    """The same by name.

    A process of its own can be told a name, where it cannot be sent a function. It must be found in a module that such
    a process imports, which `__main__` is not.
    """
    return examine(_known()[name], seed)


def seek_named(name: str, seed: int, without: tuple[str, ...]) -> Outcome:
    """Whether the suite finds anything at a wrong target, by name: it stops at the first failure."""
    return examine(_known()[name], seed, functools.partial(run_in_process, without=without, fail_fast=True))


@functools.cache
def _known() -> dict[str, Fault]:
    return {RIGHT.name: RIGHT, **catalogue(), **stack_faults()}


def renamed(fault: Fault, *requirements: str) -> Fault:
    """The same fault, naming other requirements."""
    return dataclasses.replace(fault, requirements=frozenset(requirements))
