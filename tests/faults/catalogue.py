"""The whole catalogue, theme by theme."""

import importlib

from faults.registry import FAULTS, Fault

THEMES = (
    "auth",
    "statuses",
    "bodies",
    "validation",
    "errors",
    "text",
    "numbers",
    "times",
    "nulls",
    "lists",
    "maps",
    "fields",
    "names",
    "shape",
    "encodings",
    "around",
    "edges",
    "sequences",
)


def catalogue() -> dict[str, Fault]:
    """Every fault by its name, in the order of the themes."""
    for theme in THEMES:
        importlib.import_module(f"faults.{theme}")
    return {name: fault for name, fault in FAULTS.items() if fault.theme in THEMES}
