"""`scripts/generate.py`: what `openapi.yaml` says reaches the client, and nothing else does."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from checks.contract.conftest import ROOT
from folders import files_of
from generate import PACKAGE, main

pytestmark = pytest.mark.slow

NEW_MEMBER = "        region: {type: [string, 'null'], description: Where the run took place.}\n"
BEFORE = "        status:\n          description: '`success` or `error`.'\n"


def edit(repository: Path, old: str, new: str) -> None:
    """Replace one place of `openapi.yaml`."""
    contract = repository / "openapi.yaml"
    text = contract.read_text(encoding="utf-8")
    assert text.count(old) == 1
    contract.write_text(text.replace(old, new), encoding="utf-8")


def state(repository: Path) -> dict[str, tuple[bytes, int]]:
    """Content and time of every file."""
    files = (path for path in repository.rglob("*") if path.is_file())
    return {str(path.relative_to(repository)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def test_what_is_generated_here_is_current() -> None:
    """As `make check` asks it, and twice, with other hashes: no order of a set may show."""
    for seed in ("0", "1"):
        command = [sys.executable, str(ROOT / "scripts" / "generate.py"), "--check"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_generating_again_changes_nothing(repository: Path) -> None:
    before = state(repository)
    assert main([], repository) == 0
    assert state(repository) == before


def test_generating_into_an_empty_folder_gives_the_same(repository: Path) -> None:
    before = files_of(repository / PACKAGE)
    for path in (repository / PACKAGE).rglob("*.py"):
        path.unlink()
    assert main([], repository) == 0
    assert files_of(repository / PACKAGE) == before
    assert Path("py.typed") in before


def change(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "damage", "word"),
    [
        ("models/trace_log.py", change, "differs"),
        ("py.typed", change, "differs"),
        ("models/extra.py", Path.touch, "extra"),
        ("left/over.txt", lambda path: (path.parent.mkdir(), path.touch()), "extra"),
        ("errors.py", Path.unlink, "missing"),
    ],
)
def test_check_names_the_file(
    repository: Path, capsys: pytest.CaptureFixture[str], name: str, damage: Callable[[Path], object], word: str
) -> None:
    assert main(["--check"], repository) == 0
    damage(repository / PACKAGE / name)
    before = state(repository)
    assert main(["--check"], repository) == 1
    assert f"{word}: {PACKAGE / name}\n" in capsys.readouterr().err
    assert state(repository) == before
    assert main([], repository) == 0
    assert main(["--check"], repository) == 0
    assert not (repository / PACKAGE / "left").exists()


def test_check_names_a_stale_list_of_kinds(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(repository, "[start_timestamp, end_timestamp]", "[start_timestamp]")
    assert main(["--check"], repository) == 1
    assert capsys.readouterr().err.startswith("differs: openapi.yaml")
    assert main([], repository) == 0
    assert (repository / "openapi.yaml").read_bytes() == (ROOT / "openapi.yaml").read_bytes()


CARRIED = """
import attrs, json
from parea_trace_logs import UNSET, TraceLog
from parea_trace_logs._json.decoding import decode, encode
log = {"trace_id": "t", "start_timestamp": "s"}
seen = [TraceLog.from_dict({**log, **more}).region for more in ({}, {"region": None}, {"region": "eu"})]
assert seen == [UNSET, None, "eu"], seen
assert attrs.fields(TraceLog).region.default is UNSET
kept = decode(encode(TraceLog.from_dict({**log, "region": "eu"})), TraceLog)
print(json.dumps([kept.to_dict(), kept.additional_properties]))
"""


def test_one_line_of_the_contract_carries_a_new_member(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(repository, BEFORE, NEW_MEMBER + BEFORE)
    assert main(["--check"], repository) == 1
    complaint = capsys.readouterr().err
    assert "openapi.yaml" in complaint
    assert "models/trace_log.py" in complaint
    assert main([], repository) == 0
    text = (repository / "openapi.yaml").read_text(encoding="utf-8")
    assert "trace_name, region, status" in text
    environment = {**os.environ, "PYTHONPATH": str(repository / "generated"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", CARRIED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)  # noqa: S603
    assert json.loads(done.stdout) == [{"trace_id": "t", "start_timestamp": "s", "region": "eu"}, {}]
    assert '"""Where the run took place."""' in (repository / PACKAGE / "models/trace_log.py").read_text("utf-8")
    assert main(["--check"], repository) == 0


TABLED = """
from parea_trace_logs import TraceLog, tables, where
log = TraceLog.from_dict({"trace_id": "t", "start_timestamp": "s", "region": "eu"})
[row] = tables.to_arrow([log]).to_pylist()
print(row["region"], where("region").like("e").filter_field)
"""


def test_one_line_of_the_contract_carries_a_new_member_into_tables_and_filters(repository: Path) -> None:
    edit(repository, BEFORE, NEW_MEMBER + BEFORE)
    assert main([], repository) == 0
    environment = {**os.environ, "PYTHONPATH": str(repository / "generated"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", TABLED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)  # noqa: S603
    assert done.stdout == "eu region\n"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("            in: number_list\n", "            in: numbers\n", "unknown form numbers; did you mean number"),
        ("'annotation:value:': text", "'annotation:value:': words", "unknown kind words"),
        (BEFORE, "        end_timestamp_text: {type: string, description: No.}\n" + BEFORE, "end_timestamp_text"),
    ],
)
def test_a_rule_that_the_check_would_not_know_is_an_error(
    repository: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, complaint: str
) -> None:
    edit(repository, old, new)
    assert main([], repository) == 1
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        ("type: [number, 'null']", "float | int | None | Unset"),
        ("type: integer, default: 0", "int | Unset"),
        ("type: [string, 'null'], format: date-time", "None | str | Unset"),
        ("type: [string, 'null'], format: uuid", "None | str | Unset"),
        ("type: [object, 'null'], additionalProperties: true", "dict[str, Any] | None | Unset"),
        (
            "type: object, additionalProperties: {type: array, items: {type: number}}",
            "dict[str, list[float | int]] | Unset",
        ),
        ("type: array, items: {$ref: '#/components/schemas/Message'}", "list[Message] | Unset"),
        ("$ref: '#/components/schemas/FilterOperator'", "FilterOperator | Unset"),
    ],
)
def test_a_member_of_any_type_is_plain(repository: Path, schema: str, annotation: str) -> None:
    edit(repository, BEFORE, f"        type: {{{schema}}}\n" + BEFORE)
    assert main([], repository) == 0
    assert f"    type: {annotation} = UNSET\n" in (repository / PACKAGE / "models/trace_log.py").read_text("utf-8")


def test_each_value_of_an_enumeration_says_what_it_is(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([], repository) == 0
    text = (repository / PACKAGE / "models/filter_operator.py").read_text("utf-8")
    schema = yaml.safe_load((repository / "openapi.yaml").read_text("utf-8"))["components"]["schemas"]["FilterOperator"]
    assert re.findall(r'"(.*)"\n    """(.*)"""', text) == list(schema["x-enumDescriptions"].items())
    edit(repository, "        exists: Neither", "        exist: Neither")
    assert main([], repository) == 1
    assert "FilterOperator: x-enumDescriptions" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("        odd: {type: [string, array, 'null']}\n", "TraceLog"),
        ("        odd: {$ref: '#/components/schemas/Nowhere'}\n", "TraceLog"),
        ("        class: {type: string}\n", "TraceLog.class"),
        ("        a-b: {type: string}\n", "TraceLog.a-b"),
        ("        to_dict: {type: string}\n", "TraceLog.to_dict"),
        ("        duration: {type: string}\n", "TraceLog.duration"),
        ("        odd: {type: object, properties: {a: {type: string}}, additionalProperties: {type: string}}\n", "odd"),
    ],
)
def test_what_cannot_be_generated_is_an_error(
    repository: Path, capsys: pytest.CaptureFixture[str], line: str, complaint: str
) -> None:
    edit(repository, BEFORE, line + BEFORE)
    before = state(repository)
    for arguments in ([], ["--check"]):
        assert main(arguments, repository) == 1
        assert complaint.lower() in capsys.readouterr().err.lower()
        assert state(repository) == before


def test_a_schema_that_becomes_no_class_is_an_error(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(repository, "    EvaluationScore:\n", "    Anything:\n      description: Free.\n\n    EvaluationScore:\n")
    assert main([], repository) == 1
    assert "components.schemas.Anything" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("parameter", "complaint"),
    [
        ("{name: page, in: cookie, description: Which., schema: {type: integer}}", "not in cookie"),
        ("{name: page, in: query, description: Which., style: pipeDelimited, schema: {type: array}}", "style"),
        ("{name: page, in: query, description: Which., content: {application/json: {}}}", "content"),
        ("{name: page, in: query, schema: {type: integer}}", "page: a description is missing"),
        ("{name: accept, in: header, description: Which., schema: {type: string}}", "accept"),
        ("{name: page, in: query, required: true, description: Which., schema: {type: integer}}", "an example"),
        (
            "{name: page, in: query, description: Which., schema: {type: integer}, example: x}",
            "not one that its schema",
        ),
        ("{$ref: '#/components/parameters/Nowhere'}", "#/components/parameters/Nowhere"),
    ],
)
def test_parameters_that_nothing_can_be_made_of_are_an_error(
    repository: Path, capsys: pytest.CaptureFixture[str], parameter: str, complaint: str
) -> None:
    edit(repository, "    post:\n", f"      - {parameter}\n    post:\n")
    before = state(repository)
    assert main([], repository) == 1
    assert complaint in capsys.readouterr().err
    assert state(repository) == before


def test_a_new_error_status_gets_a_class(repository: Path) -> None:
    error = "        '403':\n          description: Not for you.\n          content:\n            application/json:\n"
    error += "              schema: {$ref: '#/components/schemas/Error'}\n        '404':\n"
    edit(repository, "        '404':\n", error)
    assert main([], repository) == 0
    errors = (repository / PACKAGE / "errors.py").read_text("utf-8")
    assert 'class ForbiddenError(StatusError):\n    """Not for you."""\n' in errors
    assert "    403: ForbiddenError,\n" in errors
    assert '"ForbiddenError"' in (repository / PACKAGE / "__init__.py").read_text("utf-8")


OPERATION = """  /api/parea/v1/experiment/{experiment_uuid}/touch:
    parameters:
      - {name: experiment_uuid, in: path, required: true, description: Which., schema: {type: string}}
    METHOD:
      operationId: touch_experiment
      summary: Touch an experiment
      description: It changes.
      tags: [experiment]
      responses:
        '200':
          description: What was touched.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/EvaluationScore'}
              example: {name: n, score: 1}
