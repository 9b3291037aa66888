"""Answers made up wrongly: which logs stand in them, how often, in what order, and whole or not."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from parea_target import Parts
from parea_target.answers import Order, select_logs
from parea_target.tables import Tables
from parea_target.values import read_instant
from sqlalchemy import ColumnElement, Select, Text, cast, func

from faults.registry import JSON, Reply, Request, Serve, around, fault

Log = dict[str, Any]


def _order(parts: Parts, order: Callable[[Tables], Order]) -> Parts:
    return replace(parts, order=order)


@fault("result.order")
def order_of_arrival(parts: Parts) -> Parts:
    """There is no ORDER BY."""
    return _order(parts, lambda tables: [tables.log.c.log_id])


@fault("result.order")
def ties_as_they_came(parts: Parts) -> Parts:
    """Logs that start at one instant come as they were stored."""
    return _order(parts, lambda tables: [tables.member("start_timestamp"), tables.log.c.log_id])


@fault("result.order")
def ties_without_case(parts: Parts) -> Parts:
    """Ties are ordered by a collation without case."""
    return _order(parts, lambda tables: [tables.member("start_timestamp"), func.lower(tables.member("trace_id"))])


@fault("result.order")
def order_by_id(parts: Parts) -> Parts:
    """Logs are ordered by their ids alone."""
    return _order(parts, lambda tables: [tables.member("trace_id")])


@fault("result.order")
def order_by_end(parts: Parts) -> Parts:
    """Logs are ordered by their end."""
    return _order(parts, lambda tables: [tables.member("end_timestamp"), tables.member("trace_id")])


@fault("result.order")
def order_by_text(parts: Parts) -> Parts:
    """Logs are ordered by the text of their start, offsets and all."""
    return _order(
        parts,
        lambda tables: [
            func.json_extract(cast(tables.log.c.body, Text), "$.start_timestamp"),
            tables.member("trace_id"),
        ],
    )


Logs = list[Log]


def _answers(change: Callable[[Logs, bool], Logs]) -> Callable[[Serve], Serve]:
    """What surrounds the application changes the logs of its answers; it is told whether a filter was asked for."""

    def surround(serve: Serve) -> Serve:
        async def handle(request: Request) -> Reply:
            reply = await serve(request)
            if reply.status != 200:
                return reply
            filtered = b'"filter_field": "' in request.body
            logs = change(json.loads(reply.body), filtered)
            return Reply(200, JSON, json.dumps(logs, ensure_ascii=False).encode())

        return handle

    return surround


def _nodes(log: Log) -> list[Log]:
    return [log, *(node for child in log.get("children_logs") or [] for node in _nodes(child))]


def _children(change: Callable[[Logs], Logs]) -> Callable[[Serve], Serve]:
    """What surrounds the application changes the children of every log, at every depth."""

    def changed(log: Log) -> Log:
        children = log.get("children_logs")
        return {**log, "children_logs": change([changed(child) for child in children])} if children else log

    return _answers(lambda logs, _filtered: [changed(log) for log in logs])


@around("result.tree")
def children_downwards(serve: Serve) -> Serve:
    """Children come in reverse."""
    return _children(lambda children: children[::-1])(serve)


@around("result.tree")
def grandchildren_are_not_sorted(serve: Serve) -> Serve:
    """Below the first level children come in reverse."""
    return _children(lambda children: children[::-1] if children[0].get("depth") == 2 else children)(serve)


@around("result.whole")
def filtered_logs_lose_children(serve: Serve) -> Serve:
    """A filtered answer holds no children."""
    return _answers(
        lambda logs, filtered: [{k: v for k, v in log.items() if not filtered or k != "children_logs"} for log in logs]
    )(serve)


@around("result.whole", "robust.stateless")
def logs_tell_the_time(serve: Serve) -> Serve:
    """Each log holds when it was served."""
    count = iter(range(1_000_000))
    return _answers(lambda logs, _filtered: [{**log, "served": next(count)} for log in logs])(serve)


@around("result.whole")
def numbers_lose_precision(serve: Serve) -> Serve:
    """A filtered answer holds its costs rounded."""
    return _answers(
        lambda logs, filtered: [
            {**log, "cost": round(log["cost"], 4)} if filtered and log.get("cost") else log for log in logs
        ]
    )(serve)


@around("result.roots")
def children_stand_beside_roots(serve: Serve) -> Serve:
    """The array holds children as well, beside their roots."""

    def flat(logs: Logs) -> Logs:
        nodes = [node for log in logs for node in _nodes(log)]
        return sorted(nodes, key=lambda node: (read_instant(node["start_timestamp"]), node["trace_id"]))

    return _answers(lambda logs, filtered: flat(logs) if filtered else logs)(serve)


@around("result.once")
def join_repeats_logs(serve: Serve) -> Serve:
    """A log comes as often as it has tags, as from a join."""
    return _answers(
        lambda logs, filtered: [log for log in logs for _ in (log.get("tags") or [0] if filtered else [0])]
    )(serve)


@around("result.once")
def first_log_comes_twice(serve: Serve) -> Serve:
    """The first log of an answer comes twice, as at the seam of two pages."""
    return _answers(lambda logs, _filtered: [*logs[:1], *logs])(serve)


def _cap(parts: Parts, most: int) -> Parts:
    def select(tables: Tables, experiment_id: int, where: ColumnElement[bool] | None, order: Order) -> Select[int, int]:
        return select_logs(tables, experiment_id, where, order).limit(most)

    return replace(parts, select=select)


@fault("result.uncapped")
def answers_end_at_100(parts: Parts) -> Parts:
    """An answer ends at 100 logs."""
    return _cap(parts, 100)


@fault("result.uncapped")
def answers_end_at_10(parts: Parts) -> Parts:
    """An answer ends at ten logs, as in Elasticsearch."""
    return _cap(parts, 10)
