"""How a fault is declared, and where all of them stand.

A fault is a tiny named function with one line of docstring, over one of the things that a server is made of: its parts,
the meaning of an operator, what it stores of a log, or what surrounds the application. It names exactly the
requirements that it breaks.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from parea_target import Parts
from parea_target.conditions import CONDITIONS
from parea_target.filters import Asked, Condition, Subject
from sqlalchemy import ColumnElement

Log = dict[str, Any]
ChangeParts = Callable[[Parts], Parts]
ChangeLog = Callable[[Log], Log]


@dataclass(frozen=True)
class Request:
    """What reaches the application.

    Attributes:
        scope: the ASGI scope. headers: its headers, names in lower case, the last of each name.
    """

    scope: dict[str, Any]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in lower case; the last of each name."""
        return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self.scope["headers"]}

    @property
    def path(self) -> str:
        """The path, decoded."""
        return str(self.scope["path"])


@dataclass(frozen=True)
class Reply:
    """What the application answers, whole."""

    status: int
    headers: dict[str, str]
    body: bytes


JSON = {"content-type": "application/json"}

Serve = Callable[[Request], Awaitable[Reply]]
Surround = Callable[[Serve], Serve]


def _same(parts: Parts) -> Parts:
    return parts


@dataclass(frozen=True)
class Fault:
    """A deliberately wrong target.

    Attributes:
        name: stable name, with dashes.
        text: what it does wrong.
        theme: the module that declares it.
        requirements: the ids of exactly the requirements that it breaks.
        parts: makes the wrong parts of the right ones.
        stored: makes what filters judge of a log wrong, while answers hold the log as it is; None for the right log.
        around: what stands between the application and the network; None for nothing.
        source: where it is documented that a stack does so by default: the docstring's second paragraph.
    """

    name: str
    text: str
    theme: str
    requirements: frozenset[str]
    parts: ChangeParts = _same
    stored: ChangeLog | None = None
    around: Surround | None = None
    source: str = ""

    def described(self) -> "Fault":
        """The fault without what makes it wrong: what can be told from one process to another."""
        return Fault(self.name, self.text, self.theme, self.requirements, source=self.source)


FAULTS: dict[str, Fault] = {}

F = TypeVar("F", bound=Callable[..., Any])


def declare(function: Callable[..., Any], requirements: Iterable[str], **change: Any) -> Fault:
    """Declare a fault that is named after a function, and described by its docstring, the first line.

    Its theme is its module, or the package of several; a second paragraph is the source.

    Raises:
        ValueError: a fault of this name stands there already.
    """
    name = function.__name__.strip("_").replace("_", "-")
    theme = function.__module__.removeprefix("faults.").partition(".")[0]
    text, _, source = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
    if name in FAULTS:
        raise ValueError(f"the fault {name} is declared twice")
    FAULTS[name] = Fault(name, text, theme, frozenset(requirements), source=source, **change)
    return FAULTS[name]


def fault(*requirements: str) -> Callable[[F], F]:
    """Declare a function from the right parts to wrong ones."""

    def register(function: F) -> F:
        declare(function, requirements, parts=function)
        return function

    return register


def stored(*requirements: str) -> Callable[[F], F]:
    """Declare a function from a log to what is stored of it for filters to judge."""

    def register(function: F) -> F:
        declare(function, requirements, stored=function)
        return function

    return register


def around(*requirements: str) -> Callable[[F], F]:
    """Declare a function from the application to what surrounds it."""

    def register(function: F) -> F:
        declare(function, requirements, around=function)
        return function

    return register


def condition(*requirements: str, also: Iterable[str] = ()) -> Callable[[F], F]:
    """Declare a function as the condition of every (operator, kind) of members whose requirement is named.

    Args:
        requirements: `filter.{operator}.{kind}`: what is replaced, and what breaks.
        also: what else breaks.
    """

    def register(function: F) -> F:
        def parts(right: Parts) -> Parts:
            return with_conditions(right, requirements, lambda _right: function)

        declare(function, (*requirements, *also), parts=parts)
        return function

    return register


def reading(part: str, *requirements: str, also: Iterable[str] = ()) -> Callable[[F], F]:
    """Declare a function as a part (`number`, `instant`, `boolean`, `split`) for the filters of these requirements."""

    def register(function: F) -> F:
        changed: dict[str, Any] = {part: function}

        def otherwise(right: Condition) -> Condition:
            def judge(subject: Subject, asked: Asked) -> ColumnElement[bool]:
                return right(subject, replace(asked, parts=replace(asked.parts, **changed)))

            return judge

        declare(function, (*requirements, *also), parts=lambda right: with_conditions(right, requirements, otherwise))
        return function

    return register


def pairs_of(requirements: Iterable[str]) -> list[tuple[str, str]]:
    """The pairs of operator and filter kind that the requirements `filter.{operator}.{kind}` are about.

    Raises:
        ValueError: a requirement is about none.
    """
    found = []
    for requirement in requirements:
        area, _, rest = requirement.partition(".")
        operator, _, kind = rest.partition(".")
        kinds = ("string_list", "integer_list") if kind == "list" else (kind,)
        pairs = [(operator, each) for each in kinds if area == "filter" and (operator, each) in CONDITIONS]
        if not pairs:
            raise ValueError(f"{requirement} is about no operator on a kind")
        found += pairs
    return found


def with_conditions(parts: Parts, requirements: Iterable[str], change: Callable[[Condition], Condition]) -> Parts:
    """The parts with the conditions that the requirements are about changed, for members of a log only."""

    def of_members(right: Condition) -> Condition:
        wrong = change(right)

        def judge(subject: Subject, asked: Asked) -> ColumnElement[bool]:
            return (wrong if subject.source == "member" else right)(subject, asked)

        return judge

    changed = {pair: of_members(parts.conditions[pair]) for pair in pairs_of(requirements)}
    return replace(parts, conditions={**parts.conditions, **changed})
