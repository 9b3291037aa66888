"""The reference target: a server that answers the contract, its filters decided in SQL."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parea_target.app import create_app
    from parea_target.contract import Contract, load
    from parea_target.parts import Parts
    from parea_target.store import RootLog, Store

__all__ = ["Contract", "Parts", "RootLog", "Store", "create_app", "load"]

# Imported when first asked for: the command must be able to say which extra they need.
_MODULES = {
    "Contract": "contract",
    "Parts": "parts",
    "RootLog": "store",
    "Store": "store",
    "create_app": "app",
    "load": "contract",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
