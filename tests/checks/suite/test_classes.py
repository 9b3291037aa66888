"""Classes of operands: the tables hold what they say, the data and the plan cover them, and wrong readings show."""

import dataclasses
import datetime
import math
import re
from collections.abc import Callable

import parea_target
import pytest
from checks.suite.support import KEY
from parea_conformance import judge
from parea_conformance.classes import CLASSES, ValueClass
from parea_conformance.classes.near import taken_for
from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.logs.sampling import SAMPLE
from parea_conformance.logs.seed_data import EXPERIMENT
from parea_conformance.probes import planner
from parea_conformance.probes.candidates import Candidates
from parea_conformance.probes.covering import Coverer
from parea_conformance.probes.planner import Plan
from parea_conformance.probes.pools import operands
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT, Reading
from parea_conformance.reading.order import root_key
from parea_conformance.reading.values import ascii_lower, instant, number

pytestmark = pytest.mark.slow

_SECOND = 10**18
_EPOCH = instant("1970-01-01T00:00:00Z")
_EVERY = [(form, one) for form, classes in CLASSES.items() for one in classes]


@pytest.fixture(scope="module", params=[0, 5])
def plans(request: pytest.FixtureRequest, sample: Sample, contract: Contract) -> tuple[Plan, ...]:
    return planner.plans(sample, contract, tuple(contract.requirements), request.param)


@pytest.fixture(scope="module")
def few(contract: Contract) -> Sample:
    """Data that hold next to nothing."""
    start = "2024-04-15T22:19:13+00:00"
    values = (0.1, -7, 3, 12)
    logs = [{"trace_id": f"few-{value}", "start_timestamp": start, "latency": value} for value in values]
    return Sample(sorted(logs, key=root_key), contract.kinds)


@pytest.mark.parametrize(("form", "one"), _EVERY, ids=lambda each: each.name if isinstance(each, ValueClass) else each)
def test_a_class_holds_its_members_and_not_everything(form: str, one: ValueClass) -> None:
    assert one.reason
    assert one.members
    assert all(one.holds(member) for member in one.members)
    others = [member for other in CLASSES[form] for member in other.members]
    assert not all(one.holds(member) for member in others)


@pytest.mark.parametrize("form", CLASSES)
def test_names_of_classes_are_their_own(form: str) -> None:
    names = [one.name for one in CLASSES[form]]
    assert len(names) == len(set(names)) >= (10 if form == "boolean" else 40)


def test_what_a_text_is_taken_for_differs_from_it() -> None:
    assert "stra\u00dfe" not in taken_for("stra\u00dfe")
    assert "STRASSE" in taken_for("stra\u00dfe")
    assert taken_for("abc")[0] == "ABC"
    assert taken_for("1") == ["1x"]


@pytest.mark.parametrize(("form", "member"), [("text", "target"), ("number", "feedback_score"),
                                              ("timestamp", "end_timestamp")])  # fmt: skip
def test_the_seed_data_hold_a_value_of_each_class_and_one_beside(
    form: str, member: str, sample: Sample, contract: Contract
) -> None:
    def accepted(text: str) -> bool:
        return contract.accepts(Filter(member, "equals", text).body())

    held = [log[member] for log in sample.logs if log.get(member) is not None]
    pool = operands(form, held, accepted)
    selected = {name for one in pool if one.held for name in one.classes}
    beside = {name for one in pool if not one.held for name in one.classes}
    asked = {one.name for one in CLASSES[form] if any(accepted(text) for text in one.members)}
    # A log says no infinity, and no instant beyond the years; the other is another spelling, or a step away.
    assert asked - selected <= {"beyond doubles", "beyond the years by its offset"}
    assert beside


def test_the_seed_data_are_judged_whole(sample: Sample) -> None:
    assert len(sample.logs) <= SAMPLE


def test_each_class_is_asked_of_each_operator_and_kind(plans: tuple[Plan, ...], contract: Contract) -> None:
    for plan in plans:
        _, _, rest = plan.requirement.partition(".")
        operator, _, kind = rest.partition(".")
        if not plan.requirement.startswith("filter.") or operator in ("is_null", "exists") or kind == "boolean":
            assert not plan.cover.classes
            continue
        form = {"timestamp": "timestamp", "number": "number"}.get(kind, "text")
        member = {"timestamp": "end_timestamp", "number": "latency"}.get(kind, "output")
        valid = {
            one.name
            for one in CLASSES[form]
            if any(contract.accepts(Filter(member, "equals", text).body()) for text in one.members)
        }
        assert plan.cover.classes >= valid or (kind == "map" and operator not in ("equals", "not_equals", "like", "in"))


def test_what_covers_classes_is_little_and_sendable(
    plans: tuple[Plan, ...], contract: Contract, sample: Sample
) -> None:
    asked = {probe.filter for plan in plans for probe in plan.asked}
    assert len(asked) <= 1_100
    assert all(contract.accepts(one.body()) for one in asked)
    probes = [probe.filter for plan in plans for probe in plan.probes if probe.expected]
    covers = Coverer(Candidates(sample, contract), contract, 0, thorough=False).covers(probes)
    filters = {one for cover in covers.values() for one in cover.filters}
    assert 300 < len(filters) <= 650


def test_what_other_data_hold_no_value_of_is_said_class_by_class(contract: Contract, few: Sample) -> None:
    [plan] = planner.plans(few, contract, ("filter.equals.number",), 0)
    assert {"minus zero", "2^53 and beside", "half"} <= plan.cover.unheld
    assert {"negative", "not exact in binary"} <= plan.cover.classes - plan.cover.unheld
    said = parea_target.load()
    with parea_target.Store(said, [(EXPERIMENT, map(parea_target.RootLog.of, few.logs))]) as store:
        report = judge(app=parea_target.create_app(store, {KEY: {EXPERIMENT}}), experiment=EXPERIMENT, api_key=KEY,
                       only=["filter.equals.number"])  # fmt: skip
    [entry] = report.entries
    assert re.match(r"operands of \d+ classes; no log holds a value of: .*\bhalf, .*\bminus zero, ", entry.proofs[0])


