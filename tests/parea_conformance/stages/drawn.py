"""Filters drawn at random, judged whole by the oracle: from operators, the places of the data, and classes of operands.

Hypothesis draws them until there were so many, and shrinks one that is answered wrongly to the smallest that still is:
the plainest operand of the pool, the fewest parts. It accuses the operator's own requirement, each requirement once.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from parea_conformance.context import Context
from parea_conformance.contract import Contract
from parea_conformance.http.client import BudgetSpentError, ServerGoneError
from parea_conformance.ledger import FirstFailureError
from parea_conformance.logs.sample import Sample
from parea_conformance.probes.candidates import Candidates
from parea_conformance.probes.covering import Coverer
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.stages.deviation import deviation
from parea_conformance.stages.meaning import LONGEST, Meaning

DRAWN, THOROUGH = 60, 2000
"""How many filters are drawn, and how many where the run is to be thorough."""
_SHRINKS = 2
"""How many times as many more are asked at most to shrink those that are answered wrongly."""
_MOST_PARTS = 6
_SEPARATORS = (",", ", ", " ,", "  ,  ")
_ENDS = {"between": 2, "in": _MOST_PARTS}


class Cell(NamedTuple):
    """One operator at one place, with the operands to draw from, the plainest first."""

    field: str
    key: str | None
    operator: str
    operands: Sequence[str]


class _DeviationError(Exception):
    """The answer to a filter holds other logs than the oracle says."""


def number(*, thorough: bool) -> int:
    """How many filters are drawn."""
    return THOROUGH if thorough else DRAWN


def requirements(contract: Contract) -> tuple[str, ...]:
    """The requirements that filters are drawn for: those of operators that take an operand."""
    takes = {name for operators in contract.forms.values() for name, form in operators.items() if form != "none"}
    filters = (name for name in contract.requirements if name.startswith("filter."))
    return tuple(name for name in filters if name.split(".")[1] in takes)


def cells(context: Context, sample: Sample) -> list[Cell]:
    """What filters are drawn from, of what is judged: the places of the data, each with each operator."""
    candidates = Candidates(sample, context.contract)
    thorough = context.options.thorough
    coverer = Coverer(candidates, context.contract, context.options.seed, thorough=thorough)
    found = (Cell(*cell) for cell in coverer.cells())
    return [cell for cell in found if context.contract.requirement_of(cell.operator, cell.field) in context.ledger]


@st.composite
def _filters(draw: st.DrawFn, drawn_from: Sequence[Cell]) -> Filter:
    cell = draw(st.sampled_from(drawn_from))
    operand = st.sampled_from(cell.operands)
    most = _ENDS.get(cell.operator, 1)
    parts = draw(st.lists(operand, min_size=most if cell.operator == "between" else 1, max_size=most))
    separator = draw(st.sampled_from(_SEPARATORS)) if len(parts) > 1 else ""
    return Filter(cell.field, cell.operator, separator.join(parts), cell.key)


@contextmanager
def _nothing_left() -> Iterator[None]:
    """Hypothesis keeps what it keeps in a folder that is gone afterwards, and not where the command was run."""
    with tempfile.TemporaryDirectory(prefix="parea-conformance-", ignore_cleanup_errors=True) as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)


class Drawing:
    """One run of Hypothesis after another, each for a requirement that is not known to be broken.

    Attributes:
        drawn: by requirement, how many filters were drawn and judged.
    """

    def __init__(self, context: Context, sample: Sample, meaning: Meaning) -> None:
        self._context, self._sample, self._meaning = context, sample, meaning
        self._stopped: BudgetSpentError | ServerGoneError | FirstFailureError | None = None
        self._wrong: dict[Filter, None] = {}
        self._left = number(thorough=context.options.thorough)
        self._shrinks = _SHRINKS * self._left
        self.drawn = Counter[str]()

    def run(self, drawn_from: Sequence[Cell]) -> None:
        """Draw as many filters as there are to be.

        Raises:
            BudgetSpentError: no more requests may be sent.
            ServerGoneError: the server answers nothing any more.
            FirstFailureError: the run is to stop at its first failure.
        """
        while self._left > 0:
            smallest = self._smallest(drawn_from)
            if smallest is not None:
                self._accuse(smallest)
            if self._stopped is not None:
                raise self._stopped
            if smallest is None:
                return

    def _accuse(self, smallest: Filter) -> None:
        seen = self._meaning.seen[smallest]
        assert seen.logs is not None  # what is answered no logs is accused where it was asked
        failure = deviation(self._context, self._sample, seen.exchange, smallest, seen.logs)
        said = f"{failure.summary} (drawn at random by --seed {self._context.options.seed}, and shrunk)"
        self._context.ledger.fail(self._requirement(smallest), replace(failure, summary=said))

    def _requirement(self, filter_: Filter) -> str:
        return self._context.contract.requirement_of(filter_.operator or "", filter_.field or "")

    def _smallest(self, drawn_from: Sequence[Cell]) -> Filter | None:
        """Draw until a filter is answered wrongly, and shrink it; None where none is."""
        self._wrong.clear()

        @seed(self._context.options.seed + self._left)
        @settings(
            max_examples=self._left,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            deadline=None,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(_filters(drawn_from))
        def draw(filter_: Filter) -> None:
            self._left -= not self._wrong
            if self._is_wrong(filter_):
                self._wrong.pop(filter_, None)
                self._wrong[filter_] = None
                raise _DeviationError

        with suppress(_DeviationError):
            draw()
        return next(reversed(self._wrong), None)  # Hypothesis runs the smallest last.

    def _is_wrong(self, filter_: Filter) -> bool:
        """Whether the answer holds other logs than it should; asked, unless its requirement is known to be broken."""
        if filter_ in self._wrong:
            return True
        name = self._requirement(filter_)
        broken = self._context.ledger.failed(name) or filter_.field in self._meaning.misread
        self._shrinks -= bool(self._wrong)
        if self._stopped is not None or broken or self._shrinks < 0:
            return False
        if not self._context.contract.accepts(filter_.body()):
            return False
        expected = self._sample.matching(RIGHT, filter_)
        if len(expected) * self._sample.population > LONGEST * len(self._sample.logs):
            return False
        try:
            seen = self._meaning.ask(filter_)
        except (BudgetSpentError, ServerGoneError, FirstFailureError) as error:
            # Hypothesis would take it for what it is looking for.
            self._stopped = error
            return False
        self.drawn[name] += 1
        return seen.logs is not None and seen.logs != expected


def judge(context: Context, sample: Sample, meaning: Meaning) -> None:
    """Draw filters and judge their answers.

    Raises:
        BudgetSpentError: no more requests may be sent; what was sent has been judged.
    """
    drawn_from = cells(context, sample)
    if not drawn_from or meaning.descendants_judged:
        return
    drawing = Drawing(context, sample, meaning)
    try:
        with _nothing_left():
            drawing.run(drawn_from)
    finally:
        for name, count in drawing.drawn.items():
            if not context.ledger.failed(name):
                context.ledger.hold(name, f"{count} filters drawn at random by --seed {context.options.seed}")
