"""The figures of `make power` are right: who belongs to an area, what is left out, and when a share is too low."""

from collections.abc import Iterator, Sequence

import pytest
from parea_conformance.rivals import RIVALS

from faults import power as command
from faults.catalogue import catalogue
from faults.lab import RIGHT, seek_named
from faults.power import Area, Power, area_of, areas, judged, stacks
from faults.stacks import stack_faults

TEXT = Area("text", ("like-has-case", "equals-ends-at-nul"), ("text", "cases"), 0.85)


def test_every_fault_belongs_to_one_area() -> None:
    known = areas()
    named = [name for area in known.values() if area.name != "candidates" for name in area.faults]
    assert sorted(named) == sorted(catalogue())
    assert {rival.area for rival in RIVALS} <= known.keys()


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("like-has-case", "text"),
        ("order-by-id", "answers"),
        ("one-pair-breaks", "around"),
        ("no-challenge", "auth"),
    ],
)
def test_area_follows_from_module_or_requirements(name: str, area: str) -> None:
    assert area_of(catalogue()[name]) == area


@pytest.mark.parametrize(
    ("area", "without"),
    [("text", ("text", "cases")), ("candidates", ("candidates", "cases")), ("auth", ("cases",))],
)
def test_what_is_left_out(area: str, without: tuple[str, ...]) -> None:
    assert areas()[area].without == without


def test_stacks_judge_every_fault_of_theirs() -> None:
    assert {name for stack in stacks() for name in stack.faults} >= stack_faults().keys()
    assert {(stack.without, stack.enough) for stack in stacks()} == {((), 1.0)}


@pytest.mark.xdist_group("faults-0")
@pytest.mark.parametrize("without", [(), ("candidates", "cases"), ("text", "cases")])
def test_right_target_is_not_accused_by_what_is_left(without: tuple[str, ...]) -> None:
    outcome = seek_named(RIGHT.name, 0, without)
    assert (outcome.failed, outcome.cause) == (frozenset(), "")


@pytest.mark.xdist_group("faults-1")
def test_one_fault_is_judged() -> None:
    [power] = judged([Area("text", ("like-has-case", RIGHT.name), ("text", "cases"), 0.85)], 0)
    assert power.survivors == (RIGHT.name,)
    assert power.row.split() == ["text", "2", "1", "50%", "below", "85%"]


TABLES: list[tuple[tuple[str, ...], int, str]] = [
    ((), 0, "0 of 1 rows are too low"),
    (("like-has-case",), 1, "1 of 1 rows are too low: text"),
]


@pytest.mark.parametrize(("survivors", "status", "said"), TABLES)
def test_command_ends_with(
    survivors: tuple[str, ...],
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def some(asked: Sequence[Area], _seed: int) -> Iterator[Power]:
        assert [area.name for area in asked] == ["text"]
        yield Power(TEXT, survivors)

    monkeypatch.setattr(command, "judged", some)
    assert command.main(["text"]) == status
    shown = capsys.readouterr().out
    assert said in shown.splitlines()[-1]
    assert all(f"not found: {name}" in shown for name in survivors)


def test_a_stack_may_lack_nothing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def some(asked: Sequence[Area], _seed: int) -> Iterator[Power]:
        yield Power(asked[0], asked[0].faults[:1])

    monkeypatch.setattr(command, "judged", some)
    assert command.main(["stacks"]) == 1
    assert f"not found: {stacks()[0].faults[0]}" in capsys.readouterr().out


def test_command_knows_its_areas(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["no-such-area"])
    assert stopped.value.code == 2
    assert "no such area: no-such-area" in capsys.readouterr().err
