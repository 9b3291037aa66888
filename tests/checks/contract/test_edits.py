"""Edits of the contract, made in a copy of the tree: everything follows, or the file to edit is named.

What runs a whole `make generate check conformance` is marked `edits`: `make check-edits` runs it.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from checks.contract.conftest import ROOT
from checks.contract.copies import Copy
from checks.contract.edits import (
    GET,
    LIST,
    NO_EXAMPLE_OF_LIKE,
    NO_LIKE,
    NOT_IN,
    OPERATIONS,
    POST,
    STARTS_WITH,
    Edit,
    edited,
)
from contract.meanings import faults_of
from contract.traceability import MAP, TraceabilityError, answers_of
from parea_conformance.contract import Contract as SuiteContract
from parea_target import Store, create_app
from parea_target.contract import Contract as TargetContract
from parea_target.operations import ContractError

pytestmark = pytest.mark.slow


def document_with(*edits: Edit) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(
        edited((ROOT / "openapi.yaml").read_text(encoding="utf-8"), *edits), yaml.CSafeLoader
    )
    return document


# Calls every operation against the target, then has the suite judge all of them but the first.
USED = """
import asyncio, json, sys
from pathlib import Path
import parea_target
from parea_conformance.context import Context
from parea_conformance.contract import load
from parea_conformance.http.client import Client
from parea_conformance.ledger import Ledger
from parea_conformance.logs import seed_data
from parea_conformance.logs.known import KnownLogs
from parea_conformance.options import Options
from parea_conformance.stages import operations
from parea_target.loader import read_experiments
from parea_target.server import running
from parea_trace_logs import AsyncParea, NotFoundError, Parea, TraceLogFilters, UnauthorizedError
from parea_trace_logs.models import ExperimentTags, ListExperimentsStatusItem as Status

E = seed_data.EXPERIMENT
said = parea_target.load()
with parea_target.Store(said, read_experiments([Path(sys.argv[1])], said)) as store:
    with running(parea_target.create_app(store, {"the-key": None})) as base_url:
        with Parea("the-key", base_url) as client:
            assert client.get_experiment(E).name == "greeting"
            assert client.tag_experiment(E, ExperimentTags(tags=["a"]), replace=True).tags == ["prod", "canary"]
            assert client.delete_experiment(E) is None
            assert client.get_version() == {"version": "7"}
            assert [name for name in dir(client) if name.startswith("iter_")] == [
                "iter_experiment_trace_logs", "iter_experiments", "iter_find_logs"
            ]
            several = [Status.DONE, Status.RUNNING]
            found = client.list_experiments("greetings", page=1, status=several, x_workspace="main")
            assert [each.name for each in found] == ["greeting"]
            with client.iter_experiments("greetings", page=1) as stream:
                assert [each.name for each in stream] == ["greeting"]
            assert len(client.find_logs(E)) == len(client.get_experiment_trace_logs(E)) > 100
            few = TraceLogFilters(filter_field="trace_id", filter_operator="equals", filter_value="tree")
            assert [log.trace_id for log in client.find_logs(E, few)] == ["tree"]
            for call in (client.get_experiment, client.delete_experiment):
                try:
                    call("nowhere")
                except NotFoundError as error:
                    assert error.body.keys() == {"detail"}
                else:
                    raise AssertionError(call)
        try:
            Parea("another", base_url).delete_experiment(E)
        except UnauthorizedError:
            pass
        async def awaited():
            async with AsyncParea("the-key", base_url) as client:
                await client.delete_experiment(E)
                return [each.uuid async for each in client.iter_experiments("greetings", page=1)]
        assert len(asyncio.run(awaited())) == 1
        contract = load()
        options = Options(base_url, E, "the-key", ("core", "semantics", "robustness"), fuzz=10, allow_writes=True)
        ledger = Ledger(contract.requirements[name] for name in operations.requirements(contract))
        client = Client(contract, options, None)
        operations.judge(Context(contract, options, client, ledger, KnownLogs(contract)))
        client.close()
        print(json.dumps({name: [entry.verdict, entry.causes] for name, entry in ledger.entries.items()}))
