"""Bodies made up by schemathesis from the contract: what the schema accepts must be answered, the rest refused.

Schemathesis generates; what must come follows from the contract's one rule, so that a mutation which happens to be
valid is no false alarm. The seed decides the bodies, and nothing is kept between runs.
"""

import functools
import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation

from parea_conformance.context import Context
from parea_conformance.contract import Contract
from parea_conformance.http.client import Exchange
from parea_conformance.http.json_text import encode, parse
from parea_conformance.logs.sample import Sample
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT

_MANY = 2000
REQUIREMENTS = ("body.accepted", "body.rejected", "body.location")


@functools.lru_cache(maxsize=32)
def generate(contract: Contract, mode: GenerationMode, number: int, seed_: int) -> tuple[bytes, ...]:
    """So many bodies, valid or mutated; the same for the same seed, so they are kept."""
    loaded = schemathesis.openapi.from_dict(dict(contract.document))
    operation: APIOperation[Any, Any, Any, Any] = loaded[contract.path]["POST"]
    # Only the body is to vary: a key or a path that is made up would be answered 401 or 404, and prove nothing.
    cases = operation.as_strategy(mode, path_parameters={"experiment_uuid": "x"}, headers={contract.key_header: "x"})
    made: list[bytes] = []

    @seed(seed_)
    @settings(
        max_examples=number,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(cases)
    def collect(case: Case[Any]) -> None:
        body = case.body
        made.append(body if isinstance(body, bytes) else encode(body) if _is_json(body) else b"")

    collect()
    return tuple(dict.fromkeys(made))


def _is_json(body: object) -> bool:
    try:
        json.dumps(body, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def judge(context: Context, sample: Sample, misread: Collection[str]) -> None:
    """Send what is generated; judge statuses, and the logs of what was answered.

    Args:
        context: the run.
        sample: the logs to judge by.
        misread: members of which nothing is asked: that the server does not find them is known.
    """
    # Of many logs every second made-up filter would bring all: then the status is judged, and not the logs.
    long = len(context.known.by_id) > _MANY
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        for body in generate(context.contract, mode, context.options.fuzz, context.options.seed):
            exchange = context.client.send(replace(context.client.request(body), brief=long))
            value, readable = _read(body)
            if readable and context.contract.accepts(value):
                _judge_accepted(context, sample, exchange, value, misread)
            elif not _may_go_either_way(body):
                _judge_rejected(context, exchange, value, readable=readable)


def _read(body: bytes) -> tuple[Any, bool]:
    try:
        return parse(body), True
    except ValueError:
        return None, False


def _may_go_either_way(body: bytes) -> bool:
    # A lone surrogate may be answered 200 or 422; what Python reads and JSON does not (NaN) is left to the cases.
    return b"\\ud" in body.lower() or b"NaN" in body or b"Infinity" in body


def _judge_accepted(context: Context, sample: Sample, exchange: Exchange, body: Any, misread: Collection[str]) -> None:
    if exchange.status == 422 and _may_go_either_way(exchange.request.body):
        return
    summary = f"{json.dumps(body)[:200]}: the schema accepts it, answered {exchange.status}"
    failure = None if exchange.status == 200 else context.failure(exchange, summary, "200")
    context.ledger.judge("body.accepted", "bodies that schemathesis made up were answered 200", failure)
    answer = context.read(exchange) if exchange.status == 200 and not exchange.request.brief else None
    filter_ = Filter.from_body(body)
    requirement = _requirement(context, filter_)
    if answer is not None and requirement is not None and filter_.field not in misread:
        expected = sample.names(sample.matching(RIGHT, filter_))
        wrong = sorted(set(expected) ^ (set(answer.ids) & sample.index.keys()))
        summary = f"{filter_}: {len(wrong)} logs missing or unexpected"
        failure = context.failure(exchange, summary, " ".join(expected[:10]) or "no log") if wrong else None
        context.ledger.judge(requirement, "filters that schemathesis made up", failure)


def _requirement(context: Context, filter_: Filter) -> str | None:
    """The requirement that a made-up filter on a member belongs to; scores and annotations are left to the plan."""
    if filter_.field is None or filter_.field not in context.contract.kinds:
        return None
    return context.contract.requirement_of(filter_.operator or "", filter_.field)


def _judge_rejected(context: Context, exchange: Exchange, value: Any, *, readable: bool) -> None:
    requirement = "body.rejected" if readable else "body.malformed"
    shown = json.dumps(value)[:200] if readable else repr(exchange.request.body[:100])
    summary = f"{shown}: the schema does not accept it, answered {exchange.status}"
    failure = None if exchange.status == 422 else context.failure(exchange, summary, "422")
    context.ledger.judge(requirement, "bodies that schemathesis broke were answered 422", failure)
