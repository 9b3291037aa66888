"""Whether answers stay what they are: every kind of request after every kind on one connection, and many at a time."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from parea_conformance.context import Context
from parea_conformance.http.client import AT_A_TIME, Exchange
from parea_conformance.http.curl import Request
from parea_conformance.ledger import Failure
from parea_conformance.logs.known import AnswerReader
from parea_conformance.probes.kinds import Asked, Kind, kinds, tour
from parea_conformance.reading.filter import Filter
from parea_conformance.stages.meaning import LONGEST, Meaning, Seen

REQUIREMENTS = ("robust.stateless", "robust.concurrency")
_OK = 200
MOST_KINDS = 19
_ROUNDS = 2
_TOLD = 10
"""How many pairs of kinds are told of at the most."""
_LENGTHS = (1, 2, 4, 8, 16)
"""How many requests before an answer are tried as what spoils it."""


def telling(meaning: Meaning, seed: int, most: int) -> list[Seen]:
    """Filters whose answers differ from each other, so that one answer cannot pass for another."""
    sizes = [one for one in meaning.seen.values() if one.logs is not None and len(one.ids) <= LONGEST]
    seen = list({one.ids: one for one in sizes}.values())
    random.Random(seed).shuffle(seen)  # noqa: S311 - a choice of probes, nothing secret
    return seen[:most]


@dataclass(frozen=True)
class Told:
    """What an answer says, as far as it must be the same each time.

    Not the date and not ids, nor any other header than those that the contract gives a meaning to; of an error its
    `detail`, unless two answers to the same, one right after the other, differ in it.
    """

    status: int
    headers: tuple[str | None, ...]
    contents: bytes


def requests() -> int:
    """How many requests this stage sends at the most."""
    return MOST_KINDS + MOST_KINDS**2 + 1 + _ROUNDS * (AT_A_TIME - 1)


def told(context: Context, exchange: Exchange) -> Told:
    """What an answer says."""
    headers = tuple(exchange.headers.get(name) for name in ("content-type", "allow", "www-authenticate"))
    return Told(exchange.status, headers, _contents(context, exchange))


def _contents(context: Context, exchange: Exchange) -> bytes:
    if not isinstance(exchange.reader, AnswerReader):
        return context.said(exchange)
    answer = context.read(exchange)
    return b"" if answer is None else answer.exchange.contents


@dataclass(frozen=True)
class Visit:
    """One answer to a kind: what it says, after which kinds it was asked, the last of them last, and the answer."""

    told: Told
    before: Sequence[Kind]
    exchange: Exchange

    @property
    def after(self) -> Kind:
        """The kind that came right before."""
        return self.before[-1]


def judge(context: Context, meaning: Meaning, unfiltered: Sequence[str], first: Failure | None) -> None:
    """Ask every kind of request after every kind, one after another, and then many at a time.

    Args:
        context: the run.
        meaning: what was asked before.
        unfiltered: the trace ids of the unfiltered answer.
        first: what was found before; it counts where nothing else shows it.
    """
    filters = telling(meaning, context.options.seed, AT_A_TIME)
    asked = [*_alike(unfiltered), *(Asked(one.filter, one.ids) for one in filters)]
    whole = len(unfiltered) <= LONGEST
    if not whole and not any(one.ids for one in asked):
        for name in REQUIREMENTS:
            context.ledger.undecide(
                name, f"no answer had few enough logs; it takes a filter that matches at most {LONGEST}"
            )
        return
    found = kinds(context.client, context.contract, context.options, asked, whole=whole)[:MOST_KINDS]
    normal = _one_after_another(context, found)
    if context.ledger.failed("robust.stateless"):
        context.ledger.skip("robust.concurrency", "the server does not repeat its answers even one at a time")
        return
    _at_a_time(context, [*normal.items(), *_others(context, filters)])
    if first is not None and not context.ledger.failed("robust.concurrency"):
        context.ledger.fail("robust.concurrency", first)


def _alike(ids: Sequence[str]) -> list[Asked]:
    """Two filters of one log each, to which bodies of one length belong; none where no two ids are of one length."""
    found: dict[int, str] = {}
    for name in ids:
        other = found.setdefault(len(name.encode("utf-8", "surrogatepass")), name)
        if other != name:
            return [Asked(Filter("trace_id", "equals", each), (each,)) for each in (other, name)]
    return []


def _others(context: Context, filters: Sequence[Seen]) -> list[tuple[Kind, Told]]:
    """Filters beside the kinds, with what was answered to them."""
    return [
        (
            Kind(str(one.filter), context.client.request(one.filter), _OK),
            Told(_OK, (), one.exchange.contents),
        )
        for one in filters
    ]


# One after another -------------------------------------------------------------------------------------------------


def _one_after_another(context: Context, found: Sequence[Kind]) -> dict[Kind, Told]:
    """Walk over the kinds; what each is answered normally, where that is what the contract says."""
    # What is not answered as it should be, not even after itself, was judged elsewhere, and tells nothing here.
    held = [kind for kind in found if any(context.client.send(kind.request).status == kind.status for _ in range(2))]
    walk = [held[place] for place in tour(len(held))] if held else []
    visits: dict[Kind, list[Visit]] = {kind: [] for kind in held}
    for place, kind in enumerate(walk):
        exchange = context.client.send(kind.request)
        _marks(context, kind, held, exchange)
        if place:  # the first comes after what is not of the walk, and comes again at its end
            before = walk[max(place - _LENGTHS[-1], 0) : place]
            visits[kind].append(Visit(told(context, exchange), before, exchange.trimmed()))
    normal = {}
    deviating: list[tuple[Kind, Visit, Visit]] = []
    for kind, came in visits.items():
        steady = _steady(kind, came)
        normal[kind] = _usual(kind, steady)
        example = next(visit for visit in steady if visit.told == normal[kind])
        wrong = [visit for visit in steady if visit.told != normal[kind]]
        deviating += [(kind, visit, example) for visit in wrong]
        if not wrong:
            context.ledger.hold("robust.stateless", f"{kind.name}: answered {len(came)} times, after each other kind")
    more = max(len(deviating) - _TOLD, 0)
    for kind, visit, example in deviating[:_TOLD]:
        context.ledger.fail("robust.stateless", _spoilt(context, kind, visit, example, more))
    return normal


def _steady(kind: Kind, came: Sequence[Visit]) -> list[Visit]:
    """The answers, without what may vary: what an error says, where it differs from one time to the very next."""
    place = next((place for place, visit in enumerate(came) if visit.after is kind), None)
    if kind.status == _OK or not place or came[place].told.contents == came[place - 1].told.contents:
        return list(came)
    return [replace(visit, told=replace(visit.told, contents=b"")) for visit in came]


def _usual(kind: Kind, came: Sequence[Visit]) -> Told:
    """What a kind is answered where nothing is amiss: what it is after itself, unless all else agrees on another."""
    own = next((visit.told for visit in came if visit.after is kind), None)
    others = Counter(visit.told for visit in came if visit.after is not kind and visit.told.status == kind.status)
    if own is not None and own.status == kind.status and (own in others or len(others) > 1):
        return own
    return others.most_common(1)[0][0] if others else came[0].told


def _spoilt(context: Context, kind: Kind, visit: Visit, example: Visit, more: int) -> Failure:
    """The failure of an answer that was another after some kind."""
    client = context.client
    summary = f"{kind.name}: answered otherwise after {visit.after.name}, a {visit.after.status}, over one connection"
    summary += f" (and {more} more such pairs)" if more else ""
    shown = context.failure(visit.exchange, summary, example.exchange.received(client.secrets.scrub))
    clean = [kind] if _comes(context, [kind], kind, example.told) == example.told else example.before
    before = _spoiling(context, visit, example.told, [*clean, kind], kind)
    spoiling, usual = ([each.request for each in chain] for chain in (before, clean))
    return replace(shown, curl=client.script_after(spoiling, usual, kind.request))


def _spoiling(context: Context, visit: Visit, usual: Told, clean: Sequence[Kind], kind: Kind) -> Sequence[Kind]:
    """The fewest of the requests before an answer after which it is another again; all that are kept, if none."""
    chains = [visit.before[-length:] for length in _LENGTHS]
    spoils = (chain for chain in chains if _comes(context, [*clean, *chain], kind, usual) != usual)
    return next(spoils, visit.before)


def _comes(context: Context, chain: Sequence[Kind], kind: Kind, like: Told) -> Told:
    """What a kind is answered after others, as far as it is compared."""
    for each in chain:
        context.client.send(each.request)
    came = told(context, context.client.send(kind.request))
    return came if like.contents else replace(came, contents=b"")


def _marks(context: Context, kind: Kind, held: Sequence[Kind], exchange: Exchange) -> None:
    """What another request held must not show in the answer to this one, whatever it was asked for."""
    shown = exchange.body + str(exchange.headers).encode()
    for other in held:
        if other.mark and other is not kind and other.mark.encode() in shown:
            summary = f"{kind.name}: the answer holds what was sent for {other.name}: {other.mark}"
            failure = context.failure(exchange, summary, "nothing of what another request held")
            commands = context.client.script_after([other.request], [kind.request], kind.request)
            context.ledger.fail("robust.stateless", replace(failure, curl=commands))


# Many at a time ----------------------------------------------------------------------------------------------------


def _at_a_time(context: Context, asked: Sequence[tuple[Kind, Told]]) -> None:
    """Ask kinds and filters in crowds, each time in another order; every two are under way together."""
    draw = random.Random(context.options.seed)  # noqa: S311 - an order, nothing secret
    each = list({kind.request: (kind, usual) for kind, usual in asked}.values())[: AT_A_TIME - 1]
    proof = f"{_ROUNDS * len(each)} requests of {len(each)} kinds, {len(each)} at a time"
    for _ in range(_ROUNDS):
        draw.shuffle(each)
        crowd = [kind.request for kind, _ in each]
        exchanges = context.client.send_all(crowd, AT_A_TIME)
        for (kind, usual), exchange in zip(each, exchanges, strict=True):
            failure = in_a_crowd(context, exchange, kind, usual, crowd)
            context.ledger.judge("robust.concurrency", proof, failure)


def in_a_crowd(
    context: Context, exchange: Exchange, kind: Kind, usual: Told, crowd: Sequence[Request]
) -> Failure | None:
    """The failure of an answer that says another thing than when it was asked for alone; None when it does not."""
    came = told(context, exchange)
    alike = (came.status, came.contents) == (usual.status, usual.contents or came.contents)
    if alike and (not usual.headers or usual.headers == came.headers):
        return None
    summary = f"{kind.name}: answered otherwise among {len(crowd)} requests at a time"
    failure = context.failure(exchange, summary, f"{usual.status}, as when it is asked alone")
    return replace(failure, curl=context.client.script_beside(crowd, kind.request))
