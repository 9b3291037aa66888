"""What a name may have been meant to be: almost-right input gets a suggestion."""

import json
from collections.abc import Iterable

from parea_trace_logs.contract import KEYED, MEMBERS


def suggestion(field: str) -> str | None:
    """The field that this one looks like a slip of; None where there is none."""
    plain = field.strip().lower()
    if plain in MEMBERS:
        return plain
    for mark in ("[", ".", ":"):
        head, found, rest = plain.partition(mark)
        key = field.strip()[len(head) + 1 :].rstrip("]").strip("\"'")
        if found and MEMBERS.get(head) == KEYED:
            return f"{head}[{json.dumps(key, ensure_ascii=False)}]"
        if found and rest and (head == "scores" or similar(head, ["score"])):
            return f"score:{key}"
    return similar(plain, MEMBERS)


def similar(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` that `word` is most like; None where it is like none."""
    import difflib  # here, because few need it

    return next(iter(difflib.get_close_matches(word, words, 1, 0.75)), None)


def did_you_mean(meant: str | None) -> str:
    """A suggestion as the end of a message, or nothing."""
    return f"; did you mean {meant}?" if meant else ""
