"""A diagnosis: the fewest misreadings that explain what failed, and contradict no answer that was right.

Every answer of the run that the oracle judged is judged again by each rival, and by pairs of them. A misreading
explains a requirement when it predicts each of the wrong answers by which the requirement failed; it counts only when
it predicts all right answers of the run as well, or, of a rival of that very requirement, all answers to its operator
on its kind: a server may read one operator wrongly and another rightly. Where nothing does, nothing is said.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any

from parea_conformance.context import Answer, Context
from parea_conformance.contract import Contract
from parea_conformance.ledger import Entry, Verdict
from parea_conformance.logs.sample import LogSet, Sample
from parea_conformance.probes.planner import misreadings
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT, Reading
from parea_conformance.reading.order import child_key, with_descendants
from parea_conformance.rivals import RIVALS, Rival, rivals_of
from parea_conformance.rivals.answers import CHILD_ORDERS, ROOT_ORDERS
from parea_conformance.stages.meaning import Meaning

_MOST_ALTERNATIVES = 3


@dataclass(frozen=True)
class Misreading:
    """What a server seems to read otherwise than the contract.

    Attributes:
        text: the misreading, in words; two of them where only both together explain the answers.
        alternatives: other misreadings that explain the same answers: nothing that was asked tells them apart.
        requirements: the ids of the requirements whose every failure it explains.
    """

    text: str
    alternatives: tuple[str, ...]
    requirements: tuple[str, ...]


@dataclass(frozen=True)
class _Hypothesis:
    """A misreading, and the logs that a server which has it answers."""

    text: str
    answer: Callable[[Filter], LogSet]
    rival: Rival | None = None


class _Evidence:
    """What was asked, what came, and what should have come."""

    def __init__(self, context: Context, sample: Sample, entries: Sequence[Entry]) -> None:
        observed = context.observed
        self.sample = sample
        self.contract = context.contract
        self.observed = observed
        self.right = {filter_: sample.matching(RIGHT, filter_) for filter_ in observed}
        self.held = [filter_ for filter_, logs in observed.items() if logs == self.right[filter_]]
        self.failing = {entry.requirement.id: filters for entry in entries if (filters := self._asked(entry))}

    def _cell(self, filter_: Filter) -> str:
        """The requirement of a filter's operator on the kind of its field."""
        return self.contract.requirement_of(filter_.operator or "", filter_.field or "")

    def _asked(self, entry: Entry) -> tuple[Filter, ...]:
        """The filters by which a requirement failed; none where something else failed as well."""
        filters = [failure.filter for failure in entry.failures]
        known = [filter_ for filter_ in filters if filter_ in self.observed]
        return tuple(dict.fromkeys(f for f in known if f is not None)) if len(known) == len(filters) else ()

    def explained(self, hypothesis: _Hypothesis) -> frozenset[str]:
        """The requirements that a hypothesis explains; none when it contradicts a right answer."""
        found = frozenset(
            name
            for name, filters in self.failing.items()
            if all(hypothesis.answer(filter_) == self.observed[filter_] for filter_ in filters)
        )
        broken = {self._cell(f) for f in self.held if hypothesis.answer(f) != self.right[f]} if found else set()
        own = [name for name in found if hypothesis.rival in rivals_of(name) and name not in broken]
        return frozenset(own) if broken else found


def diagnose(context: Context, sample: Sample, unfiltered: Answer, meaning: Meaning) -> tuple[Misreading, ...]:
    """The misreadings that explain most, each with what it explains; also written to the failures that it explains."""
    entries = [entry for entry in context.ledger.entries.values() if entry.verdict is Verdict.FAIL]
    if not entries:
        return ()
    evidence = _Evidence(context, sample, entries)
    by_rivals = [_of(rival, evidence) for rival in RIVALS]
    others = _of_everything(sample), _of_members(context.contract, evidence)
    explains = {one.text: found for one in chain(others[0], by_rivals, others[1]) if (found := evidence.explained(one))}
    for name, texts in _orders(entries, sample, unfiltered, meaning).items():
        explains.update({text: frozenset((name,)) for text in texts})
    left = evidence.failing.keys() - frozenset().union(*explains.values())
    for text, found in _pairs(by_rivals, evidence, left):
        explains[text] = explains.get(text, frozenset()) | found
    _write(entries, explains)
    return tuple(_fewest(explains, list(context.ledger.entries)))


def _of_everything(sample: Sample) -> Iterator[_Hypothesis]:
    """Misreadings of all filters."""
    yield _Hypothesis("Every filter is ignored.", lambda _: sample.everything)
    yield _Hypothesis("No filter matches anything.", lambda _: LogSet())
    yield _Hypothesis(
        "Descendants are judged as well, and their roots answered.",
        lambda filter_: sample.matching_anywhere(RIGHT, filter_),
    )


def _of_members(contract: Contract, evidence: _Evidence) -> Iterator[_Hypothesis]:
    """Misreadings of the members by which something failed."""
    asked = {filter_.field for filters in evidence.failing.values() for filter_ in filters}
    for member in (member for member in contract.kinds if member in asked):
        for rival in misreadings(member, contract):
            yield _of_member(member, rival, evidence)


