"""The reference target: a server that answers the contract, its filters decided in SQL."""

from parea_target.app import create_app
from parea_target.contract import Contract, load
from parea_target.loading import RootLog
from parea_target.parts import Parts
from parea_target.store import Store

__all__ = ["Contract", "Parts", "RootLog", "Store", "create_app", "load"]
