"""What is next to a right request: the table of tokens and changes, what must come, and how it is judged."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from checks.suite.echo import echoing, short
from checks.suite.scripts import run_script
from checks.suite.support import KEY, OTHER_KEY
from faults import lab
from parea_conformance import cli
from parea_conformance.classes.changes import CHANGES, changed
from parea_conformance.contract import Contract
from parea_conformance.http.client import Client
from parea_conformance.http.request import KEY as OWN_KEY
from parea_conformance.http.request import Request
from parea_conformance.ledger import Verdict
from parea_conformance.logs import class_data
from parea_conformance.logs.sample import Sample
from parea_conformance.logs.seed_data import EXPERIMENT
from parea_conformance.neighbours import of_bodies
from parea_conformance.neighbours.table import TOKENS, judged
from parea_conformance.neighbours.tokens import Asking, Neighbour, Token, walk
from parea_conformance.options import Options
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.request import OpenError, expected
from parea_conformance.stages.neighbours import REQUIREMENTS

pytestmark = pytest.mark.slow

MakeOptions = Callable[..., Options]


@pytest.fixture(scope="module")
def asking(contract: Contract, sample: Sample) -> Asking:
    return Asking(contract, EXPERIMENT, sample)


def _all(asking: Asking) -> Iterator[Neighbour]:
    return (neighbour for token in TOKENS for neighbour in walk(token, asking, 0, whole=True))


def test_every_change_has_a_name_of_its_own_and_changes_something() -> None:
    names = [change.name for change in CHANGES]
    assert len(names) == len(set(names))
    for change in CHANGES:
        assert any(change.apply(text) != text for text in ("POST", "filter_field", "a-b c", "1é")), change.name


def test_a_result_comes_once_and_is_never_the_text() -> None:
    results = [made for _, made in changed("equals", CHANGES)]
    assert len(results) == len(set(results))
    assert "equals" not in results
    assert {made for _, made in changed("a", CHANGES, keep=str.isupper)} == {"A"}


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
def test_a_filter_of_the_shell_does_what_the_change_does() -> None:
    for change in (change for change in CHANGES if change.shell):
        for text in ("aZ9-key", "UPPER", "x"):
            done = subprocess.run(  # noqa: S603 - commands of our own
                ["bash", "-c", f'printf %s "$1" | {change.shell}', "-", text],  # noqa: S607
                capture_output=True,
                check=True,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            )
            assert done.stdout.decode().removesuffix("\n") == change.apply(text), change.name


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.__name__)
def test_every_change_is_asked_with_every_seed(token: Token, asking: Asking) -> None:
    whole = {(one.change) for one in walk(token, asking, 0, whole=True)}
    first = [one.change for one in walk(token, asking, 0, whole=False)]
    assert set(first) == whole
    assert len(first) == len(whole)


def test_seeds_choose_other_instances(asking: Asking) -> None:
    chosen = {
        seed: [one.request for token in TOKENS for one in walk(token, asking, seed, whole=False)] for seed in (0, 1)
    }
    again = [one.request for token in TOKENS for one in walk(token, asking, 0, whole=False)]
    assert chosen[0] == again
    assert chosen[0] != chosen[1]


def test_the_stage_names_what_its_neighbours_accuse(asking: Asking, contract: Contract) -> None:
    accused = set()
    for neighbour in _all(asking):
        try:
            named, wanted = judged(contract, neighbour, EXPERIMENT)
        except OpenError:
            continue
        accused |= {named.requirement} | ({"body.location"} if wanted.places else set())
    assert accused - {"robust.no-server-error"} | {"auth.same-answer"} == set(REQUIREMENTS)  # of all refused keys
    assert accused <= set(contract.requirements)


RIGHT = Request("", b"{}", key=OWN_KEY)


@pytest.mark.parametrize(
    ("change", "requirement", "status"),
    [
        ({}, "body.accepted", (200,)),
        ({"key": None}, "auth.key-missing", (401,)),
        ({"key": "{key}x"}, "auth.key-wrong", (401,)),
        ({"key": None, "method": "GET", "content_type": None}, "auth.key-missing", (401,)),
        ({"method": "DELETE"}, "http.method", (405,)),
        ({"method": "PURGE"}, "http.method", (400, 401, 405, 501)),
        ({"method": "DELETE", "content_type": "text/plain"}, "http.method", (405,)),
        ({"content_type": "text/json"}, "http.media-type", (415,)),
        ({"content_type": None}, "http.media-type", (415,)),
        ({"content_type": "Application/JSON;charset=x"}, "body.accepted", (200,)),
        ({"body": b" " * 1_100_000}, "http.size", (413,)),
        ({"body": b""}, "body.malformed", (422,)),
        ({"body": b"\xef\xbb\xbf{}"}, "body.encoding", (422,)),
        ({"body": b'{"filter_key": "a", "filter_key": "b"}'}, "body.duplicate-member", (422,)),
        ({"body": b"[" * 1100}, "body.deep", (422,)),
        ({"body": b"[" * 10}, "body.malformed", (422,)),
        ({"body": b"[]"}, "body.rejected", (422,)),
        ({"body": b'{"filter_operator": "Equals"}'}, "body.rejected", (422,)),
    ],
)  # fmt: skip
def test_what_must_come(
    change: dict[str, object], requirement: str, status: tuple[int, ...], contract: Contract
) -> None:
    path = contract.path.replace("{experiment_uuid}", EXPERIMENT)
    found = expected(contract, replace(RIGHT, path=path, **change), EXPERIMENT)  # type: ignore[arg-type]
    assert (found.requirement, found.status) == (requirement, status)


@pytest.mark.parametrize(
    ("path", "requirement", "status"),
    [
        ("{before}/{uuid}{after}?limit=1", "body.accepted", (200,)),
        ("{before}/%30{rest}{after}", "body.accepted", (200,)),
        ("{before}/{uuid}x{after}", "experiment.unknown", (404,)),
        ("{before}/{upper}{after}", "experiment.unknown", (404, 200)),
        ("{before}/{uuid}%00{after}", "experiment.unknown", (400, 404)),
        ("{before}/%FF{after}", "experiment.unknown", (404,)),
        ("{before}/{uuid}{after}/", "http.path", (404,)),
        ("{before}//{uuid}{after}", "http.path", (404,)),
        ("/", "http.path", (404,)),
        ("{before}/{uuid}{after}%zz", "http.path", (400, 404)),
    ],
)  # fmt: skip
def test_what_must_come_of_a_path(path: str, requirement: str, status: tuple[int, ...], contract: Contract) -> None:
    before, after = contract.path.split("/{experiment_uuid}")
    sent = path.format(before=before, after=after, uuid=EXPERIMENT, rest=EXPERIMENT[1:], upper=EXPERIMENT.upper())
    found = expected(contract, replace(RIGHT, path=sent), EXPERIMENT)
    assert (found.requirement, found.status) == (requirement, status)


@pytest.mark.xdist_group("verdicts")
@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="needs curl and bash")
def test_every_neighbour_is_reproduced_by_its_command(
    options: MakeOptions, contract: Contract, asking: Asking, tmp_path: Path
) -> None:
    with echoing(lambda _request: (200, b"[]")) as (echo, base_url):
        client = Client(contract, options(base_url, other_api_key=OTHER_KEY))
        near = [
            one for token in TOKENS for one in walk(token, asking, 0, whole=False) if len(one.request.body) < 50_000
        ]
        exchanges = [client.send(one.request) for one in near]
        client.close()
        assert not [exchange.error for exchange in exchanges if exchange.error]
        sent = list(echo.arrived)
        script = "\n".join(exchange.curl for exchange in exchanges)
        assert KEY not in script
        run_script(script, tmp_path, 200)
        reproduced = echo.arrived[len(sent) :]
    differing = [
        f"{one.label}\n  {exchange.curl[:300]}\n  arrived {short(second)}\n  sent    {short(first)}"
        for one, exchange, first, second in zip(near, exchanges, sent, reproduced, strict=True)
        if first != second
    ]
    assert not differing, "\n".join(differing)


def test_a_stage_that_is_left_out_leaves_its_requirements_undecided() -> None:
    report = lab.run_in_process(lab.RIGHT, without=("neighbours",))
    left_out = {entry.requirement.id: entry for entry in report.entries}["http.query"]
    assert left_out.verdict is Verdict.UNDECIDED
    assert left_out.undecided == ["the stage neighbours was left out"]


def test_the_list_prints_every_token_and_change(capsys: pytest.CaptureFixture[str], asking: Asking) -> None:
    assert cli.main(["list", "--neighbours"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == sum(
        len({(one.token, one.change) for one in walk(token, asking, 0, whole=True)}) for token in TOKENS
    )
    assert all(re.search(r" \d{3}(/\d{3})* [a-z]+\.[a-z-]+| open: ", line) for line in printed)
    assert all(line.isprintable() for line in printed)


def test_what_the_plan_tells_of_names_is_not_asked_again(asking: Asking) -> None:
    """Only of names that the plan asks for, and where a conversion undoes the change; of members never."""
    names = [Filter(f"score:{name}", "exists") for name, _ in class_data.names()]
    some = replace(asking, asked=frozenset(names))

    def changes(asking: Asking, token: Token, requirement: str) -> set[str]:
        return {one.change for one in walk(token, asking, 0, whole=True) if one.requirement == requirement}

    left_out = changes(asking, of_bodies.score, "field.score") - changes(some, of_bodies.score, "field.score")
    assert {"upper case", "a space after", "full width", "NUL and more after"} <= left_out
    assert not {"plural", "a prefix", "one bit flipped", "look-alikes"} & left_out
    # At these a server may break, whatever it takes such names for: none that is asked begins so.
    assert not {"a path of JSON", "quoted", "in brackets", "in braces", "a backslash"} & left_out
    for token, requirement in ((of_bodies.score, "field.score-bare"), (of_bodies.field, "field.member")):
        assert changes(asking, token, requirement) == changes(some, token, requirement)
