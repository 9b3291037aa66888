"""Filters drawn at random, judged whole by the oracle: from operators, the places of the data, and classes of operands.

Hypothesis draws them until there were so many, and shrinks one that is answered wrongly to the smallest that still is:
the plainest operand of the pool, the fewest parts. It accuses the operator's own requirement, or that of the name where
the field is no member's, each requirement once.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from parea_conformance.context import Context
from parea_conformance.contract import Contract
from parea_conformance.http.client import BudgetSpentError, ServerGoneError
from parea_conformance.ledger import FirstFailureError
from parea_conformance.logs.sample import LogSet, Sample
from parea_conformance.probes.candidates import Candidates
from parea_conformance.probes.covering import Cell, Coverer
from parea_conformance.probes.names import PREFIXES, requirement_of
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.stages.deviation import deviation
from parea_conformance.stages.meaning import LONGEST, Meaning

DRAWN, THOROUGH = 25, 2000
"""How many filters are drawn, and how many where the run is to be thorough."""
_SHRINKS = 80
"""How many more are asked at most to shrink those that are answered wrongly; as many as are drawn, if that is more."""


def number(*, thorough: bool) -> int:
    """How many filters are drawn."""
    return THOROUGH if thorough else DRAWN


def requirements(contract: Contract) -> tuple[str, ...]:
    """The requirements that filters are drawn for: of operators that take an operand, and of what is no member."""
    takes = {name for operators in contract.forms.values() for name, form in operators.items() if form != "none"}
    filters = (name for name in contract.requirements if name.startswith("filter."))
    by_name = (name for name in contract.requirements if name in PREFIXES)
    return (*(name for name in filters if name.split(".")[1] in takes), *by_name)


def cells(context: Context, sample: Sample) -> list[Cell]:
    """What filters are drawn from, of what is judged: the places of the data, each with each operator."""
    candidates = Candidates(sample, context.contract)
    thorough = context.options.thorough
    coverer = Coverer(candidates, context.contract, context.options.seed, thorough=thorough)
    return [cell for cell in coverer.cells() if _accused(context.contract, cell.operator, cell.field) in context.ledger]


def _accused(contract: Contract, operator: str, field: str) -> str:
    """The requirement that is accused where an operator of a field is answered wrongly."""
    return contract.requirement_of(operator, field) if field in contract.kinds else requirement_of(field)


class Drawing:
    """One run of Hypothesis after another, each for a requirement that is not known to be broken.

    Attributes:
        drawn: by requirement, how many filters were drawn and judged.
    """

    def __init__(self, context: Context, sample: Sample, meaning: Meaning) -> None:
        self._context, self._sample, self._meaning = context, sample, meaning
        self._stopped: BudgetSpentError | ServerGoneError | FirstFailureError | None = None
        self._wrong: set[Filter] = set()
        self._left = number(thorough=context.options.thorough)
        self._shrinks = max(_SHRINKS, self._left)
        self.drawn = Counter[str]()

    def run(self, drawn_from: Sequence[Cell]) -> None:
        """Draw as many filters as there are to be.

        Raises:
            BudgetSpentError: no more requests may be sent.
            ServerGoneError: the server answers nothing any more.
            FirstFailureError: the run is to stop at its first failure.
        """
        from parea_conformance.probes.drawing import listed, smallest  # which loads Hypothesis

        while self._left > 0:
            self._wrong.clear()
            seed = self._context.options.seed + self._left
            if self._context.client.width > 1 and not self._context.options.fail_fast:
                self._ask_together(listed(drawn_from, seed, self._left))
            found = smallest(drawn_from, seed, self._left, self._is_wrong)
            if found is not None:
                self._accuse(found)
            if self._stopped is not None:
                raise self._stopped
            if found is None:
                return

    def _ask_together(self, filters: Sequence[Filter]) -> None:
        """Ask several at a time for what will be drawn where no answer is wrong; then it is known already."""
        asked = [one for one in filters if self._can_be_asked(one, self._sample.matching(RIGHT, one))]
        with suppress(BudgetSpentError):  # which is raised again where an answer is missed
            self._meaning.ask_all(asked)

    def _accuse(self, smallest: Filter) -> None:
        seen = self._meaning.seen[smallest]
        assert seen.logs is not None  # what is answered no logs is accused where it was asked
        failure = deviation(self._context, self._sample, seen.exchange, smallest, seen.logs)
        said = f"{failure.summary} (drawn at random by --seed {self._context.options.seed}, and shrunk)"
        self._context.ledger.fail(self._requirement(smallest), replace(failure, summary=said))

    def _requirement(self, filter_: Filter) -> str:
        return _accused(self._context.contract, filter_.operator or "", filter_.field or "")

    def _is_wrong(self, filter_: Filter) -> bool:
        """Whether the answer holds other logs than it should; asked, unless its requirement is known to be broken."""
        if filter_ in self._wrong:
            return True
        self._left -= not self._wrong
        self._shrinks -= bool(self._wrong)
        expected = self._sample.matching(RIGHT, filter_)
        if self._stopped is not None or self._shrinks < 0 or not self._can_be_asked(filter_, expected):
            return False
        try:
            seen = self._meaning.ask(filter_)
        except (BudgetSpentError, ServerGoneError, FirstFailureError) as error:
            # Hypothesis would take it for what it is looking for.
            self._stopped = error
            return False
        self.drawn[self._requirement(filter_)] += 1
        if seen.logs is None or seen.logs == expected:
            return False
        self._wrong.add(filter_)
        return True

    def _can_be_asked(self, filter_: Filter, expected: LogSet) -> bool:
        """Whether an answer would tell something new, the contract accepts the filter, and the answer is not long."""
        contract, ledger = self._context.contract, self._context.ledger
        operator = contract.requirement_of(filter_.operator or "", filter_.field or "")
        if ledger.failed(self._requirement(filter_)) or ledger.failed(operator):
            return False
        if filter_.field in self._meaning.misread:
            return False
        short = len(expected) * self._sample.population <= LONGEST * len(self._sample.logs)
        return short and contract.accepts(filter_.body())


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
        drawing.run(drawn_from)
    finally:
        for name, count in drawing.drawn.items():
            if not context.ledger.failed(name):
                context.ledger.hold(name, f"{count} filters drawn at random by --seed {context.options.seed}")
