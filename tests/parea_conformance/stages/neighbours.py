"""Everything next to a right request: tokens times changes, each judged by what the contract says must come."""

import contextlib
import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from parea_conformance.context import Context
from parea_conformance.http.client import Exchange
from parea_conformance.http.request import Request
from parea_conformance.logs.sample import Sample
from parea_conformance.neighbours import of_two
from parea_conformance.neighbours.table import TOKENS, judged
from parea_conformance.neighbours.tokens import Asking, Neighbour, walk
from parea_conformance.probes.kinds import lines
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.request import Expected, OpenError
from parea_conformance.stages.cases import Case, judge_case, judge_places, judge_same
from parea_conformance.stages.deviation import deviation
from parea_conformance.stages.meaning import Meaning

REQUIREMENTS = (
    "auth.key-missing", "auth.key-wrong", "auth.same-answer", "auth.first", "auth.header-case", "auth.one-place",
    "experiment.unknown", "http.path", "http.path-octets", "http.absolute-form", "http.query", "http.method",
    "http.method-override", "http.size", "http.order", "http.media-type", "http.media-type-parameter", "http.accept",
    "http.conditional", "body.accepted", "body.rejected", "body.location", "body.malformed", "body.duplicate-member",
    "body.encoding", "body.deep", "field.member", "field.score", "field.score-bare", "field.annotation-score",
    "field.annotation-value", "field.key",
)  # fmt: skip


_LINE = 6
"""How many requests that may break a connection follow each other over one."""
_UNAUTHORIZED = 401
_OF_KEYS = ("auth.key-missing", "auth.key-wrong")
_EXCUSED = {"auth.one-place": ("auth.key-missing", "auth.first"), "http.path-octets": ("http.path",)}
"""What is not accused where a plainer requirement failed, which these follow from."""


def neighbours(context: Context, sample: Sample, asked: Iterable[Filter]) -> list[tuple[Neighbour, Expected]]:
    """Every neighbour that is asked in this run, with what must come; without those that the contract leaves open.

    Args:
        context: of this run.
        sample: the logs to judge by.
        asked: what else is asked; what is told by that is left out unless the run is to be thorough.
    """
    options = context.options
    asking = Asking(context.contract, options.experiment, sample, frozenset(() if options.thorough else asked))
    made = _neighbours(asking, options.seed, options.thorough)
    return [
        (neighbour, wanted)
        for neighbour, wanted in made
        if neighbour.requirement in context.ledger
        # What becomes of the key by a change may be the key itself.
        if not context.client.is_key(neighbour.request)
    ]


@functools.lru_cache(maxsize=4)
def _neighbours(asking: Asking, seed: int, thorough: bool) -> tuple[tuple[Neighbour, Expected], ...]:
    """The same data and seed give the same neighbours, so they are kept."""
    made: dict[Request, tuple[Neighbour, Expected]] = {}
    for token in TOKENS:
        for neighbour in walk(token, asking, seed, whole=thorough):
            if neighbour.request not in made:
                with contextlib.suppress(OpenError):
                    made[neighbour.request] = judged(asking.contract, neighbour, asking.experiment)
    return tuple(made.values())


def judge(context: Context, sample: Sample, meaning: Meaning, asked: Sequence[tuple[Neighbour, Expected]]) -> None:
    """Send the neighbours, and judge what comes.

    A neighbour that must be answered with logs is asked only where the filter without the change is answered rightly:
    what is amiss otherwise is the filter, and judged already.
    """
    bases = list(dict.fromkeys(neighbour.base for neighbour, wanted in asked if wanted.filter is not None))
    meaning.ask_all(bases)
    wrong = {base for base in bases if meaning.seen[base].logs != sample.matching(RIGHT, base)}
    kept = []
    for neighbour, wanted in asked:
        if wanted.filter is None or neighbour.base not in wrong:
            kept.append((neighbour, wanted))
        else:
            cause = f"{neighbour.token}: not all changes were asked; {neighbour.base} is answered wrongly without them"
            context.ledger.undecide(neighbour.requirement, cause)
    kept.sort(key=lambda entry: (not _may_break(entry[0]), entry[0].requirement in _EXCUSED))
    exchanges = _sent(context, [neighbour for neighbour, _ in kept])
    keys: list[tuple[Neighbour, Exchange]] = []
    refused: list[tuple[Case, Exchange]] = []
    for (neighbour, wanted), exchange in zip(kept, exchanges, strict=True):
        requirement = neighbour.requirement
        failed = [name for name in _EXCUSED.get(requirement, ()) if context.ledger.failed(name)]
        if failed:
            context.ledger.undecide(requirement, f"{failed[0]} failed, from which it follows")
            continue
        case = Case(requirement, neighbour.label, exchange.request, wanted.status, wanted.header, wanted.places)
        if requirement == "body.rejected" or requirement.startswith("field."):
            refused.append((case, exchange))
            case = replace(case, places=None)
        if requirement in _OF_KEYS and exchange.status == _UNAUTHORIZED:
            keys.append((neighbour, exchange))
        if judge_case(context, case, exchange) and exchange.status == 200 and wanted.filter is not None:
            _judge_logs(context, sample, (neighbour, wanted.filter), exchange)
    _judge_locations(context, refused)
    _judge_keys(context, keys)


