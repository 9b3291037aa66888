"""A change between two contracts, whom it breaks, and the version that it asks for."""

import re
from collections.abc import Iterable
from enum import IntEnum

import attrs


class IncomparableError(Exception):
    """The two contracts cannot be compared; the message names the place and says why."""


class Level(IntEnum):
    """The part of a semantic version that a change asks for.

    MAJOR: what a sender, a reader or a server was allowed to do is not allowed any more, or a promise is withdrawn.
    MINOR: more is possible. A server that does not do it yet is a server of the older version.
    PATCH: other words.
    """

    PATCH = 1
    MINOR = 2
    MAJOR = 3


@attrs.frozen
class Change:
    """One change.

    Attributes:
        who: who breaks, or for MINOR has something new to do: `senders`, `readers`, `servers` or `nobody`.
        place: where in the document.
        what: what is different there.
        proof: a body or a part of an answer that the one contract allows and the other does not; None if none can be.
        correction: why it is no new major version although it breaks someone; empty when nothing says so.
    """

    level: Level
    who: str
    place: str
    what: str
    proof: object = None
    correction: str = ""


def required_version(base: str, changes: Iterable[Change]) -> str:
    """The lowest version that the newer contract may have.

    Raises:
        IncomparableError: the version of the base is not a semantic version.
    """
    major, minor, patch = version_of(base)
    levels = [Level.MINOR if change.correction else change.level for change in changes]
    level = max(levels, default=None)
    if level is None:
        return base
    if level is Level.MAJOR and major:
        return f"{major + 1}.0.0"
    if level is Level.PATCH:
        return f"{major}.{minor}.{patch + 1}"
    return f"{major}.{minor + 1}.0"  # before 1.0.0 a minor version may break


def version_of(text: str) -> tuple[int, int, int]:
    """The three numbers of a version.

    Raises:
        IncomparableError: it does not have three.
    """
    match = re.fullmatch(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)", text)
    if match is None:
        raise IncomparableError(f"info.version: {text!r} is not a semantic version")
    return int(match[1]), int(match[2]), int(match[3])
