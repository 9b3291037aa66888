"""Sending requests. The keys are filled in as a request leaves: `{key}`, and `{other}` for the other tenant's."""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import quote

import httpx

from parea_conformance.contract import Contract
from parea_conformance.http.exchange import MEGABYTE, Exchange, Reader, Taken, TooLongError
from parea_conformance.http.json_text import encode
from parea_conformance.http.pace import BudgetSpentError, Pace, wait
from parea_conformance.http.request import KEY, OTHER_KEY, SHOWN_AS, Request
from parea_conformance.http.secrets import Secrets
from parea_conformance.http.transport import Transport
from parea_conformance.http.wire import Wire
from parea_conformance.options import Options
from parea_conformance.reading.filter import Filter

__all__ = ["AT_A_TIME", "BudgetSpentError", "Client", "Exchange", "ServerGoneError"]

AT_A_TIME = 32
"""How many requests are sent at a time at the most."""
_OK, _BUSY = 200, 429
_PATIENCE = 3
_DROPPED = 2
_SILENT = 5


class ServerGoneError(Exception):
    """The server answers nothing any more, not even what it answered before."""


def path(template: str, experiment: str) -> str:
    """The path of an experiment's trace logs, by the path of the contract."""
    return template.replace("{experiment_uuid}", quote(experiment, safe=""))


def octets(body: Filter | bytes | object) -> bytes:
    """The octets of a body: a filter, raw bytes, or a JSON value."""
    if isinstance(body, Filter):
        return encode(body.body())
    return body if isinstance(body, bytes) else encode(body)


