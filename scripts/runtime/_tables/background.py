"""Writing in a thread of its own, so that what comes next is decoded meanwhile."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Background:
    """Runs one task at a time, in their order; what waits is one task at most."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="parea-write")
        self._task: Future[object] | None = None

    def run(self, task: Callable[[], object]) -> None:
        """Begin a task, once the one before has ended; raises what that has raised."""
        self._wait()
        self._task = self._pool.submit(task)

    def close(self) -> None:
        """Wait for the last task, and end the thread; raises what the task has raised."""
        try:
            self._wait()
        finally:
            self._pool.shutdown()

    def _wait(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.result()
