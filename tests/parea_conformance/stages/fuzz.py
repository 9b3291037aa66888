"""Bodies made up by schemathesis from the contract: what the schema accepts must be answered, the rest refused.

Schemathesis generates; what must come follows from the contract's one rule, so that a mutation which happens to be
valid is no false alarm. The seed decides the bodies.
"""

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from parea_conformance.context import Context
from parea_conformance.http.client import Exchange
from parea_conformance.http.json_text import parse
from parea_conformance.logs.sample import Sample
from parea_conformance.probes.made_up import MadeUp
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT
from parea_conformance.stages.deviation import deviation

_MANY = 2000
REQUIREMENTS = ("body.accepted", "body.rejected", "body.location")


def judge(context: Context, sample: Sample, misread: Collection[str], made: MadeUp) -> None:
    """Send what was made up; judge statuses, and the logs of what was answered.

    Args:
        context: the run.
        sample: the logs to judge by.
        misread: members of which nothing is asked: that the server does not find them is known.
        made: the bodies.
    """
    # Of many logs every second made-up filter would bring all: then the status is judged, and not the logs.
    long = len(context.known.by_id) > _MANY
    for bodies in made:
        requests = [replace(context.client.request(body), brief=long) for body in bodies]
        for exchange in context.client.send_all(requests):
            body = exchange.request.body
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
        expected, came = sample.matching(RIGHT, filter_), sample.known(answer.ids)
        context.observed[filter_] = came
        failure = deviation(context, sample, exchange, filter_, came) if came != expected else None
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
