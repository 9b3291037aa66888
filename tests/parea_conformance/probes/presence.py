"""What is there at all: `exists` and `is_null`, which take no operand that a class could be chosen for.

They are asked where some log holds what is empty, zero or false, which a test of truth takes for missing, and so is
every operator with the empty operand.
"""

from collections.abc import Iterator

from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.reading.filter import Filter

_EMPTY = {"none": None, "any": ""}
"""By the form of `filter_value` what is no operand, or an empty one."""


def presences(sample: Sample, contract: Contract) -> dict[str, list[Filter]]:
    """What is asked so, by requirement."""
    found: dict[str, list[Filter]] = {}
    for member in _empty(sample, contract):
        for operator, form in contract.forms[contract.kinds[member]].items():
            # Under a key, which a map is asked by, the empty operand is a class like others.
            if form in _EMPTY and (form == "none" or contract.kinds[member] != "map"):
                asked = Filter(member, operator, _EMPTY[form])
                found.setdefault(contract.requirement_of(operator, member), []).append(asked)
    return found


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
