"""Every operator of every member: a server that has a column, a type or a branch for each may err at any of them."""

from collections.abc import Iterable

from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.probes.operands import plain_keys
from parea_conformance.probes.plain import Plain
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT

_KEYS = 8
"""How many keys of a map are looked at."""


def untried(sample: Sample, contract: Contract, telling: Iterable[Filter]) -> dict[str, list[Filter]]:
    """What is to be asked so that each operator is asked of each member that takes it, by requirement.

    What no filter could tell on these logs is left out: all of them match, or none.

    Args:
        sample: the logs.
        contract: the contract.
        telling: what is asked anyway, and some logs match and others do not.
    """
    known = {(asked.field, asked.operator) for asked in telling}
    found: dict[str, list[Filter]] = {}
    for member, kind in contract.kinds.items():
        places = _places(sample, contract, member)
        for operator, form in contract.forms[kind].items():
            if (member, operator) in known:
                continue
            asked = (filter_ for place in places if (filter_ := place.asked(operator, form)) is not None)
            best = next((filter_ for filter_ in asked if sample.is_telling(sample.matching(RIGHT, filter_))), None)
            if best is not None:
                found.setdefault(contract.requirement_of(operator, member), []).append(best)
    return found


def _places(sample: Sample, contract: Contract, member: str) -> list[Plain]:
    """Where the values of a member stand; of a map under its plain keys, those with most values first."""
    if contract.kinds[member] != "map":
        return [Plain(sample, member)]
    keys = [key for key, _ in plain_keys(sample.held(member))[:_KEYS]]
    return sorted((Plain(sample, member, key) for key in keys), key=lambda place: -len(place))
