"""Classes of operands: values that some language, database or calendar treats apart.

A table for each form of `filter_value`, from which filters, seed data and invalid spellings are made. What must
come of a member is never written here: the contract's schema says whether it is accepted, the oracle what it matches.
"""

from collections.abc import Mapping

from parea_conformance.classes import booleans, instants, not_instants, numbers, texts
from parea_conformance.classes.value_class import ValueClass, memberships

__all__ = ["CLASSES", "ValueClass", "booleans", "instants", "memberships", "not_instants", "numbers", "texts"]

CLASSES: Mapping[str, tuple[ValueClass, ...]] = {
    "text": texts.CLASSES,
    "number": numbers.CLASSES,
    "timestamp": (*instants.CLASSES, *not_instants.CLASSES),
    "boolean": booleans.CLASSES,
}
"""By the form of one operand."""
