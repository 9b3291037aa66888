"""Texts that one regular expression matches and another does not."""

import re
from collections.abc import Iterator
from functools import cache

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st


def python(pattern: str) -> str:
    r"""An ECMA-262 pattern as Python's `re` reads it: its `$` is the end of the text, `\Z`."""
    return re.sub(r"(?<!\\)\$(?![^\[]*\])", r"\\Z", pattern)


@cache
def texts_of(pattern: str, number: int) -> tuple[str, ...]:
    """Texts that a pattern matches, the same ones each time, the shortest first."""
    found: list[str] = []

    @settings(
        max_examples=number,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.from_regex(python(pattern), fullmatch=False))
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return tuple(sorted(dict.fromkeys(found), key=lambda text: (len(text), text)))


def values_of(pattern: str, *, but: str) -> list[str]:
    """Texts that a pattern matches and another does not, the shortest first.

    A text near to one that matches may lie at the edge of a repetition: a character fewer, or a few more.
    """
    this, other = re.compile(python(pattern)), re.compile(python(but))
    near = {each for text in texts_of(pattern, 60) for each in (text, *_neighbours(text[:80]))}
    return sorted((t for t in near if this.search(t) and not other.search(t)), key=lambda text: (len(text), text))


def _neighbours(text: str) -> Iterator[str]:
    for place, character in enumerate(text):
        yield text[:place] + text[place + 1 :]
        for times in (2, 5, 20):
            yield text[:place] + character * times + text[place + 1 :]
