"""Servers that convert values before they compare them are told apart, for each kind and each way to compare."""

from collections.abc import Iterable

import pytest
from checks.suite.support import sample_of
from parea_conformance.classes.conversions import CONVERSIONS, Conversion
from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from parea_conformance.probes import converted, planner
from parea_conformance.probes.converted import Place, Server, servers, untold
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT


def _of(of: type, before: object, after: object) -> Conversion:
    """The conversion that makes this of that."""
    return next(one for one in CONVERSIONS[of] if one.operand is not None and repr(one.operand(before)) == repr(after))


@pytest.mark.parametrize(
    ("of", "before", "after"),
    [
        (str, "a\nb", "a"),
        (str, "a,b", "a"),
        (str, "%41+", "A+"),
        (str, "A+B", "A B"),
        (str, " a", "a"),
        (str, "x" * 99, "x" * 64),
        (str, "\U0001f98a", "\U0001f600"),
        (str, "\N{KELVIN SIGN}", "k"),
        (str, "7", "7.0"),
        (float, 1e-320, 0.0),
        (float, 0.1, 0.10000000149011612),
        (float, -2.5, -2.0),
        (float, -2.5, 2.5),
        (float, 2.0**40, 2.0**31 - 1),
        (float, float("inf"), 2.0**31 - 1),
        (int, 1_500_000_000_000_000_000, 1_000_000_000_000_000_000),
        (int, 1, 62_135_683_200 * 10**18),
    ],
)
def test_conversions(of: type, before: object, after: object) -> None:
    assert _of(of, before, after)


@pytest.mark.parametrize(
    ("server", "asked", "tells"),
    [
        # The first line is kept, so what is whole is not found, and what is cut is.
        ((True, False), "a\nb", True),
        ((True, False), "a", True),
        ((True, False), "c", False),
        # The operand is cut.
        ((False, True), "a\nb", True),
        ((False, True), "c\nd", True),
        ((False, True), "c", False),
        # Both are: the whole finds itself.
        ((True, True), "a\nb", False),
        ((True, True), "a", True),
        ((True, True), "c\nd", True),
    ],
)
def test_what_a_filter_tells(server: tuple[bool, bool], asked: str, tells: bool, contract: Contract) -> None:
    place = Place(sample_of(contract, {"output": "a\nb"}, {"output": "c"}, {}), "output")
    of_lines = Server(_of(str, "a\nb", "a"), *server)
    assert place.told(Filter("output", "equals", asked), [of_lines]) == ([of_lines] if tells else [])


def test_what_is_told_anyway_is_not_asked(contract: Contract) -> None:
    sample = sample_of(contract, {"cost": 1.25}, {"cost": 2.0}, {})
    found = untold(sample, contract, [])
    assert {name for name in found if name.endswith("number")} == {"filter.equals.number", "filter.greater_than.number"}
    again = untold(sample, contract, [filter_ for filters in found.values() for filter_ in filters])
    assert again == {}


def test_what_the_data_cannot_tell_is_not_asked(contract: Contract) -> None:
    found = untold(sample_of(contract, {}), contract, [])
    assert {name.rpartition(".")[2] for name in found} == {"text"}  # which the ids are


def test_of_texts_that_nothing_changes_something_beside_is_asked(contract: Contract) -> None:
    found = untold(sample_of(contract, {}), contract, [])["filter.equals.text"]
    assert {"log-0 ", " log-0", "LOG-0"} <= {filter_.value for filter_ in found}


def test_the_plan_tells_every_server_that_anything_could_tell(contract: Contract, sample: Sample) -> None:
    plans = planner.plans(sample, contract, tuple(contract.requirements), 0)
    asked = dict.fromkeys(probe.filter for plan in plans for probe in plan.asked)
    assert untold(sample, contract, asked) == {}
    # It would ask for more, were less asked.
    assert untold(sample, contract, [one for one in asked if one.operator != "like"])


def test_a_thorough_walk_asks_each_member_and_operator(contract: Contract) -> None:
    sample = sample_of(contract, {"cost": 1.25, "latency": 0.5}, {"cost": 2.0}, {})

    def asked(*, whole: bool) -> set[tuple[str | None, str | None]]:
        found = untold(sample, contract, [], whole=whole)
        return {(one.field, one.operator) for filters in found.values() for one in filters}

    assert {operator for field, operator in asked(whole=False) if field in ("cost", "latency")} == {
        "equals",
        "greater_than",
    }
    takes = [operator for operator, form in contract.forms["number"].items() if form != "none"]
    assert {(member, operator) for member in ("cost", "latency") for operator in takes} <= asked(whole=True)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_said_to_be_told_is(seed: int, contract: Contract, sample: Sample) -> None:
    """The short way of the planner is that of the definition: a server answers other logs than a right one."""
    asked = list(planner.plans(sample, contract, ("filter.equals.text", "filter.in.list"), seed)[0].asked)
    for probe in asked[:20]:
        filter_ = probe.filter
        place = Place(sample, filter_.field or "", filter_.key)
        every = servers({str})
        told = place.told(filter_, every)
        for server in every:
            read = server.read(filter_)
            assert read is not None
            judge, right = RIGHT.judging(read), RIGHT.judging(filter_)
            made = [server.conversion.values(held) if server.keeps else held for held in place.values]
            differs = [judge(one) for one in made] != [right(held) for held in place.values]
            assert (server in told) == differs


def test_long_lists_are_not_looked_at(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = sample_of(contract, {"output": "a\nb"}, {"output": "c"}, {})
    long = Filter("output", "in", ",".join(["x"] * (converted._PARTS + 2)))
    looked: list[Filter] = []
    told = Place.told

    def noted(place: Place, asked: Filter, among: Iterable[Server]) -> list[Server]:
        looked.append(asked)
        return told(place, asked, among)

    monkeypatch.setattr(Place, "told", noted)
    untold(sample, contract, [long, Filter("output", "in", "c,d")])
    assert Filter("output", "in", "c,d") in looked
    assert long not in looked
