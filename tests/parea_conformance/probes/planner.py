"""From candidates to a plan: the fewest filters on which every rival that the data can tell apart loses."""

import dataclasses
import functools
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from parea_conformance.contract import Contract
from parea_conformance.logs.sample import LONG, LogSet, Sample
from parea_conformance.probes.candidates import Candidates
from parea_conformance.probes.converted import untold
from parea_conformance.probes.covering import Cover, Coverer
from parea_conformance.probes.members import untried
from parea_conformance.probes.names import asked_by_name
from parea_conformance.probes.presence import presences
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.rivals.registry import Rival, rivals_of

_CHUNK = 40
# How many filters show that roots are judged, and not their descendants.
_WITNESSES = 2


@dataclass(frozen=True)
class Probe:
    """One filter to send.

    Attributes:
        requirement: the requirement that it proves.
        filter: what is sent.
        expected: the set of logs that match.
        rivals: the rivals that would answer otherwise, each with the set of logs that it would answer.
    """

    requirement: str
    filter: Filter
    expected: LogSet
    rivals: tuple[tuple[Rival, LogSet], ...]


@dataclass(frozen=True)
class Plan:
    """What is asked for one requirement.

    Attributes:
        probes: what tells its rivals apart. undecided: the rivals that no filter tells apart on this data.
        covering: what else is asked, so that each class of operands is. cover: what is covered.
    """

    requirement: str
    probes: tuple[Probe, ...]
    undecided: tuple[Rival, ...]
    covering: tuple[Probe, ...] = ()
    cover: Cover = field(default_factory=Cover)

    @property
    def asked(self) -> tuple[Probe, ...]:
        """All that is asked."""
        return self.probes + self.covering


def _greedy(requirement: str, candidates: Sequence[Filter], rivals: Sequence[Rival], sample: Sample) -> Plan:
    """A small set of candidates that tells all rivals apart that can be told apart.

    Greedy: always the candidate that tells most of the rest apart, see `_worth`.
    """
    table: list[tuple[Filter, LogSet, dict[int, LogSet]]] = []
    losses, times = Counter[int](), _times(requirement)
    for start in range(0, len(candidates), _CHUNK):
        # Rivals that have lost often enough need no further filter; most have after the first chunk.
        open_ = [place for place in range(len(rivals)) if losses[place] < times]
        for filter_ in candidates[start : start + _CHUNK] if open_ else ():
            expected = sample.matching(RIGHT, filter_)
            answers = {place: sample.matching(rivals[place].reading, filter_) for place in open_}
            told = {place: answer for place, answer in answers.items() if answer != expected}
            if told:
                table.append((filter_, expected, told))
                losses.update(told.keys())
    undecided = tuple(rival for place, rival in enumerate(rivals) if not losses[place])
    probes: list[Probe] = []
    for _ in range(times):
        remaining = {place for _, _, told in table for place in told}
        while remaining:
            row = max(table, key=lambda row: _worth(row[1], len(remaining & row[2].keys()), sample))
            filter_, expected, told = row
            table.remove(row)
            losers = tuple((rivals[place], told[place]) for place in sorted(told))
            probes.append(Probe(requirement, filter_, expected, losers))
            remaining -= told.keys()
        table = [row for row in table if not sample.is_long(row[1])]
    return Plan(requirement, tuple(probes), undecided)


def _times(requirement: str) -> int:
    """How often each rival loses, by different filters where the data hold them; for long answers once is enough.

    Of members and names every operator is asked anyway. Which of several values counts shows by few filters only, so
    there twice: what no rival foresees is then less likely to pass.
    """
    return 2 if requirement in ("field.score-repeated", "field.annotation-users") else 1


def _worth(expected: LogSet, told: int, sample: Sample) -> tuple[float, bool, int]:
    """How much a candidate is worth.

    By the rivals that it tells apart, then by matching some logs but not all, then by matching few, whose answer is
    short. Of a large experiment an answer counts as one more request for each thousand of its logs.
    """
    cost = 1 + sample.answered(expected) // LONG
    return told / cost, sample.is_telling(expected), -len(expected)