def test_a_thorough_plan_asks_more(sample: Sample, contract: Contract) -> None:
    names = ("filter.between.number", "filter.greater_than.number")
    little, much = (planner.plans(sample, contract, names, 0, thorough=thorough) for thorough in (False, True))
    assert all(len(more.covering) > len(less.covering) for less, more in zip(little, much, strict=True))


def test_areas_can_be_left_out(sample: Sample, contract: Contract) -> None:
    [plan] = planner.plans(
        sample, contract, ("filter.equals.number",), 0, without=frozenset({"numbers", "nulls", "lists"})
    )
    assert {rival.area for probe in plan.probes for rival, _ in probe.rivals} <= {"fields", "maps", "text", "times"}
    assert plan.covering
    [bare] = planner.plans(sample, contract, ("filter.equals.number",), 0, without=frozenset({"classes"}))
    assert bare.probes
    assert not bare.covering


# Wrong readings of documented systems that the catalogue of rivals does not hold. ------------------------------------


def _value_is(read: Callable[[str], int]) -> Reading:
    """A reading that takes the value of a filter on timestamps for another instant."""

    def comparable(this: object, value: str) -> float | int | None:
        return read(value) if isinstance(this, int) and not isinstance(this, bool) else RIGHT.comparable(this, value)

    return dataclasses.replace(RIGHT, instant_equal=lambda this, value: this == read(value), comparable=comparable)


def _julian(text: str) -> int:
    """Java's GregorianCalendar, and Hive: the Julian calendar before 15 October 1582."""
    moment = instant(text)
    if moment // (86400 * _SECOND) >= datetime.date(1582, 10, 15).toordinal():
        return moment
    year = int(text[:4]) - (int(text[5:7]) < 3)
    return moment + (year // 100 - year // 400 - 2) * 86400 * _SECOND


def _nanoseconds(text: str) -> int:
    """Go's UnixNano, and pandas: an int64 that wraps around."""
    count = (instant(text) - _EPOCH) // 10**9
    return _EPOCH + ((count + 2**63) % 2**64 - 2**63) * 10**9


def _years(text: str) -> int:
    """JavaScript: years below 100 are those after 1900."""
    return instant(f"19{text[2:]}") if text.startswith("00") and "-02-29" not in text else instant(text)


def _fraction(text: str) -> int:
    """The digits of a fraction read as an integer of microseconds."""
    head, point, rest = text.partition(".")
    digits = "".join(char for char in rest.split("Z")[0].split("+")[0].split("-")[0])
    return instant(f"{head}.{digits:0>6}{rest[len(digits) :]}") if point else instant(text)


def _toward_zero(text: str) -> int:
    """Milliseconds since the epoch, by a division toward zero."""
    since = instant(text) - _EPOCH
    return instant(text) if since >= 0 else _EPOCH - -since // 10**15 * 10**15


def _signed(value: float) -> tuple[float, float]:
    return value, math.copysign(1, value)


def _saturated(text: str) -> float | None:
    """Java's Long: what is larger is the largest."""
    whole = text.removeprefix("-").isdigit() and number(text) is not None
    return float(max(min(int(text), 2**63 - 1), -(2**63))) if whole else number(text)


_FOREIGN: dict[str, Reading] = {
    "the Julian calendar": _value_is(_julian),
    "nanoseconds in int64": _value_is(_nanoseconds),
    "2^31 seconds are the last": _value_is(lambda text: min(instant(text), _EPOCH + (2**31 - 1) * _SECOND)),
    "years below 100": _value_is(_years),
    "-00:30 without its sign": _value_is(
        lambda text: instant(f"{text[:-6]}+{text[-5:]}" if text[-6:-2] == "-00:" else text)
    ),
    "a fraction as an integer": _value_is(_fraction),
    "toward zero before the epoch": _value_is(_toward_zero),
    "minus zero differs": dataclasses.replace(
        RIGHT,
        number_equal=lambda this, value: (that := number(value)) is not None and _signed(this) == _signed(that),
    ),
    "the largest long": dataclasses.replace(RIGHT, number_equal=lambda this, value: this == _saturated(value)),
    "the Kelvin sign is a k": dataclasses.replace(
        RIGHT, contains=lambda text, value: ascii_lower(value) in ascii_lower(text.replace("\u212a", "k"))
    ),
    "a hundred parts": dataclasses.replace(RIGHT, split=lambda value: RIGHT.split(value)[:100]),
    "parts trimmed of all white space": dataclasses.replace(
        RIGHT, split=lambda value: [part.strip() for part in value.split(",")]
    ),
}


@pytest.mark.parametrize("name", _FOREIGN)
def test_what_no_rival_foresees_is_told_apart(name: str, plans: tuple[Plan, ...], sample: Sample) -> None:
    reading = _FOREIGN[name]
    told = [one for plan in plans for one in plan.asked if sample.matching(reading, one.filter) != one.expected]
    assert told


def test_a_hundred_parts_are_told_by_classes_alone(sample: Sample, contract: Contract) -> None:
    reading = _FOREIGN["a hundred parts"]
    bare = planner.plans(sample, contract, tuple(contract.requirements), 0, without=frozenset({"classes"}))
    asked = [one for plan in bare for one in plan.probes]
    assert [one.filter for one in asked if sample.matching(reading, one.filter) != one.expected] == []
