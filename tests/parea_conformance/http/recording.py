"""Keeping every exchange of a run in a file (HAR 1.2, the keys redacted), and judging by such a file again.

What a `Client` receives is kept, after decoding: from it the same answers can be given again without a server. Members
that begin with `_` are the suite's own, as the format allows.
"""

import base64
import datetime
import hashlib
import importlib.metadata
import json
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from parea_conformance.contract import Contract
from parea_conformance.http.client import Client, Exchange
from parea_conformance.http.request import KEY, OTHER_KEY, Request
from parea_conformance.http.secrets import Secrets
from parea_conformance.options import Options

STAND_INS = {KEY: "redacted-PAREA_API_KEY", OTHER_KEY: "redacted-PAREA_OTHER_API_KEY"}
"""What stands in a recording where a key stood: by these a replay finds that a server had told it."""
_SECRET = ("api_key", "other_api_key")


class RecordingError(ValueError):
    """A file that is not a recording of this suite, or one that lacks a request; the message says which."""


class Recording:
    """Writes the exchanges of a run to a file, each as it comes, so that a run that breaks off leaves what it saw.

    Args:
        path: the file; another of this name is replaced.
        options: the run; the keys are not written.

    Raises:
        OSError: the file cannot be written.
    """

    def __init__(self, path: Path, options: Options) -> None:
        self._secrets = [
            (secret, STAND_INS[place])
            for place, secret in ((KEY, options.api_key), (OTHER_KEY, options.other_api_key))
            if secret
        ]
        self._spelled = Secrets(dict(self._secrets))
        self._base_url = options.base_url
        given = {name: value for name, value in asdict(options).items() if name not in _SECRET}
        given["other_api_key"] = bool(options.other_api_key)
        creator = {"name": "parea-conformance", "version": importlib.metadata.version("parea-trace-logs")}
        head = json.dumps({"version": "1.2", "creator": creator, "_options": given})
        self._file = path.open("w", encoding="ascii", newline="\n")
        self._file.write('{"log": ' + head[:-1] + ', "entries": [')
        self._between = "\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.write("\n]}}\n")
        self._file.close()

    def __call__(self, exchange: Exchange) -> None:
        """Write one exchange."""
        self._file.write(self._between + json.dumps(self._entry(exchange)))
        self._between = ",\n"

    def _hidden(self, text: str) -> str:
        """The text without the keys: each as it stands, also within a word, and in every other spelling."""
        for secret, stand_in in self._secrets:
            text = text.replace(secret, stand_in)
        return self._spelled.scrub(text)

    def _entry(self, exchange: Exchange) -> dict[str, Any]:
        request = exchange.request
        body = self._hidden(exchange.body.decode("latin-1")).encode("latin-1")  # octet by octet
        headers = [[self._hidden(name), self._hidden(value)] for name, value in exchange.headers.multi_items()]
        return {
            "startedDateTime": datetime.datetime.now(datetime.UTC).isoformat(),
            "time": 0,
            "request": {
                "method": request.method,
                "url": self._base_url + request.path,
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": _named(request.headers),
                "queryString": [],
                "headersSize": -1,
                "bodySize": len(request.body),
                "postData": {"mimeType": request.content_type or "", **_text(request.body)},
                "_digest": _digest(request),
            },
            "response": {
                "status": exchange.status,
                "statusText": "",
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": _named(headers),
                "content": {"size": len(body), "mimeType": exchange.headers.get("content-type", ""), **_text(body)},
                "redirectURL": "",
                "headersSize": -1,
                "bodySize": -1,
                "_error": self._hidden(exchange.error),
            },
            "cache": {},
            "timings": {"send": -1, "wait": -1, "receive": -1},
        }


def _named(headers: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _text(body: bytes) -> dict[str, str]:
    """The body as HAR holds it: as text, or in base64 where it is not UTF-8."""
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(body).decode(), "encoding": "base64"}


def _body(held: Mapping[str, str]) -> bytes:
    return base64.b64decode(held["text"]) if held.get("encoding") == "base64" else held["text"].encode()


