"""Names that are not a member's: scores, criteria of annotations, keys of maps.

Each is asked for, so that none is lost for how it is spelled, and each by another operator: servers find what is no
member by a way of its own, which may lack an operator or read one otherwise. Where logs hold several values under a
name, which of them count is judged elsewhere, and the name is only asked whether it is there.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.probes import spellings
from parea_conformance.probes.operands import as_operand, by_key, spread
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT

_NAMES = 20
"""How many names of scores, criteria and keys are asked for."""
_VALUES = 5
"""How many values of a name operands are chosen from."""


def asked_by_name(sample: Sample, contract: Contract) -> dict[str, list[Filter]]:
    """What is asked so, by requirement."""
    scores = dict.fromkeys(entry["name"] for log in sample.logs for entry in log.get("scores") or ())
    criteria = _some(list(dict.fromkeys(name for log in sample.logs for name in log.get("annotations") or ())))
    numbers = [member for member, kind in contract.kinds.items() if kind == "number"]
    bare = [name for name in scores if name not in contract.kinds and ":" not in name]
    fields = {
        "field.score": [f"score:{name}" for name in _some(list(scores))],
        "field.score-bare": _some(bare),
        "field.annotation-score": [f"annotation:score:{name}" for name in criteria],
        "field.annotation-value": [f"annotation:value:{name}" for name in criteria],
    }
    found = {requirement: list(_in_turn(named, sample, contract)) for requirement, named in fields.items() if named}
    # A score may be called as a member is, and is found only where a log has it.
    found.setdefault("field.score", []).extend(Filter(f"score:{name}", "exists") for name in numbers)
    maps = [member for member, kind in contract.kinds.items() if kind == "map"]
    found["field.key"] = [filter_ for member in maps for filter_ in _keys(sample, member)]
    return found


def _in_turn(fields: Sequence[str], sample: Sample, contract: Contract) -> Iterator[Filter]:
    """Each field by another operator, and each operator at a field that logs hold single values of."""
    held = {field: _held(field, sample, contract) for field in fields}
    single = sorted((field for field in fields if held[field]), key=lambda field: -len(held[field]))
    operators = list(contract.forms[contract.field_kind(fields[0])].items())
    yield from (Filter(field, "exists") for field in fields if not held[field])
    for place in range(max(len(single), len(operators)) if single else 0):
        field, (operator, form) = single[place % len(single)], operators[place % len(operators)]
        asked = [Filter(field, operator, value) for value in _operands(operator, form, held[field])]
        yield max(asked, key=lambda filter_: _is_telling(filter_, sample))


def _held(field: str, sample: Sample, contract: Contract) -> list[Any]:
    """The values under a name, each once and in order; none where a log holds several, or it is a member's as well."""
    values = [RIGHT.values(log, Filter(field, "exists"), contract.kinds) or () for log in sample.logs]
    if field.removeprefix("score:") in contract.kinds or any(len(each) > 1 for each in values):
        return []
    plain = {one for each in values for one in each if isinstance(one, float) or (isinstance(one, str) and one.strip())}
    return spread(sorted(plain), _VALUES)


def _operands(operator: str, form: str, held: Sequence[Any]) -> list[str | None]:
    """What to ask an operator for, given the values under a name, the middle ones first."""
    if form == "none":
        return [None]
    texts = [spellings.spell(value) if isinstance(value, float) else str(value) for value in held]
    if form.endswith("_pair"):
        # A value between the ends tells a range from a list, and one at an end whether it belongs to it.
        below, above = _beyond(held)
        wide = [*zip(texts, texts[2:], strict=False), (texts[0] if len(texts) > 1 else below, above)]
        return [f"{low},{high}" for low, high in wide]
    if operator == "in":
        return [f"{one},{other}" for one, other in zip(texts, [*texts[1:], texts[0]], strict=True)]
    if operator == "like":
        return [text.swapcase()[len(text) // 4 : len(text) // 4 + len(text) // 2 + 1] for text in texts]
    by_middle = sorted(texts, key=lambda text: abs(texts.index(text) - len(texts) // 2))
    return [*by_middle, *(_beyond(held) if isinstance(held[0], float) else ())]


def _beyond(held: Sequence[float]) -> tuple[str, str]:
    """A number below all of them, and one above."""
    return spellings.spell(held[0] - 1), spellings.spell(held[-1] + 1)


def _is_telling(filter_: Filter, sample: Sample) -> bool:
    """Whether some logs match and others do not."""
    return 0 < len(sample.matching(RIGHT, filter_)) < len(sample.logs)


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
