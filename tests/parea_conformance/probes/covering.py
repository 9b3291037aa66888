"""Filters by class: for each operator and kind the fewest that hold an operand of each class, and each pair of classes.

Where an operator takes one operand, each class of it is covered; where it takes two (`between`) or several (`in`), each
pair of classes. Operands that some log holds come first, so that "no log" is never the only right answer.
"""

import functools
import itertools
import random
import string
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from parea_conformance.contract import Contract
from parea_conformance.probes.candidates import Candidates, Place
from parea_conformance.probes.pools import Operand, classes_of, operands, richness, values_of
from parea_conformance.reading.filter import Filter

_PARTS = 8
_HUNDREDS = 300
_PAIRS = {"between": 12, "in": 6}
"""How many filters of several operands are asked of one kind, those that cover most pairs of classes first."""

_FAMILIES: tuple[tuple[str, ...], ...] = (
    ("equals", "not_equals"),
    ("like",),
    ("greater_than", "less_than_or_equal"),
    ("less_than", "greater_than_or_equal"),
    ("in",),
    ("between",),
)
"""Operators that are each other's complement are asked in turn, unless the run is thorough."""
_FORMS: Mapping[str, tuple[str, ...]] = {
    "text": ("text",),
    "string_list": ("text",),
    "number": ("number",),
    "integer_list": ("number",),
    "timestamp": ("timestamp",),
    "map": ("text", "number"),
}
"""What the operands of a kind are; a kind that is not named here has none to choose."""
_NOT_UNDER_A_KEY: Mapping[str, tuple[str, ...]] = {
    "text": ("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal", "between"),
    "number": ("like",),
}
"""Operators to which, under a key, operands of a form mean nothing."""
_SEPARATORS = "\t\n\u3001\uff0c" + string.punctuation.replace(",", "")
"""What separates parts elsewhere: control characters, commas of other scripts, punctuation."""
_WHOLE_LISTS: Mapping[str, Callable[[str, str], str]] = {
    "a part twice": lambda one, other: f"{one},{one},{other},{one}",
    "hundreds of parts": lambda one, other: ",".join(
        [*(str(9_000_001 + place) for place in range(_HUNDREDS)), one, other]
    ),
    "an empty part": lambda one, other: f"{one},,{other}",
    "an empty part at the end": lambda one, _other: f"{one},",
    "spaces around": lambda one, other: f"  {one} ,   {other} ",
    "a tab around": lambda one, other: f"\t{one},{other}\t",
    "another space around": lambda one, other: f"\u00a0{one},{other}\u3000",
    "quotes around": lambda one, other: f"'{one}',\"{other}\"",
    "brackets around": lambda one, other: f"[{one},{other}]",
    "other separators": lambda one, _other: "".join(f"{mark}{one}{mark}" for mark in _SEPARATORS),
}
_WHOLE_RANGES: Mapping[str, Callable[[str, str], str]] = {
    "reversed": lambda low, high: f"{high},{low}",
    "equal ends": lambda low, _high: f"{low},{low}",
    "spaces around": lambda low, high: f"  {low} ,   {high} ",
}


class Cell(NamedTuple):
    """One operator at one place, and what gives the operands to draw from, the plainest first."""

    field: str
    key: str | None
    operator: str
    operands: Callable[[], Sequence[str]]


@dataclass(frozen=True)
class Cover:
    """What covers the classes of one requirement.

    Attributes:
        filters: what to ask.
        classes: the names of the classes of which an operand is asked.
        unheld: those of them of which no log holds an operand that is asked.
    """

    filters: tuple[Filter, ...] = ()
    classes: frozenset[str] = frozenset()
    unheld: frozenset[str] = frozenset()

    def __or__(self, other: "Cover") -> "Cover":
        held = (self.classes - self.unheld) | (other.classes - other.unheld)
        classes = self.classes | other.classes
        return Cover((*self.filters, *other.filters), classes, classes - held)


