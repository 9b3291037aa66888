"""A server of the machine itself that answers as it is told and remembers what it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import attrs
import yaml

ROOT = Path(__file__).resolve().parents[3]
CONTRACT: dict[str, Any] = yaml.load((ROOT / "openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
SCHEMAS: dict[str, Any] = CONTRACT["components"]["schemas"]
OPERATION: dict[str, Any] = CONTRACT["paths"]["/api/parea/v1/experiment/{experiment_uuid}/trace_logs"]["post"]
SAMPLE: list[dict[str, Any]] = OPERATION["responses"]["200"]["content"]["application/json"]["examples"]["sample"][
    "value"
]


@attrs.define
class Received:
    """One request as it came: the path is not decoded, names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


@attrs.define
class LocalServer:
    """What to answer, and what was asked."""

    url: str
    status: int = 200
    content: bytes = json.dumps(SAMPLE).encode()
    headers: dict[str, str] = attrs.field(factory=lambda: {"Content-Type": "application/json"})
    received: list[Received] = attrs.field(factory=list)

    def answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """Answer every further request so; `body` is bytes, or what JSON is made of."""
        self.status = status
        self.content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = headers or {}


@contextmanager
def local_server() -> Iterator[LocalServer]:
    """A running server; it is gone when the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = Received(self.command, self.path, headers, json.loads(content) if content else None)
            state.received.append(received)
            self.send_response_only(state.status)
            for name, value in {**state.headers, "Content-Length": str(len(state.content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(state.content)

        do_GET = do_POST = _answer  # noqa: N815 - the names that http.server asks for

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = LocalServer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