class Client:
    """Sends requests to one server, one experiment, with one key.

    At most so many, and no faster than so, as the options say.

    Attributes:
        width: how many requests `send_all` sends at a time. busy: whether the server has asked to be left alone.
        wire: makes what is sent of a request, and the commands that show it.
        observers: told of every exchange, one at a time, in the order in which they were asked for.
        secrets: the keys, to be taken out of what is written.
        long_answer: makes what reads a 200 that is not to be held in memory whole; None where there is no such thing.
        holds_whole: whether long answers are held all the same, as a recording needs them.

    Args:
        transport: carries the requests instead of the network.
    """

    def __init__(self, contract: Contract, options: Options, transport: httpx.BaseTransport | None = None) -> None:
        self.base_url = options.base_url.rstrip("/")
        self.experiment = options.experiment
        self.width = 1
        self.busy = False
        self.observers: list[Callable[[Exchange], None]] = []
        self.long_answer: Callable[[], Reader] | None = None
        self.holds_whole = False
        self._template = contract.path
        self._keys = {KEY: options.api_key, OTHER_KEY: options.other_api_key or ""}
        self.wire = Wire(self.base_url, contract.key_header, self._keys)
        self.secrets = Secrets({secret: SHOWN_AS[template] for template, secret in self._keys.items()})
        self.pace = Pace(options.max_requests, options.rate)
        # The transport alone: a client on top would carry cookies from one request to the next.
        self._transport = transport or Transport()
        # The threads are kept: where a transport has a connection for each thread, a new one would hide what lingers.
        self._threads = ThreadPoolExecutor(AT_A_TIME, thread_name_prefix="request")
        self._timeout = options.timeout
        self._most_bytes = options.max_answer * MEGABYTE
        self._silent = 0
        self._before: tuple[Request, int] | None = None

    def __repr__(self) -> str:
        return f"Client({self.base_url!r}, experiment={self.experiment!r})"

    @property
    def sent(self) -> int:
        """How many requests were sent."""
        return self.pace.sent

    def close(self) -> None:
        """Break off what is under way, and close the connections."""
        self._transport.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def path(self, experiment: str | None = None) -> str:
        """The path of an experiment's trace logs; this run's own by default."""
        return path(self._template, self.experiment if experiment is None else experiment)

    def request(self, body: Filter | bytes | object, experiment: str | None = None) -> Request:
        """A request with this body: a filter, raw bytes, or a JSON value."""
        return Request(self.path(experiment), octets(body))

    def ask(self, filter_: Filter) -> Exchange:
        """Send a filter."""
        return self.send(self.request(filter_))

    def send(self, request: Request) -> Exchange:
        """Send a request, and tell the observers of its exchange. Waits and repeats when the server is busy (429).

        Raises:
            BudgetSpentError: no more requests may be sent.
            ServerGoneError: the server answers nothing any more.
        """
        self.pace.take()
        exchange = self._delivered(replace(self._send(request), before=self._before))
        self._before = (request, exchange.status)
        return exchange

    def send_all(self, requests: Iterable[Request], width: int | None = None) -> Iterator[Exchange]:
        """Send requests, `width` at a time; their exchanges, in the order of the requests.

        Raises:
            BudgetSpentError: no more requests may be sent; what was sent has been given.
            ServerGoneError: the server answers nothing any more.
        """
        under_way: deque[Future[Exchange]] = deque()
        spent: BudgetSpentError | None = None
        try:
            for request in requests:
                if (width or self.width) == 1:
                    yield from self._arrived(under_way, 0)
                    yield self.send(request)
                    continue
                try:
                    self.pace.take()
                except BudgetSpentError as error:
                    spent = error
                    break
                self._before = None
                under_way.append(self._threads.submit(self._send, request))
                yield from self._arrived(under_way, (width or self.width) - 1)
            yield from self._arrived(under_way, 0)
        finally:
            for future in under_way:
                future.cancel()
        if spent is not None:
            raise spent

    def send_lines(self, lines: Sequence[Sequence[Request]], width: int | None = None) -> list[list[Exchange]]:
        """Send lines of requests at a time, each one request after another over a connection of its own.

        Line after line where only one may be sent at a time (or `width` is 1), or the budget ends among them.

        Returns:
            The exchanges of each line.

        Raises:
            BudgetSpentError: no more requests may be sent; what was sent has been told to the observers.
            ServerGoneError: the server answers nothing any more.
        """
        if 1 in (width, self.width) or self.pace.left < sum(map(len, lines)):
            return [[self.send(request) for request in line] for line in lines]
        self._before = None
        under_way: deque[Future[list[Exchange]]] = deque()
        found: list[list[Exchange]] = []
        for line in lines:
            if len(under_way) == (width or self.width):
                found.append([self._delivered(exchange) for exchange in under_way.popleft().result()])
            under_way.append(self._threads.submit(self._line, line))
        found += [[self._delivered(exchange) for exchange in each.result()] for each in under_way]
        rest = (line[len(exchanges) :] for line, exchanges in zip(lines, found, strict=True))
        return [[*exchanges, *map(self.send, missing)] for exchanges, missing in zip(found, rest, strict=True)]

    def _line(self, requests: Sequence[Request]) -> list[Exchange]:
        """Send one line, until too many in a row are not answered."""
        exchanges: list[Exchange] = []
        for request in requests:
            self.pace.take()
            last = exchanges[-1] if exchanges else None
            before = None if last is None else (last.request, last.status)
            exchanges.append(replace(self._send(request), before=before))
            if len(exchanges) >= _SILENT and not any(each.status for each in exchanges[-_SILENT:]):
                break
        return exchanges

    def _arrived(self, under_way: deque[Future[Exchange]], most: int) -> Iterator[Exchange]:
        """The first of what is under way, until no more than so many are."""
        while len(under_way) > most:
            yield self._delivered(under_way.popleft().result())

    def _delivered(self, exchange: Exchange) -> Exchange:
        """Tell of an exchange; one that the server was too busy for is asked for again, alone."""
        for attempt in range(_PATIENCE + 1):
            for observe in self.observers:
                observe(exchange)
            if exchange.status != _BUSY or attempt == _PATIENCE:
                break
            self.width, self.busy = 1, True  # What limits its rate refuses several at a time sooner than one.
            time.sleep(wait(exchange.headers.get("retry-after", "")))
            self.pace.take()
            exchange = self._send(exchange.request)
        self._watch(exchange)
        return exchange

    def _watch(self, exchange: Exchange) -> None:
        """Stop where the server is gone: where several in a row were not answered, nor what it answered before."""
        self._silent = 0 if exchange.status else self._silent + 1
        if self._silent < _SILENT:
            return
        self.pace.take()
        again = self._send(replace(self.request({}), brief=True))
        if not again.status:
            raise ServerGoneError(
                f"the server answered none of {_SILENT + 1} requests in a row; the last: {again.error}"
            )
        self._silent = 0

    def _send(self, request: Request) -> Exchange:
        """Send a request; once more where a kept connection was closed under it."""
        for attempt in range(_DROPPED + 1):
            start = time.monotonic()
            deadline = start + self._timeout
            sent = self.wire.made(request, self._timeout, deadline)
            taken = Taken(
                self._most_bytes, brief=request.brief, long_answer=None if self.holds_whole else self.long_answer
            )
            try:
                with contextlib.closing(self._transport.handle_request(sent)) as answer:
                    taken.take(answer, deadline)
            except httpx.TimeoutException:
                return self._unanswered(request, f"not whole within {self._timeout:g} s (--timeout)")
            except TooLongError as error:
                return self._unanswered(request, str(error))
            except httpx.HTTPError as error:
                # A kept connection may be closed at any time (RFC 9112, 9.5); what only reads can be sent again.
                dropped = isinstance(error, httpx.RemoteProtocolError | httpx.ReadError) and taken.reader is None
                if attempt == _DROPPED or not dropped or not request.repeatable:
                    return self._unanswered(request, f"{type(error).__name__}: {error}")
            else:
                curl_ = self.wire.curl(request)
                took = time.monotonic() - start
                whole = Exchange(request, answer.status_code, answer.headers, taken.body, curl=curl_)
                return replace(whole, size=taken.size, reader=taken.reader, seconds=took)
        raise AssertionError("the last attempt returns")

    def _unanswered(self, request: Request, why: str) -> Exchange:
        return Exchange(request, 0, httpx.Headers(), b"", f"no answer: {why}", self.wire.curl(request))

    def is_key(self, request: Request) -> bool:
        """Whether the key of a request is the key itself, though its template is that of a change."""
        return self.wire.is_key(request)
