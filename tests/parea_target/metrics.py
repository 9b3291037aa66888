"""Metrics for Prometheus: requests by method and status, their seconds, the bytes of their answers.

Where several processes serve, `PROMETHEUS_MULTIPROC_DIR` must name a folder of theirs before this module is imported:
then each tells the numbers of all.
"""

import os
import time

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from parea_target.operations import METHODS
from parea_target.own_paths import Page
from parea_target.workers import run_work

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

# A client may send any method: all that are none of HTTP's count as one, so that the labels stay few.
_METHODS = frozenset(method.upper() for method in METHODS)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The metrics of one server. What is refused for lack of room for its connection is not among them."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "parea_target_requests", "Requests that are over.", ("method", "status"), registry=registry
        )
        self._seconds = Histogram(
            "parea_target_request_seconds",
            "From the head of a request to the end of its answer.",
            ("method",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._bytes = Counter("parea_target_answer_bytes", "Bytes of answers' bodies.", registry=registry)
        self._under_way = Gauge(
            "parea_target_requests_under_way",
            "Requests that are being answered.",
            multiprocess_mode="livesum",
            registry=registry,
        )

    def around(self, app: ASGIApp) -> ASGIApp:
        """The application, whose every request is counted; `status` is `none` where nothing was answered."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            method = scope["method"] if scope["method"] in _METHODS else "other"
            status, begin = "none", time.perf_counter()

            async def send_on(message: Message) -> None:
                nonlocal status
                await send(message)
                if message["type"] == "http.response.start":
                    status = str(message["status"])
                elif message["type"] == "http.response.body" and method != "HEAD":
                    self._bytes.inc(len(message.get("body", b"")))

            self._under_way.inc()
            try:
                await app(scope, receive, send_on)
            finally:
                self._under_way.dec()
                self._requests.labels(method, status).inc()
                self._seconds.labels(method).observe(time.perf_counter() - begin)

        return answer

    async def page(self) -> Response:
        """The page `/metrics`: of all processes, where several serve."""
        # In a worker thread: it reads a file of each process.
        return Response(await run_work(self._write), media_type=CONTENT_TYPE_LATEST)

    def _write(self) -> bytes:
        if FOLDER not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)

    def pages(self) -> dict[str, Page]:
        """The page by its path."""
        return {"/metrics": self.page}
