"""Words in messages: what an almost-right one was meant for, and text that a terminal cannot obey."""

from collections.abc import Iterable


def similar(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` that `word` is most like; None where it is like none."""
    import difflib  # here, because few need it

    return next(iter(difflib.get_close_matches(word, list(words), 1, 0.75)), None)


def did_you_mean(meant: str | None) -> str:
    """A suggestion as the end of a message, or nothing."""
    return f"; did you mean {meant}?" if meant else ""


def printable(text: str) -> str:
    """`text` with all that a terminal would obey rather than show written as Python escapes it, on one line."""
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()
