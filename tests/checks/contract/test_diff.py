"""`make diff-contract`: each edit of the contract breaks whom it breaks, in both directions."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from checks.contract.conftest import ROOT
from checks.contract.diff_edits import EDITS, Document, Edit, Verdict, log, of_operation, rename_member, schemas, set_at
from contract.conditions import with_conditions
from contract.diff.__main__ import CORRECTIONS, RELEASED, main
from contract.diff.bodies import accepts
from contract.diff.changes import Change, IncomparableError, Level, required_version
from contract.diff.documents import changes

pytestmark = pytest.mark.slow


def verdicts(found: list[Change]) -> set[Verdict]:
    return {(change.level.name.lower(), change.who) for change in found}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_breaks_whom_it_breaks(contract: Document, name: str) -> None:
    edit, forth, back = EDITS[name]
    changed = copy.deepcopy(contract)
    edit(changed)
    there, again = changes(contract, changed), changes(changed, contract)
    assert verdicts(there) == set(forth), there
    assert verdicts(again) == set(back), again
    for old, new, found in ((contract, changed, there), (changed, contract, again)):
        for each in found:
            if each.place == "components.schemas.TraceLogFilters" and "bodies tried" in each.what:
                said = [accepts(document, "TraceLogFilters", each.proof) for document in (old, new)]
                assert said == [each.who == "senders", each.who == "servers"]


def test_the_edits_are_of_every_keyword_that_the_contract_uses(contract: Document) -> None:
    used: set[str] = set()

    def visit(schema: Any, *, names: bool = False) -> None:
        if isinstance(schema, list):
            for each in schema:
                visit(each)
        elif isinstance(schema, dict):
            for keyword, each in schema.items():
                if not names and keyword not in ("enum", "required", "x-enumDescriptions", "example"):
                    used.add(keyword)
                if keyword not in ("enum", "x-enumDescriptions", "x-filter-kinds", "x-filter-names"):
                    visit(each, names=keyword in ("properties", "$defs") and not names)

    visit(contract["components"]["schemas"], names=True)
    conditions = {"$ref", "$defs", "allOf", "anyOf", "if", "then", "else", "not", "x-filter-kinds", "x-filter-names"}
    assert used - conditions <= {name.partition(":")[0] for name in EDITS}


def test_each_break_has_a_proof(contract: Document) -> None:
    changed = copy.deepcopy(contract)
    rename_member(changed)
    [gone] = [each for each in changes(contract, changed) if each.who == "readers"]
    assert (gone.place, gone.proof) == ("components.schemas.TraceLog.status", {"status": "text"})
    assert gone.what == "removed, or renamed to trace_status"
    changed = copy.deepcopy(contract)
    log(depth={"type": ["integer", "null"]})(changed)
    assert [each.proof for each in changes(contract, changed)] == [{"depth": None}]


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same document in another order, lists whose order says nothing among it."""
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        made = {key: shuffled(value[key], chance) for key in keys}
        for key in ("enum", "required", "type"):
            if isinstance(made.get(key), list):
                chance.shuffle(made[key])
        return made
    return [shuffled(each, chance) for each in value] if isinstance(value, list) else value


def test_a_contract_and_itself_reordered_are_the_same(contract: Document) -> None:
    for seed in range(2):
        assert changes(contract, shuffled(contract, random.Random(seed))) == []  # noqa: S311 - not for secrets


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (schemas("TraceLog|dependentRequired", {"a": ["b"]}), r"TraceLog\.dependentRequired: changed"),
        (schemas("TraceLogFilters|maxProperties", 3), r"TraceLogFilters\.maxProperties: changed"),
        (of_operation("x-paged", True), r"x-paged: changed, and it is not known"),
        (set_at("webhooks", {}), "webhooks: changed"),
        (set_at("openapi", "3.2.0"), "openapi"),
        (set_at("x-requirements|auth.first", "no"), "not a contract"),
        (schemas("TraceLog|properties|scores|items", {"$ref": "#/components/schemas/Gone"}), "Gone"),
    ],
)
def test_what_is_not_understood_is_never_taken_for_no_change(contract: Document, edit: Edit, complaint: str) -> None:
    changed = copy.deepcopy(contract)
    edit(changed)
    with pytest.raises(IncomparableError, match=complaint):
        changes(contract, changed)


@pytest.mark.parametrize(
    ("base", "level", "required"),
    [
        ("1.2.3", Level.MAJOR, "2.0.0"),
        ("1.2.3", Level.MINOR, "1.3.0"),
        ("1.2.3", Level.PATCH, "1.2.4"),
        ("0.2.3", Level.MAJOR, "0.3.0"),
    ],
)
def test_the_required_version(base: str, level: Level, required: str) -> None:
    assert (
        required_version(base, [Change(Level.PATCH, "nobody", "a", "b"), Change(level, "readers", "c", "d")])
        == required
    )
    assert required_version(base, []) == base


@pytest.mark.parametrize(
    ("edit", "version", "status"),
    [
        ("", "1.1.0", 0),
        ("    trace_name:", "1.1.0", 1),
        ("    trace_name:", "1.2.0", 1),
        ("    trace_name:", "2.0.0", 0),
    ],
)
def test_the_exit_status(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], edit: str, version: str, status: int
) -> None:
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    base = tmp_path / "base.yaml"
    base.write_text(text, encoding="utf-8")
    if edit:
        text = with_conditions(text.replace(edit + "\n", "    trace_title:\n"))
    newer = tmp_path / "newer.yaml"
    stated = yaml.safe_load(text)["info"]["version"]
    newer.write_text(text.replace(f"version: {stated}", f"version: {version}", 1), encoding="utf-8")
    assert main([str(base), "--contract", str(newer), "--json"]) == status
    report = json.loads(capsys.readouterr().out)
    assert report["compatible"] is (status == 0)
    assert report["required_version"] == ("2.0.0" if edit else stated)
    assert ("readers" in {change["who"] for change in report["changes"]}) == bool(edit)


def test_what_cannot_be_compared_has_a_status_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [", encoding="utf-8")
    assert main([str(broken)]) == 2
    assert main([str(tmp_path / "missing.yaml")]) == 2
    assert main([str(ROOT / "openapi.yaml"), "--contract", str(broken)]) == 2
    broken.write_text("info: {version: one}\npaths: {}\n", encoding="utf-8")
    assert main([str(broken)]) == 2
    assert capsys.readouterr().err.count("could not compare: ") == 4


def test_the_last_release_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    """As `make check` asks it; the corrections are printed with their reasons."""
    assert main([]) == 0
    printed = capsys.readouterr().out
    assert printed.count("no new major version: ") == len(yaml.safe_load(CORRECTIONS.read_text(encoding="utf-8")))
    assert yaml.safe_load(RELEASED.read_text(encoding="utf-8"))["info"]["version"] == "1.0.0"


def test_a_correction_of_nothing_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = yaml.safe_load(CORRECTIONS.read_text(encoding="utf-8"))
    path = tmp_path / "corrections.yaml"
    path.write_text(yaml.safe_dump({**listed, "1.0.0 nowhere: nothing": "Because."}), encoding="utf-8")
    assert main(["--corrections", str(path)]) == 2
    assert "nothing changed so: 1.0.0 nowhere" in capsys.readouterr().err
    path.write_text("{}", encoding="utf-8")
    assert main(["--corrections", str(path)]) == 1
