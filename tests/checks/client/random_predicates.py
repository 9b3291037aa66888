"""Predicates of Polars on the columns of a table, made by chance."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from checks.client.odd_logs import TEXTS
from parea_trace_logs.contract import COLUMNS

KEYS = ["metadata.tier", "metadata.n", "inputs.k", "inputs."]
NOW = datetime(2024, 4, 15, 22, 19, 13, 381503, UTC)
NUMBERS = (0, 1, 0.5, -1.0, 2, 1e-7, 1e300, 2.0**53, 2**53 + 1, 0.30000000000000004, float("inf"), float("nan"))
INTEGERS = (0, 7, 2, 2.5, 2**53, 2**53, 2**63 - 1, -(2**63), 2**53 + 1)
MOMENTS = tuple(NOW + timedelta(microseconds=each) for each in (0, 1, -1, 118497, -381503, 500_000, 10**13))


def atom(chance: random.Random) -> pl.Expr:
    """A condition on one column."""
    kind = chance.choice([*ATOMS])
    return ATOMS[kind](chance)


def _compared(column: pl.Expr, value: Any, chance: random.Random) -> pl.Expr:
    operator = chance.choice(("__gt__", "__ge__", "__lt__", "__le__", "__eq__", "__ne__"))
    compared: pl.Expr = getattr(column, operator)(value)
    return compared


def _number(chance: random.Random) -> pl.Expr:
    column = pl.col(chance.choice(("latency", "cost", "feedback_score", "score:a", 'score:b"\n', "score:never")))
    match chance.randrange(5):
        case 0:
            return column.is_between(
                chance.choice(NUMBERS), chance.choice(NUMBERS), closed=chance.choice(("both", "left", "none"))
            )
        case 1:
            return column.is_in([float(chance.choice(NUMBERS)) for _ in range(chance.randrange(4))])
        case _:
            return _compared(column, chance.choice(NUMBERS), chance)


def _integer(chance: random.Random) -> pl.Expr:
    column = pl.col(chance.choice(("total_tokens", "total_tokens", "depth", "execution_order")))
    if chance.random() < 0.2:
        return column.is_in([int(chance.choice(INTEGERS)) for _ in range(3)])
    return _compared(column, chance.choice(INTEGERS), chance)


def _text(chance: random.Random) -> pl.Expr:
    column = pl.col(chance.choice(("output", "error", "trace_id", "parent_trace_id", "root_trace_id", "status")))
    value = chance.choice((*TEXTS, "p", "r", "17", "PLAIN", " plain", "é"))
    match chance.randrange(7):
        case 0:
            return column.str.contains(value[:3], literal=True)
        case 1:
            return column.str.contains(chance.choice(("p.a", "l.*n", "plain", "l|q", "^p", "[a-p]")))
        case 2:
            return column.str.starts_with(value[:2])
        case 3:
            return column.str.ends_with(value[-2:])
        case 4:
            return column.is_in([value, chance.choice(TEXTS)])
        case _:
            return _compared(column, value, chance)


def _key(chance: random.Random) -> pl.Expr:
    column = pl.col(chance.choice(KEYS))
    value = chance.choice(("gold", "10000000000000000000000000", '[1, null, "é"]', '{"b": 1.0}', "1", ""))
    return column.is_null() if chance.random() < 0.3 else _compared(column, value, chance)


def _moment(chance: random.Random) -> pl.Expr:
    column = pl.col(chance.choice(("start_timestamp", "end_timestamp")))
    if chance.random() < 0.2:
        return column.is_between(chance.choice(MOMENTS), chance.choice(MOMENTS))
    return _compared(column, chance.choice(MOMENTS), chance)


def _null(chance: random.Random) -> pl.Expr:
    column = pl.col(chance.choice([*COLUMNS, "score:a", "start_timestamp_text", "additional_properties", *KEYS]))
    return column.is_null() if chance.random() < 0.5 else column.is_not_null()


def _list(chance: random.Random) -> pl.Expr:
    if chance.random() < 0.5:
        return pl.col("tags").list.contains(chance.choice(("x", 'q"', "", "none")))
    return pl.col("children_ids").list.contains(chance.choice((1, 2**40, 2**60)))


def _boolean(chance: random.Random) -> pl.Expr:
    column = pl.col(chance.choice(("cache_hit", "fill_children")))
    return chance.choice((column, ~column, column == True, column != False))  # noqa: E712 - of Polars


ATOMS: dict[str, Callable[[random.Random], pl.Expr]] = {
    "number": _number,
    "integer": _integer,
    "text": _text,
    "key": _key,
    "moment": _moment,
    "null": _null,
    "list": _list,
    "boolean": _boolean,
}


def predicate(chance: random.Random, depth: int = 0) -> pl.Expr:
    """Conditions joined at random."""
    if depth == 2 or chance.random() < 0.5:
        return atom(chance)
    one, other = predicate(chance, depth + 1), predicate(chance, depth + 1)
    joined = chance.choice(("and", "and", "and", "or", "not"))
    return {"and": one & other, "or": one | other, "not": ~one}[joined]
