"""Names that are not a member's: scores, criteria of annotations, keys of maps.

Each is asked for, so that none is lost for how it is spelled, and each by another operator: servers find what is no
member by a way of its own, which may lack an operator or read one otherwise. Where logs hold several values under a
name, which of them count is judged elsewhere, and the name is only asked whether it is there.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.probes.operands import as_operand, by_key
from parea_conformance.probes.plain import Plain
from parea_conformance.reading.filter import Filter

PREFIXES: Mapping[str, str] = {
    "field.score": "score:",
    "field.score-bare": "",
    "field.annotation-score": "annotation:score:",
    "field.annotation-value": "annotation:value:",
}
"""By the requirement that a field is found by which is no member's, what it begins with: of several the longest."""
_NAMES = 20
"""How many names of scores, criteria and keys are asked for."""
_LIKE_MEMBERS = 3
"""How many members are asked for as if a score had their name."""


def asked_by_name(sample: Sample, contract: Contract) -> dict[str, list[Filter]]:
    """What is asked so, by requirement."""
    fields = _fields(sample, contract)
    numbers = [member for member, kind in contract.kinds.items() if kind == "number"]
    found = {requirement: list(_in_turn(named, sample, contract)) for requirement, named in fields.items() if named}
    # A score may be called as a member is, and is found only where a log has it.
    found.setdefault("field.score", []).extend(Filter(f"score:{name}", "exists") for name in numbers[:_LIKE_MEMBERS])
    maps = [member for member, kind in contract.kinds.items() if kind == "map"]
    found["field.key"] = [filter_ for member in maps for filter_ in _keys(sample, member)]
    return found


def requirement_of(field: str) -> str:
    """The requirement that a field is found by which is no member's."""
    fitting = [requirement for requirement, start in PREFIXES.items() if field.startswith(start)]
    return max(fitting, key=lambda requirement: len(PREFIXES[requirement]))


def single_values(sample: Sample, contract: Contract) -> dict[str, list[Any]]:
    """The fields that are no member's and of which no log holds several values, each with its values."""
    found = {field: Plain(sample, field) for fields in _fields(sample, contract).values() for field in fields}
    return {field: held.values for field, held in found.items() if _is_plain(field, held, contract)}


def _fields(sample: Sample, contract: Contract) -> dict[str, Sequence[str]]:
    """The names in the data, as fields, by the requirement that they are found by."""
    scores = dict.fromkeys(entry["name"] for log in sample.logs for entry in log.get("scores") or ())
    criteria = _some(list(dict.fromkeys(name for log in sample.logs for name in log.get("annotations") or ())))
    bare = [name for name in scores if name not in contract.kinds and ":" not in name]
    names = {"field.score": _some(list(scores)), "field.score-bare": _some(bare)}
    return {
        requirement: [f"{start}{name}" for name in names.get(requirement, criteria)]
        for requirement, start in PREFIXES.items()
    }


def _in_turn(fields: Sequence[str], sample: Sample, contract: Contract) -> Iterator[Filter]:
    """Each field by another operator, and each operator at a field that logs hold single values of."""
    plain = {field: Plain(sample, field) for field in fields}
    single = sorted(
        (field for field in fields if _is_plain(field, plain[field], contract)), key=lambda one: -len(plain[one])
    )
    operators = list(contract.forms[contract.field_kind(fields[0])].items())
    yield from (Filter(field, "exists") for field in fields if field not in single)
    for place in range(max(len(single), len(operators)) if single else 0):
        field = single[place % len(single)]
        asked = plain[field].asked(*operators[place % len(operators)])
        yield Filter(field, "exists") if asked is None else asked


def _is_plain(field: str, held: Plain, contract: Contract) -> bool:
    """Whether logs hold single values under a name, and it is not a member's as well."""
    return len(held) > 0 and held.single and field.removeprefix("score:") not in contract.kinds


def _keys(sample: Sample, member: str) -> Iterator[Filter]:
    """Each key of a map: by a value that stands under it where it is no plain word, else by `exists`."""
    held = by_key(sample.held(member))
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
