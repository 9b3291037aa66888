"""Every operation beside the one that answers the logs, by what the document says of it.

An operation that may write is asked with documented requests only when the run allows it (`--allow-writes`). Everything
else that is sent to it must be refused, and names nothing that exists.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from parea_conformance.context import Context
from parea_conformance.contract import Contract
from parea_conformance.http.client import Exchange
from parea_conformance.http.json_text import encode
from parea_conformance.http.request import JSON, Request
from parea_conformance.ledger import Failure
from parea_conformance.logs.known import Fact, KnownLogs
from parea_conformance.logs.sample import Sample
from parea_conformance.logs.sampling import Sampler
from parea_conformance.operations import EXPERIMENT, REQUIREMENTS, Operation
from parea_conformance.probes.planner import planned, plans
from parea_conformance.probes.requests import (
    NOWHERE,
    Asked,
    accepts,
    documented,
    mutated,
    path_values,
    plain,
    request_of,
)
from parea_conformance.reading.filter import UNFILTERED, Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import Log

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
_WRONG_KEYS = ("x{key}", "not-the-key", "")
_PROBLEM = "application/problem+json"
_OTHER_TYPES = ("text/plain", "application/x-www-form-urlencoded", _PROBLEM, None)
# Statuses that say that the request is wrong, which a documented one is not.
_WRONG = frozenset({400, 401, 405, 406, 411, 412, 413, 414, 415, 417, 422, 428, 431})
_OF_A_FRONT = frozenset({400, 414, 431})
_WRITES = "it may write: --allow-writes asks it with documented requests"


def requirements(contract: Contract) -> list[str]:
    """The ids of the requirements that this stage checks."""
    return [
        operation.requirement(name)
        for operation in contract.others
        for name, applies in REQUIREMENTS.items()
        if applies(operation)
    ]


def judge(context: Context) -> None:
    """Judge every operation but the one that answers the logs."""
    for operation in context.contract.others:
        if any(operation.requirement(name) in context.ledger for name in REQUIREMENTS):
            _Judge(context, operation).judge()


class _Judge:
    """One operation while it is judged."""

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context
        self._operation = operation
        options = context.options
        self._known = path_values(operation, options.experiment, dict(options.parameters))
        self._nowhere = dict.fromkeys(self._known, NOWHERE)
        self._logs = KnownLogs(context.contract)
        self._may_write = operation.safe or options.allow_writes
        # What must be refused is asked of what exists only where nothing can be written by mistake.
        self._harmless = self._known if operation.safe else self._nowhere

    def judge(self) -> None:
        self._authentication()
        self._method()
        self._unknown()
        self._refused()
        self._accepted()
        if self._operation.requirement("filter") in self._context.ledger:
            self._filter()

    # What is asked.

    def _request(self, asked: Asked, path: Mapping[str, str]) -> Request:
        return request_of(self._operation, asked, path)

    def _send(self, request: Request) -> Exchange:
        """Send a request; whatever comes is judged by its schema and its media type."""
        exchange = self._context.client.send(request)
        if request.method != "HEAD" and self._is_judged(exchange):
            self._write("media-type", "every answer was looked at", self._media_type(exchange), exchange)
            self._write("schema", "every answer was looked at", self._schema(exchange), exchange)
        return exchange

    def _is_judged(self, exchange: Exchange) -> bool:
        """Whether the body of an answer is judged: a documented one, or an error of the server's own.

        An error may come from what stands in front of a server, and another success is wrong by its status.
        """
        own = exchange.request.method == self._operation.method
        if own and str(exchange.status) in self._operation.responses:
            return True
        return 400 <= exchange.status < 500 and exchange.status not in _OF_A_FRONT

    def _authentication(self) -> None:
        ask = self._request(plain(self._operation), self._harmless)
        if not self._operation.secured and not self._may_write and not self._known:
            self._context.ledger.skip(self._operation.requirement("authentication"), _WRITES)
            return
        if not self._operation.secured:
            exchange = self._send(replace(ask, key=None))
            self._expect("authentication", "no key, which is not asked for", exchange, refused=(401, 403))
            return
        for label, key in (("no key", None), *((f"key {key!r}", key) for key in _WRONG_KEYS)):
            self._expect("authentication", label, self._send(replace(ask, key=key)), 401)

    def _method(self) -> None:
        taken = self._context.contract.methods(self._operation.path)
        ask = self._request(plain(self._operation), self._nowhere)
        for method in _METHODS:
            if method in taken or (method == "HEAD" and "GET" in taken):
                continue
            exchange = self._send(replace(ask, method=method))
            self._expect("method", method, exchange, 405)
            allowed = {each.strip() for each in exchange.headers.get("allow", "").split(",")}
            if exchange.status == 405 and not allowed >= set(taken):
                self._write("method", method, f"{method}: Allow does not name {', '.join(taken)}", exchange)

    def _unknown(self) -> None:
        for name in self._known:
            # Of what may write, every other part of the path names nothing either.
            path = {**self._harmless, name: NOWHERE}
            self._expect("unknown", f"{name} {NOWHERE}", self._send(self._request(plain(self._operation), path)), 404)

    def _accepted(self) -> None:
        if not self._may_write:
            for name in ("accepted", "schema", "media-type"):
                self._context.ledger.skip(self._operation.requirement(name), _WRITES)
            return
        for label, asked in (*documented(self._operation), *self._made_up(valid=True)):
            if accepts(self._operation, asked):
                self._judge_accepted(label, asked)

    def _judge_accepted(self, label: str, asked: Asked) -> None:
        exchange = self._send(self._request(asked, self._known))
        status, given = exchange.status, ", ".join(name for name in self._known if name != EXPERIMENT)
        if status == 404 and given:
            cause = f"what the document's example names does not exist here: name what does, --parameter {given}=…"
        elif str(status) in self._operation.responses and status not in _WRONG | {404, self._operation.success}:
            cause = f"{label}: answered {status}, which the document allows"
        else:
            self._expect("accepted", label, exchange, self._operation.success)
            return
        self._context.ledger.undecide(self._operation.requirement("accepted"), cause)

    def _refused(self) -> None:
        if not REQUIREMENTS["refused"](self._operation):
            return
        ask = self._request(plain(self._operation), self._harmless)
        if self._operation.body is not None:
            for media_type in _OTHER_TYPES:
                self._expect("refused", f"{media_type}", self._send(replace(ask, content_type=media_type)), 415)
            if (most := self._operation.max_bytes) is not None:
                larger = replace(ask, body=ask.body + b" " * (most + 1 - len(ask.body)))
                self._expect("refused", f"{most + 1} bytes", self._send(larger), 413)
        for label, asked in (*mutated(self._operation), *self._made_up(valid=False)):
            if not accepts(self._operation, asked):
                self._expect("refused", label, self._send(self._request(asked, self._harmless)), 422)

    def _made_up(self, *, valid: bool) -> Iterator[tuple[str, Asked]]:
        options, contract = self._context.options, self._context.contract
        if self._operation.body is None and not any(each.place == "query" for each in self._operation.parameters):
            return
        # Only where it is needed: it brings schemathesis with it.
        from parea_conformance.probes.made_up_requests import made_up

        for asked in made_up(self._operation, options.fuzz, options.seed, contract.key_header, valid=valid):
            yield f"made up: {dict(asked.parameters)} {(asked.body or b'').decode('utf-8', 'replace')}", asked

    # What is written of it.

    def _expect(
        self, name: str, label: str, exchange: Exchange, wanted: int | None = None, refused: tuple[int, ...] = ()
    ) -> None:
        """A status must be the one that is wanted, or none of those that are refused."""
        held = exchange.status == wanted if wanted is not None else exchange.status not in refused
        summary = f"{label[:200]}: answered {exchange.status or 'nothing'}"
        self._write(name, label[:200], None if held else summary, exchange, str(wanted or "no 401"))

    def _write(self, name: str, proof: str, fault: str | None, exchange: Exchange, expected: str = "") -> None:
        failure: Failure | None = None if fault is None else self._context.failure(exchange, fault, expected)
        self._context.ledger.judge(self._operation.requirement(name), proof, failure)

    def _media_type(self, exchange: Exchange) -> str | None:
        documented_ = self._documented(exchange)
        if not documented_:
            return f"{exchange.status} has a body, and none is documented" if exchange.body else None
        media_type = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
        return None if media_type in documented_ else f"{exchange.status} came as {media_type or 'no media type'!r}"

    def _documented(self, exchange: Exchange) -> tuple[str, ...]:
        """The media types that an answer may have: an error may be a problem, RFC 9457, wherever it may be JSON."""
        own = exchange.request.method == self._operation.method
        found = tuple(self._operation.media_types(exchange.status)) if own else (JSON,)
        return (*found, _PROBLEM) if exchange.status >= 400 and JSON in found else found

    def _schema(self, exchange: Exchange) -> str | None:
        if JSON not in self._documented(exchange):
            return None
        if self._operation.answers_logs and exchange.status == self._operation.success:
            return self._schema_of_logs(exchange)
        try:
            value: Any = exchange.json()
        except ValueError:
            return f"{exchange.status} does not answer JSON"
        fault = self._context.contract.fault_of_answer(self._operation, exchange.status, value)
        return None if fault is None else f"the body of {exchange.status} breaks its schema at {fault}"

    def _schema_of_logs(self, exchange: Exchange) -> str | None:
        """As `_schema`, and faster: logs that were seen before are known by their bytes."""
        try:
            faults = self._logs.read(exchange.body)[1]
        except (TypeError, ValueError) as error:
            return f"{exchange.status} does not answer an array of logs: {error}"
        return faults[0] if faults else None

    def _filter(self) -> None:
        """Ask the filters that the plan for this operation's own logs holds, and compare what matches."""
        contract, seed = self._context.contract, self._context.options.seed
        sampler = Sampler(seed, contract.kinds)
        exchange = self._ask(UNFILTERED)
        facts = self._facts(exchange, sampler.visit)
        if not facts:
            cause = f"the unfiltered request was answered {exchange.status}, with no logs to judge by"
            self._context.ledger.undecide(self._operation.requirement("filter"), cause)
            return
        sample = Sample(sampler.logs(), contract.kinds, len(facts))
        names = tuple(name for name in planned(contract.requirements) if name.startswith(("filter.", "field.")))
        probes = [probe for plan in plans(sample, contract, names, seed) for probe in plan.probes]
        most = self._operation.max_bytes or contract.max_bytes  # those of the plan are bounded by the other operation's
        for filter_ in dict.fromkeys(probe.filter for probe in probes):
            if len(encode(filter_.body())) <= most:
                self._judge_filter(sample, filter_)

    def _judge_filter(self, sample: Sample, filter_: Filter) -> None:
        exchange = self._ask(filter_)
        got = [fact.trace_id for fact in self._facts(exchange)]
        wanted = sample.names(sample.matching(RIGHT, filter_))
        held = exchange.status == self._operation.success and [each for each in got if each in sample.index] == wanted
        wrong = None if held else f"{filter_}: other logs than match, or in another order"
        self._write("filter", "every filter of the plan was asked", wrong, exchange, " ".join(wanted[:10]) or "no log")

    def _ask(self, filter_: Filter) -> Exchange:
        return self._send(self._request(replace(plain(self._operation), body=encode(filter_.body())), self._known))

    def _facts(self, exchange: Exchange, visit: Callable[[Log], None] | None = None) -> list[Fact]:
        """The logs of an answer that can be read; that others cannot is seen by the requirement `schema`."""
        if exchange.status != self._operation.success:
            return []
        try:
            return self._logs.read(exchange.body, visit)[0]
        except (TypeError, ValueError):
            return []
