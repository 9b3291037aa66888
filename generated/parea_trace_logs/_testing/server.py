"""An API that answers from memory, filtered and ordered as the contract says."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

import httpx
from parea_trace_logs._filters.matching import matches
from parea_trace_logs._filters.rules import faults
from parea_trace_logs._json.decoding import encode
from parea_trace_logs._json.invalid_data import InvalidDataError
from parea_trace_logs.contract import API_ROOT
from parea_trace_logs.models import TraceLog, TraceLogFilters

_PATH: Final = re.compile(re.escape(API_ROOT) + r"/experiment/([^/]+)/trace_logs")


class Asked(NamedTuple):
    """A request that a fake has received."""

    experiment: str
    filters: TraceLogFilters
    headers: Mapping[str, str]
    """Names in lower case; the key is not among them."""


class Server:
    """Experiments in memory.

    Attributes:
        experiments: The root logs of each experiment, to be changed at will.
        asked: The requests that have come, in their order.
    """

    def __init__(self, experiments: Mapping[str, Iterable[TraceLog]]) -> None:
        if not isinstance(experiments, Mapping):
            raise TypeError("a fake takes its logs by experiment: {'uuid': [trace_log()]}")
        self.experiments = {name: list(logs) for name, logs in experiments.items()}
        self.asked: list[Asked] = []
        self._canned: list[httpx.Response] = []

    def answer_next(self, status_code: int, body: Any = None, headers: Mapping[str, str] | None = None) -> None:
        """Answer the next request, after those that were told so before, with this, whatever it asks.

        Args:
            status_code: The status.
            body: Bytes, or what JSON is made of; None for no body.
            headers: The headers.
        """
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self._canned.append(httpx.Response(status_code, content=content, headers=dict(headers or {})))

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request."""
        found = _PATH.fullmatch(request.url.raw_path.decode())
        if found is None:
            return _error(404, "Not Found")
        experiment = unquote(found[1])
        try:
            filters = TraceLogFilters.from_json(request.content)
        except InvalidDataError as error:
            return _error(422, [_fault(str(error))])
        headers = {name: value for name, value in request.headers.items() if name != "x-api-key"}
        self.asked.append(Asked(experiment, filters, headers))
        if self._canned:
            return self._canned.pop(0)
        if wrong := faults(filters):
            return _error(422, [_fault(said, member) for member, said in wrong.items()])
        if experiment not in self.experiments:
            return _error(404, "Experiment not found.")
        logs = sorted(self.experiments[experiment], key=lambda log: (log.start, log.trace_id))
        content = encode([_ordered(log) for log in logs if matches(log, filters)])
        named = {"content-type": "application/json", "x-request-id": f"fake-{len(self.asked)}"}
        return httpx.Response(200, content=content, headers=named)


def _error(status_code: int, detail: Any) -> httpx.Response:
    return httpx.Response(status_code, json={"detail": detail})


def _fault(said: str, *member: str) -> dict[str, Any]:
    return {"loc": ["body", *member], "msg": said, "type": "value_error"}


def _ordered(log: TraceLog) -> TraceLog:
    """The log with its descendants in their order."""
    copy = TraceLog.from_dict(log.to_dict())
    for each in copy.walk():
        if each.children_logs:
            each.children_logs.sort(key=lambda child: (child.execution_order or 0, child.trace_id))
    return copy
