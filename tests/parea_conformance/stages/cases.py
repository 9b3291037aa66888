"""Requests by hand, a record each: an error of each kind, codings, what a server may trip over, other experiments.

What is next to one right request is not here: `neighbours` derives it; nor what the schema says of each operator and
kind: `bodies` walks over these.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from parea_conformance.context import Context
from parea_conformance.contract import Contract
from parea_conformance.http.client import Client, Exchange
from parea_conformance.http.request import Request
from parea_conformance.probes.kinds import errors

# Beside what preflight says of them: nothing, and `identity`.
_CODINGS = ("gzip;q=0, deflate; q=0.000, br;q=0, zstd;q=0", "identity, *;q=0", "gzip", "deflate")
_ANY = {"filter_field": "trace_id", "filter_operator": "exists"}
_HOSTILE: dict[str, bytes] = {
    "lone surrogate": b'{"filter_field": "output", "filter_operator": "equals", "filter_value": "\\ud800"}',
    "number of 10,000 digits": b'{"filter_field": "latency", "filter_operator": "equals", "filter_value": "'
    + b"9" * 10000
    + b'"}',
    "50,000 parts": b'{"filter_field": "latency", "filter_operator": "in", "filter_value": "' + b"1," * 30000 + b'1"}',
    "900 containers": b'{"filter_value": ' + b"[" * 899 + b"]" * 899 + b"}",
    "SQL": b'{"filter_field": "output", "filter_operator": "equals", "filter_value": "\' OR 1=1 --"}',
    "SQL key": b'{"filter_field": "metadata", "filter_key": "a\') OR (\'1\'=\'1", "filter_operator": "exists"}',
    "template": b'{"filter_field": "{{7*7}}${7*7}", "filter_operator": "exists"}',
}  # fmt: skip
"""Bodies that a server may trip over; none may be answered 5xx."""


@dataclass(frozen=True)
class Case:
    """One request and what must come.

    Attributes:
        requirement: the requirement that another answer breaks.
        label: what is sent, in words.
        status: the statuses that hold.
        header: a header that the answer must carry, and a text that its value must hold.
        places: where `loc` may say the fault is; None when it is not judged.
    """

    requirement: str
    label: str
    request: Request
    status: tuple[int, ...]
    header: tuple[str, str] | None = None
    places: tuple[tuple[str | int, ...], ...] | None = None


def _errors(client: Client, contract: Contract) -> Iterator[Case]:
    for kind in errors(client, contract, seed=0):
        yield Case(kind.requirement, kind.name, kind.request, (kind.status,))


def _codings(client: Client, _contract: Contract) -> Iterator[Case]:
    for codings in _CODINGS:
        # A long answer: common servers leave short ones as they are. What it holds is judged elsewhere.
        request = replace(client.request(_ANY), codings=codings, brief=True)
        yield Case("http.content-coding", f"Accept-Encoding: {codings}", request, (200,))


def _hostile(client: Client, _contract: Contract) -> Iterator[Case]:
    for label, body in _HOSTILE.items():
        yield Case("robust.no-server-error", label, client.request(body), (200, 422))


BUILDERS: tuple[Callable[[Client, Contract], Iterator[Case]], ...] = (_errors, _codings, _hostile)

REQUIREMENTS = (
    "auth.key-missing", "auth.key-wrong", "auth.same-answer", "experiment.unknown", "experiment.other-tenant",
    "experiment.empty", "http.content-coding",
)  # fmt: skip


def cases(client: Client, contract: Contract) -> list[Case]:
    """All cases, in the order in which they are sent; without those that would ask another operation."""
    made = (case for build in BUILDERS for case in build(client, contract))
    return [case for case in made if not contract.asks_another(case.request.method, case.request.path)]


def judge(context: Context, asked: Sequence[Case]) -> None:
    """Send every case, and write what comes into the ledger."""
    first: dict[str, Exchange] = {}
    exchanges = context.client.send_all(case.request for case in asked)
    for case, exchange in zip(asked, exchanges, strict=True):
        first.setdefault(case.requirement, exchange)
        judge_case(context, case, exchange)
    label, summary = "the answers to no key and to a wrong one are equal", "a wrong key is answered otherwise than none"
    judge_same(context, label, summary, first["auth.key-missing"], first["auth.key-wrong"])
    _other_experiments(context, first["experiment.unknown"])


def judge_case(context: Context, case: Case, exchange: Exchange) -> bool:
    """Write what came to a case into the ledger; whether it had the status and the header that it must."""
    if exchange.status not in case.status:
        wanted = " or ".join(map(str, case.status))
        failure = context.failure(
            exchange, f"{case.label[:200]}: answered {exchange.status or 'nothing'}, not {wanted}", wanted
        )
        context.ledger.fail(case.requirement, failure)
        return False
    name, text = case.header or ("", "")
    if case.header and text not in exchange.headers.get(name, ""):
        context.ledger.fail(
            case.requirement, context.failure(exchange, f"{case.label}: no {text} in {name}", f"{name}: {text}")
        )
        return False
    context.ledger.hold(case.requirement, case.label[:200])
    if case.places is not None and exchange.status == 422:
        # A body that is not JSON is judged by its own requirement, one that the schema refuses by `body.location`.
        requirement = "body.location" if case.requirement == "body.rejected" else case.requirement
        judge_places(context, requirement, case, exchange)
    return True


def judge_places(context: Context, requirement: str, case: Case, exchange: Exchange) -> None:
    """Write into the ledger whether `loc` says where the fault of a body is."""
    try:
        detail = exchange.json()["detail"]
        named = [tuple(entry["loc"]) for entry in detail]
    except (ValueError, TypeError, KeyError):
        named = []
    wanted = case.places or ()
    held = any(place in wanted for place in named)
    summary = f"{case.label[:200]}: loc is {list(map(list, named))}"
    failure = context.failure(exchange, summary, " or ".join(json.dumps(place) for place in wanted))
    context.ledger.judge(requirement, case.label[:200], None if held else failure)


def judge_same(context: Context, label: str, summary: str, missing: Exchange, wrong: Exchange) -> None:
    """Write into the ledger whether a wrong key is answered as none is."""
    same = _said(missing) == _said(wrong)
    failure = None if same else context.failure(wrong, summary, missing.received())
    context.ledger.judge("auth.same-answer", label, failure)


def _other_experiments(context: Context, unknown: Exchange) -> None:
    """What needs experiments beside the one that is judged."""
    options = context.options
    if options.other_experiment is None:
        context.ledger.skip("experiment.other-tenant", "no --other-experiment was given")
    else:
        _other_tenant(context, unknown, options.other_experiment)
    if options.empty_experiment is None:
        context.ledger.skip("experiment.empty", "no --empty-experiment was given")
        return
    for body in ({}, _ANY):
        exchange = context.client.send(context.client.request(body, options.empty_experiment))
        held = exchange.status == 200 and re.sub(rb"\s", b"", exchange.body) == b"[]"
        failure = context.failure(exchange, "an empty experiment is not answered with an empty array", "200 []")
        context.ledger.judge("experiment.empty", f"body {body}", None if held else failure)


def _other_tenant(context: Context, unknown: Exchange, experiment: str) -> None:
    """Each key's experiment must look to the other as one that does not exist."""
    ask = context.client.request({}, experiment)
    crossings = [(experiment, ask)]
    if context.options.other_api_key is not None:
        own = context.client.send(replace(ask, key="{other}"))
        if own.status != 200:
            cause = f"--other-api-key does not reach --other-experiment: answered {own.status}"
            context.ledger.error("experiment.other-tenant", cause)
            return
        crossings.append((context.options.experiment, replace(context.client.request({}), key="{other}")))
    for name, request in crossings:
        exchange = context.client.send(request)
        same = exchange.status == 404 and _said(exchange, name) == _said(unknown, _named(context.contract, unknown))
        failure = context.failure(
            exchange, "another key's experiment is not answered as an unknown one", unknown.received()
        )
        context.ledger.judge("experiment.other-tenant", name, None if same else failure)


def _named(contract: Contract, unknown: Exchange) -> str:
    """The experiment that a request names, which stands where the contract's path has it."""
    return unknown.request.path.split("/")[contract.path.split("/").index("{experiment_uuid}")]


def _said(exchange: Exchange, experiment: str = "") -> tuple[object, ...]:
    """What an error says.

    Its status, the names of its members, its detail without the experiment's name. The value of another member may
    differ from answer to answer, as a request's id does.
    """
    try:
        body = exchange.json()
    except ValueError:
        return exchange.status, exchange.body
    if not isinstance(body, dict):
        return exchange.status, exchange.body
    detail = str(body.get("detail"))
    return exchange.status, sorted(body), detail.replace(experiment, "") if experiment else detail
