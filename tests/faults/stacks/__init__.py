"""What common stacks (framework, language, database, what stands in front) do by default and the contract forbids.

The faults were written from the stacks' documentation, before any was judged by the suite: the share that it finds is
what it finds of mistakes that it was not made for. They are no part of the catalogue, whose probes and faults have the
same authors.
"""

import importlib

from faults.registry import FAULTS, Fault

_MODULES = ("edges", "reading", "values", "instants", "texts", "meaning", "stored", "answering", "errors")


def stack_faults() -> dict[str, Fault]:
    """Every fault of a stack by its name."""
    for module in _MODULES:
        importlib.import_module(f"faults.stacks.{module}")
    return {name: fault for name, fault in FAULTS.items() if fault.theme == "stacks"}
