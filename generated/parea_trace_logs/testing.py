"""For tests of your own code: logs that are valid by construction, and clients that answer from logs in memory.

    from parea_trace_logs.testing import FakeParea, trace_log

    fake = FakeParea({"uuid": [trace_log(scores={"correct": 1.0}), trace_log(error="boom")]})
    assert len(fake.get_experiment_trace_logs("uuid", where("score:correct") == 1)) == 1
    assert fake.asked[0].experiment == "uuid"

A fake is a client through and through: filters are judged, errors raised and streams read as with a server; only the
network is left out.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import httpx
from parea_trace_logs._async_parea import AsyncParea
from parea_trace_logs._filters.matching import matches
from parea_trace_logs._parea import Parea
from parea_trace_logs._testing.factory import trace_log
from parea_trace_logs._testing.server import Asked, Server
from parea_trace_logs.models import TraceLog

_KEY, _URL = "a-key-of-tests", "http://parea.test"


class FakeParea(Parea):
    """A `Parea` that answers from logs in memory, filtered and ordered as the contract says.

    Args:
        logs: The root logs of each experiment.
        max_retries: As for `Parea`, but that nothing is sent again unless told so: a test should not wait.
        default_headers: As for `Parea`.

    Attributes:
        experiments: The root logs of each experiment, to be changed at will.
        asked: The requests that have come, in their order, each with `experiment`, `filters` and `headers`.
    """

    def __init__(
        self,
        logs: Mapping[str, Iterable[TraceLog]],
        *,
        max_retries: int = 0,
        default_headers: Mapping[str, str] | None = None,
    ) -> None:
        self._server = Server(logs)
        self.experiments, self.asked = self._server.experiments, self._server.asked
        self._http = httpx.Client(transport=httpx.MockTransport(self._server.answer))
        super().__init__(_KEY, _URL, max_retries=max_retries, http_client=self._http, default_headers=default_headers)

    def answer_next(self, status_code: int, body: Any = None, headers: Mapping[str, str] | None = None) -> None:
        """Answer the next request, after those that were told so before, with this, whatever it asks."""
        self._server.answer_next(status_code, body, headers)

    def close(self) -> None:
        """Close it, as a client is closed."""
        super().close()
        self._http.close()


class FakeAsyncParea(AsyncParea):
    """An `AsyncParea` that answers from logs in memory; all else is as in `FakeParea`."""

    def __init__(
        self,
        logs: Mapping[str, Iterable[TraceLog]],
        *,
        max_retries: int = 0,
        default_headers: Mapping[str, str] | None = None,
    ) -> None:
        self._server = Server(logs)
        self.experiments, self.asked = self._server.experiments, self._server.asked
        self._http = httpx.AsyncClient(transport=httpx.MockTransport(self._server.answer))
        super().__init__(_KEY, _URL, max_retries=max_retries, http_client=self._http, default_headers=default_headers)

    def answer_next(self, status_code: int, body: Any = None, headers: Mapping[str, str] | None = None) -> None:
        """Answer the next request, after those that were told so before, with this, whatever it asks."""
        self._server.answer_next(status_code, body, headers)

    async def aclose(self) -> None:
        """Close it, as a client is closed."""
        await super().aclose()
        await self._http.aclose()


__all__ = ["Asked", "FakeAsyncParea", "FakeParea", "matches", "trace_log"]
