"""How many requests may be sent, and how fast."""

import threading
import time

_LONGEST_WAIT = 10.0


class BudgetSpentError(Exception):
    """As many requests were sent as the run may send."""


class Pace:
    """Gives each request its turn. Any thread may ask for one.

    Attributes:
        sent: how many requests were given a turn.

    Args:
        most: the most requests; None for no bound.
        rate: the most in a second; None for no bound.
    """

    def __init__(self, most: int | None, rate: float | None) -> None:
        self.sent = 0
        self._most = most
        self._pause = 1 / rate if rate else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """How many requests may still be sent; infinity where there is no bound."""
        return float("inf") if self._most is None else self._most - self.sent

    def take(self) -> None:
        """Wait for a turn.

        Raises:
            BudgetSpentError: no more requests may be sent.
        """
        with self._lock:
            if self._most is not None and self.sent >= self._most:
                raise BudgetSpentError(f"the budget of {self._most} requests was spent")
            self.sent += 1
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._pause
        if turn > now:
            time.sleep(turn - now)


def wait(retry_after: str) -> float:
    """The seconds that a server asks to be left alone for, within reason."""
    return min(float(retry_after), _LONGEST_WAIT) if retry_after.isascii() and retry_after.isdigit() else 1.0