"""


def test_operations_become_methods_are_served_and_judged(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.edit(*OPERATIONS.values())
    generated = copy.run("scripts/generate.py")
    assert (generated.returncode, generated.stderr) == (0, "")
    used = copy.run("-c", USED, "tests/parea_target/data")
    assert used.stderr == ""
    verdicts = json.loads(used.stdout)
    assert {name: found for name, found in verdicts.items() if found[0] != "pass"} == {}
    judged = {name.split(".")[1] for name in verdicts}
    assert judged == {
        "get_experiment",
        "delete_experiment",
        "tag_experiment",
        "list_experiments",
        "find_logs",
        "getVersion",
    }
    assert "operation.find_logs.filter" in verdicts
    assert "operation.get_experiment.refused" not in verdicts
    assert {name for name in verdicts if "getVersion" in name} == {
        f"operation.getVersion.{name}" for name in ("authentication", "method", "accepted", "schema", "media-type")
    }


def test_each_method_says_what_its_own_operation_does(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.edit(GET, POST, LIST)
    assert copy.run("scripts/generate.py").returncode == 0
    printed = copy.run(
        "-c", "import parea_trace_logs as p; help(p.Parea.get_experiment); help(p.Parea.list_experiments)"
    )
    one, several = printed.stdout.split("list_experiments(")
    assert "experiment_uuid: The experiment.\n" in one
    assert "NotFoundError: No such experiment for this key." in one
    assert "ForbiddenError: The key is not for this workspace." in several
    assert "status: Only experiments with one of these." in several
    assert "ForbiddenError" not in one
    assert "NotFoundError" not in several
    errors = (tmp_path / "generated/parea_trace_logs/errors.py").read_text(encoding="utf-8")
    assert "`list_experiments`: A parameter is not as documented." in errors


def test_the_sentences_of_an_operation_lead_to_its_own_requirements(tmp_path: Path) -> None:
    document = document_with(GET)
    with pytest.raises(TraceabilityError) as raised:
        answers_of(document)
    faults = str(raised.value).splitlines()
    assert all(line.startswith("no requirement and no reason: ") for line in faults)
    answers = yaml.load(MAP.read_text(encoding="utf-8"), yaml.CSafeLoader)
    for line in faults:
        place, _, text = line.removeprefix("no requirement and no reason: ").partition(": ")
        answers.setdefault(place, []).append({"text": text, "requirements": ["operation.get_experiment.schema"]})
    mended = tmp_path / "traceability.yaml"
    mended.write_text(yaml.safe_dump(answers), encoding="utf-8")
    assert len(answers_of(document, mended)) == len(answers_of(document_with())) + len(faults)


NEW = {
    "openapi.yaml (x-requirements)",
    "openapi.yaml (requestBody.examples)",
    "openapi.yaml (info.description)",
    "scripts/runtime/_filters/where.py",
    "scripts/runtime/_filters/operators.py",
    "tests/parea_conformance/reading/oracle.py",
    "tests/parea_conformance/probes/operands.py",
    "tests/parea_conformance/rivals",
    "tests/parea_target/conditions.py (CONDITIONS)",
    "tests/faults",
    "tests/second_server",
}


@pytest.mark.parametrize(("edit", "name"), [(NOT_IN, "not_in"), (STARTS_WITH, "starts_with")])
def test_a_new_operator_names_every_file_that_lacks_its_meaning(edit: Edit, name: str) -> None:
    found = faults_of(document_with(edit))
    assert {line.partition(": ")[0] for line in found} == NEW
    assert all(f" {name}" in line or f".{name}." in line for line in found)


def test_a_removed_operator_names_every_file_that_still_has_one() -> None:
    found = faults_of(document_with(NO_LIKE))
    gone = NEW - {
        "openapi.yaml (info.description)",
        "tests/parea_conformance/probes/operands.py",
        "tests/second_server",
    }
    assert {line.partition(": ")[0] for line in found} == gone
    assert all("like" in line for line in found)


def test_today_nothing_lacks_a_meaning() -> None:
    assert faults_of(document_with()) == []


def test_a_target_without_a_condition_does_not_start() -> None:
    document = document_with(NOT_IN)
    with Store(TargetContract(document), []) as store, pytest.raises(ContractError, match="not_in of text"):
        create_app(store, {})


def without(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        part = document
        for step in path[:-1]:
            part = part[step]
        del part[path[-1]]

    return change


def test_a_target_without_an_example_does_not_start() -> None:
    document = document_with(GET)
    operation = ("paths", "/api/parea/v1/experiment/{experiment_uuid}", "get")
    without(*operation, "responses", "200", "content", "application/json", "example")(document)
    with Store(TargetContract(document), []) as store, pytest.raises(ContractError, match="get_experiment"):
        create_app(store, {})


@pytest.mark.parametrize("name", ["accepted", "filter"])
def test_a_requirement_of_operations_is_stated_and_checked_or_neither(name: str) -> None:
    document = document_with()
    without("x-operation-requirements", name)(document)
    with pytest.raises(Exception, match=f"x-operation-requirements.{name}: it is missing"):
        SuiteContract(document)
    document["x-operation-requirements"] = {"speed": {}}
    with pytest.raises(Exception, match=r"x-operation-requirements.speed: it has no check"):
        SuiteContract(document)


def state(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_an_operator_whose_example_is_left_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    copy = Copy(tmp_path)
    copy.edit(NO_LIKE)
    before = state(tmp_path)
    generated = copy.run("scripts/generate.py")
    assert generated.returncode == 1
    assert generated.stderr.startswith("openapi.yaml: paths./api/parea/v1/experiment/{experiment_uuid}/trace_logs.post")
    assert "the example.filter_operator is not one that its schema accepts" in generated.stderr
    assert state(tmp_path) == before


def test_whatever_fails_nothing_is_written(tmp_path: Path) -> None:
    """Here the last step of all: the bundled data cannot be made of this contract."""
    copy = Copy(tmp_path)
    copy.edit(GET)
    module = tmp_path / "tests" / "parea_conformance" / "logs" / "seed_data.py"
    module.write_text(
        module.read_text("utf-8").replace("    directory.mkdir(", "    raise KeyError\n    directory.mkdir(")
    )
    before = state(tmp_path)
    generated = copy.run("scripts/generate.py")
    assert generated.returncode == 1
    assert "KeyError" in generated.stderr
    assert state(tmp_path) == before


@pytest.mark.edits
@pytest.mark.parametrize(
    "edits", [(edit,) for edit in OPERATIONS.values()] + [tuple(OPERATIONS.values())], ids=[*OPERATIONS, "all"]
)
def test_a_whole_run_after_new_operations(tmp_path: Path, edits: tuple[Edit, ...]) -> None:
    copy = Copy(tmp_path)
    copy.edit(*edits)
    for command in (
        ["scripts/generate.py"],
        ["scripts/generate.py", "--check"],
        ["-m", "mypy", "generated"],
        ["-m", "openapi_spec_validator", "openapi.yaml"],
        ["-m", "contract.diff", "--quiet"],
        ["-m", "contract.meanings"],
        ["scripts/conformance.py"],
    ):
        done = copy.run(*command)
        assert done.returncode == 0, (command, done.stdout[-3000:], done.stderr[-3000:])
    assert "CONFORMANT" in done.stdout
    assert done.stdout.count("operation.") >= 5 * len(edits)


@pytest.mark.edits
@pytest.mark.parametrize(
    "edits", [(NOT_IN,), (STARTS_WITH,), (NO_LIKE, NO_EXAMPLE_OF_LIKE)], ids=["not_in", "starts_with", "no like"]
)
def test_a_whole_run_after_an_edit_of_operators(tmp_path: Path, edits: tuple[Edit, ...]) -> None:
    """The client is generated; then the check names what is missing, and neither target nor suite does half of it."""
    copy = Copy(tmp_path)
    copy.edit(*edits)
    generated = copy.run("scripts/generate.py")
    assert (generated.returncode, generated.stderr) == (0, "")
    assert copy.run("scripts/generate.py", "--check").returncode == 0
    checked = copy.run("-m", "contract.meanings")
    assert checked.returncode == 1
    for file in ("where.py", "operators.py", "oracle.py", "conditions.py", "rivals", "faults", "x-requirements"):
        assert file in checked.stderr
    judged = copy.run("scripts/conformance.py")
    assert judged.returncode == 2
    assert "operator" in judged.stderr + judged.stdout or "no condition in SQL" in judged.stderr
