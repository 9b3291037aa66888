"""Filters drawn by Hypothesis, and the smallest of those that are answered wrongly.

In a module of its own, which is loaded where filters are drawn: Hypothesis takes a while to load.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from unittest import mock

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal.conjecture import providers

from parea_conformance.probes.covering import Cell
from parea_conformance.reading.filter import Filter

_MOST_PARTS = 6
_SEPARATORS = (",", ", ", " ,", "  ,  ")
_ENDS = {"between": 2, "in": _MOST_PARTS}


class _WrongError(Exception):
    """A filter is answered wrongly."""


@st.composite
def _filters(draw: st.DrawFn, drawn_from: Sequence[Cell]) -> Filter:
    cell = draw(st.sampled_from(drawn_from))
    operand = st.sampled_from(cell.operands())
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


@contextmanager
def _whatever_is_loaded() -> Iterator[None]:
    """Hypothesis draws constants out of the modules of the current folder, too: a seed would not decide alone."""
    if not hasattr(providers, "_get_local_constants"):  # a release that draws none
        yield
        return
    none = type(providers._local_constants)
    with mock.patch.object(providers, "_get_local_constants", none):
        providers.CONSTANTS_CACHE.cache.clear()
        try:
            yield
        finally:
            providers.CONSTANTS_CACHE.cache.clear()


def smallest(cells: Sequence[Cell], seed_: int, most: int, is_wrong: Callable[[Filter], bool]) -> Filter | None:
    """Draw filters until one is answered wrongly, and shrink it; None where none is.

    Args:
        cells: what filters are drawn from, the plainest first.
        seed_: decides which.
        most: how many are drawn.
        is_wrong: whether a filter is answered wrongly. Of one filter it says the same each time.
    """
    wrong: list[Filter] = []

    @seed(seed_)
    @settings(
        max_examples=most,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(_filters(cells))
    def draw(filter_: Filter) -> None:
        if is_wrong(filter_):
            wrong.append(filter_)
            raise _WrongError

    with _nothing_left(), _whatever_is_loaded(), suppress(_WrongError):
        draw()
    return wrong[-1] if wrong else None  # Hypothesis runs the smallest last.


def listed(cells: Sequence[Cell], seed_: int, most: int) -> list[Filter]:
    """The filters that `smallest` draws from the same where none of them is answered wrongly."""
    found: list[Filter] = []

    def is_wrong(filter_: Filter) -> bool:
        found.append(filter_)
        return False

    smallest(cells, seed_, most, is_wrong)
    return found
