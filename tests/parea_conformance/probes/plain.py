"""Plain filters: an operator, and an operand as plainly written as can be, that some logs match and others do not."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from parea_conformance.logs.sample import Sample
from parea_conformance.probes.operands import WRITTEN, spread
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT

_VALUES, _LOOKED_AT = 5, 20
"""How many values operands are chosen from; of texts from among how many, the shortest."""
_SECOND = 10**18
"""In attoseconds, as the oracle reads instants."""
_WRITTEN: Mapping[type, Callable[[Any], str | None]] = {
    **WRITTEN,
    str: lambda value: value if value.strip(" ") == value != "" and "," not in value else None,
}
_STEPS: Mapping[type, int] = {float: 1, int: _SECOND}
"""By the type of values, how far beyond the others one stands that no log holds."""


class Plain:
    """Plain filters of the values that the logs hold at one place.

    Attributes:
        single: whether no log holds several values there.
    """

    def __init__(self, sample: Sample, field: str, key: str | None = None) -> None:
        self._sample, self._field, self._key = sample, field, key
        values = sample.values(RIGHT, Filter(field, "exists", key=key))
        self.single = all(len(each or ()) < 2 for each in values)
        found = [one for each in values for one in each or ()]
        # By type: 1.0 equals True.
        self._of_type = {kind: sorted({one for one in found if type(one) is kind}, key=_rank) for kind in _WRITTEN}

    def __len__(self) -> int:
        return sum(map(len, self._of_type.values()))

    @property
    def values(self) -> list[Any]:
        """The values, each once."""
        return [value for held in self._of_type.values() for value in held]

    def asked(self, operator: str, form: str) -> Filter | None:
        """The filter that asks an operator for some of the values; None where there is none to ask for.

        One that some logs match and others do not, where there is such, and that few match of a large experiment.

        Args:
            operator: the operator.
            form: what it takes, as the contract names it.
        """
        filters = [Filter(self._field, operator, operand, self._key) for operand in self._operands(operator, form)]
        return max(filters, key=self._worth, default=None)

    def _worth(self, filter_: Filter) -> tuple[bool, bool]:
        matching = self._sample.matching(RIGHT, filter_)
        return self._sample.is_telling(matching), not self._sample.is_long(matching)

    def _operands(self, operator: str, form: str) -> list[str | None]:
        if form == "none":
            return [None]
        kind = max(_MEANT.get(operator, _WRITTEN), key=lambda kind: len(self._of_type[kind]))
        written = ((value, _WRITTEN[kind](value)) for value in self._of_type[kind])
        held = {value: text for value, text in written if text is not None}
        values = list(held)[: _LOOKED_AT if kind is str else None]
        # Those next to the ends, for short answers of a large experiment.
        chosen = {*spread(values, _VALUES), *values[1:2], *values[-2:-1]}
        some = {value: held[value] for value in values if value in chosen}
        return list(_OF.get(operator, _one)(some)) if some else []


def _rank(value: Any) -> Any:
    """Texts by their length, all else by what it is."""
    return (len(value), value) if isinstance(value, str) else value


def _one(held: Mapping[Any, str]) -> list[str]:
    """One value, the middle ones first, and last those that none is beyond."""
    texts = list(held.values())
    return [*sorted(texts, key=lambda text: abs(texts.index(text) - len(texts) // 2)), *_beyond(list(held))]


def _beyond(held: Sequence[Any]) -> list[str]:
    """A value below all of them, and one above; none of texts and booleans."""
    step, written = _STEPS.get(type(held[0])), _WRITTEN[type(held[0])]
    ends = [written(end) for end in (held[0] - step, held[-1] + step)] if step else []
    return [end for end in ends if end is not None]


def _ranges(held: Mapping[Any, str]) -> list[str]:
    """Ranges with a value between their ends, which tells them from a list, and one at an end, if there are two."""
    texts, beyond = list(held.values()), _beyond(list(held))
    ends = list(zip(texts, texts[2:], strict=False))
    if beyond:
        ends.append((texts[0] if len(texts) > 1 else beyond[0], beyond[-1]))
    return [f"{low},{high}" for low, high in ends]


def _lists(held: Mapping[Any, str]) -> list[str]:
    """Two values each; the second of texts in the other case, which is another text."""
    texts = list(held.values())
    others = [other.swapcase() if value == other else other for value, other in held.items()]
    return [f"{one},{other}" for one, other in zip(texts, [*others[1:], others[0]], strict=True)]


def _parts(held: Mapping[Any, str]) -> list[str]:
    """From the middle of texts a half, in the other case."""
    return [text.swapcase()[len(text) // 4 : len(text) // 4 + len(text) // 2 + 1] for text in held.values()]


_OF: Mapping[str, Callable[[Mapping[Any, str]], list[str]]] = {"between": _ranges, "in": _lists, "like": _parts}
"""Operators that take something else than one value."""
_ORDERED = (float, int)
_MEANT: Mapping[str, Sequence[type]] = {
    "like": (str,),
    **dict.fromkeys(("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal", "between"), _ORDERED),
}
"""Operators that mean nothing to values of other types, of which a map may hold several under one key."""
