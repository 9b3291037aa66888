"""Conformance suite for the trace logs endpoint: judges any server by `openapi.yaml`, with proof.

`judge` is the public API, and `Report` what it returns. The suite knows the contract and HTTP. It imports neither the
reference target nor the generated client.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parea_conformance.api import judge
    from parea_conformance.engine import Report

__all__ = ["Report", "judge"]


def __getattr__(name: str) -> Any:
    # Only when asked for: importing what judges takes a second, and a test run may load this package for a fixture.
    if name == "judge":
        from parea_conformance.api import judge

        return judge
    if name == "Report":
        from parea_conformance.engine import Report

        return Report
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
