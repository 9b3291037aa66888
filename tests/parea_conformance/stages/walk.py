"""Whether what one request asks changes the answer to the next: every kind after every kind, over one connection."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from parea_conformance.context import Context
from parea_conformance.http.client import Exchange
from parea_conformance.ledger import Failure
from parea_conformance.probes.kinds import Kind, lines, tour
from parea_conformance.stages.told import Told, told

_OK = 200
_TOLD = 10
"""How many pairs of kinds are told of at the most."""
_AT_A_TIME = 16
"""How many lines the walk is cut into; where one request is sent at a time, they follow each other."""
_LENGTHS = (1, 2, 4, 8, 16)
"""How many requests before an answer are tried as what spoils it."""


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


def one_after_another(context: Context, found: Sequence[Kind]) -> dict[Kind, Told]:
    """Walk over the kinds; what each is answered normally, where that is what the contract says.

    Several lines at a time where the server may be asked so. Where anything is amiss on them, it is walked again, one
    request at a time: what is amiss only among many is accused as that.
    """
    held = _held(context, found)
    several = context.client.width > 1
    walk = _walked(context, held)
    if several and (walk.amiss or context.client.width == 1):
        among_many, walk = walk, _walked(context, held, width=1)
        if among_many.amiss and not walk.amiss:
            context.ledger.fail("robust.concurrency", _among_many(context, among_many))
    for failure in walk.marks:
        context.ledger.fail("robust.stateless", failure)
    wrong = {kind for kind, _, _ in walk.deviating}
    for kind in walk.normal.keys() - wrong:
        context.ledger.hold("robust.stateless", f"{kind.name}: answered {len(held)} times, after each other kind")
    more = max(len(walk.deviating) - _TOLD, 0)
    for kind, visit, example in walk.deviating[:_TOLD]:
        context.ledger.fail("robust.stateless", _spoilt(context, kind, visit, example, more))
    return walk.normal


def _held(context: Context, found: Sequence[Kind]) -> dict[Kind, Visit]:
    """The kinds that are answered as they should be, one of each status last, each with such an answer.

    What is not, not even after itself, breaks a requirement of its own, and tells nothing here.
    """
    held: dict[Kind, Visit] = {}
    for kind, first in zip(found, list(context.client.send_all([kind.request for kind in found])), strict=True):
        exchange = first if first.status == kind.status else context.client.send(kind.request)
        if exchange.status == kind.status:
            held[kind] = Visit(told(context, exchange), (kind,), exchange.trimmed())
        elif kind.requirement in context.ledger and not context.ledger.failed(kind.requirement):
            summary = f"{kind.name}: answered {exchange.status or 'nothing'}, not {kind.status}"
            context.ledger.fail(kind.requirement, context.failure(exchange, summary, str(kind.status)))
    last = {kind.status: kind for kind in held}
    ordered = (*(kind for kind in held if last[kind.status] is not kind), *last.values())
    return {kind: held[kind] for kind in ordered}


def walked_along(held: Sequence[Kind]) -> Sequence[Sequence[Kind]]:
    """The tour over the kinds, in lines that are walked at a time, and a last one that is walked alone.

    Each line begins where one before it ends, so that each pair is on one. The last has each status after each other,
    one request at a time: what one does to the next over any other connection shows there.
    """
    walk = [held[place] for place in tour(len(held))] if held else []
    cut = len(walk) - 1 - len({kind.status for kind in held}) ** 2
    return [*lines(walk[:cut], max(-(-cut // _AT_A_TIME), 1)), walk[max(cut - 1, 0) :]]


@dataclass(frozen=True)
class _Walk:
    """What was seen on a walk.

    Attributes:
        normal: what each kind is answered normally.
        deviating: the kinds that were answered otherwise, each with that answer and a normal one.
        marks: answers that held what another request did.
    """

    normal: dict[Kind, Told]
    deviating: list[tuple[Kind, Visit, Visit]]
    marks: list[Failure]

    @property
    def amiss(self) -> bool:
        """Whether anything is not as it should be."""
        return bool(self.deviating or self.marks)


def _walked(context: Context, held: Mapping[Kind, Visit], width: int | None = None) -> _Walk:
    """Walk along the lines, the last of them alone; with a width of 1 all of them."""
    *several, alone = walked_along(list(held))
    visits: dict[Kind, list[Visit]] = {kind: [] for kind in held}
    marks: list[Failure] = []
    for together, at_a_time in ((several, width), ([alone], 1)):
        answers = context.client.send_lines([[kind.request for kind in line] for line in together], at_a_time)
        for line, exchanges in zip(together, answers, strict=True):
            for place, (kind, exchange) in enumerate(zip(line, exchanges, strict=True)):
                marks += _marks(context, kind, list(held), exchange)
                if place:  # the first comes after what is not of the line, and stands at the end of another
                    before = line[max(place - _LENGTHS[-1], 0) : place]
                    visits[kind].append(Visit(told(context, exchange), before, exchange.trimmed()))
    normal = {}
    deviating: list[tuple[Kind, Visit, Visit]] = []
    for kind, came in visits.items():
        steady = _steady(kind, came)
        normal[kind] = _usual(kind, steady) or held[kind].told
        example = next((visit for visit in steady if visit.told == normal[kind]), held[kind])
        deviating += [(kind, visit, example) for visit in steady if visit.told != normal[kind]]
    return _Walk(normal, deviating, marks)


def _among_many(context: Context, walk: _Walk) -> Failure:
    """The first of what was amiss while several lines were walked."""
    if not walk.deviating:
        return walk.marks[0]
    kind, visit, example = walk.deviating[0]
    summary = f"{kind.name}: answered otherwise after {visit.after.name}, while other connections asked as well"
    failure = context.failure(visit.exchange, summary, example.exchange.received(context.client.secrets.scrub))
    return replace(
        failure, curl=context.client.wire.script_beside([each.request for each in walk.normal], kind.request)
    )


def _steady(kind: Kind, came: Sequence[Visit]) -> list[Visit]:
    """The answers, without what may vary: what an error says, where it differs from one time to the very next."""
    place = next((place for place, visit in enumerate(came) if visit.after is kind), None)
    if kind.status == _OK or place is None or len(came) == 1:
        return list(came)
    if came[place].told.contents == came[place - 1 if place else 1].told.contents:
        return list(came)
    return [replace(visit, told=replace(visit.told, contents=b"")) for visit in came]


def _usual(kind: Kind, came: Sequence[Visit]) -> Told | None:
    """What a kind is answered where nothing is amiss: what it is after itself, unless all else agrees on another.

    None where it never is what it was when it was asked for before.
    """
    own = next((visit.told for visit in came if visit.after is kind), None)
    others = Counter(visit.told for visit in came if visit.after is not kind and visit.told.status == kind.status)
    if own is not None and own.status == kind.status and (own in others or len(others) != 1):
        return own
    return others.most_common(1)[0][0] if others else None


def _spoilt(context: Context, kind: Kind, visit: Visit, example: Visit, more: int) -> Failure:
    """The failure of an answer that was another after some kind."""
    client = context.client
    summary = f"{kind.name}: answered otherwise after {visit.after.name}, a {visit.after.status}, over one connection"
    summary += f" (and {more} more such pairs)" if more else ""
    shown = context.failure(visit.exchange, summary, example.exchange.received(client.secrets.scrub))
    clean = [kind] if _comes(context, [kind], kind, example.told) == example.told else example.before
    before = _spoiling(context, visit, example.told, [*clean, kind], kind)
    spoiling, usual = ([each.request for each in chain] for chain in (before, clean))
    return replace(shown, curl=client.wire.script_after(spoiling, usual, kind.request))


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


def _marks(context: Context, kind: Kind, held: Sequence[Kind], exchange: Exchange) -> Iterator[Failure]:
    """What another request held must not show in the answer to this one, whatever it was asked for."""
    shown = exchange.body + str(exchange.headers).encode()
    for other in held:
        if other.mark and other is not kind and other.mark.encode() in shown:
            summary = f"{kind.name}: the answer holds what was sent for {other.name}: {other.mark}"
            failure = context.failure(exchange, summary, "nothing of what another request held")
            commands = context.client.wire.script_after([other.request], [kind.request], kind.request)
            yield replace(failure, curl=commands)
