"""The warning of a field that is perhaps not what was meant."""

import sys
import warnings
from pathlib import Path
from typing import Final

from parea_trace_logs._filters.hints import suggestion
from parea_trace_logs._filters.rules import is_bare_score
from parea_trace_logs._shared.words import did_you_mean

_PACKAGE: Final = str(Path(__file__).resolve().parents[1])


class UnknownFieldWarning(UserWarning):
    """A filter names a field that is not a member of a trace log, and is therefore asked as a score."""


def warn_of(field: str, *, only_if_similar: bool = False) -> None:
    """Warn of a name that is asked as a score because no member is called so, unless it begins with `score:`.

    Args:
        field: The field of a filter.
        only_if_similar: Whether to be silent where no member is like it either.
    """
    if not is_bare_score(field):
        return
    meant = suggestion(field)
    if meant is None and only_if_similar:
        return
    message = f"no member of a trace log is called {field!r}: it is asked as the score of that name"
    silence = f"'score:{field}' says that the score is meant"
    warnings.warn(f"{message}{did_you_mean(meant) or ';'} {silence}", UnknownFieldWarning, stacklevel=_callers_level())


def _callers_level() -> int:
    """The `stacklevel`, seen from the function that warns, of the innermost line outside of this package."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame, level = frame.f_back, level + 1
    return level
