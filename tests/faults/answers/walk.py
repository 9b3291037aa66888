"""Servers that answer rightly but for one change of one token: which of them the suite accuses, and which it must."""

import functools
import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import httpx
from parea_conformance.contract import CLASSES
from parea_conformance.engine import Report, judge
from parea_conformance.ledger import Verdict
from parea_conformance.options import Options
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT

from faults.answers.changing import ARRAY, CONTRACT, change_logs, changes, logs, text
from faults.answers.data import Log, Token, tokens
from faults.answers.sending import CODING, JSON, SENDING, Sent
from faults.answers.wanted import MISSING, wanted

ALWAYS, FILTERED, UNFILTERED = "always", "filtered", "unfiltered"
WHEN = (ALWAYS, FILTERED, UNFILTERED)
"""Which answers are changed."""

_STAGES = ("trial", "laws", "drawn", "cases", "bodies", "neighbours", "fuzz", "operations", "repeat")
_ANSWERS = (
    "request.unfiltered", "request.operators", "response.*", "result.*", "body.accepted", "robust.no-server-error",
)  # fmt: skip


RIGHTLY = ("found", "silent", "undecided")
"""The verdicts where nothing is amiss."""


@dataclass(frozen=True)
class Pair:
    """One change of one token, in some of the answers; a token that is None stands for the answer as it is sent."""

    token: Token | None
    change: str
    when: str = ALWAYS

    def __str__(self) -> str:
        if self.token is None:
            return f"the answer: {self.change} ({self.when})"
        where = f"{self.token.name or 'the array'} at depth {self.token.depth}"
        return f"{where}: {self.change} ({self.when})"


@dataclass(frozen=True)
class Found:
    """What the suite found of a pair.

    Attributes:
        wanted: the requirements of which one must fail, by what is amiss; empty where the answers mean the same.
        failed: the requirements that failed.
        undecided: those that are undecided, and are not where the answers are right: no run ends well with such.
    """

    pair: Pair
    wanted: tuple[tuple[str, ...], ...]
    failed: frozenset[str]
    undecided: frozenset[str] = frozenset()

    @property
    def names(self) -> list[str]:
        """The requirements, or patterns of them, of which one must fail."""
        return sorted({name for requirements in self.wanted for name in requirements})

    @property
    def verdict(self) -> str:
        """`found` or `silent` where that is right; else what is amiss."""
        if not self.wanted:
            return "false alarm" if self.failed else "silent"
        if any(fnmatchcase(name, pattern) for name in self.failed for pattern in self.names):
            return "found"
        if self.failed:
            return "found by another"
        return "undecided" if self.undecided else "survived"


# Serving ----------------------------------------------------------------------------------------------------------


@functools.cache
def _matching(filter_: Filter) -> tuple[int, ...]:
    """Which logs match a filter, by their places."""
    judge_ = RIGHT.judging(filter_) if filter_.field is not None else None
    return tuple(
        place
        for place, log in enumerate(logs())
        if judge_ is None or judge_(RIGHT.values(log, filter_, CONTRACT.kinds))
    )


def encoded(value: Any) -> bytes:
    """JSON as servers send it; what UTF-8 does not hold is escaped."""
    try:
        return text(value).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def _json(body: bytes) -> Any:
    """The JSON of a body; nothing where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


class Server(httpx.BaseTransport):
    """A right server of the logs in `data`, but for one change."""

    def __init__(self, pair: Pair | None) -> None:
        self._pair = pair
        self._bodies: dict[tuple[tuple[int, ...], bool], bytes] = {}

    def show(self, stored: list[Log], *, filtered: bool) -> Any:
        """What an answer shows of its logs."""
        pair = self._pair
        if pair is None or pair.token is None or not _is_changed(pair.when, filtered=filtered):
            return stored
        return change_logs(stored, pair.token, pair.change)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a filter; what the contract does not accept is refused, and nothing else judged.

        Raises:
            httpx.RemoteProtocolError: the body is not as long as the answer says.
        """
        body = _json(request.read())
        if not CONTRACT.accepts(body):
            return httpx.Response(422, json={"detail": [{"loc": ["body"], "msg": "no filter", "type": "value_error"}]})
        filter_ = Filter.from_body(body)
        filtered, matching = filter_.field is not None, _matching(filter_)
        if (matching, filtered) not in self._bodies:
            shown = self.show([logs()[place] for place in matching], filtered=filtered)
            self._bodies[matching, filtered] = encoded(shown)
        sent = Sent(
            200, {"content-type": JSON}, self._bodies[matching, filtered], request.headers.get("accept-encoding")
        )
        pair = self._pair
        if pair is not None and pair.token is None and _is_changed(pair.when, filtered=filtered):
            sent = SENDING[pair.change][0](sent)
        said = sent.headers.get("content-length", str(len(sent.body)))
        if int(said) != len(sent.body):
            raise httpx.RemoteProtocolError(f"an answer of {len(sent.body)} bytes says that it has {said}")
        return httpx.Response(sent.status, headers=dict(sent.headers), stream=httpx.ByteStream(sent.body))