class Coverer:
    """Finds what covers the classes of operands on the data of a run; the same data and seed give the same.

    Args:
        candidates: what could be asked of the data.
        contract: the contract.
        seed: decides between equals.
        thorough: whether nothing is left out to ask less.
    """

    def __init__(self, candidates: Candidates, contract: Contract, seed: int, *, thorough: bool) -> None:
        self._candidates, self._contract = candidates, contract
        self._seed, self._thorough = seed, thorough

    def covers(self, asked: Iterable[Filter]) -> dict[str, Cover]:
        """What covers the classes of each requirement `filter.{operator}.{kind}`.

        Args:
            asked: filters that are asked anyway, and that some log matches: what they cover is covered.
        """
        known: dict[tuple[str, str], set[str]] = {}
        for one in asked:
            kind = self._contract.field_kind(one.field or "")
            known.setdefault((one.operator or "", kind), set()).add(one.value or "")
        found: dict[str, Cover] = {}
        alone = [(name,) for name in self._contract.operators if not any(name in family for family in _FAMILIES)]
        for kind, form, place in self._places():
            for family in (*_FAMILIES, *alone):
                for operators in [(one,) for one in family] if self._thorough else [family]:
                    texts = [text for operator in operators for text in sorted(known.get((operator, kind), ()))]
                    for operator, cover in self._of_family(operators, kind, form, place, texts):
                        name = self._contract.requirement_of(operator, place.field)
                        found[name] = found.get(name, Cover()) | cover
        return found

    def cells(self) -> Iterator[Cell]:
        """Each place that holds values, its key and each operator that it takes."""
        for kind, form, place in self._all_places():
            # Of the places that are drawn from: to make operands for all of them would take longer than to ask.
            drawn_from = functools.cache(functools.partial(self._plainest, kind, form, place))
            for operator in self._operators_on(kind, form):
                yield Cell(place.field, place.key, operator, drawn_from)

    def _plainest(self, kind: str, form: str, place: Place) -> Sequence[str]:
        pool = operands(form, place.held, self._accepted(place, kind))
        return sorted((one.text for one in pool), key=lambda text: (len(text), text))

    def _places(self) -> Iterator[tuple[str, str, Place]]:
        """Of each kind and form of operands the place that tells most of them."""
        for kind, forms in _FORMS.items():
            places = self._candidates.places(kind)
            for form in forms if places else ():
                yield kind, form, max(places, key=lambda place, form=form: richness(form, place.held))  # type: ignore[misc]

    def _all_places(self) -> Iterator[tuple[str, str, Place]]:
        """Of each kind and form of operands every place that holds values of that form."""
        for kind, forms in _FORMS.items():
            for place in self._candidates.places(kind):
                yield from ((kind, form, place) for form in forms if values_of(form, place.held))
        for place in self._candidates.named():
            kind = self._contract.field_kind(place.field)
            yield kind, kind, place

    def _operators_on(self, kind: str, form: str) -> list[str]:
        """The operators that take operands of a form on a kind."""
        senseless = _NOT_UNDER_A_KEY[form] if kind == "map" else ()
        taken = [name for name, value in self._contract.forms[kind].items() if value != "none"]
        return [name for name in taken if name not in senseless]

    def _of_family(
        self, family: Sequence[str], kind: str, form: str, place: Place, asked: Iterable[str]
    ) -> Iterator[tuple[str, Cover]]:
        """The covers of operators that are asked in turn."""
        operators = [operator for operator in family if operator in self._operators_on(kind, form)]
        if not operators:
            return
        first = operators[0]
        pool = operands(form, place.held, self._accepted(place, kind))
        random.Random(f"{self._seed}:{first}:{kind}:{form}").shuffle(pool)  # noqa: S311 - ties between equals
        if first in _SEVERAL:
            done = frozenset[str]()
            chosen = _fewest(pool, done)
            most = len(chosen) ** 2 if self._thorough else _PAIRS[first]
            values = [(first, value) for value in _SEVERAL[first](chosen, most)]
        else:
            done = frozenset(name for text in asked for name in classes_of(form, text))
            chosen = _fewest(pool, done)
            values = [(operators[at % len(operators)], one.text) for at, one in enumerate(chosen)]
        classes = done.union(*(one.classes for one in chosen))
        held = done.union(*(one.classes for one in chosen if one.held))
        for operator in operators:
            filters = [Filter(place.field, operator, value, place.key) for name, value in values if name == operator]
            yield operator, Cover(tuple(self._candidates.sendable(filters)), classes, classes - held)

    def _accepted(self, place: Place, kind: str) -> Callable[[str], bool]:
        """Whether the contract accepts a text as one operand; of texts and under a key every one."""
        if self._contract.forms[kind]["equals"] == "any":
            return lambda _text: True
        return lambda text: self._contract.accepts(Filter(place.field, "equals", text).body())


