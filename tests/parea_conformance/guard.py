"""What a command does when something fails that is none of its own: one line, and an exit status that says so."""

import contextlib
import os
import sys
from collections.abc import Callable
from typing import TextIO

_FAILED, _INTERRUPTED = 2, 130


def say(text: str) -> None:
    """One line for whoever runs the command; where none can be written, that is no failure of its own."""
    with contextlib.suppress(OSError, ValueError):
        print(f"parea-conformance: {text}", file=sys.stderr, flush=True)


def guarded(work: Callable[[], int], of_ours: Callable[[Exception], str]) -> int:
    """Run a command; the exit status is returned.

    Args:
        work: what it does; 2 is returned where its output cannot be written, or where it fails.
        of_ours: says in one line what failed.
    """
    for stream in (sys.stdout, sys.stderr):
        # A server's text may hold what this terminal's encoding does not.
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")
    try:
        try:
            return work()
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        say("interrupted")
        return _INTERRUPTED
    except OSError as error:
        _discard(sys.stdout)
        say(f"the output could not be written: {error.strerror or error}")
        return _FAILED
    except Exception as error:  # noqa: BLE001 - a failure of the suite's own is never a verdict
        say(of_ours(error))
        return _FAILED


def _discard(stream: TextIO) -> None:
    """Let what could not be written go: the interpreter would try again as it ends, and fail with a traceback."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
