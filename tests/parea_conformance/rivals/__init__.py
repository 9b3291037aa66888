"""The catalogue of rivals: plausible wrong readings of the contract, each a tiny named function.

A rival is a mutant of the oracle: the right reading with one step replaced. It belongs to the requirements that it
would break; a requirement is proven when, on the server's own data, every rival of it has been told apart from the
right reading.
"""

from parea_conformance.rivals import answers, fields, lists, maps, nulls, numbers, text, times
from parea_conformance.rivals.registry import RIVALS, Rival, rivals_of

__all__ = ["RIVALS", "Rival", "answers", "fields", "lists", "maps", "nulls", "numbers", "rivals_of", "text", "times"]
