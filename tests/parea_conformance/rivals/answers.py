"""Wrong readings of the answer as a whole: in what order logs stand in it, and how many."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from parea_conformance.reading.order import child_key, root_key
from parea_conformance.reading.values import Log, instant


@dataclass(frozen=True)
class OrderRival:
    """A wrong order of logs: a sort key, and whether it is reversed.

    Attributes:
        lacking: the member of which it reads the absence otherwise; where no log lacks it, it says nothing.
    """

    name: str
    text: str
    needs: str
    requirement: str
    key: Callable[[Log], tuple[int | str | float, ...]]
    reverse: bool = False
    lacking: str = ""

    def arrange(self, logs: Sequence[Log]) -> list[Log]:
        """The logs in the order of this rival; what its key does not tell apart stays as it stands."""
        return sorted(logs, key=self.key, reverse=self.reverse)


def _start(log: Log) -> int:
    return root_key(log)[0]


def _backwards(text: str) -> tuple[int, ...]:
    return tuple(-ord(char) for char in text)


def _placed(log: Log, without: float) -> tuple[float, str]:
    place = log.get("execution_order")
    return without if place is None else place, log["trace_id"]


ROOT_ORDERS = (
    OrderRival(
        "order-by-id",
        "Answers are ordered by `trace_id` alone.",
        "two logs whose ids order otherwise than their starts",
        "result.order",
        lambda log: (log["trace_id"],),
    ),
    OrderRival(
        "order-as-text",
        "Answers are ordered by the text of `start_timestamp`.",
        "two starts in different offsets",
        "result.order",
        lambda log: (log["start_timestamp"], log["trace_id"]),
    ),
    OrderRival(
        "order-descending",
        "Answers are ordered from the latest to the earliest.",
        "two starts",
        "result.order",
        root_key,
        reverse=True,
    ),
    OrderRival(
        "order-to-the-second",
        "Answers are ordered by the second of their start.",
        "two starts within one second, in another order than their ids",
        "result.order",
        lambda log: (_start(log) // 10**18, log["trace_id"]),
    ),
    OrderRival(
        "order-to-the-millisecond",
        "Answers are ordered by the millisecond of their start.",
        "two starts within one millisecond, in another order than their ids",
        "result.order",
        lambda log: (_start(log) // 10**15, log["trace_id"]),
    ),
    OrderRival(
        "order-ties-without-case",
        "Ties are ordered by `trace_id` without case.",
        "two ids that tie and order otherwise by case",
        "result.order",
        lambda log: (_start(log), log["trace_id"].lower()),
    ),
    OrderRival(
        "order-by-utf16",
        "Ties are ordered by UTF-16 code unit.",
        "two ids that tie, one with a character from U+E000 to U+FFFF, one with a character beyond",
        "result.order",
        lambda log: (_start(log), log["trace_id"].encode("utf-16-be", "surrogatepass").hex()),
    ),
    OrderRival(
        "order-ties-reversed",
        "Ties are ordered by `trace_id` downwards.",
        "two logs that start at the same instant",
        "result.order",
        lambda log: (_start(log), *_backwards(log["trace_id"])),
    ),
    OrderRival(
        "order-by-end",
        "Answers are ordered by `end_timestamp`.",
        "two logs that end in another order than they start",
        "result.order",
        lambda log: (instant(log.get("end_timestamp") or log["start_timestamp"]), log["trace_id"]),
    ),
)

CHILD_ORDERS = (
    OrderRival(
        "children-by-id",
        "Children are ordered by `trace_id` alone.",
        "two children whose ids order otherwise than their places",
        "result.tree",
        lambda log: (log["trace_id"],),
    ),
    OrderRival(
        "children-by-start",
        "Children are ordered by their start.",
        "two children that start in another order than their places",
        "result.tree",
        lambda log: (_start(log), log["trace_id"]),
    ),
    OrderRival(
        "children-descending", "Children are ordered downwards.", "two children", "result.tree", child_key, reverse=True
    ),
    OrderRival(
        "children-as-text",
        "`execution_order` orders as text.",
        "two children with the places 9 and 10",
        "result.tree",
        lambda log: (str(child_key(log)[0]), log["trace_id"]),
    ),
    OrderRival(
        "children-ties-reversed",
        "Children of one place are ordered by `trace_id` downwards.",
        "two children of one place",
        "result.tree",
        lambda log: (child_key(log)[0], *_backwards(log["trace_id"])),
    ),
    OrderRival(
        "children-without-place-last",
        "Children without `execution_order` come last.",
        "a child without `execution_order` beside one above 0",
        "result.tree",
        lambda log: _placed(log, math.inf),
        lacking="execution_order",
    ),
    OrderRival(
        "children-without-place-first",
        "Children without `execution_order` come first.",
        "a child without `execution_order` beside one of 0, whose `trace_id` is smaller",
        "result.tree",
        lambda log: _placed(log, -math.inf),
        lacking="execution_order",
    ),
)


CAPS = (10, 20, 25, 50, 100)
"""Sizes of a page that a server may wrongly stop at."""
LARGER_CAPS = (200, 250, 500, 1000, 10_000)
"""The same, of which a small experiment can say nothing: named in the evidence, and no cause to be undecided."""
