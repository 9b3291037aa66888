"""What tells a server that compares values as they are from one that converts them before.

Walked by a rule: each conversion, of what is kept, of the operand or of both, for each kind and each way to compare.
Where a server that does so would answer all that is asked anyway rightly, a filter is made of a value that it changes.
"""

import functools
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from parea_conformance.classes.conversions import CONVERSIONS, Conversion
from parea_conformance.classes.fewest import fewest
from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.probes.operands import WRITTEN, plain_keys
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import Values, instant, number, typed

_ALIKE: Mapping[str, str] = {
    **dict.fromkeys(("not_equals", "in"), "equals"),
    **dict.fromkeys(("greater_than_or_equal", "less_than", "less_than_or_equal", "between"), "greater_than"),
}
"""Operators that compare as another does."""
_COMPARED: Mapping[str, Sequence[type]] = {"like": (str,), "greater_than": (float, int)}
"""What such an operator compares, where it is not all; texts under the keys of maps, say, have no order."""
_PARTED = ("between", "in")
"""Operators whose operand is of several parts."""
_CHANGED, _LOOKED_AT, _KEYS = 3, 200, 8
"""Of how many values that a conversion changes operands are made; how many values and keys are looked at."""
_PARTS = 10
"""Lists of more parts are not looked at: to judge by them takes as long as by all others."""
_READ: Mapping[type, Callable[[str], Any]] = {
    str: lambda text: text,
    float: number,
    int: instant,
    bool: lambda text: text == "true",
}
"""How an operand is read, by the type of its value."""

_BESIDE: Sequence[Callable[[str], str]] = (lambda text: f"{text} ", lambda text: f" {text}", str.swapcase)
"""What a server takes for a text that it makes more of, where the data hold no such text."""


class Server(NamedTuple):
    """One that converts: what it makes of values, and whether of those that it keeps, of operands, or of both."""

    conversion: Conversion
    keeps: bool
    reads: bool

    def read(self, asked: Filter) -> Filter | None:
        """The filter as this server reads it; None where its operand cannot be converted."""
        if not self.reads:
            return asked
        assert self.conversion.operand is not None
        read, write = _READ[self.conversion.of], WRITTEN[self.conversion.of]
        text = asked.value or ""
        parts = [part.strip(" ") for part in text.split(",")] if asked.operator in _PARTED else [text]
        try:
            values = [read(part) for part in parts]
        except ValueError:
            return None
        written = [None if value is None else write(self.conversion.operand(value)) for value in values]
        known = [one for one in written if one is not None]
        return Filter(asked.field, asked.operator, ",".join(known), asked.key) if len(known) == len(parts) else None


def servers(of: Iterable[type]) -> list[Server]:
    """All that convert values of these types."""
    return [
        Server(conversion, keeps, reads)
        for kind, conversions in CONVERSIONS.items()
        for conversion in conversions
        for keeps, reads in ((True, False), (False, True), (True, True))
        if kind in of and (conversion.operand is not None or not reads)
    ]


class Place:
    """Where filters ask, and what the logs hold there; of many values some."""

    def __init__(self, sample: Sample, field: str, key: str | None = None) -> None:
        self.field, self.key = field, key
        self.values = sample.values(RIGHT, Filter(field, "exists", key=key))[:_LOOKED_AT]
        self._changed: dict[Conversion, list[tuple[int, Values]]] = {}

    @functools.cached_property
    def types(self) -> set[type]:
        """The types of the values."""
        return {type(value) for held in self.values for value in held or ()}

    def changed(self, conversion: Conversion) -> list[tuple[int, Values]]:
        """What a conversion changes, by its place among the values, and what becomes of it."""
        if conversion not in self._changed:
            made = ((place, held, conversion.values(held)) for place, held in enumerate(self.values))
            self._changed[conversion] = [(place, one) for place, held, one in made if typed(held) != typed(one)]
        return self._changed[conversion]

    def operands(self, conversion: Conversion) -> Iterator[str]:
        """Values that a conversion changes, as they are and as they become, as operands; and what may become of one."""
        write = WRITTEN[conversion.of]
        changed = self.changed(conversion)[:_CHANGED]
        held = [value for place, made in changed for value in (*(self.values[place] or ()), *(made or ()))]
        written = (write(value) for value in held if type(value) is conversion.of)
        yield from (text for text in written if text is not None)
        if conversion.of is str:
            texts = (value for values in self.values for value in values or () if isinstance(value, str))
            yield from (beside(text) for text in itertools.islice(texts, _CHANGED) for beside in _BESIDE)

    def told(self, asked: Filter, among: Iterable[Server]) -> list[Server]:
        """Those of some servers that answer a filter, which asks here, otherwise than a right one."""
        judge = RIGHT.judging(asked)
        right = [judge(held) for held in self.values]
        return [server for server in among if self._tells(asked, right, server)]

    def _tells(self, asked: Filter, right: Sequence[bool], server: Server) -> bool:
        read = server.read(asked)
        if read is None or (read == asked and not server.keeps):
            return False
        judge = RIGHT.judging(read)
        changed = self.changed(server.conversion) if server.keeps else []
        if any(right[place] != judge(made) for place, made in changed):
            return True
        if read == asked:
            return False
        kept = {place for place, _ in changed}
        return any(right[place] != judge(held) for place, held in enumerate(self.values) if place not in kept)