def _is_changed(when: str, *, filtered: bool) -> bool:
    return when in (ALWAYS, FILTERED if filtered else UNFILTERED)


# Judging ----------------------------------------------------------------------------------------------------------


def pairs() -> list[Pair]:
    """Every change of every token, that anything becomes of."""
    of_logs = [
        Pair(token, change, when)
        for token in (ARRAY, *log_tokens(), *tokens(CONTRACT))
        for change in changes(token)
        for when in WHEN
    ]
    # How an answer is coded follows from what the request allows, not from what it asks for.
    of_answers = [
        Pair(None, change, when)
        for change, (_, broken) in SENDING.items()
        for when in (WHEN if broken != CODING else (ALWAYS,))
    ]
    return [*of_logs, *of_answers]


def log_tokens() -> list[Token]:
    """The logs themselves, at each depth."""
    return [Token((), depth) for depth in dict.fromkeys(token.depth for token in tokens(CONTRACT)) if depth]


def must_come(pair: Pair) -> tuple[tuple[str, ...], ...]:
    """The requirements of which one must fail, by what is amiss; empty where the answers mean the same."""
    if pair.token is None:
        broken = SENDING[pair.change][1]
        return (broken,) if broken and not _spares(pair) else ()
    server = Server(pair)
    unfiltered, filtered = (functools.partial(server.show, filtered=each) for each in (False, True))
    return tuple(wanted(CONTRACT, logs(), unfiltered, filtered))


def _spares(pair: Pair) -> bool:
    """Whether no answer is changed: that to no filter holds all logs."""
    return pair.when == UNFILTERED and ("empty answers" in pair.change or "one log" in pair.change)


def _asked(pair: Pair) -> tuple[str, ...]:
    """The requirements that are judged: what shows in the make-up of answers, and in the meaning of what is changed."""
    patterns = [*_ANSWERS]
    if pair.token is None:
        patterns += CODING
    elif pair.token == ARRAY:
        patterns += MISSING
    elif pair.when == ALWAYS and pair.token.depth == 0:
        member = next(iter(pair.token.path), "")
        kind = CONTRACT.kinds.get(member, "text").replace("string_list", "list").replace("integer_list", "list")
        patterns += [f"filter.*.{kind}", "filter.is_null.*", "field.*"]
    return tuple(name for pattern in patterns for name in CONTRACT.requirements if fnmatchcase(name, pattern))


def examine(pair: Pair, seed: int = 0) -> Found:
    """What the suite finds of a server with this change."""
    report = _report(pair, _asked(pair), seed)
    failed = frozenset(entry.requirement.id for entry in report.entries if entry.verdict is Verdict.FAIL)
    found = failed or frozenset({f"not judged: {report.cause}"} if report.cause else ())
    wanted_ = must_come(pair)
    undecided = _undecided(report) - _open(seed) if wanted_ and not found else frozenset()
    return Found(pair, wanted_, found, undecided)


def _undecided(report: Report) -> frozenset[str]:
    return frozenset(entry.requirement.id for entry in report.entries if entry.verdict is Verdict.UNDECIDED)


@functools.cache
def _open(seed: int) -> frozenset[str]:
    """What is undecided on these logs where the answers are right."""
    return _undecided(_report(None, tuple(CONTRACT.requirements), seed))


def _report(pair: Pair | None, only: tuple[str, ...], seed: int) -> Report:
    coding = pair is not None and pair.token is None and SENDING[pair.change][1] == CODING
    options = Options(
        base_url="http://in-process.invalid",
        experiment="any",
        api_key="any-key",
        classes=CLASSES,
        seed=seed,
        concurrency=1,
        only=only,
        without=tuple(stage for stage in _STAGES if not (coding and stage == "cases")),
    )
    return judge(options, transport=Server(pair))
