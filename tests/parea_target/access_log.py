"""Request ids, and a line of JSON in the access log for each request.

A line holds no header, no query and no body: a key may stand in each of them.
"""

import json
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "x-request-id"

Write = Callable[[str], object]


def to_stderr(line: str) -> None:
    """Write a line to standard error, in one piece, so that those of several processes do not mix."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def with_request_ids(app: ASGIApp, write: Write | None = None) -> ASGIApp:
    """The application whose every answer carries an id of its own.

    Args:
        app: the application.
        write: takes the line of each request once it is over: `time` (its end), `request_id`, `client`, `method`,
            `path` (percent-encoded), `status` (null where nothing was answered), `bytes` of the answer's body,
            `seconds`, and whether the answer was `complete`.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        request_id, begin = uuid.uuid4().hex, time.perf_counter()
        status: int | None = None
        sent, complete = 0, False

        async def send_on(message: Message) -> None:
            nonlocal status, sent, complete
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (REQUEST_ID.encode(), request_id.encode())]
                message = {**message, "headers": headers}
            await send(message)
            if message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
                complete = not message.get("more_body", False)

        try:
            await app(scope, receive, send_on)
        finally:
            if write is not None:
                client = scope.get("client")
                line = {
                    "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
                    "request_id": request_id,
                    "client": client and client[0],
                    "method": scope["method"],
                    "path": scope["raw_path"].decode("latin-1"),
                    "status": status,
                    "bytes": 0 if scope["method"] == "HEAD" else sent,
                    "seconds": round(time.perf_counter() - begin, 6),
                    "complete": complete,
                }
                write(json.dumps(line))

    return answer
