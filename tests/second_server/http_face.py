"""HTTP: the order of judging, and the framing of requests and answers.

An answer is one write. A connection is closed after a request whose body was not read to its end, since what is
left of it would be taken for the next request.
"""

import contextlib
import http
import http.server
import json
import re
import socket
import urllib.parse
from typing import Any

from second_server.body import RejectedError, read_filter
from second_server.store import Store

MAX_BYTES = 65_536
# The target as it was sent: a proxy's absolute form and a query are allowed. urlsplit would refuse or mend some.
_ORIGIN = re.compile(r"^https?://[^/?#]*")
# After one percent-decoding; an experiment whose name holds a slash is another path.
_PATH = re.compile(r"/api/parea/v1/experiment/([^/]+)/trace_logs", re.DOTALL)
_DIGITS = re.compile(r"[0-9]+")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;.*)?\r?\n", re.DOTALL)
# How much of an unread body is swallowed before the connection closes, and how long that may take. A socket that
# closes on unread bytes resets the connection, and the reset may overtake the answer.
_LINGER_BYTES = 4 * 1024 * 1024
_LINGER_SECONDS = 2.0


class RefusedError(Exception):
    def __init__(self, status: int, detail: object, **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128  # the default of 5 drops concurrent connections

    def __init__(self, store: Store) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.store = store
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep alive; their threads would wait for another request."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def handle(self) -> None:
        # A client that goes away is not an error of the server.
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().handle()

    def handle_one_request(self) -> None:
        """As the base class, but every method arrives at `_judge`: the base answers those it does not know 501."""
        self._rest: int | None = 0  # bytes of the body that were not read; None: until its chunks end
        self._promised = False  # whether the client waits for `100 Continue`
        self.raw_requestline = self.rfile.readline(65_537)
        if not self.raw_requestline:
            self.close_connection = True
            return
        if len(self.raw_requestline) > 65_536:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
        elif self.parse_request():
            try:
                self._send(200, self._judge())
            except RefusedError as refused:
                self._refuse(refused.status, refused.detail, refused.headers)
            except RejectedError as rejected:
                self._refuse(422, [problem._asdict() for problem in rejected.problems], {})

    def handle_expect_100(self) -> bool:
        self._promised = True  # said when the body is wanted, which a missing key may prevent
        return True

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """The base class calls it for what it cannot parse; its own answer would be HTML."""
        self.close_connection = True
        self._refuse(code if code < 500 else 400, http.HTTPStatus(code).phrase, {})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def _judge(self) -> str:
        """The contract's order: key, path, method, media type, size, body, experiment."""
        framing = self._framing()  # noted first, so that an unread body closes the connection; judged at its turn
        # Several lines of one header are one value (RFC 9110, 5.3), and that is not a key.
        visible = self.server.store.visible(self._header("x-api-key").encode("latin-1"))
        if visible is None:
            raise RefusedError(401, "Invalid or missing API key.", WWW_Authenticate='ApiKey realm="parea"')
        # Not self.path: the base class drops slashes in front of it.
        target = _ORIGIN.sub("", self.requestline.split()[1], count=1)
        found = _PATH.fullmatch(urllib.parse.unquote(target.partition("?")[0]))
        if not found:
            raise RefusedError(404, "Not Found")
        if self.command != "POST":
            raise RefusedError(405, "Method Not Allowed", Allow="POST")
        if self._header("content-type").split(";")[0].strip().lower() != "application/json":
            raise RefusedError(415, "The body must be application/json.")
        if framing:
            raise RefusedError(400, framing)
        asked = read_filter(self._body())
        if found[1] not in visible:
            raise RefusedError(404, "Experiment not found.")
        return self.server.store.answer(found[1], asked)

    def _header(self, name: str) -> str:
        return ", ".join(self.headers.get_all(name, []))

    def _framing(self) -> str | None:
        """Where the body ends, into `_rest`; or what keeps one from knowing it."""
        coding, lengths = self._header("transfer-encoding"), set(self.headers.get_all("content-length", []))
        if not coding and not lengths:
            return None
        self._rest = None  # whatever is wrong, do not take what follows for a request
        if coding:
            if coding.strip().lower() != "chunked" or lengths:
                return "Transfer-Encoding must be chunked, without Content-Length."
            return None
        if len(lengths) > 1 or not _DIGITS.fullmatch(length := lengths.pop().strip()):
            return "Content-Length must be one number."
        # More digits than any body has: Python would refuse to read thousands of them.
        self._rest = int(length) if len(length.lstrip("0")) < 19 else MAX_BYTES + 1
        return None

    def _body(self) -> bytes:
        too_large = RefusedError(413, f"The body is over {MAX_BYTES} bytes.")
        if self._rest is not None and self._rest > MAX_BYTES:
            raise too_large
        if self._promised:
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._promised = False
        if self._rest is not None:
            body = self._exactly(self._rest)
            self._rest = 0
            return body
        body = b""
        while size := self._chunk_size():
            if len(body) + size > MAX_BYTES:
                raise too_large
            body += self._exactly(size)
            if self.rfile.readline(3) not in {b"\r\n", b"\n"}:
                raise RefusedError(400, "A chunk does not end where it says.")
        while self.rfile.readline(65_537).strip():
            pass  # trailers mean nothing here
        self._rest = 0
        return body

    def _chunk_size(self) -> int:
        found = _CHUNK_SIZE.fullmatch(self.rfile.readline(4097))
        if not found:
            raise RefusedError(400, "A chunk has no size.")
        return int(found[1], 16)

    def _exactly(self, size: int) -> bytes:
        data = self.rfile.read(size)
        if len(data) < size:
            raise ConnectionError("the client left before the end of its body")
        return data

    def _refuse(self, status: int, detail: object, headers: dict[str, str]) -> None:
        self._send(status, json.dumps({"detail": detail}), headers)

    def _send(self, status: int, text: str, headers: dict[str, str] | None = None) -> None:
        content = text.encode("ascii")
        if self._rest != 0:
            self.close_connection = True
        fields = {
            "Date": self.date_time_string(),
            "Content-Type": "application/json",
            "Content-Length": str(len(content)),
            **(headers or {}),
        }
        if self.close_connection:
            fields["Connection"] = "close"
        head = [f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}", *(f"{k}: {v}" for k, v in fields.items())]
        # HEAD is told the length of what it would have got, and gets nothing.
        sent = b"" if self.command == "HEAD" else content
        self.wfile.write("\r\n".join([*head, "", ""]).encode("ascii") + sent)
        if self._rest != 0:
            self._linger()

    def _linger(self) -> None:
        self.connection.shutdown(socket.SHUT_WR)
        self.connection.settimeout(_LINGER_SECONDS)
        swallowed = 0
        while swallowed < _LINGER_BYTES and (data := self.connection.recv(65_536)):
            swallowed += len(data)
