"""The signals that end the command, as exceptions, so that what it has begun is removed."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

INTERRUPTED: Final = 128 + signal.SIGINT
# On Windows there is no SIGHUP.
_ENDING: Final = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
_SOON: Final = 0.01  # seconds, after which who swallowed the exception is done


@contextmanager
def signals_as_exceptions() -> Iterator[None]:
    """Within the block a signal ends it: SIGINT by KeyboardInterrupt, the others by SystemExit of 128 and their number.

    An exception in a callback of a weak reference, such as the import system has, goes nowhere: Python shows it, and
    goes on. What a signal has raised there is raised once more.
    """
    before = {number: signal.getsignal(number) for number in _ENDING}
    shown = sys.unraisablehook

    def once_more(lost: "UnraisableHookArgs") -> None:
        number = _number(lost.exc_value)
        if number is None:
            shown(lost)
        else:
            threading.Timer(_SOON, _send, [number]).start()

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as nohup leaves it
            signal.signal(number, _terminated)
    sys.unraisablehook = once_more
    try:
        yield
    finally:
        sys.unraisablehook = shown
        for number, handler in before.items():
            signal.signal(number, handler)


def _number(error: BaseException | None) -> int | None:
    """The signal that raised this, if one did."""
    if isinstance(error, KeyboardInterrupt):
        return signal.SIGINT
    return next((each for each in _ENDING if isinstance(error, SystemExit) and error.code == 128 + each), None)


def _send(number: int) -> None:
    """To the main thread, which alone handles signals: one that waits for the network is woken."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, number)
    else:
        signal.raise_signal(number)


def _terminated(number: int, _: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