def _may_break(neighbour: Neighbour) -> bool:
    """Whether what is asked may leave a connection broken, which shows in the next request over the same."""
    return neighbour.requirement in ("http.size", *of_two.REQUIREMENTS)


def _sent(context: Context, asked: Sequence[Neighbour]) -> Iterator[Exchange]:
    """The answers to neighbours, of which those that may break a connection come first.

    These are sent one after another, on a few connections; each that a line begins with was asked at another's end.
    """
    apart = [neighbour.request for neighbour in itertools.takewhile(_may_break, asked)]
    for place, answers in enumerate(context.client.send_lines(lines(apart, _LINE))):
        yield from answers[min(place, 1) :]
    yield from context.client.send_all(neighbour.request for neighbour in asked[len(apart) :])


def _judge_keys(context: Context, refused: Sequence[tuple[Neighbour, Exchange]]) -> None:
    """Judge whether each key that is refused is answered as none is: nobody learns what is amiss with it."""
    without = [exchange for neighbour, exchange in refused if neighbour.requirement == "auth.key-missing"]
    for none in without[:1]:
        for neighbour, exchange in refused:
            label = neighbour.label
            judge_same(context, label, f"{label}: answered otherwise than no key", none, exchange)


def _judge_locations(context: Context, refused: Sequence[tuple[Case, Exchange]]) -> None:
    """Judge where `loc` finds the fault of what must be refused.

    A server that does not see one fault may refuse a body for what follows from it, and accuse that.
    """
    if context.ledger.failed("body.rejected"):
        context.ledger.undecide("body.location", "body.rejected failed, from which it may follow")
        return
    for case, exchange in refused:
        if exchange.status == 422 and case.places is not None:
            judge_places(context, "body.location", case, exchange)


def _judge_logs(context: Context, sample: Sample, asked: tuple[Neighbour, Filter], exchange: Exchange) -> None:
    """Judge the logs of an answer by the filter that was asked."""
    neighbour, filter_ = asked
    requirement = neighbour.requirement
    if requirement == "body.accepted" and filter_ != neighbour.base:
        return  # It was accepted; what another filter means is judged elsewhere.
    answer = context.read(exchange)
    if answer is None:
        return
    logs, came = sample.matching(RIGHT, filter_), sample.known(answer.ids)
    if requirement == "field.member" and logs:
        requirement = "field.score-bare"  # What is next to the name of the member is the name of a score in the data.
    failure = None
    if came != logs:
        found = deviation(context, sample, exchange, filter_, came)
        failure = replace(found, summary=f"{neighbour.label}: {found.summary}")
        if _is_mended_when_asked_again(context, sample, exchange, filter_):
            requirement = "robust.stateless"
        else:
            context.observed[filter_] = came
    context.ledger.judge(requirement, f"{neighbour.token}: what is next to it", failure)


def _is_mended_when_asked_again(context: Context, sample: Sample, exchange: Exchange, filter_: Filter) -> bool:
    """Whether the same request is answered rightly the second time: then it is not the change that was answered."""
    again = context.client.send(exchange.request)
    answer = context.read(again) if again.status == 200 else None
    return answer is not None and sample.known(answer.ids) == sample.matching(RIGHT, filter_)