def _fewest(pool: Iterable[Operand], done: frozenset[str]) -> list[Operand]:
    """A small set of operands of which each class has one, that a log holds where there is one. Greedy."""
    pool = list(pool)
    chosen: list[Operand] = []
    for held in (True, False):
        rest = [one for one in pool if one.held is held]
        open_ = {name for one in rest for name in one.classes} - done - {name for one in chosen for name in one.classes}
        while open_:
            one = max(rest, key=lambda one: len(one.classes & open_))
            chosen.append(one)
            open_ -= one.classes
    return chosen


def _ranges(chosen: Sequence[Operand], most: int) -> Iterator[str]:
    """What covers pairs of classes in ranges: low and high, of which some are next to each other."""
    ends = sorted((one for one in chosen if one.value is not None), key=lambda one: one.value)
    pairs = [(low, high) for place, low in enumerate(ends) for high in ends[place + 1 :]]
    for low, high in _covering(pairs, most):
        yield f"{low.text},{high.text}"
    telling = [one for one in ends if one.held] or ends
    for place, whole in enumerate(_WHOLE_RANGES.values()):
        if len(telling) > place + 1:
            yield whole(telling[place].text, telling[-place - 1].text)
    odd = [one.text for one in chosen if one.value is None]
    yield from (f"{low},{high}" for low, high in zip(odd[::2], odd[1::2], strict=False))


def _covering(pairs: Sequence[tuple[Operand, Operand]], most: int) -> Iterator[tuple[Operand, Operand]]:
    """As many pairs of operands as may be, those that cover most pairs of classes first."""
    names = sorted({name for pair in pairs for one in pair for name in one.classes})
    place = {name: at for at, name in enumerate(names)}
    bits = {one: sum(1 << place[name] for name in one.classes) for pair in pairs for one in pair}
    covers = [sum(bits[high] << len(names) * place[name] for name in low.classes) for low, high in pairs]
    done = 0
    for _ in range(most):
        at = max(range(len(pairs)), key=lambda at: (covers[at] & ~done).bit_count(), default=None)
        if at is None or not covers[at] & ~done:
            return
        done |= covers[at]
        yield pairs[at]


def _lists(chosen: Sequence[Operand], most: int) -> Iterator[str]:
    """What covers pairs of classes in lists: parts in groups, so that any two share one."""
    parts = [one for one in chosen if "," not in one.text and one.text == one.text.strip(" ")]
    yield from (one.text for one in chosen if one not in parts)
    groups = [parts[at : at + _PARTS // 2] for at in range(0, len(parts), _PARTS // 2)]
    for one, other in itertools.islice(itertools.combinations(groups, 2), most):
        yield ",".join(each.text for each in (*one, *other))
    plain = [one.text for one in parts if one.held and one.text] or [one.text for one in parts]
    for (first, second), whole in zip(itertools.pairwise(itertools.cycle(plain)), _WHOLE_LISTS.values(), strict=False):
        yield whole(first, second)


_SEVERAL: Mapping[str, Callable[[Sequence[Operand], int], Iterator[str]]] = {"between": _ranges, "in": _lists}
"""Operators that take several operands."""
