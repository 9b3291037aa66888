"""What is judged on every answer, whatever it was asked for."""

import re

from parea_conformance.context import Context
from parea_conformance.http.client import Exchange
from parea_conformance.http.coding import is_allowed
from parea_conformance.http.request import JSON
from parea_conformance.ledger import Failure

# In an error each of these is the trace of a stack, as it stands or in a text of JSON: how languages begin one, where
# libraries lie, and a source file with a line.
_TRACE = re.compile(
    rb"""Traceback \(most recent call last\)|  File \\?"/|goroutine \d|site-packages/|node_modules/"""
    rb"|(?:\n|\\n)(?:\t|\\t| +)at |\.(?:cs|exs?|go|java|js|kt|php|py|rb|rs|scala|ts)(?::(?:line )?|\()[0-9]+"
)

_CHARSETS = ("utf-8", "utf8")
_LIMIT, _CODING = "http.rate-limit", "http.content-coding"
REQUIREMENTS = (
    "robust.no-server-error",
    "robust.no-leak",
    "error.detail",
    "error.validation",
    "auth.challenge",
    _LIMIT,
    _CODING,
    "response.media-type",
    "response.schema",
)


def holds_trace(body: bytes) -> bool:
    """Whether the body of an error holds the trace of a stack."""
    return _TRACE.search(body) is not None


class EveryAnswer:
    """Looks at every exchange and writes into the ledger what it shows."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._limited = False

    def __call__(self, exchange: Exchange) -> None:
        """Judge one exchange."""
        judge, failure = self._context.ledger.judge, self._context.failure
        broken = exchange.status == 0 or exchange.status >= 500
        judge(
            "robust.no-server-error",
            "no request was answered 5xx or not at all",
            failure(exchange, f"answered {exchange.status or 'nothing'}", "2xx or 4xx") if broken else None,
        )
        own = not exchange.request.operation  # other operations have requirements of their own for what follows
        if exchange.status == 200 and own:
            judge("response.media-type", "every 200 was application/json", self._media_type(exchange))
        elif exchange.status >= 400:
            judge("robust.no-leak", "no error held the key or a stack trace", self._leak(exchange))
            if own and exchange.request.method != "HEAD" and exchange.status < 500:
                name = "error.validation" if exchange.status == 422 else "error.detail"
                judge(name, "every such answer was checked against its schema", self._error(exchange))
        if exchange.status:
            judge(_CODING, "no answer had a coding that its request did not allow", self._coding(exchange))
        for status, requirement, header in ((401, "auth.challenge", "www-authenticate"), (429, _LIMIT, "retry-after")):
            if exchange.status == status:
                self._limited |= status == 429
                missing = failure(exchange, f"{status} without {header}", f"a header {header}")
                judge(requirement, f"every {status} carried {header}", None if header in exchange.headers else missing)

    def unseen(self) -> list[str]:
        """The requirements that no answer has been judged by yet; 429 comes of its own accord, or not at all."""
        entries = self._context.ledger.entries
        return [name for name in REQUIREMENTS if name in entries and not entries[name].checks and name != _LIMIT]

    def close(self) -> None:
        """Name what was not seen in this run."""
        if not self._limited:
            self._context.ledger.skip(_LIMIT, "the server never answered 429 in this run")

    def _media_type(self, exchange: Exchange) -> Failure | None:
        said = exchange.headers.get("content-type", "")
        media_type, *parameters = (part.strip().lower() for part in said.split(";"))
        charsets = [part.removeprefix("charset=").strip('"') for part in parameters if part.startswith("charset=")]
        if media_type == JSON and all(charset in _CHARSETS for charset in charsets):
            return None
        return self._context.failure(exchange, f"200 came as {said or 'no media type'!r}", f"{JSON}, in UTF-8")

    def _coding(self, exchange: Exchange) -> Failure | None:
        coding, allowed = exchange.headers.get("content-encoding", ""), exchange.request.codings
        if is_allowed(coding, allowed):
            return None
        asked = "no Accept-Encoding" if allowed is None else f"Accept-Encoding: {allowed}"
        return self._context.failure(
            exchange, f"{asked}: answered in the coding {coding!r}", "a coding that is allowed"
        )

    def _leak(self, exchange: Exchange) -> Failure | None:
        if self._context.client.secrets.held_by(exchange.body):
            # The answer is not shown: it holds the key.
            return Failure("an error holds the API key", exchange.curl, "an error without the key")
        if holds_trace(exchange.body):
            return self._context.failure(exchange, "an error holds a stack trace", "an error without one")
        return None

    def _error(self, exchange: Exchange) -> Failure | None:
        try:
            body = exchange.json()
        except ValueError:
            return self._context.failure(
                exchange, f"{exchange.status} does not answer JSON", "a JSON object with `detail`"
            )
        fault = self._context.contract.fault_of_error(exchange.status, body)
        if fault is None:
            return None
        return self._context.failure(
            exchange, f"the body of {exchange.status} breaks its schema at {fault}", "its schema"
        )