def _plan(requirement: str, candidates: Candidates, sample: Sample, seed: int, without: frozenset[str]) -> Plan:
    """The plan of one requirement. The same data and seed give the same plan."""
    filters = candidates.of(requirement)
    random.Random(f"{seed}:{requirement}").shuffle(filters)  # noqa: S311 - ties between equals, nothing secret
    return _greedy(requirement, filters, rivals_of(requirement, without), sample)


def _taken_for(member: str, other: str | None) -> Rival:
    """The rival that takes one member for another, or never finds it."""

    def address(field: str, kinds: object) -> tuple[str, str]:
        del kinds
        if field != member:
            return "member", field
        return ("score", "\0 no such score") if other is None else ("member", other)

    text = f"`{member}` is never found." if other is None else f"`{member}` reads `{other}`."
    needs = f"a log with `{member}`" + ("" if other is None else f" that differs from its `{other}`")
    name = f"{member}-is-{other or 'missing'}"
    return Rival(name, text, needs, ("field.member",), dataclasses.replace(RIGHT, address=address))


def misreadings(member: str, contract: Contract) -> list[Rival]:
    """The rivals that never find this member, or take another of its kind for it."""
    kind = contract.kinds[member]
    others = [other for other, of_other in contract.kinds.items() if of_other == kind and other != member]
    found = [_taken_for(member, other) for other in (None, *others)]
    return [*found, _otherwise(member)] if kind == "map" else found


def _otherwise(member: str) -> Rival:
    """The rival that finds another text under a key of a map than is shown."""

    def under_key(entries: Mapping[str, object], key: str) -> object:
        value = RIGHT.under_key(entries, key)
        return f"{value} " if isinstance(value, str) else value

    text, needs = f"What is judged of `{member}` is not what is shown.", f"a log with a text under a key of `{member}`"
    reading = dataclasses.replace(RIGHT, under_key=under_key)
    return Rival(f"{member}-is-not-what-is-shown", text, needs, ("field.member",), reading)


def _plan_members(requirement: str, candidates: Candidates, sample: Sample, contract: Contract, seed: int) -> Plan:
    """The plan that tells each member from every other of its kind, and from one that is never found."""
    probes: list[Probe] = []
    undecided: list[Rival] = []
    for member in contract.kinds:
        filters = candidates.of_member(member)
        random.Random(f"{seed}:{member}").shuffle(filters)  # noqa: S311 - as above
        part = _greedy(requirement, filters, misreadings(member, contract), sample)
        probes += part.probes
        undecided += part.undecided
    return Plan(requirement, tuple(probes), tuple(undecided))


def _plan_roots(requirement: str, candidates: Candidates, sample: Sample) -> Plan:
    """The plan that tells filters over root logs from filters over all logs of a tree."""
    rival = Rival(
        "descendants-are-judged",
        "Descendants are judged as well, and their roots answered.",
        "a log below a root that matches a filter which its root does not",
        (requirement,),
        RIGHT,
    )
    probes: list[Probe] = []
    for filter_ in candidates.of_descendants():
        expected, anywhere = sample.matching(RIGHT, filter_), sample.matching_anywhere(RIGHT, filter_)
        if expected != anywhere and len(probes) < _WITNESSES:
            probes.append(Probe(requirement, filter_, expected, ((rival, anywhere),)))
    return Plan(requirement, tuple(probes), () if probes else (rival,))


def _plan_once(requirement: str, candidates: Candidates, sample: Sample) -> Plan:
    """The plan for logs that match in several ways: by two elements, or two scores. A join would answer them twice."""
    rival = Rival(
        "joined-logs-repeat",
        "A log is answered as often as one of its values matches.",
        "a log with two equal tags, or two scores of one name",
        (requirement,),
        RIGHT,
    )
    probes = []
    for source in ("filter.equals.list", "filter.like.list", "field.score-repeated", "field.annotation-users"):
        for filter_ in candidates.of(source):
            if filter_.operator not in ("is_null", "exists", "not_equals") and _matches_twice(sample, filter_):
                expected = sample.matching(RIGHT, filter_)
                probes.append(Probe(requirement, filter_, expected, ((rival, expected),)))
                break
    return Plan(requirement, tuple(probes), () if probes else (rival,))


