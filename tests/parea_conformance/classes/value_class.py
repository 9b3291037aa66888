"""What a class of values is: a rule that recognises its members, and some members."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple


class ValueClass(NamedTuple):
    """Operands that some language, database or calendar treats apart from others.

    Attributes:
        name: what the members have in common.
        reason: who treats them apart, by its documentation.
        holds: whether an operand is a member. Any text can be asked.
        members: some members. They may be such as the contract does not accept: its schema says so, not this table.
    """

    name: str
    reason: str
    holds: Callable[[str], bool]
    members: tuple[str, ...]


def memberships(classes: Iterable[ValueClass], operand: str) -> frozenset[str]:
    """The names of the classes that an operand belongs to."""
    return frozenset(one.name for one in classes if one.holds(operand))


def written(pattern: str) -> Callable[[str], bool]:
    """The rule of a class by how an operand is written, as a regular expression."""
    return lambda text: re.fullmatch(pattern, text, re.DOTALL) is not None
