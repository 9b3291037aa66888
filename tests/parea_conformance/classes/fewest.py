"""The fewest of some things that have, together, all that any of them has: the greedy choice, which is near enough."""

from collections.abc import Hashable, Iterator, Mapping, Set
from typing import TypeVar

One = TypeVar("One", bound=Hashable)
Part = TypeVar("Part", bound=Hashable)


def fewest(having: Mapping[One, Set[Part]]) -> Iterator[One]:
    """Always the one that has most of what is left; of equals the first.

    Args:
        having: by each thing, what it has.
    """
    left = dict(having)
    while any(left.values()):
        best = max(left, key=lambda one: len(left[one]))
        yield best
        found = left[best]
        left = {one: parts - found for one, parts in left.items()}