components:
"""
TOUCHED = """
import httpx
from parea_trace_logs import Parea, ServiceUnavailableError
from parea_trace_logs._http.sync_transport import SyncTransport
SyncTransport._sleep = lambda self, seconds: None
def serve(request):
    asked.append(request.method)
    return httpx.Response(statuses.pop(0), json={"name": "n", "score": 1, "news": 2})
with Parea("k", http_client=httpx.Client(transport=httpx.MockTransport(serve))) as client:
    asked, statuses = [], [200]
    assert client.touch_experiment("e").to_dict() == {"name": "n", "score": 1, "news": 2}
    asked, statuses = [], [503, 200]
    try:
        client.touch_experiment("e", timeout=3)
    except ServiceUnavailableError:
        pass
    print(len(asked), hasattr(client, "iter_touch_experiment"))
"""


@pytest.mark.parametrize(
    ("method", "safe", "asked"), [("post", "", 1), ("post", "true", 2), ("get", "", 2), ("get", "false", 1)]
)
def test_a_new_operation_gets_all_of_it_and_is_repeated_only_if_safe(
    repository: Path, method: str, safe: str, asked: int
) -> None:
    said = f"{method}:\n      x-safe: {safe}" if safe else f"{method}:"
    edit(repository, "\ncomponents:\n", "\n" + OPERATION.replace("METHOD:", said))
    assert main([], repository) == 0
    environment = {**os.environ, "PYTHONPATH": str(repository / "generated"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", TOUCHED]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    assert (done.stdout, done.stderr) == (f"{asked} False\n", "")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        (
            "iter_experiment_trace_logs",
            "trace_logs.post: its iterator would have the name of iter_experiment_trace_logs",
        ),
        ("get_experiment_trace_logs", "touch.post: operationId is that of paths."),
        ("close", "no method of the client can be called close"),
    ],
)
def test_two_methods_of_one_name_are_an_error(
    repository: Path, capsys: pytest.CaptureFixture[str], name: str, complaint: str
) -> None:
    operation = OPERATION.replace("METHOD:", "post:").replace("touch_experiment", name)
    edit(repository, "\ncomponents:\n", "\n" + operation)
    before = state(repository)
    assert main([], repository) == 1
    assert complaint in capsys.readouterr().err
    assert state(repository) == before


def test_x_safe_is_true_or_false(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(repository, "      x-safe: true\n", "      x-safe: maybe\n")
    assert main([], repository) == 1
    assert "x-safe is neither true nor false" in capsys.readouterr().err
