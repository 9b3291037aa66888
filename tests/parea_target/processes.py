"""Several processes that serve one database on one port.

The parent holds the port and answers nothing. A worker that ends by itself is replaced, and that is said; one that
cannot begin ends everything. Workers whose parent is gone end, too.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from socket import socket
from typing import NoReturn

from parea_target.contract import load
from parea_target.server import NOTICE_SECONDS, serving
from parea_target.service import Service
from parea_target.store import Store

# How long, in seconds, a worker may take until it serves, and to end beyond the grace.
_BEGIN_SECONDS = 60.0
_END_SECONDS = NOTICE_SECONDS + 2.0

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class WorkerError(RuntimeError):
    """A worker that did not begin to serve; the message says why."""


class Workers:
    """The processes of one service.

    Attributes:
        folder: where they keep their metrics; None without metrics.
    """

    def __init__(self, database: str, service: Service, listener: socket, folder: Path | None) -> None:
        self._arguments = (database, service, listener)
        self._grace_seconds = service.limits.grace_seconds
        self._workers: list[SpawnProcess] = []
        self.folder = folder

    def start(self, count: int) -> None:
        """Start so many more.

        Raises:
            WorkerError: one of them did not begin.
        """
        begun = [self._start() for _ in range(count)]
        for worker, said in begun:
            _await(worker, said)

    def _start(self) -> tuple[SpawnProcess, Connection]:
        said, says = multiprocessing.Pipe(duplex=False)
        worker = multiprocessing.get_context("spawn").Process(
            target=_work, args=(*self._arguments, says), daemon=True, name="parea-target-worker"
        )
        # Blocked until the worker can answer them; SIGINT, which a terminal sends to all, is the parent's alone.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            worker.start()
            self._workers.append(worker)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        says.close()
        return worker, said

    def watch(self) -> NoReturn:
        """Replace what ends by itself, until a signal ends the caller.

        Raises:
            WorkerError: a worker that was to take the place of another did not begin.
        """
        while True:
            ended = set(wait([worker.sentinel for worker in self._workers]))
            for worker in [worker for worker in self._workers if worker.sentinel in ended]:
                worker.join()
                self._workers.remove(worker)
                self._forget(worker)
                said = f"parea-target: worker {worker.pid} ended with status {worker.exitcode}; another is started"
                print(said, file=sys.stderr, flush=True)
                self.start(1)

    def _forget(self, worker: SpawnProcess) -> None:
        """Take what a worker had under way out of the metrics; what it has counted stays."""
        if self.folder is not None:
            from prometheus_client.multiprocess import mark_process_dead

            mark_process_dead(worker.pid, str(self.folder))  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Have all end: within the grace by themselves, then by force."""
        for worker in self._workers:
            worker.terminate()
        end = time.monotonic() + self._grace_seconds + _END_SECONDS
        for worker in self._workers:
            worker.join(max(0.0, end - time.monotonic()))
            if worker.is_alive():
                worker.kill()
                worker.join()
                print(f"parea-target: worker {worker.pid} did not end and was killed", file=sys.stderr, flush=True)


@contextmanager
def working(count: int, database: str, service: Service, listener: socket) -> Iterator[Workers]:
    """Serve the database with so many processes while the context is entered.

    Raises:
        WorkerError: one of them did not begin.
    """
    with ExitStack() as stack:
        folder = None
        if service.metrics:
            from parea_target.metrics import FOLDER

            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="parea-target-metrics-")))
            os.environ[FOLDER] = str(folder)
            stack.callback(os.environ.pop, FOLDER)
        workers = Workers(database, service, listener, folder)
        stack.callback(workers.stop)
        workers.start(count)
        yield workers


def _await(worker: SpawnProcess, said: Connection) -> None:
    with said:
        try:
            message = said.recv() if said.poll(_BEGIN_SECONDS) else f"it did not serve within {_BEGIN_SECONDS:g} s"
        except EOFError:
            worker.join()
            message = f"it ended with status {worker.exitcode}"
    if message is not None:
        raise WorkerError(f"a worker did not begin: {message}")


def _leave(_number: int, _frame: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(0)


def _work(database: str, service: Service, listener: socket, says: Connection) -> None:
    """The life of a worker: until SIGTERM, or until its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    parent = multiprocessing.parent_process()
    assert parent is not None
    with ExitStack() as stack:
        try:
            store = stack.enter_context(Store.open(load(), database))
            stack.enter_context(serving(service.app(store), listener, service.limits))
        except (ValueError, OSError) as error:
            says.send(" ".join(str(error).split()))
            return
        says.send(None)
        says.close()
        wait([parent.sentinel])
