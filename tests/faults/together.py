"""Faults in company: several that break different requirements, in one target, which is judged in the time of one."""

import dataclasses
import functools
from collections.abc import Callable, Collection, Sequence

from parea_target import Parts

from faults.registry import Fault, Log, Serve

_RIGHT = Parts()
_OF_LOGS = frozenset({"request", "response", "result", "robust"})
"""What is surrounded so that these break may hide what others change in an answer."""
_APART = ("auth.", "field.", "http.")
"""Of these each place in the request is judged by itself."""


def _subjects(fault: Fault) -> frozenset[str]:
    """What is judged together of the requirements that a fault breaks: `body`, `result`; `http.path`, `field.score`."""
    return frozenset(
        name.partition("-")[0] if name.startswith(_APART) else name.partition(".")[0] for name in fault.requirements
    )


def _words(fault: Fault) -> frozenset[str]:
    """The first words of the requirements that a fault breaks."""
    return frozenset(name.partition(".")[0] for name in fault.requirements)


@functools.cache  # each is asked beside many others
def _touched(fault: Fault) -> frozenset[str]:
    """The parts that a fault changes."""
    wrong = fault.parts(Parts())
    names = (field.name for field in dataclasses.fields(Parts))
    return frozenset(name for name in names if getattr(wrong, name) != getattr(_RIGHT, name))


def _bear(one: Fault, other: Fault) -> bool:
    """Whether two faults show as they do alone: they break other subjects, and change other parts."""
    if "response" in _words(one) | _words(other):  # without logs in it nothing else of an answer is looked at
        return False
    surrounding = one.around is not None and other.around is not None
    hidden = surrounding and _words(one) & _OF_LOGS and _words(other) & _OF_LOGS
    return not (_subjects(one) & _subjects(other) or _touched(one) & _touched(other) or hidden)


def _differ(one: Fault, other: Fault) -> bool:
    return not one.requirements & other.requirements


def groups(faults: Collection[Fault], most: int, *, of_filters: bool) -> list[list[Fault]]:
    """Faults that can stand in one target: in their order, each in the first group that takes it.

    Args:
        faults: to be judged.
        most: the size of a group.
        of_filters: whether they only change what filters mean, each for its own: then other requirements are enough.
    """
    fits: Callable[[Fault, Fault], bool] = _differ if of_filters else _bear
    found: list[list[Fault]] = []
    for fault in faults:
        place = next((one for one in found if len(one) < most and all(fits(fault, each) for each in one)), None)
        if place is None:
            found.append([fault])
        else:
            place.append(fault)
    return found


def composed(group: Sequence[Fault]) -> Fault:
    """One fault that is all of these, and breaks what each of them breaks."""

    def parts(right: Parts) -> Parts:
        for fault in group:
            right = fault.parts(right)
        return right

    def stored(log: Log) -> Log:
        for fault in group:
            log = log if fault.stored is None else fault.stored(log)
        return log

    def around(serve: Serve) -> Serve:
        for fault in group:
            serve = serve if fault.around is None else fault.around(serve)
        return serve

    return Fault(
        name="+".join(fault.name for fault in group),
        text=" ".join(fault.text for fault in group),
        theme=group[0].theme,
        requirements=frozenset[str]().union(*(fault.requirements for fault in group)),
        parts=parts,
        stored=stored if any(fault.stored for fault in group) else None,
        around=around if any(fault.around for fault in group) else None,
    )
