"""Operations beside the one that answers logs: a wrong server breaks exactly the requirements that it must break."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from checks.contract.edits import OPERATIONS, edited
from faults.in_process import InProcess
from parea_conformance.context import Context
from parea_conformance.contract import CLASSES, Contract
from parea_conformance.http.client import Client
from parea_conformance.ledger import Ledger, Verdict
from parea_conformance.logs.known import KnownLogs
from parea_conformance.logs.seed_data import EXPERIMENT
from parea_conformance.options import Options
from parea_conformance.stages import operations
from parea_target import Store, create_app
from parea_target import contract as target_contract
from parea_target.loader import read_experiments

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("operations")]  # one plan serves all of them

ROOT = Path(__file__).resolve().parents[3]
KEY = "a-key-of-the-tests-7d1f"

Ask = Callable[[httpx.Request], httpx.Response]
Change = Callable[[httpx.Request, Ask], httpx.Response]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    text = edited((ROOT / "openapi.yaml").read_text(encoding="utf-8"), *OPERATIONS.values())
    loaded: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return loaded


@pytest.fixture(scope="module")
def transport(document: dict[str, Any]) -> Iterator[InProcess]:
    """The reference target that serves this contract."""
    said = target_contract.Contract(document)
    logs = read_experiments([ROOT / "tests" / "parea_target" / "data"], said)
    with Store(said, logs) as store, InProcess(create_app(store, {KEY: None})) as served:
        yield served


class Wrong(httpx.BaseTransport):
    """A server that does something else than the right one."""

    def __init__(self, right: InProcess, change: Change) -> None:
        self._right = right
        self._change = change
        self.asked: list[tuple[str, str, int]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        answer = self._change(request, self._right.handle_request)
        answer.read()
        self.asked.append((request.method, request.url.path, answer.status_code))
        return answer


@pytest.fixture(scope="module")
def contract(document: dict[str, Any]) -> Contract:
    return Contract(document)


Judge = Callable[..., tuple[Ledger, Wrong]]


@pytest.fixture
def judge(contract: Contract, transport: InProcess) -> Judge:
    def run(change: Change, *, allow_writes: bool = True, filters: bool = False, **more: Any) -> tuple[Ledger, Wrong]:
        options = Options("http://x.invalid", EXPERIMENT, KEY, CLASSES, fuzz=5, allow_writes=allow_writes, **more)
        names = [name for name in operations.requirements(contract) if filters or not name.endswith(".filter")]
        ledger = Ledger(contract.requirements[name] for name in names)
        wrong = Wrong(transport, change)
        client = Client(contract, options, wrong)
        operations.judge(Context(contract, options, client, ledger, KnownLogs(contract)))
        return ledger, wrong

    return run


def verdicts(ledger: Ledger, *, verdict: Verdict) -> set[str]:
    return {name.removeprefix("operation.") for name, entry in ledger.entries.items() if entry.verdict is verdict}


def right(request: httpx.Request, ask: Ask) -> httpx.Response:
    return ask(request)


def test_the_reference_target_is_right(judge: Judge) -> None:
    ledger, _ = judge(right, filters=True)
    assert verdicts(ledger, verdict=Verdict.PASS) == {name.removeprefix("operation.") for name in ledger.entries}
    assert len(ledger.entries) == 6 + 6 + 7 + 7 + 8 + 5


def test_the_texts_name_the_operation(contract: Contract) -> None:
    text = contract.requirements["operation.delete_experiment.unknown"].text
    assert "`DELETE /api/parea/v1/experiment/{experiment_uuid}`" in text


def test_what_may_write_is_not_asked_for_it_unless_allowed(judge: Judge) -> None:
    ledger, server = judge(right, allow_writes=False)
    assert verdicts(ledger, verdict=Verdict.SKIPPED) == {
        f"{operation}.{name}"
        for operation in ("delete_experiment", "tag_experiment")
        for name in ("accepted", "schema", "media-type")
    }
    wrote = [each for each in server.asked if each[0] in ("POST", "DELETE") and each[2] < 300]
    assert {path.rpartition("/")[2] for _, path, _ in wrote} == {"logs"}
    assert not [
        each for each in server.asked if each[0] == "DELETE" and EXPERIMENT in each[1] and "logs" not in each[1]
    ]


def test_a_value_of_the_run_takes_the_place_of_an_example(judge: Judge) -> None:
    def elsewhere(request: httpx.Request, ask: Ask) -> httpx.Response:
        return ask(moved(request, request.url.path.replace("/mine/", "/greetings/").replace("/x/", "/greetings/")))

    def moved(request: httpx.Request, path: str) -> httpx.Request:
        url = request.url.copy_with(path=path)
        return httpx.Request(
            request.method, url, headers=request.headers, content=request.content, extensions=request.extensions
        )

    def other_project(request: httpx.Request, ask: Ask) -> httpx.Response:
        if "/greetings/" in request.url.path:
            return ask(moved(request, request.url.path.replace("/greetings/", "/nowhere/")))
        return elsewhere(request, ask)

    ledger, _ = judge(other_project)
    assert verdicts(ledger, verdict=Verdict.UNDECIDED) == {"list_experiments.accepted"}
    assert "--parameter project=" in ledger.entries["operation.list_experiments.accepted"].undecided[0]
    ledger, _ = judge(other_project, parameters=(("project", "mine"),))
    assert verdicts(ledger, verdict=Verdict.UNDECIDED) == set()
    assert verdicts(ledger, verdict=Verdict.FAIL) == set()


def changed(request: httpx.Request, *, body: bytes | None = None, **more: Any) -> httpx.Request:
    """The request with another body, or other headers or parameters of the query."""
    headers = httpx.Headers(request.headers)
    for name, value in more.get("headers", {}).items():
        headers[name] = value
    for name in more.get("dropped", ()):
        headers.pop(name, None)
    url = request.url.copy_merge_params(more["query"]) if "query" in more else request.url
    content = request.content if body is None else body
    headers["content-length"] = str(len(content))
    return httpx.Request(request.method, url, headers=headers, content=content, extensions=request.extensions)


def replied(answer: httpx.Response, **more: Any) -> httpx.Response:
    """The answer with another status, body or headers."""
    answer.read()
    headers = {**answer.headers, **more.get("headers", {})}
    content = more.get("content", answer.content)
    headers["content-length"] = str(len(content))
    return httpx.Response(more.get("status", answer.status_code), headers=headers, content=content)


def any_key(request: httpx.Request, ask: Ask) -> httpx.Response:
    return ask(changed(request, headers={"x-api-key": KEY}))


def a_key_for_everything(request: httpx.Request, ask: Ask) -> httpx.Response:
    if request.url.path.endswith("version") and "x-api-key" not in request.headers:
        return httpx.Response(401, json={"detail": "No key."}, headers={"www-authenticate": "ApiKey"})
    return ask(request)


def no_key_for_delete(request: httpx.Request, ask: Ask) -> httpx.Response:
    return any_key(request, ask) if request.method == "DELETE" else ask(request)


def deleted_as_200(request: httpx.Request, ask: Ask) -> httpx.Response:
    answer = ask(request)
    return replied(answer, status=200, content=b"{}") if answer.status_code == 204 else answer


def deleted_with_content(request: httpx.Request, ask: Ask) -> httpx.Response:
    answer = ask(request)
    return replied(answer, content=b"gone") if answer.status_code == 204 else answer


def as_html(request: httpx.Request, ask: Ask) -> httpx.Response:
    answer = ask(request)
    one = answer.status_code == 200 and request.method == "GET" and request.url.path.endswith(EXPERIMENT)
    return replied(answer, headers={"content-type": "text/html"}) if one else answer


def without_a_name(request: httpx.Request, ask: Ask) -> httpx.Response:
    answer = ask(request)
    one = answer.status_code == 200 and request.method == "GET" and request.url.path.endswith(EXPERIMENT)
    return replied(answer, content=b'{"uuid": "u"}') if one else answer


def errors_of_another_form(request: httpx.Request, ask: Ask) -> httpx.Response:
    answer = ask(request)
    one = answer.status_code == 404 and request.method == "DELETE"
    return replied(answer, content=b'{"error": "Not Found"}') if one else answer


def every_experiment_exists(request: httpx.Request, ask: Ask) -> httpx.Response:
    answer = ask(request)
    one = answer.status_code == 404 and request.method == "DELETE"
    return httpx.Response(204) if one else answer


def any_method_is_get(request: httpx.Request, ask: Ask) -> httpx.Response:
    answer = ask(request)
    one = answer.status_code == 405 and "projects" in request.url.path and request.method == "PUT"
    return replied(answer, status=200, content=b"[]") if one else answer


def allow_names_get_alone(request: httpx.Request, ask: Ask) -> httpx.Response:
    answer = ask(request)
    one = answer.status_code == 405 and "DELETE" in answer.headers.get("allow", "")
    return replied(answer, headers={"allow": "GET"}) if one else answer


def any_page(request: httpx.Request, ask: Ask) -> httpx.Response:
    asked = "projects" in request.url.path
    return ask(changed(request, query={"page": "1"})) if asked else ask(request)


def any_workspace(request: httpx.Request, ask: Ask) -> httpx.Response:
    return ask(changed(request, dropped=["x-workspace"]))


def any_member_of_a_body(request: httpx.Request, ask: Ask) -> httpx.Response:
    try:
        body = json.loads(request.content) if request.url.path.endswith("tags") else None
    except ValueError:
        body = None
    if isinstance(body, dict) and body.keys() - {"tags", "note"}:
        return ask(
            changed(request, body=json.dumps({each: body[each] for each in body if each in "tags note"}).encode())
        )
    return ask(request)


def any_media_type(request: httpx.Request, ask: Ask) -> httpx.Response:
    tags = request.url.path.endswith("tags") and request.method == "POST"
    return ask(changed(request, headers={"content-type": "application/json"})) if tags else ask(request)


def any_size(request: httpx.Request, ask: Ask) -> httpx.Response:
    return ask(changed(request, body=request.content.strip())) if request.url.path.endswith("tags") else ask(request)


def no_more_than_one_status(request: httpx.Request, ask: Ask) -> httpx.Response:
    if request.url.params.get("status") == "done":
        return httpx.Response(422, json={"detail": [{"loc": ["query", "status"], "msg": "no", "type": "t"}]})
    return ask(request)


def every_log(request: httpx.Request, ask: Ask) -> httpx.Response:
    if request.url.path.endswith("/logs") and b'"like"' in request.content:
        return ask(changed(request, body=b"{}"))
    return ask(request)


def backwards(request: httpx.Request, ask: Ask) -> httpx.Response:
    answer = ask(request)
    one = answer.status_code == 200 and request.url.path.endswith("/logs") and b'"like"' in request.content
    return replied(answer, content=json.dumps(answer.json()[::-1]).encode()) if one and answer.read() else answer


EVERY = ("get_experiment", "delete_experiment", "tag_experiment", "list_experiments", "find_logs")


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (any_key, {f"{name}.authentication" for name in EVERY}),
        (a_key_for_everything, {"getVersion.authentication"}),
        (no_key_for_delete, {"delete_experiment.authentication"}),
        (deleted_as_200, {"delete_experiment.accepted"}),
        (deleted_with_content, {"delete_experiment.media-type"}),
        (as_html, {"get_experiment.media-type"}),
        (without_a_name, {"get_experiment.schema"}),
        (errors_of_another_form, {"delete_experiment.schema"}),
        (every_experiment_exists, {"delete_experiment.unknown"}),
        (any_method_is_get, {"list_experiments.method"}),
        (allow_names_get_alone, {"get_experiment.method", "delete_experiment.method"}),
        (any_page, {"list_experiments.refused"}),
        (any_workspace, {"list_experiments.refused"}),
        (any_member_of_a_body, {"tag_experiment.refused"}),
        (any_media_type, {"tag_experiment.refused"}),
        (any_size, {"tag_experiment.refused"}),
        (no_more_than_one_status, {"list_experiments.accepted"}),
        (every_log, {"find_logs.filter"}),
        (backwards, {"find_logs.filter"}),
    ],
)
def test_a_wrong_server_breaks_what_it_breaks(judge: Judge, change: Change, broken: set[str]) -> None:
    ledger, _ = judge(change, filters=any(name.endswith(".filter") for name in broken))
    assert verdicts(ledger, verdict=Verdict.FAIL) == broken
    assert all(failure.curl for entry in ledger.entries.values() for failure in entry.failures)
