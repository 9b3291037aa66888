"""A right server that is accused is seen to be."""

import pytest

from faults import alarms as command
from faults.alarms import Alarms, alarms
from faults.catalogue import catalogue
from faults.lab import serving


@pytest.mark.xdist_group("faults-0")
def test_an_accusation_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "SERVERS", {"wrong": lambda: serving(catalogue()["no-challenge"])})
    found = alarms("wrong", [1])
    assert {seed: list(wrong) for seed, wrong in found.items()} == {1: ["auth.challenge"]}


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        ({}, 0, "2 right servers, 3 seeds each: 0 accused"),
        ({2: {"auth.first": ["a cause"]}}, 1, "2 right servers, 3 seeds each: 2 accused"),
    ],
)
def test_the_command_says_so(
    found: Alarms, status: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "outcomes", lambda jobs: [found for _ in jobs])
    assert command.main(["--seeds", "3"]) == status
    shown = capsys.readouterr().out
    assert said in shown.splitlines()[-1]
    assert all(f"seed {seed}: auth.first: a cause" in shown for seed in found)
