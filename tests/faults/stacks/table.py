"""The table of stacks: by stack each thing that it does wrong, and the fault that does it; kept as data."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

_TABLE = tomllib.loads((Path(__file__).parent / "table.toml").read_text())

STACKS: Mapping[str, Mapping[str, str]] = _TABLE["stacks"]
"""By stack its things, each with the name of its fault."""

OUT_OF_REACH: Mapping[str, Mapping[str, str]] = _TABLE["out_of_reach"]
"""By stack the things that no fault can show, each with the reason."""
