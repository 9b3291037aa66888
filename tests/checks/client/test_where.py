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
from parea_trace_logs import (
    FilterOperator,
    InvalidFilterError,
    Parea,
    TraceLogFilters,
    UnknownFieldWarning,
    where,
)

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


BEGINS, ENDS = "2024-04-15T00:00:00Z", "2024-04-15T23:59:59.999999Z"
DAY = date(2024, 4, 15)


@pytest.mark.parametrize("day", [DAY, "2024-04-15"])
@pytest.mark.parametrize(
    ("built", "operator", "value"),
    [
        (lambda field, day: field > day, "greater_than", ENDS),
        (lambda field, day: field >= day, "greater_than_or_equal", BEGINS),
        (lambda field, day: field < day, "less_than", BEGINS),
        (lambda field, day: field <= day, "less_than_or_equal", ENDS),
        (lambda field, day: field == day, "between", f"{BEGINS},{ENDS}"),
        (lambda field, day: field.between(day, day), "between", f"{BEGINS},{ENDS}"),
        (lambda field, day: field.between(AWARE, day), "between", f"{AWARE.isoformat()},{ENDS}"),
    ],
)
def test_a_day_is_all_of_it(
    built: Callable[[Any, date | str], TraceLogFilters], day: date | str, operator: str, value: str
) -> None:
    filters = built(where("end_timestamp"), day)
    assert (filters.filter_operator, filters.filter_value) == (operator, value)


def test_no_filter_is_all_but_a_day() -> None:
    with pytest.raises(InvalidFilterError, match="whole day") as caught:
        _ = where("end_timestamp") != DAY
    assert caught.value.loc == ("body", "filter_value")
    with pytest.raises(InvalidFilterError, match="not a timestamp"):
        _ = where("end_timestamp") > "2024-04-31"
    with pytest.raises(InvalidFilterError, match="not compared with"):
        _ = where("status") == DAY


def test_other_words() -> None:
    assert where("output").contains("x") == where("output").like("x")
    assert where("output").is_not_null() == where("output").exists()
    assert (where("metadata")["user.id"] == "u") == (where("metadata", key="user.id") == "u")


def test_what_cannot_be_said_says_why() -> None:
    one: Any = where("latency") > 1
    other: Any = where("cost") > 1
    field: Any = where("tags")
    cases: list[Callable[[], object]] = [
        lambda: one & other,
        lambda: one | other,
        lambda: field & field,
        lambda: {} | one,
    ]
    for built in cases:
        with pytest.raises(TypeError, match="the endpoint takes one"):
            built()
    with pytest.raises(TypeError, match="no filter is the opposite"):
        _ = ~one
    with pytest.raises(TypeError, match="looks no deeper"):
        _ = where("metadata")["a"]["b"]
    with pytest.raises(TypeError, match="a key is a string, not 0"):
        _ = field[0]
    with pytest.raises(TypeError, match="say where\\('tags'\\) == 'x'"):
        _ = "x" in field
    with pytest.raises(TypeError, match="not iterable"):
        iter(field)
    with pytest.raises(TypeError, match="name of a member or a score"):
        where(None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        ("latencyy", "latency"),
        ("Latency", "latency"),
        (" status", "status"),
        ("metadata.attempt", 'metadata["attempt"]'),
        ("metadata[User Id]", 'metadata["User Id"]'),
        ("Inputs.a.b", 'inputs["a.b"]'),
        ("scores.Levenshtein", "score:Levenshtein"),
        ("score.x", "score:x"),
        ("is_correct", None),
    ],
)
def test_a_name_that_is_not_a_member_is_told(field: str, meant: str | None) -> None:
    with pytest.warns(UnknownFieldWarning, match="is asked as the score of that name") as caught:
        where(field)
    said = str(caught[0].message)
    assert caught[0].filename == __file__
    assert (f"did you mean {meant}?" in said) is (meant is not None)
    assert f"score:{field}" in said


@pytest.mark.parametrize("field", ["latency", "score:latencyy", "annotation:value:c", "metadata", "annotation:x"])
def test_a_name_that_says_what_it_is_is_not_told(field: str, recwarn: pytest.WarningsRecorder) -> None:
    where(field)
    assert not recwarn


@pytest.mark.parametrize("field", ["latencyy", "metadata.k"])
def test_a_filter_made_by_hand_is_told_of_a_slip(call: Call, server: LocalServer, field: str) -> None:
    filters = TraceLogFilters(filter_field=field, filter_operator=FilterOperator.EXISTS)
    with pytest.warns(UnknownFieldWarning, match="did you mean") as caught:
        call("e", filters, base_url=server.url)
    assert "parea_trace_logs/" not in caught[0].filename


def test_the_documented_score_by_its_bare_name_is_not_told(
    call: Call, server: LocalServer, recwarn: pytest.WarningsRecorder
) -> None:
    call("e", TraceLogFilters(filter_field="is_correct", filter_operator="exists"), base_url=server.url)  # type: ignore[arg-type]
    assert not [each for each in recwarn if each.category is UnknownFieldWarning]


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (where("latency"), r"where\('latency'\) alone: compare it"),
        ("latency > 1", "not the text 'latency > 1'"),
        ({"filter_field": "x"}, "from_dict"),
        ([where("latency") > 1], "one filter is all"),
        (3, "not 3"),
    ],
)
def test_what_is_not_a_filter_is_refused_at_once(call: Call, server: LocalServer, filters: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        call("e", filters, base_url=server.url)
    assert server.received == []


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"filter_field": "latency"}, "filter_field needs one: equals, not_equals, "),
        ({"filter_field": "latency", "filter_operator": "like"}, r"latency \(number\) takes equals, .*not like"),
        ({"filter_field": "latency", "filter_operator": "equal"}, "'equal' is none of .*; did you mean equals"),
        ({"filter_field": "latencyy", "filter_operator": "like"}, "did you mean latency"),
        ({"filter_field": "metadataa", "filter_operator": "exists", "filter_key": "k"}, "did you mean metadata"),
        ({"filter_operator": "equals"}, "no filter_field for it"),
    ],
)
def test_filters_made_by_hand_are_checked_before_they_are_sent(
    call: Call, server: LocalServer, members: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidFilterError, match=words):
        call("e", TraceLogFilters(**members), base_url=server.url)
    with pytest.raises(InvalidFilterError, match=words), Parea("k", server.url) as client:
        client.iter_experiment_trace_logs("e", TraceLogFilters(**members))
    assert server.received == []
