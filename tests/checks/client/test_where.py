"""Filters built in Python."""

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from checks.client.conftest import Call
from checks.client.support import LocalServer
from parea_trace_logs import InvalidFilterError, TraceLogFilters, where

AWARE = datetime(2024, 4, 15, 22, 19, 13, 381503, tzinfo=UTC)
ODD = timezone(timedelta(minutes=19, seconds=32))


def _time(text: str) -> tuple[str | None, ...]:
    return ("start_timestamp", None, "greater_than_or_equal", text)


@pytest.mark.parametrize(
    ("built", "expected"),
    [
        (lambda: where("latency") > 0.5, ("latency", None, "greater_than", "0.5")),
        (lambda: 0.5 < where("latency"), ("latency", None, "greater_than", "0.5")),  # noqa: SIM300
        (lambda: where("latency") >= 10**20, ("latency", None, "greater_than_or_equal", "1" + "0" * 20)),
        (lambda: where("latency") < 1e-7, ("latency", None, "less_than", "1e-07")),
        (lambda: where("latency") <= -0.0, ("latency", None, "less_than_or_equal", "-0.0")),
        (lambda: where("cost") == Decimal("1E+2"), ("cost", None, "equals", "1E+2")),
        (lambda: where("cost") != float("-inf"), ("cost", None, "not_equals", "-1e999")),
        (lambda: where("score:x").between(0, 1), ("score:x", None, "between", "0,1")),
        (lambda: where("is_correct") == "1.0", ("is_correct", None, "equals", "1.0")),
        (lambda: where("is_correct").isin([0, 0.5, "1e3"]), ("is_correct", None, "in", "0,0.5,1e3")),
        (lambda: where("tags").isin(("a", "b c")), ("tags", None, "in", "a,b c")),
        (lambda: where("tags") != "prod", ("tags", None, "not_equals", "prod")),
        (lambda: where("children_ids") == 7, ("children_ids", None, "equals", "7")),
        (lambda: where("metadata", key="user.id") == "u", ("metadata", "user.id", "equals", "u")),
        (lambda: where("metadata", key="") == True, ("metadata", "", "equals", "true")),  # noqa: E712
        (lambda: where("metadata", key="n") > 2, ("metadata", "n", "greater_than", "2")),
        (lambda: where("metadata").exists(), ("metadata", None, "exists", None)),
        (lambda: where("metadata", key="a").is_null(), ("metadata", "a", "is_null", None)),
        (lambda: where("cache_hit") == False, ("cache_hit", None, "equals", "false")),  # noqa: E712
        (lambda: where("output").like("100% s"), ("output", None, "like", "100% s")),
        (lambda: where("output") == "", ("output", None, "equals", "")),
        (lambda: where("start_timestamp") >= AWARE, _time("2024-04-15T22:19:13.381503+00:00")),
        (lambda: where("start_timestamp") >= AWARE.replace(tzinfo=ODD), _time("2024-04-15T21:59:41.381503+00:00")),
        (lambda: where("annotation:value:c").isin(["x"]), ("annotation:value:c", None, "in", "x")),
    ],
)
def test_a_comparison_is_a_filter(built: Callable[[], TraceLogFilters], expected: tuple[str | None, ...]) -> None:
    names = ("filter_field", "filter_key", "filter_operator", "filter_value")
    assert built().to_dict() == dict(zip(names, expected, strict=True))
    assert built() == TraceLogFilters.from_dict(dict(zip(names, expected, strict=True)))
    assert TraceLogFilters.from_dict(built().to_dict()) == built()


@pytest.mark.parametrize(
    ("built", "member", "words"),
    [
        (lambda: where("latency").like("1"), "operator", "takes equals"),
        (lambda: where("latency") == "fast", "value", "not a number value"),
        (lambda: where("latency") == "1\n", "value", "not a number value"),
        (lambda: where("latency") == float("nan"), "value", "NaN"),
        (lambda: where("latency") == True, "value", "not compared with True"),  # noqa: E712
        (lambda: where("latency") == None, "value", "is_null()"),  # noqa: E711
        (lambda: where("status") == 1, "value", "not compared with 1"),
        (lambda: where("start_timestamp") > AWARE.replace(tzinfo=None), "value", "time zone"),
        (lambda: where("start_timestamp").isin([AWARE]), "operator", "not in"),
        (lambda: where("tags").isin(["a,b"]), "value", "comma"),
        (lambda: where("tags").isin([" a"]), "value", "space"),
        (lambda: where("metadata", key="k").isin(["a,b"]), "value", "comma"),
        (lambda: where("tags").isin([]), "value", "at least one"),
        (lambda: where("tags").isin("prod"), "value", "list"),
        (lambda: where("metadata") == "x", "key", "which key"),
        (lambda: where("latency", key="k") > 1, "key", "only a map"),
        (lambda: where("scores") == 1, "operator", "structure"),
        (lambda: where("annotation:x") == 1, "field", "neither"),
        (lambda: where("cache_hit") == "yes", "value", "`true` or `false`"),
        (lambda: where("cache_hit") > True, "operator", "takes equals"),
    ],
)
def test_what_the_contract_rejects_is_an_error(built: Callable[[], object], member: str, words: str) -> None:
    with pytest.raises(InvalidFilterError) as caught:
        built()
    assert caught.value.loc == ("body", f"filter_{member}")
    assert words in str(caught.value)


def test_a_filter_has_no_truth_value() -> None:
    """`and` and a chain of comparisons would drop one of the two filters without a word."""
    for built in (
        lambda: 0 < where("latency") < 1,
        lambda: where("latency") > 0 and where("cost") > 0,
        lambda: bool(where("latency")),
    ):
        with pytest.raises(TypeError, match="neither true nor false"):
            built()


def test_filters_travel_and_are_sent(call: Call, server: LocalServer) -> None:
    filters = where("metadata", key="user.id") == "u"
    for twin in (pickle.loads(pickle.dumps(filters)), copy.deepcopy(filters)):  # noqa: S301 - our own
        assert twin == filters
    call("e", filters, base_url=server.url)
    assert server.received[0].body == filters.to_dict()
    assert filters != (where("metadata", key="user.id") != "u")
    assert repr(where("metadata", key="k")) == "where('metadata', key='k')"


def test_numbers_of_numpy() -> None:
    numpy: Any = pytest.importorskip("numpy")
    assert (where("latency") > numpy.float64(0.5)).filter_value == "0.5"
    assert (where("depth") == numpy.int64(3)).filter_value == "3"
    assert (where("score:x") > numpy.float32(0.5)).filter_value == "0.5"


def test_dates_are_no_instants() -> None:
    with pytest.raises(InvalidFilterError):
        _ = where("end_timestamp") > date(2024, 4, 15)  # type: ignore[operator]
