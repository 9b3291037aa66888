"""What the arguments of every command have in common: how they are refused, what was meant, and numbers."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NoReturn, TypeVar

from .words import did_you_mean, printable, similar

Number = TypeVar("Number", int, float)
_UNRECOGNIZED: Final = "unrecognized arguments: "


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage has thirty."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse, but an option that there is not comes before one that is missing: it may be meant for it."""
        given: list[str] = list(sys.argv[1:] if args is None else args)
        options = given[: given.index("--")] if "--" in given else given
        known = self._known()
        for name in (word.partition("=")[0] for word in options if word.startswith("--") and " " not in word):
            if not any(option.startswith(name) for option in known):
                self.error(f"no option is called {name}{did_you_mean(similar(name, known))}")
        return super().parse_known_args(given, namespace)

    def error(self, message: str) -> NoReturn:
        """End with status 2, and a line that says why."""
        if message.startswith(_UNRECOGNIZED):  # what they are is not shown, for one may be a key
            count = len(message.removeprefix(_UNRECOGNIZED).split())
            message = f"{count} arguments too many" if count > 1 else "an argument too many"
        self.exit(2, f"{self.prog}: error: {printable(message)} (see --help)\n")

    def refuse_nearly(self, given: Sequence[str], commands: Iterable[str]) -> None:
        """End where the first word is almost one of the commands."""
        if given and (meant := similar(given[0], commands)):
            self.error(f"no command is called {given[0]}{did_you_mean(meant)}")

    def _known(self) -> list[str]:
        """The options, also those of the commands of this one."""
        found = [option for action in self._actions for option in action.option_strings]
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                found += [option for each in action.choices.values() for option in each._known()]
        return found


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
