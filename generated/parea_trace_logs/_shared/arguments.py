"""What the arguments of every command have in common: how they are refused, what was meant, and numbers."""

import argparse
import difflib
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final, NoReturn, TypeVar

Number = TypeVar("Number", int, float)
_UNRECOGNIZED: Final = "unrecognized arguments: "
_NEAR: Final = 0.75


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line; the usage has thirty."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse, but an option that there is not comes before one that is missing: it may be meant for it."""
        given: list[str] = list(sys.argv[1:] if args is None else args)
        options = given[: given.index("--")] if "--" in given else given
        for name in (word.partition("=")[0] for word in options if word.startswith("--") and " " not in word):
            known = self._known()
            if not any(option.startswith(name) for option in known):
                self.error(f"no option is called {name}{did_you_mean(name, known)}")
        return super().parse_known_args(given, namespace)

    def error(self, message: str) -> NoReturn:
        """End with status 2, and a line that says why."""
        if message.startswith(_UNRECOGNIZED):  # what they are is not shown, for one may be a key
            count = len(message.removeprefix(_UNRECOGNIZED).split())
            message = f"{count} arguments too many" if count > 1 else "an argument too many"
        self.exit(2, f"{self.prog}: error: {_shown(message)} (see --help)\n")

    def _known(self) -> list[str]:
        """The options, also those of the commands of this one."""
        found = [option for action in self._actions for option in action.option_strings]
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                found += [option for each in action.choices.values() for option in each._known()]
        return found


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """What a word that is almost right was meant for, as the end of a message; or nothing."""
    near = difflib.get_close_matches(word, list(known), 1, _NEAR)
    return f"; did you mean {near[0]}?" if near else ""


def _shown(text: str) -> str:
    """On one line, and without what a terminal would obey."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


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
