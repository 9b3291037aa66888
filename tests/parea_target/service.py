"""What a process serves, and how: all that is the same in each of several."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.types import ASGIApp

from parea_target.access_log import to_stderr, with_request_ids
from parea_target.app import QUERY_SECONDS, create_app
from parea_target.own_paths import own_paths, standard_pages
from parea_target.server import Limits
from parea_target.store import Store


@dataclass(frozen=True)
class Service:
    """How a store is served.

    Attributes:
        keys: the experiments that exist for each API key; None for all of them.
        limits: what clients may take of each process.
        query_seconds: how long the database may work on each chunk of an answer.
        docs: a page of HTML for `/docs`; None for none.
        access_log: whether each request is a line on standard error.
        metrics: whether there is `/metrics`.
    """

    keys: Mapping[str, list[str] | None] = field(repr=False)
    limits: Limits = field(default_factory=Limits)
    query_seconds: float = QUERY_SECONDS
    docs: Path | None = None
    access_log: bool = False
    metrics: bool = False

    def app(self, store: Store) -> ASGIApp:
        """The application, with everything around it.

        Raises:
            ContractError: the contract cannot be served.
            ModuleNotFoundError: what metrics need is not installed.
            OSError: a page cannot be read.
        """
        app: ASGIApp = create_app(store, self.keys, query_seconds=self.query_seconds)
        pages = standard_pages(store, self.docs)
        if self.metrics:
            # Imported where it is needed: it decides on import whether it counts for several processes.
            from parea_target.metrics import Metrics

            metrics = Metrics()
            app = metrics.around(own_paths(app, {**pages, **metrics.pages()}))
        else:
            app = own_paths(app, pages)
        return with_request_ids(app, to_stderr if self.access_log else None)
