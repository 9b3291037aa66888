"""Carries the suite's requests to an application in this process, as the server would: without sockets and parsers.

What a server adds is kept: one event loop, whose requests interleave; a connection for each thread that asks; 500 for
an application that fails; an error for a body that is not as long as it was said to be; time-outs.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

import httpx

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]
"""An ASGI application."""


class InProcess(httpx.BaseTransport):
    """A transport to one application; it is entered and left as a context, and any thread may send through it."""

    def __init__(self, app: Asgi) -> None:
        self._app = app
        self._loop: asyncio.AbstractEventLoop
        self._end: asyncio.Event
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="in-process", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    async def _serve(self) -> None:
        """Serve until the end, which cancels what is under way.

        In a task, as servers do: the threads that an application works in live as long as that, else as one request.
        """
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._ready.set()
        await self._end.wait()

    def close(self) -> None:
        """Do nothing: a client that is done does not stop the application, which may serve another."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request.

        Raises:
            httpx.ReadTimeout: the application took longer than the request says.
            httpx.RemoteProtocolError: the body is not as long as the answer says.
        """
        body = request.read()
        future: Future[httpx.Response] = asyncio.run_coroutine_threadsafe(
            self._answer(_scope(request), body), self._loop
        )
        try:
            return future.result(request.extensions["timeout"]["read"])
        except TimeoutError:
            future.cancel()
            raise httpx.ReadTimeout("the application did not answer in time", request=request) from None

    async def _answer(self, scope: Scope, body: bytes) -> httpx.Response:
        given: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Message] = []
        done = asyncio.Event()

        async def receive() -> Message:
            if given:
                return given.pop()
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                done.set()

        try:
            await self._app(scope, receive, send)
        except Exception:  # noqa: BLE001 - a server answers 500, whatever fails
            if not sent:
                return httpx.Response(500, text="Internal Server Error")
        return _response(sent, head=scope["method"] == "HEAD")


def _scope(request: httpx.Request) -> Scope:
    target: bytes = request.extensions.get("target", request.url.raw_path)
    path, _, query = target.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "root_path": "",
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", threading.get_ident()),
        "server": (request.url.host, request.url.port),
        "state": {},
    }


def _response(sent: list[Message], *, head: bool) -> httpx.Response:
    body = b"" if head else b"".join(message.get("body", b"") for message in sent[1:])
    headers = httpx.Headers(sent[0]["headers"])
    said = headers.get("content-length")
    if said is not None and not head and int(said) != len(body):
        raise httpx.RemoteProtocolError(f"an answer of {len(body)} bytes says that it has {said}")
    return httpx.Response(sent[0]["status"], headers=headers, stream=httpx.ByteStream(body))
