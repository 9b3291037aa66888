"""Filters drawn at random, judged whole by the oracle: from operators, the places of the data, and classes of operands.

Hypothesis draws them, and shrinks one that is answered wrongly to the smallest that still is: the first operand of the
pool, the fewest parts. What fails accuses the operator's own requirement, each requirement once.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
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
_MOST_PARTS = 6
_SEPARATORS = (",", ", ", " ,", "  ,  ")
_ENDS = {"between": 2, "in": _MOST_PARTS}
_WITHOUT_OPERAND = ("is_null", "exists")
_STOPS = (BudgetSpentError, ServerGoneError, FirstFailureError)


class _Cell(NamedTuple):
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
    return tuple(
        name
        for name in contract.requirements
        if name.startswith("filter.") and name.split(".")[1] not in _WITHOUT_OPERAND
    )


def _cells(context: Context, sample: Sample) -> list[_Cell]:
    candidates = Candidates(sample, context.contract)
    coverer = Coverer(candidates, context.contract, context.options.seed, thorough=True)
    return [_Cell(*cell) for cell in coverer.cells()]


@st.composite
def _filters(draw: st.DrawFn, cells: Sequence[_Cell]) -> Filter:
    cell = draw(st.sampled_from(cells))
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


class _Drawing:
    """One run of Hypothesis after another, until one finds no new requirement broken."""

    def __init__(self, context: Context, sample: Sample, meaning: Meaning) -> None:
        self._context, self._sample, self._meaning = context, sample, meaning
        self._stopped: BudgetSpentError | ServerGoneError | FirstFailureError | None = None

    def judge(self, filter_: Filter) -> None:
        """Ask a filter, unless its requirement is known to be broken."""
        name = self._context.contract.requirement_of(filter_.operator or "", filter_.field or "")
        known = self._stopped is not None or self._context.ledger.failed(name) or filter_.field in self._meaning.misread
        if known or not self._context.contract.accepts(filter_.body()):
            return
        expected = self._sample.matching(RIGHT, filter_)
        if len(expected) * self._sample.population > LONGEST * len(self._sample.logs):
            return
        try:
            seen = self._meaning.ask(filter_)
        except _STOPS as error:
            self._stopped = error
            return
        if seen.logs is not None and seen.logs != expected:
            raise _DeviationError(name)
        self._context.ledger.hold(name, "filters drawn at random")

    def run(self, cells: Sequence[_Cell]) -> None:
        """Draw as many filters as there are to be.

        Raises:
            BudgetSpentError: no more requests may be sent.
            ServerGoneError: the server answers nothing any more.
            FirstFailureError: the run is to stop at its first failure.
        """
        for turn in range(len(cells)):
            smallest = self._smallest(cells, turn)
            if self._stopped is not None:
                raise self._stopped
            if smallest is None:
                return
            name = self._context.contract.requirement_of(smallest.operator or "", smallest.field or "")
            exchange = self._meaning.seen[smallest].exchange
            self._context.ledger.fail(name, deviation(self._context, self._sample, exchange, smallest))

    def _smallest(self, cells: Sequence[_Cell], turn: int) -> Filter | None:
        """Draw until a filter is answered wrongly, and shrink it; None where none is."""
        wrong: list[Filter] = []

        @seed(self._context.options.seed + turn)
        @settings(
            max_examples=number(thorough=self._context.options.thorough),
            database=None,
            phases=[Phase.generate, Phase.shrink],
            deadline=None,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        )
        @given(_filters(cells))
        def draw(filter_: Filter) -> None:
            try:
                self.judge(filter_)
            except _DeviationError:
                wrong.append(filter_)
                raise

        with suppress(_DeviationError):
            draw()
        return wrong[-1] if wrong else None  # Hypothesis runs the smallest last.


def judge(context: Context, sample: Sample, meaning: Meaning) -> None:
    """Draw filters and judge their answers.

    Raises:
        BudgetSpentError: no more requests may be sent; what was sent has been judged.
    """
    cells = _cells(context, sample)
    if cells:
        with _nothing_left():
            _Drawing(context, sample, meaning).run(cells)
