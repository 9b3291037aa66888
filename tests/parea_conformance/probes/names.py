"""Names that are not a member's: scores, criteria of annotations, keys of maps.

Each is asked for, so that none is lost for how it is spelled, and each by another operator: servers find what is no
member by a way of its own, which may lack an operator or read one otherwise. Where logs hold several values under a
name, which of them count is judged elsewhere, and the name is only asked whether it is there. So are those that
software converts: its logs, and those of what it is taken for, tell.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from parea_conformance.classes.conversions import NAMES
from parea_conformance.classes.fewest import fewest
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
_BEGIN = ("score:", "annotation:")
"""What names of scores begin with that are not asked for as they are: they would be taken for something else."""
_NAMES, _FEW, _LOOKED_AT = 20, 2, 200
"""How many names of scores, criteria and keys are asked for; of those that others are taken for only as many as make up
so few; among how many names those are sought that software converts."""
_LIKE_MEMBERS = 3
"""How many members are asked for as if a score had their name."""


def asked_by_name(sample: Sample, contract: Contract) -> dict[str, list[Filter]]:
    """What is asked so, by requirement."""
    fields = _fields(sample, contract)
    numbers = [member for member, kind in contract.kinds.items() if kind == "number"]
    found = {
        requirement: list(_in_turn(named, sample, contract)) for requirement, named in fields.items() if any(named)
    }
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
    fields = itertools.chain(*itertools.chain(*_fields(sample, contract).values()))
    found = {field: Plain(sample, field) for field in fields}
    return {field: held.values for field, held in found.items() if _is_plain(field, held, contract)}


class Names(NamedTuple):
    """Names, or fields: those that tell of what software converts, and others."""

    converted: Sequence[str]
    others: Sequence[str]

    def after(self, start: str) -> "Names":
        """The same after what they begin with as fields."""
        return Names(*([f"{start}{name}" for name in names] for names in self))


def _fields(sample: Sample, contract: Contract) -> dict[str, Names]:
    """The names in the data, as fields, by the requirement that they are found by."""
    scores = dict.fromkeys(entry["name"] for log in sample.logs for entry in log.get("scores") or ())
    criteria = _some(list(dict.fromkeys(name for log in sample.logs for name in log.get("annotations") or ())))
    bare = [name for name in scores if name not in contract.kinds and not name.startswith(_BEGIN)]
    names = {"field.score": _some(list(scores)), "field.score-bare": _some(bare)}
    return {requirement: names.get(requirement, criteria).after(start) for requirement, start in PREFIXES.items()}


def _in_turn(fields: Names, sample: Sample, contract: Contract) -> Iterator[Filter]:
    """Each field by another operator, and each operator at a field that logs hold single values of."""
    plain = {field: Plain(sample, field) for field in (*fields.others, *fields.converted)}
    single = [field for field, held in plain.items() if _is_plain(field, held, contract)]
    operators = list(contract.forms[contract.field_kind(next(iter(plain)))].items())
    single.sort(key=lambda field: (field in fields.converted, -len(plain[field])))
    single = [field for place, field in enumerate(single) if place < len(operators) or field in fields.others]
    yield from (Filter(field, "exists") for field in plain if field not in single or field in fields.converted)
    for place in range(max(len(single), len(operators)) if single else 0):
        field = single[place % len(single)]
        asked = plain[field].asked(*operators[place % len(operators)])
        yield Filter(field, "exists") if asked is None else asked


def _is_plain(field: str, held: Plain, contract: Contract) -> bool:
    """Whether logs hold single values under a name, and it is not a member's as well."""
    return len(held) > 0 and held.single and field.removeprefix("score:") not in contract.kinds


def _keys(sample: Sample, member: str) -> Iterator[Filter]:
    """Each key of a map: by a value that stands under it where it is no plain word, else by `exists`.

    One that software converts by `exists` too, unless the value stands under all that it may be taken for.
    """
    held = by_key(sample.held(member))
    keys = _some(list(held))
    for place, key in enumerate((*keys.converted, *keys.others)):
        operand = None if place and key.isidentifier() else _shortest(held[key])
        alike = _alike(key, held) if key in keys.converted else ()
        if operand is None or any(operand not in map(as_operand, held[other]) for other in alike):
            yield Filter(member, "exists", key=key)
        else:
            yield Filter(member, "equals", operand, key)


def _alike(name: str, names: Iterable[str]) -> list[str]:
    """The other names that some conversion makes the same of."""
    made = [(change, change(name)) for change in NAMES]
    return [other for other in names if other != name and any(change(other) == same for change, same in made)]


def _shortest(held: Sequence[Any]) -> str | None:
    """A value as a filter names it: the shortest text where there is one, and else a number or a boolean."""
    named = [(not isinstance(one, str), as_operand(one)) for one in held if isinstance(one, str | int | float)]
    return min(named, key=lambda one: (one[0], len(one[1])))[1] if named else None


def _some(names: Sequence[str]) -> Names:
    """So many names: those that tell, and the oddest of the others, which are no plain words.

    What the first are taken for is left out, unless there are few: that they are asked for tells of it.
    """
    odd_first = _odd_first(names)
    converted = list(_telling(odd_first[:_LOOKED_AT]))
    taken = {change(name) for change in NAMES for name in converted}
    others = [name for name in odd_first if name not in taken and name not in converted][: _NAMES - len(converted)]
    few = [name for name in odd_first if name in taken and name not in converted]
    return Names(converted, [*others, *few[: max(0, _FEW - len(others))]])


def told(names: Iterable[str], asked: Sequence[str]) -> list[Callable[[str], str]]:
    """The conversions of names that some of them tell that are asked for: they make the same of it and of another."""
    looked_at = list(dict.fromkeys((*asked, *itertools.islice(names, _LOOKED_AT))))
    found = []
    for change in NAMES:
        alike = Counter(map(change, looked_at))
        if any(alike[change(name)] > 1 for name in asked):
            found.append(change)
    return found


def _odd_first(names: Sequence[str]) -> list[str]:
    return sorted(names, key=lambda name: name.isidentifier() and name.islower())


def _telling(names: Sequence[str]) -> Iterator[str]:
    """The fewest names that tell each conversion, of names as they are asked for and of those that are kept as well."""
    telling: dict[str, set[tuple[int, bool]]] = {name: set() for name in names}
    for place, change in enumerate(NAMES):
        becoming = {name: change(name) for name in names}
        alike = Counter(becoming.values())
        for name, made in becoming.items():
            telling[name] |= {(place, both) for both in (False, True) if (alike[made] > 1 if both else made != name)}
    return fewest(telling)