def _plan_operators(requirement: str, candidates: Candidates, sample: Sample, contract: Contract) -> Plan:
    """One filter of each operator, on a kind that has it; what it matches is not judged here."""
    probes: list[Probe] = []
    for operator in contract.operators:
        sources = contract.matching(f"filter.{operator}.*")
        filter_ = next((filter_ for source in sources for filter_ in candidates.of(source)), None)
        if filter_ is not None:
            probes.append(Probe(requirement, filter_, sample.matching(RIGHT, filter_), ()))
    return Plan(requirement, tuple(probes), ())


def _matches_twice(sample: Sample, filter_: Filter) -> bool:
    held = sample.values(RIGHT, filter_)
    return any(values is not None and sum(RIGHT.judge((value,), filter_) for value in values) > 1 for values in held)


_OTHERS = ("request.operators", "result.roots", "result.once")


def planned(requirements: Iterable[str]) -> list[str]:
    """Those of the requirements that filters are planned for."""
    own = ("filter.", "field.")
    return [name for name in requirements if name.startswith(own) or name in _OTHERS]


@functools.lru_cache(maxsize=8)
def plans(  # noqa: PLR0913 - what decides the plans, and is their key in the cache
    sample: Sample,
    contract: Contract,
    requirements: tuple[str, ...],
    seed: int,
    *,
    thorough: bool = False,
    without: frozenset[str] = frozenset(),
) -> tuple[Plan, ...]:
    """The plan of each of these requirements. The same arguments give the same plans, so they are kept.

    Args:
        sample: the logs to judge by.
        contract: the contract.
        requirements: their ids; those that no filters are planned for are left out.
        seed: decides between equals.
        thorough: whether more is asked than what is needed to cover each class of operands.
        without: areas of rivals that are left out, `candidates` for all that is asked because of rivals, and `classes`
            for the classes of operands; to measure what is found then.
    """
    candidates = Candidates(sample, contract)
    special: dict[str, Callable[[str], Plan]] = {
        "field.member": lambda name: _plan_members(name, candidates, sample, contract, seed),
        "request.operators": lambda name: _plan_operators(name, candidates, sample, contract),
        "result.roots": lambda name: _plan_roots(name, candidates, sample),
        "result.once": lambda name: _plan_once(name, candidates, sample),
    }
    names = planned(requirements)
    if "candidates" in without:
        found = [Plan(name, (), ()) for name in names]
    else:
        found = [
            special[name](name) if name in special else _plan(name, candidates, sample, seed, without) for name in names
        ]
    if "classes" in without:
        return tuple(found)
    # Of one that is asked to see whether its operator is taken, nobody judges what it matches.
    judged = (plan for plan in found if plan.requirement != "request.operators")
    covers = Coverer(candidates, contract, seed, thorough=thorough).covers(
        probe.filter for plan in judged for probe in plan.probes if probe.expected
    )
    found = list(_covered(found, sample, covers))
    for beside in (presences(sample, contract), asked_by_name(sample, contract)):
        found = list(_covered(found, sample, _sendable(beside, candidates)))
    telling = (probe.filter for plan in found for probe in plan.asked if sample.is_telling(probe.expected))
    found = list(_covered(found, sample, _sendable(untried(sample, contract, telling), candidates)))
    asked = dict.fromkeys(probe.filter for plan in found for probe in plan.asked)
    return tuple(_covered(found, sample, _sendable(untold(sample, contract, asked, whole=thorough), candidates)))


def _sendable(asked: Mapping[str, Sequence[Filter]], candidates: Candidates) -> dict[str, Cover]:
    """What is asked beside the classes of operands, that the contract accepts."""
    return {requirement: Cover(tuple(candidates.sendable(filters))) for requirement, filters in asked.items()}


def _covered(found: Sequence[Plan], sample: Sample, covers: Mapping[str, Cover]) -> Iterator[Plan]:
    """The plans, with what else is asked; of large experiments nothing that has a long answer."""
    for plan in found:
        cover = covers.get(plan.requirement, Cover())
        probes = (Probe(plan.requirement, one, sample.matching(RIGHT, one), ()) for one in cover.filters)
        short = tuple(probe for probe in probes if not sample.is_long(probe.expected))
        yield replace(plan, covering=plan.covering + short, cover=plan.cover | cover)
