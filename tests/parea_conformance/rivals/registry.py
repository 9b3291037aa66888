"""How a rival is declared, and where all of them stand."""

import dataclasses
import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from parea_conformance import contract
from parea_conformance.reading.oracle import RIGHT, Reading

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Rival:
    """A wrong reading.

    Attributes:
        name: stable name, with dashes.
        text: what it takes the contract to say.
        needs: what a log must be like for the data to tell the rival from the right reading.
        requirements: patterns of the ids that it would break; `*` stands for one part of an id.
        reading: the right reading with one step replaced.
        area: the module of the catalogue that declares it.
    """

    name: str
    text: str
    needs: str
    requirements: tuple[str, ...]
    reading: Reading
    area: str = ""


RIVALS: list[Rival] = []


def rival(*requirements: str, step: str, needs: str) -> Callable[[F], F]:
    """Declare a function as the wrong reading of one step (a field of `Reading`)."""

    def register(function: F) -> F:
        name = function.__name__.strip("_").replace("_", "-")
        text = (function.__doc__ or "").strip()
        reading = dataclasses.replace(RIGHT, **{step: function})
        area = function.__module__.rpartition(".")[2]
        RIVALS.append(Rival(name, text, needs, requirements, reading, area))
        return function

    return register


@functools.cache
def rivals_of(requirement: str, without: frozenset[str] = frozenset()) -> tuple[Rival, ...]:
    """The rivals that would break a requirement, in the order of the catalogue.

    Args:
        requirement: its id.
        without: areas that are left out, to measure what is found without them.
    """
    named = (entry for entry in RIVALS if any(requirement in _named(pattern) for pattern in entry.requirements))
    return tuple(entry for entry in named if entry.area not in without)


@functools.cache
def _named(pattern: str) -> frozenset[str]:
    return frozenset(contract.load().matching(pattern))