def untold(
    sample: Sample, contract: Contract, asked: Iterable[Filter], *, whole: bool = False
) -> dict[str, list[Filter]]:
    """What is to be asked so that each conversion is told, of each kind by each way to compare, by requirement.

    What the data cannot tell is left out: they hold no value that the conversion changes.

    Args:
        sample: the logs.
        contract: the contract.
        asked: what is asked anyway.
        whole: whether each is to be told at each member or key, and of each operator.
    """
    known = defaultdict[tuple[str, str | None], list[Filter]](list)
    for filter_ in asked:
        is_long = filter_.operator == "in" and (filter_.value or "").count(",") > _PARTS
        if filter_.field in contract.kinds and not is_long:
            known[contract.kinds[filter_.field], filter_.operator].append(filter_)
    at = functools.cache(functools.partial(Place, sample))
    found: dict[str, list[Filter]] = {}
    for kind, forms in contract.forms.items():
        everywhere = [at(*place) for place in _places(sample, contract, kind)]
        for operators in _ways(forms, whole=whole):
            near = [filter_ for operator in operators for filter_ in known[kind, operator]]
            for places in [[place] for place in everywhere] if whole else [everywhere]:
                left = servers({of for place in places for of in place.types} & _compared(operators[0]))
                for filter_ in near if left else ():
                    place = at(filter_.field or "", filter_.key)
                    if whole and place not in places:
                        continue
                    told = place.told(filter_, left)
                    left = [server for server in left if server not in told]
                for filter_ in fewest(dict(_made(places, contract, operators[0], left))):
                    found.setdefault(contract.requirement_of(operators[0], filter_.field or ""), []).append(filter_)
    return found


def _ways(forms: Mapping[str, str], *, whole: bool) -> list[list[str]]:
    """The operators of a kind that take an operand, those together that compare alike; the first stands for them."""
    ways: dict[str, list[str]] = {}
    for operator, form in forms.items():
        if form != "none":
            ways.setdefault(operator if whole else _ALIKE.get(operator, operator), []).append(operator)
    return list(ways.values())


def _compared(operator: str) -> Set[type]:
    """The types of values that an operator means anything to."""
    return set(_COMPARED.get(_ALIKE.get(operator, operator), _READ))


def _places(sample: Sample, contract: Contract, kind: str) -> list[tuple[str, str | None]]:
    """Where values of a kind stand: its members; of maps under their plain keys, those with most values first."""
    members = [member for member, of_member in contract.kinds.items() if of_member == kind]
    if kind != "map":
        return [(member, None) for member in members]
    keys = [(member, *counted) for member in members for counted in plain_keys(sample.held(member))]
    return [(member, key) for member, key, _ in sorted(keys, key=lambda each: -each[2])[:_KEYS]]


def _made(
    places: Iterable[Place], contract: Contract, operator: str, left: Sequence[Server]
) -> Iterator[tuple[Filter, set[Server]]]:
    """Filters of what these servers change, each with the servers that it tells."""
    conversions = dict.fromkeys(server.conversion for server in left)
    for place in places:
        for operand in dict.fromkeys(text for conversion in conversions for text in place.operands(conversion)):
            whole = f"{operand},{operand}" if operator == "between" else operand
            asked = Filter(place.field, operator, whole, place.key)
            if contract.accepts(asked.body()):
                yield asked, set(place.told(asked, left))
