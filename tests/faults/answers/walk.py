"""Servers that answer rightly but for one change of one token: which of them the suite accuses, and which it must."""

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import httpx
from parea_conformance import contract
from parea_conformance.contract import CLASSES
from parea_conformance.engine import judge
from parea_conformance.ledger import Verdict
from parea_conformance.options import Options
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT

from faults.answers.changes import INSTEAD_OF_NULL, NAMES, ChangeValue, of_value
from faults.answers.data import ELEMENT, VALUE, Log, Maker, Path, Token, tokens
from faults.answers.sending import CODING, JSON, SENDING, Sent
from faults.answers.wanted import wanted

ARRAY = Token((), 0)
"""The answer's array itself."""
ALWAYS, FILTERED, UNFILTERED = "always", "filtered", "unfiltered"
WHEN = (ALWAYS, FILTERED, UNFILTERED)
"""Which answers are changed."""

CONTRACT = contract.load()
_STAGES = ("trial", "laws", "drawn", "cases", "neighbours", "fuzz", "operations", "repeat")
_ANSWERS = (
    "request.unfiltered", "request.operators", "response.*", "result.*", "body.accepted", "robust.no-server-error",
)  # fmt: skip


RIGHTLY = ("found", "silent")
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
    """

    pair: Pair
    wanted: tuple[tuple[str, ...], ...]
    failed: frozenset[str]

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
        return "found by another" if self.failed else "survived"


@functools.cache
def _logs() -> list[Log]:
    return Maker(CONTRACT).roots()


# Changing logs ----------------------------------------------------------------------------------------------------


def _families(logs: list[Log], depth: int) -> Iterator[tuple[Any, Any]]:
    """Where the logs at a depth stand: a list that holds them, and the place in it."""
    for place, log in enumerate(logs):
        if depth == 0:
            yield logs, place
        else:
            yield from _families(log.get("children_logs") or [], depth - 1)


def _places(holder: Any, key: Any, path: Path) -> Iterator[tuple[Any, Any]]:
    """Where what a path leads to stands: a list or an object that holds it, and the place in it."""
    if not path:
        yield holder, key
        return
    held, step = holder[key], path[0]
    if isinstance(held, list) and step == ELEMENT:
        keys: list[Any] = list(range(len(held)))
    elif isinstance(held, dict):
        keys = list(held) if step == VALUE else [step] if step in held else []
    else:
        keys = []
    for each in keys:
        yield from _places(held, each, path[1:])


def _instances(logs: list[Log], token: Token) -> list[tuple[Any, Any]]:
    return [
        place for holder, key in _families(logs, token.depth) for place in _places(holder, key, token.path)
    ]  # fmt: skip


def _is_timestamp(token: Token) -> bool:
    return len(token.path) == 1 and CONTRACT.kinds.get(token.path[0]) == "timestamp"


def changes(token: Token) -> list[str]:
    """The names of the changes of a token that change anything."""
    if token == ARRAY:
        return [
            name for name, change in of_value([], timestamp=False).items() if _text(change(_logs())) != _text(_logs())
        ]
    places = _instances(_logs(), token)
    own = [
        name
        for holder, key in places
        for name, change in _own(holder[key], token).items()
        if _text(change(holder[key])) != _text(holder[key])
    ]
    named = NAMES if places and isinstance(places[0][0], dict) else ()
    return list(dict.fromkeys((*own, *named)))


def _own(value: Any, token: Token) -> Mapping[str, ChangeValue]:
    """The changes of a value; null stands for nothing that could be spelled otherwise."""
    own = of_value(value, timestamp=_is_timestamp(token))
    return {name: change for name, change in own.items() if value is not None or name in INSTEAD_OF_NULL}


def _copy(value: Any) -> Any:
    """A copy of JSON, which `copy.deepcopy` takes ten times as long for."""
    if isinstance(value, dict):
        return {name: _copy(held) for name, held in value.items()}
    return [*map(_copy, value)] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def change_logs(logs: list[Log], token: Token, change: str) -> Any:
    """The logs with a token changed; a log that nothing becomes of is given as it is."""
    if token == ARRAY:
        return of_value(logs, timestamp=False)[change](logs)
    changed = []
    for log in logs:
        [copied] = one = [_copy(log)]
        places = _instances(one, token)
        for holder, key in reversed(places):
            _change(holder, key, token, change)
        changed.append(log if one[0] is copied and _text(copied) == _text(log) else one[0])
    return changed


def _change(holder: Any, key: Any, token: Token, change: str) -> None:
    if change in NAMES:
        members = list(holder.items())
        holder.clear()
        for name, value in members:
            holder.update(dict.fromkeys(NAMES[change](name) if name == key else [name], value))
        return
    own = _own(holder[key], token)
    if change in own:
        holder[key] = own[change](holder[key])


# Serving ----------------------------------------------------------------------------------------------------------


@functools.cache
def _matching(filter_: Filter) -> tuple[int, ...]:
    """Which logs match a filter, by their places."""
    judge_ = RIGHT.judging(filter_) if filter_.field is not None else None
    return tuple(
        place
        for place, log in enumerate(_logs())
        if judge_ is None or judge_(RIGHT.values(log, filter_, CONTRACT.kinds))
    )


def encoded(value: Any) -> bytes:
    """JSON as servers send it; what UTF-8 does not hold is escaped."""
    try:
        return _text(value).encode()
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

    def show(self, logs: list[Log], *, filtered: bool) -> Any:
        """What an answer shows of its logs."""
        pair = self._pair
        if pair is None or pair.token is None or not _is_changed(pair.when, filtered=filtered):
            return logs
        return change_logs(logs, pair.token, pair.change)

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
            shown = self.show([_logs()[place] for place in matching], filtered=filtered)
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
    return tuple(wanted(CONTRACT, _logs(), unfiltered, filtered))


def _spares(pair: Pair) -> bool:
    """Whether no answer is changed: that to no filter holds all logs."""
    return pair.when == UNFILTERED and ("empty answers" in pair.change or "one log" in pair.change)


def _asked(pair: Pair) -> tuple[str, ...]:
    """The requirements that are judged: what shows in the make-up of answers, and in the meaning of what is changed."""
    patterns = [*_ANSWERS]
    if pair.token is None:
        patterns += CODING
    elif pair.when == ALWAYS and pair.token.depth == 0:
        member = next(iter(pair.token.path), "")
        kind = CONTRACT.kinds.get(member, "text").replace("string_list", "list").replace("integer_list", "list")
        patterns += [f"filter.*.{kind}", "filter.is_null.*", "field.*"]
    return tuple(name for pattern in patterns for name in CONTRACT.requirements if fnmatchcase(name, pattern))


def examine(pair: Pair, seed: int = 0) -> Found:
    """What the suite finds of a server with this change."""
    only = _asked(pair)
    coding = pair.token is None and SENDING[pair.change][1] == CODING
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
    report = judge(options, transport=Server(pair))
    failed = (entry.requirement.id for entry in report.entries if entry.verdict is Verdict.FAIL)
    found = frozenset(failed) or frozenset({f"not judged: {report.cause}"} if report.cause else ())
    return Found(pair, must_come(pair), found)
