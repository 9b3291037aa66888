"""Requests by hand, a record each: orders of judging, sizes, forms of values, other experiments.

What is next to one right request is not here: `neighbours` derives it.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from parea_conformance.context import Context
from parea_conformance.contract import Contract
from parea_conformance.http.client import Client, Exchange
from parea_conformance.http.curl import Request
from parea_conformance.probes.kinds import ALL_NULL, lines
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.request import faults
from parea_conformance.stages import bodies

# Beside what preflight says of them: nothing, and `identity`.
_CODINGS = ("gzip;q=0, deflate; q=0.000, br;q=0, zstd;q=0", "identity, *;q=0", "gzip", "deflate")
_APART = 6
"""How many cases that may break a connection follow each other over one."""
UNKNOWN_EXPERIMENT = "no-such-experiment-6f1d0f2c"


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


def _padded(client: Client, size: int) -> Request:
    """A request with a body of so many bytes: an empty object and spaces."""
    shell = f"printf '{{}}%{size - 2}s' ''"
    return replace(client.request({}), body=b"{}" + b" " * (size - 2), body_shell=shell)


def _keys(client: Client, contract: Contract) -> Iterator[Case]:
    ask = client.request({})
    yield Case("auth.key-missing", "no key", replace(ask, key=None), (401,))
    yield Case("auth.key-wrong", "a wrong key", replace(ask, key="not-the-key"), (401,))
    bare = replace(ask, key=None)
    nowhere = Request(client.path().rsplit("/", 1)[0] + "/nothing-here", key=None)
    for label, request in (
        ("an unknown path", nowhere),
        ("GET", replace(bare, method="GET", body=b"")),
        ("text", replace(bare, content_type="text/plain")),
        ("too large a body", replace(_padded(client, contract.max_bytes + 1), key=None)),
        ("not JSON", replace(bare, body=b"{")),
        ("an invalid filter", replace(bare, body=b'{"filter_feild": 1}')),
        ("an unknown experiment", replace(client.request({}, UNKNOWN_EXPERIMENT), key=None)),
    ):
        yield Case("auth.first", f"no key, {label}", request, (401,))
        yield Case("auth.first", f"wrong key, {label}", replace(request, key="not-the-key"), (401,))


def _http(client: Client, contract: Contract) -> Iterator[Case]:
    good = {"filter_field": "trace_id", "filter_operator": "exists"}
    for body in ({}, good):
        yield Case("experiment.unknown", f"body {body}", client.request(body, UNKNOWN_EXPERIMENT), (404,))
    limit = contract.max_bytes
    yield Case("http.size", f"{limit} bytes", _padded(client, limit), (200,))
    for size in (limit + 1, 4 * limit):
        yield Case("http.size", f"{size} bytes", _padded(client, size), (413,))
        yield Case("http.size", f"{size} bytes in chunks", replace(_padded(client, size), chunked=True), (413,))
    yield Case("http.size", "a filter in chunks", replace(client.request(good), chunked=True), (200,))
    yield from _order(client, limit)
    for codings in _CODINGS:
        # A long answer: common servers leave short ones as they are. What it holds is judged elsewhere.
        request = replace(client.request(good), codings=codings, brief=True)
        yield Case("http.content-coding", f"Accept-Encoding: {codings}", request, (200,))


def _order(client: Client, limit: int) -> Iterator[Case]:
    """Two faults in one request: the one that is judged first decides."""
    ask = client.request({})
    nowhere = replace(ask, path=client.path() + "/more")
    huge = _padded(client, limit + 1)
    invalid = b'{"filter_feild": 1}'
    for label, request, status in (
        ("path before method", replace(nowhere, method="GET", body=b""), 404),
        ("path before media type", replace(nowhere, content_type="text/plain"), 404),
        ("method before media type", replace(ask, method="PUT", content_type="text/plain"), 405),
        ("method before size", replace(huge, method="PUT"), 405),
        ("media type before size", replace(huge, content_type="text/plain"), 415),
        ("media type before body", replace(ask, content_type="text/plain", body=b"{"), 415),
        ("media type before experiment", replace(client.request({}, UNKNOWN_EXPERIMENT), content_type=None), 415),
        ("size before body", replace(huge, body=b"{" + b" " * limit, body_shell=f"printf '{{%{limit}s' ''"), 413),
        ("size before experiment", replace(huge, path=client.path(UNKNOWN_EXPERIMENT)), 413),
        ("body before experiment", client.request(invalid, UNKNOWN_EXPERIMENT), 422),
    ):
        yield Case("http.order", label, request, (status,))


def _json(client: Client, contract: Contract) -> Iterator[Case]:
    accepted, rejected = bodies.representative(contract)
    for body in (ALL_NULL, *accepted):
        yield Case("body.accepted", json.dumps(body), replace(client.request(body), brief=True), (200,))
    for body in rejected:
        yield Case("body.rejected", json.dumps(body), client.request(body), (422,), None, faults(contract, body))
    for label, body in bodies.HOSTILE.items():
        yield Case("robust.no-server-error", label, client.request(body), (200, 422))


BUILDERS: tuple[Callable[[Client, Contract], Iterator[Case]], ...] = (_keys, _http, _json)

REQUIREMENTS = (
    "auth.key-missing", "auth.key-wrong", "auth.first", "auth.same-answer", "experiment.unknown",
    "experiment.other-tenant", "experiment.empty", "http.size", "http.order", "http.content-coding", "body.accepted",
    "body.rejected", "body.location",
)  # fmt: skip


def cases(client: Client, contract: Contract, planned: Iterable[Filter] = ()) -> list[Case]:
    """All cases, in the order in which they are sent; without those that would ask another operation.

    Args:
        client: makes the requests.
        contract: the contract.
        planned: filters that are sent anyway: which operators are accepted of which kinds shows there.
    """
    shown = {_accepts(contract, filter_.body()) for filter_ in planned}
    made = [case for build in BUILDERS for case in build(client, contract)]
    return [
        case
        for case in made
        if not contract.asks_another(case.request.method, case.request.path)
        and not (case.requirement == "body.accepted" and _accepts(contract, json.loads(case.request.body)) in shown)
    ]


def _accepts(contract: Contract, body: Mapping[str, Any]) -> tuple[str, ...]:
    """What a body shows to be accepted: the operator, the kind, and an operand where none is asked for."""
    operator, field = body.get("filter_operator") or "", body.get("filter_field") or ""
    kind = contract.field_kind(field)
    ignored = contract.forms[kind].get(operator) == "none" and body.get("filter_value") is not None
    return operator, kind, *(["an operand that is ignored"] if ignored else [])


def judge(context: Context, asked: Sequence[Case]) -> None:
    """Send every case, and write what comes into the ledger."""
    first: dict[str, Exchange] = {}
    apart, together = (list(filter(wanted, asked)) for wanted in (_may_break, lambda case: not _may_break(case)))
    exchanges = context.client.send_all(case.request for case in together)
    for case, exchange in zip(together, exchanges, strict=True):
        first.setdefault(case.requirement, exchange)
        judge_case(context, case, exchange)
    parts = lines(apart, _APART)
    answers = context.client.send_lines([[case.request for case in part] for part in parts])
    for place, (part, came) in enumerate(zip(parts, answers, strict=True)):
        again = min(place, 1)  # what a part begins with, but the first, was judged where another ended
        for case, exchange in zip(part[again:], came[again:], strict=True):
            judge_case(context, case, exchange)
    _same_answer(context, first["auth.key-missing"], first["auth.key-wrong"])
    _other_experiments(context, first["experiment.unknown"])


def _may_break(case: Case) -> bool:
    """Whether a case may leave a connection broken.

    Which shows in the next request over the same: such are sent one after another, on a few connections.
    """
    return bool(case.request.body_shell) or case.requirement in ("http.size", "http.order")


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


def _same_answer(context: Context, missing: Exchange, wrong: Exchange) -> None:
    same = _said(missing) == _said(wrong)
    summary = "a wrong key is answered otherwise than none"
    failure = context.failure(wrong, summary, missing.received())
    context.ledger.judge(
        "auth.same-answer", "the answers to no key and to a wrong one are equal", None if same else failure
    )


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
    for body in ({}, {"filter_field": "trace_id", "filter_operator": "exists"}):
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
        same = exchange.status == 404 and _said(exchange, name) == _said(unknown, UNKNOWN_EXPERIMENT)
        failure = context.failure(
            exchange, "another key's experiment is not answered as an unknown one", unknown.received()
        )
        context.ledger.judge("experiment.other-tenant", name, None if same else failure)


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
