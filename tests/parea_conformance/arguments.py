"""What the command's arguments have in common: how they are refused, and numbers."""

import argparse
import difflib
from collections.abc import Callable
from typing import NoReturn, TypeVar

from parea_conformance.http.secrets import shown

Number = TypeVar("Number", int, float)
_UNKNOWN = "unrecognized arguments: "


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage has thirty."""

    def error(self, message: str) -> NoReturn:
        """End with status 2, and a line that says why."""
        if message.startswith(_UNKNOWN):
            message = self._unknown(message.removeprefix(_UNKNOWN).split())
        self.exit(2, f"{self.prog}: error: {shown(message)} (see --help)\n")

    def _unknown(self, words: list[str]) -> str:
        """What was meant by options that there are not; their values are not shown, for one may be a key."""
        name = next((word.partition("=")[0] for word in words if word.startswith("--")), None)
        if name is None:
            return f"{len(words)} arguments too many" if len(words) > 1 else "an argument too many"
        known = [option for action in self._actions for option in action.option_strings]
        near = difflib.get_close_matches(name, known, 1)
        return f"no option is called {name}" + (f"; did you mean {near[0]}?" if near else "")


def positive(text: str) -> float:
    """A number above 0.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    number = _read(float, text, "a number")
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"must be above 0, not {text}")
    return number


def count(text: str) -> int:
    """A whole number of at least 1.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    number = whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {text}")
    return number


def whole(text: str) -> int:
    """A whole number.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    return _read(int, text, "a whole number")


def _read(kind: Callable[[str], Number], text: str, what: str) -> Number:
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be {what}, not {text!r}") from None