def _of_member(member: str, rival: Rival, evidence: _Evidence) -> _Hypothesis:
    """A misreading of one member: what is asked of others it leaves as it is."""

    def answer(filter_: Filter) -> LogSet:
        reading = rival.reading if filter_.field == member else RIGHT
        return evidence.sample.matching(reading, filter_)

    return _Hypothesis(rival.text, answer, rival)


def _of(rival: Rival, evidence: _Evidence) -> _Hypothesis:
    @functools.cache  # a broken server has every rival judge every answer, and some twice
    def answer(filter_: Filter) -> LogSet:
        reading = reading_of(rival, filter_, evidence.contract)
        return evidence.right[filter_] if reading is RIGHT else evidence.sample.matching(reading, filter_)

    return _Hypothesis(rival.text, answer, rival)


def reading_of(rival: Rival, filter_: Filter, contract: Contract) -> Reading:
    """How a server reads a filter that has this rival's reading of the requirements that it belongs to.

    One of operators alone leaves other operators and kinds as they are.
    """
    cells = _cells(rival.requirements, contract)
    cell = contract.requirement_of(filter_.operator or "", filter_.field or "")
    return RIGHT if cells and cell not in cells else rival.reading


@functools.lru_cache(maxsize=1024)
def _cells(patterns: tuple[str, ...], contract: Contract) -> frozenset[str]:
    """The operators on kinds that these patterns name; none when they name fields as well, asked by any operator."""
    names = frozenset(name for pattern in patterns for name in contract.matching(pattern))
    return names if all(name.startswith("filter.") for name in names) else frozenset()


def _orders(
    entries: Sequence[Entry], sample: Sample, unfiltered: Answer, meaning: Meaning
) -> dict[str, tuple[str, ...]]:
    """The wrong orders by which all answers of the run came, of roots and of children, where those failed."""
    failed = {entry.requirement.id for entry in entries}
    roots = [unfiltered.ids, *(seen.ids for seen in meaning.seen.values() if seen.logs is not None)]
    answers = [[sample.logs[sample.index[name]] for name in ids if name in sample.index] for ids in roots]
    families = [
        node["children_logs"] for log in sample.logs for node in with_descendants(log) if node.get("children_logs")
    ]
    found = {}
    for name, rivals, came in (
        ("result.order", ROOT_ORDERS, answers),
        ("result.tree", CHILD_ORDERS, families),
    ):
        # What a rival's key does not tell apart may stand in any order; by the right one it would stand so.
        sorted_ = [sorted(logs, key=child_key) if name == "result.tree" else logs for logs in came]
        texts = [
            rival.text
            for rival in rivals
            if all(rival.arrange(right) == list(logs) for right, logs in zip(sorted_, came, strict=True))
        ]
        if name in failed and texts:
            found[name] = tuple(texts)
    return found


def _pairs(
    by_rivals: Iterable[_Hypothesis], evidence: _Evidence, left: frozenset[str] | set[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Two rivals that together explain what neither does alone."""
    if not left:
        return
    candidates = []
    for one in by_rivals:
        wrong = (filter_ for name in left for filter_ in evidence.failing[name])
        hits = any(one.answer(filter_) == evidence.observed[filter_] for filter_ in wrong)
        if hits and all(one.answer(filter_) == evidence.right[filter_] for filter_ in evidence.held):
            candidates.append(one)
    for first, second in combinations(candidates, 2):
        both = _both(first, second, evidence)
        found = evidence.explained(both) & left
        if found:
            yield both.text, found


def _both(first: _Hypothesis, second: _Hypothesis, evidence: _Evidence) -> _Hypothesis:
    """Two misreadings at once: both steps replaced; of one step the first that answers otherwise."""
    text = f"{first.text} And: {second.text}"
    steps = _steps(first), _steps(second)
    if not steps[0].keys() & steps[1].keys():
        reading = dataclasses.replace(RIGHT, **steps[0], **steps[1])
        return _Hypothesis(text, lambda filter_: evidence.sample.matching(reading, filter_))

    def answer(filter_: Filter) -> LogSet:
        logs = first.answer(filter_)
        return second.answer(filter_) if logs == evidence.right[filter_] else logs

    return _Hypothesis(text, answer)


def _steps(one: _Hypothesis) -> dict[str, Any]:
    """The steps by which the reading of a rival differs from the right one."""
    reading = one.rival.reading if one.rival is not None else RIGHT
    steps = {step.name: getattr(reading, step.name) for step in dataclasses.fields(RIGHT)}
    return {name: step for name, step in steps.items() if step != getattr(RIGHT, name)}


def _write(entries: Sequence[Entry], explains: Mapping[str, frozenset[str]]) -> None:
    """Tell each failure what explains it."""
    for entry in entries:
        texts = [text for text, names in explains.items() if entry.requirement.id in names]
        if 0 < len(texts) <= _MOST_ALTERNATIVES:
            entry.failures[:] = [dataclasses.replace(one, explanation=" Or: ".join(texts)) for one in entry.failures]


def _fewest(explains: Mapping[str, frozenset[str]], order: Sequence[str]) -> Iterator[Misreading]:
    """Always the misreading that explains most of what is left."""
    left = frozenset[str]().union(*explains.values())
    while left:
        text = max(explains, key=lambda text: len(explains[text] & left))
        new = explains[text] & left
        others = tuple(other for other in explains if other != text and explains[other] == explains[text])
        if len(others) < _MOST_ALTERNATIVES:
            yield Misreading(text, others, tuple(name for name in order if name in new))
        left -= new
