"""The parts: every decision on the way from a request to its answer, replaceable one by one.

`dataclasses.replace(Parts(), split=...)` is a target that decides one thing differently; the project's catalogue of
faults is made of such targets. Each group of parts is declared beside its defaults.
"""

from dataclasses import dataclass

from parea_target.answers import AnswerParts
from parea_target.conditions import FilterParts
from parea_target.judging import JudgingParts


@dataclass(frozen=True)
class Parts(JudgingParts, FilterParts, AnswerParts):
    """The decisions of the target, the right ones by default."""
