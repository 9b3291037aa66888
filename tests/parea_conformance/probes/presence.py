"""What is there at all: `exists` and `is_null`, which take no operand that a class could be chosen for.

They are asked where some log holds what is empty, zero or false, which a test of truth takes for missing, and so is
every operator with the empty operand; and `exists` of every name in the data that is not a member's, so that none is
lost for how it is spelled. Under a key that is no plain word a value is asked for in its place: servers look for such
a key in one way and for what stands under it in another.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.probes.covering import Cover
from parea_conformance.probes.operands import as_operand, by_key
from parea_conformance.reading.filter import Filter

_EMPTY = {"none": None, "any": ""}
"""By the form of `filter_value` what is no operand, or an empty one."""
_NAMES = 20
"""How many names of scores, criteria and keys are asked for."""


def presences(sample: Sample, contract: Contract) -> dict[str, Cover]:
    """What is asked so, by requirement."""
    found: dict[str, list[Filter]] = {}
    for member in _empty(sample, contract):
        for operator, form in contract.forms[contract.kinds[member]].items():
            # Under a key, which a map is asked by, the empty operand is a class like others.
            if form in _EMPTY and (form == "none" or contract.kinds[member] != "map"):
                asked = Filter(member, operator, _EMPTY[form])
                found.setdefault(contract.requirement_of(operator, member), []).append(asked)
    for requirement, field in _names(sample, contract):
        found.setdefault(requirement, []).append(Filter(field, "exists"))
    for member in (member for member, kind in contract.kinds.items() if kind == "map"):
        found.setdefault("field.key", []).extend(_keys(sample, member))
    return {requirement: Cover(tuple(dict.fromkeys(filters))) for requirement, filters in found.items()}


def _empty(sample: Sample, contract: Contract) -> Iterator[str]:
    """Of each kind the member of which most logs hold what is empty, zero or false; none where no log does."""
    for kind in dict.fromkeys(contract.kinds.values()):
        counts = {
            member: sum(log.get(member) is not None and not log[member] for log in sample.logs)
            for member, of_member in contract.kinds.items()
            if of_member == kind
        }
        member = max(counts, key=lambda member: counts[member])
        if counts[member]:
            yield member


def _names(sample: Sample, contract: Contract) -> Iterator[tuple[str, str]]:
    """The names that are not a member's, but for the keys of maps: the requirement that each shows, and the field."""
    members = [member for member, kind in contract.kinds.items() if kind == "number"]
    scores = dict.fromkeys(entry["name"] for log in sample.logs for entry in log.get("scores") or ())
    # A score may be called as a member is, and is found only where a log has it.
    for name in [*_some(list(scores)), *members]:
        yield "field.score", f"score:{name}"
    criteria = dict.fromkeys(name for log in sample.logs for name in log.get("annotations") or ())
    for name in _some(list(criteria)):
        for part in ("score", "value"):
            yield f"field.annotation-{part}", f"annotation:{part}:{name}"


def _keys(sample: Sample, member: str) -> Iterator[Filter]:
    """Each key of a map: by a value that stands under it where it is no plain word, else by `exists`."""
    held = by_key(log[member] for log in sample.logs if log.get(member) is not None)
    for key in _some(list(held)):
        operand = None if key.isidentifier() else _shortest(held[key])
        yield Filter(member, "exists", key=key) if operand is None else Filter(member, "equals", operand, key)


def _shortest(held: Sequence[Any]) -> str | None:
    """A value as a filter names it: the shortest text where there is one, and else a number or a boolean."""
    named = [(not isinstance(one, str), as_operand(one)) for one in held if isinstance(one, str | int | float)]
    return min(named, key=lambda one: (one[0], len(one[1])))[1] if named else None


def _some(names: Sequence[str]) -> Sequence[str]:
    """So many names, the oddest first: those that are no plain words."""
    return sorted(names, key=lambda name: name.isidentifier() and name.islower())[:_NAMES]
