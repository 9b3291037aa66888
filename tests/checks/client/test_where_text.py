"""Filters as texts: other words for the operators, days, and what is refused with the reason."""

import re
import time
import warnings
from contextlib import suppress
from json import dumps

import pytest
from hypothesis import given
from hypothesis import strategies as st
from parea_trace_logs import InvalidFilterError, TraceLogFilters, UnknownFieldWarning, where
from parea_trace_logs._filters.where_text import parse_where
from parea_trace_logs.contract import MEMBERS


@pytest.mark.parametrize(
    ("text", "filters"),
    [
        ("status == success", where("status") == "success"),
        ("status <> success", where("status") != "success"),
        ("output like x y", where("output").like("x y")),
        ("output CONTAINS x", where("output").like("x")),
        ('output Like "x"', where("output").like("x")),
        ("error IS NULL", where("error").is_null()),
        ("error is  not\tnull", where("error").exists()),
        ("error NOT EXISTS", where("error").is_null()),
        ("error Exists", where("error").exists()),
        ("tags IN prod,canary", where("tags").isin(["prod", "canary"])),
        ("latency BETWEEN 0,1", where("latency").between(0, 1)),
        ("metadata[k] is not null", where("metadata")["k"].exists()),
        ("metadata[a > b] = 1", where("metadata")["a > b"] == "1"),
        ('metadata ["]"]= 1', where("metadata")["]"] == "1"),
        ('"metadata"[k] = 1', where("metadata")["k"] == "1"),
        ("score:a[0]b = 1", where("score:a[0]b") == 1),
        ("score:[[[x > 1", where("score:[[[x") > 1),
        ('score:["x > 1', where('score:["x') > 1),
        ("score:x[ > 1", where("score:x[") > 1),
        ("start_timestamp >= 2024-04-15", where("start_timestamp") >= "2024-04-15"),
        ("start_timestamp = 2024-04-15", where("start_timestamp") == "2024-04-15"),
        (
            "start_timestamp between 2024-04-15 , 2024-04-16",
            where("start_timestamp").between("2024-04-15", "2024-04-16"),
        ),
        ("output = rock and roll", where("output") == "rock and roll"),
        ("output = a and x = b", where("output") == "a and x = b"),
        ('output = "a and latency > 1"', where("output") == "a and latency > 1"),
        ('output = a and "b', where("output") == 'a and "b'),
    ],
)
def test_a_filter_in_other_words(text: str, filters: TraceLogFilters) -> None:
    assert parse_where(text) == filters


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tags not in a,b", "no filter is the opposite of 'in'"),
        ("output NOT  LIKE a", "no filter is the opposite of 'like'"),
        ("latency not between 1,2", "no filter is the opposite of 'between'"),
        ("latency > 1 and cost < 2", "one filter is all"),
        ("status = success AND latency > 1", "another follows 'AND'"),
        ("status = a || score:x > 1", "another follows '||'"),
        ("error is null and status = success", "is null takes no value"),
        ("error exists yes", "exists takes no value"),
        ("start_timestamp != 2024-04-15", "whole day"),
        ("start_timestamp > 2024-04-15T10:00:00", "not a timestamp"),
        ("start_timestamp > 15.04.2024", "not a timestamp"),
        ("latencyy like 3", "did you mean latency"),
        ("== 1", "is not FIELD OPERATOR VALUE"),
        ("  > 1", "is not FIELD OPERATOR VALUE"),
    ],
)
def test_what_is_refused_says_why(text: str, words: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownFieldWarning)
        with pytest.raises(ValueError, match=re.escape(words)):
            parse_where(text)


@pytest.mark.parametrize(
    "text", ["latencyy > 2", "metadata.attempt > 2", "metadata[] = 1", 'metadata["a" = 1', "scores.x > 1"]
)
def test_a_slip_is_told(text: str) -> None:
    with pytest.warns(UnknownFieldWarning, match="did you mean"):
        parse_where(text)


NAMES = st.one_of(
    st.sampled_from([*MEMBERS]), st.text('ab[]"\\ .>=<~in', min_size=1, max_size=12).map("score:".__add__)
)
TEXTS = st.text('ab[]"\\ ,.>=<~innull0', max_size=12)


@given(NAMES, st.sampled_from(["=", "~", "like", ">", "in", "is null"]), TEXTS, st.none() | TEXTS)
def test_whatever_stands_in_quotes_is_taken_as_it_stands(
    field: str, operator: str, value: str, key: str | None
) -> None:
    text = f"{dumps(field)}{'' if key is None else f'[{dumps(key)}]'} {operator}"
    try:
        found = parse_where(text if operator == "is null" else f"{text} {dumps(value)}")
    except InvalidFilterError:  # and no other
        return
    assert (found.filter_field, found.filter_key) == (field, key)
    assert found.filter_value == (None if operator == "is null" else value)


@given(st.text('ab[]"\\ \t,.>=<~!inulexstandor0:', max_size=60))
def test_any_text_is_a_filter_or_a_value_error(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with suppress(ValueError):
            assert parse_where(text).filter_field is not None


def seconds(text: str) -> float:
    began = time.perf_counter()
    with warnings.catch_warnings(), suppress(ValueError):
        warnings.simplefilter("ignore")
        parse_where(text)
    return time.perf_counter() - began


@pytest.mark.parametrize(
    "part", [" ", "[", '["', "a ", "is ", "is  not ", '"', "not in", "[a", '["\\"', "] ", "a and ", "a[b]  "]
)
def test_the_time_grows_with_the_length(part: str) -> None:
    """A text of the longest command line, which a quadratic reading would take minutes for."""
    assert seconds("x" + part * (120_000 // len(part))) < 2
    assert seconds("x" + part * (60_000 // len(part)) + "]" + " " * 60_000) < 2
    assert seconds("latency = " + part * (120_000 // len(part)) + "x") < 2