def _digest(request: Request) -> str:
    """What tells requests apart, short; how their commands are written is no part of it."""
    parts = [getattr(request, part.name) for part in fields(request) if part.name not in ("body_shell", "brief")]
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _frozen(value: Any) -> Any:
    """A JSON value as options hold it."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


class Recorded:
    """A recording that was read: the options of its run, and the answers by request.

    Args:
        path: a file that `Recording` wrote.

    Raises:
        OSError: it cannot be read.
        RecordingError: it is not such a file.
    """

    def __init__(self, path: Path) -> None:
        try:
            log = json.loads(path.read_text(encoding="utf-8"))["log"]
            self.suite: str = log["creator"]["version"]
            given = log["_options"]
            other_key = STAND_INS[OTHER_KEY] if given.pop("other_api_key") else None
            settled: dict[str, Any] = {name: _frozen(value) for name, value in given.items()}
            self.options = Options(**{**settled, "rate": None, "api_key": STAND_INS[KEY], "other_api_key": other_key})
            self._answers = [(entry["request"]["_digest"], entry["response"]) for entry in log["entries"]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RecordingError(
                f"{path}: not a recording of this suite: {type(error).__name__}: {str(error)[:200]}"
            ) from None

    def answers(self) -> dict[str, deque[Mapping[str, Any]]]:
        """The answers in their order, by the digest of the request."""
        found: dict[str, deque[Mapping[str, Any]]] = defaultdict(deque)
        for digest, answer in self._answers:
            found[digest].append(answer)
        return found


class Replay(Client):
    """Gives the recorded answers; some requests it may send all the same.

    Args:
        recorded: the answers.
        live: the commands (`Failure.curl`) of those requests that are sent.
    """

    def __init__(
        self,
        contract: Contract,
        options: Options,
        transport: httpx.BaseTransport | None,
        recorded: Recorded,
        live: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(contract, options, transport)
        self._recorded = recorded
        self._answers = recorded.answers()
        self._live = live
        if not live:  # In the order in which they were asked for: an answer is known by its request, and its turn.
            self._threads = ThreadPoolExecutor(1, thread_name_prefix="recorded")

    def is_key(self, request: Request) -> bool:
        """As the run found it, whose key is not known any more: then the request was not sent."""
        return request.key not in (None, KEY, OTHER_KEY) and _digest(request) not in self._answers

    def _send(self, request: Request) -> Exchange:
        """Answer as it was answered then.

        Raises:
            RecordingError: the recording does not hold this request.
        """
        return super()._send(request) if self._is_sent(request) else self._answer(request)

    def _is_sent(self, request: Request) -> bool:
        """Whether a failure has this request, or is of several of which this is one."""
        command = self.wire.curl(request)
        return command in self._live or any(
            self.wire.piece(request) in script for script in self._live if "\n" in script
        )

    def _answer(self, request: Request) -> Exchange:
        answers = self._answers.get(_digest(request))
        if not answers:
            raise RecordingError(
                f"the recording holds no answer to {request.method} {request.path} {request.body[:200]!r}; it was made "
                f"by parea-conformance {self._recorded.suite}"
            )
        # Beside what is sent anew more is asked than was then; it is answered as it was the last time.
        held = answers.popleft() if len(answers) > 1 or not self._live else answers[0]
        headers = httpx.Headers([(entry["name"], entry["value"]) for entry in held["headers"]])
        if "retry-after" in headers:
            headers["retry-after"] = "0"  # nobody is to wait for what came long ago
        body = _body(held["content"])
        for place, stand_in in STAND_INS.items():
            body = body.replace(stand_in.encode(), self._keys[place].encode() or stand_in.encode())
        return Exchange(request, held["status"], headers, body, held["_error"], self.wire.curl(request))


def resumed(recorded: Recorded, api_key: str, other_api_key: str | None, base_url: str | None) -> Options:
    """The options of the recorded run, with keys again, and perhaps another address."""
    then = recorded.options
    return replace(
        then,
        base_url=base_url or then.base_url,
        api_key=api_key,
        other_api_key=other_api_key or then.other_api_key,
    )
