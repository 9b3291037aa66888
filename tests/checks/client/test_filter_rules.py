"""The check of a filter gives the verdict and the places of the contract's JSON Schema, on every kind and operator."""

import itertools
import pickle
from typing import Any

import pytest
from checks.client.support import CONTRACT, SCHEMAS
from hypothesis import example, given, settings
from hypothesis import strategies as st
from parea_conformance.contract import Contract
from parea_trace_logs import UNSET, FilterOperator, InvalidFilterError, TraceLogFilters
from parea_trace_logs._filters.rules import check, faults
from parea_trace_logs._json.decoding import encode
from parea_trace_logs.contract import MEMBERS

pytestmark = pytest.mark.slow

SCHEMA = Contract(CONTRACT)
MEMBER_NAMES = ("filter_field", "filter_key", "filter_operator", "filter_value")
ABSENT: Any = UNSET

OPERATORS: list[Any] = [ABSENT, None, *FilterOperator, "like", "in", "bogus", 5]
NAMES: list[Any] = [
    *(
        "",
        "is_correct",
        "score:",
        "score:x",
        "score:latency",
        "annotation",
        "annotations:",
        "annotation:",
        " annotation:",
    ),
    *("annotation:x", "annotation:score", "annotation:score:", "annotation:score:c", "annotation:value:c"),
    *("annotation:value:", "annotation:score\n:x", "latency\n", "Latency", "annotation:\n", ABSENT, None, 5, True),
]
NUMBERS = ["0", "-0", "1", "-1.5e+3", "1E400", "01", "+1", ".5", "1.", "1e", "0x1", "1_0", "", " 1", "1 ", "1\n", "NaN"]
LISTS = [
    "1,2",
    "1 , 2",
    " 1,2 ",
    "1,,2",
    ",1",
    "1,",
    "1,2,3",
    "1\t,2",
    "1,2\n",
    "a,b",
    ",",
    " ",
    "1 2",
    "\u0661",
    "\uff11",
]
TIMES = [
    *("2024-04-15T22:19:13.381503+00:00", "2024-04-15T22:19:13Z", "0001-01-01T00:00:00-00:00", "9999-12-31T23:59:59Z"),
    *("2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2000-02-29T00:00:00Z"),
    *("2024-04-31T00:00:00Z", "2024-04-15T24:00:00Z", "2024-04-15T22:19:60Z", "2024-04-15T22:19:13", "2024-04-15"),
    *("2024-04-15t22:19:13z", "2024-04-15T22:19:13.1234567Z", "2024-04-15T22:19:13Z\n", "0000-01-01T00:00:00Z"),
    *(
        "2024-04-15T22:19:13Z,2024-04-16T22:19:13Z",
        " 2024-04-15T22:19:13Z , 2024-04-16T22:19:13Z ",
        "2024-04-15T22:19Z",
    ),
]
VALUES: list[Any] = [
    ABSENT,
    None,
    *NUMBERS,
    *LISTS,
    *TIMES,
    "true",
    "false",
    "True",
    "true\n",
    "\x00",
    "é",
    1,
    0.5,
    True,
]
KEYS: list[Any] = [ABSENT, None, "", "user.id", 5]


def body(filters: TraceLogFilters) -> dict[str, Any]:
    members = {name: getattr(filters, name) for name in MEMBER_NAMES}
    return {name: getattr(value, "value", value) for name, value in members.items() if value is not UNSET}


def agrees(field: Any, key: Any, operator: Any, value: Any) -> None:
    """Both give the same verdict, and the same places."""
    filters = TraceLogFilters(filter_field=field, filter_key=key, filter_operator=operator, filter_value=value)
    places = {place[1:] for place in SCHEMA.places(body(filters))}
    found = faults(filters)
    assert {(member,) for member in found} == places, (body(filters), found)


def test_every_kind_and_operator_and_many_values() -> None:
    one_of_each = {kind: member for member, kind in MEMBERS.items()}
    fields = [*one_of_each.values(), *NAMES]
    for field, key, operator in itertools.product(fields, KEYS, OPERATORS):
        for value in VALUES if key in (None, "") else VALUES[:5]:
            agrees(field, key, operator, value)


def test_every_member_and_operator() -> None:
    for field, operator in itertools.product(SCHEMAS["TraceLog"]["properties"], FilterOperator):
        for key, value in itertools.product((None, "k"), ("1", "true", TIMES[0], "x,y")):
            agrees(field, key, operator, value)
    assert MEMBERS.keys() == SCHEMAS["TraceLog"]["properties"].keys()


PARTS = st.text(st.sampled_from("0123456789-+.eETZ:, \ntrue"), max_size=30)
MANY = st.one_of(
    PARTS, st.from_regex(r"-?[0-9]+(\.[0-9]+)?( *, *-?[0-9]+(e[0-9])?)*"), st.sampled_from(VALUES), st.text()
)
ANY_FIELD = st.one_of(st.sampled_from([*MEMBERS, *NAMES]), st.text(), st.text(max_size=9).map("annotation:".__add__))


@settings(max_examples=400, deadline=None)
@given(ANY_FIELD, st.one_of(st.sampled_from(KEYS), st.text()), st.sampled_from(OPERATORS), MANY)
@example("latency", None, FilterOperator.EQUALS, "1\n")
def test_anything_at_all(field: Any, key: Any, operator: Any, value: Any) -> None:
    agrees(field, key, operator, value)


@settings(max_examples=300, deadline=None)
@given(
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.integers(0, 35),
    st.characters(codec="ascii"),
    st.sampled_from([FilterOperator.EQUALS, FilterOperator.BETWEEN]),
)
def test_timestamps_with_one_character_changed(text: str, place: int, character: str, operator: FilterOperator) -> None:
    changed = text[:place] + character + text[place + 1 :]
    for value in (changed, f"{changed},{text}", f"{text} ,{changed}"):
        agrees("end_timestamp", None, operator, value)


def test_the_examples_of_the_contract_pass() -> None:
    operation = CONTRACT["paths"]["/api/parea/v1/experiment/{experiment_uuid}/trace_logs"]["post"]
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    assert len(examples) > 10
    for each in examples.values():
        check(TraceLogFilters.from_dict(each["value"]))


def test_the_error_names_the_place_and_every_fault() -> None:
    filters = TraceLogFilters(filter_field="latency", filter_key="k", filter_operator=FilterOperator.LIKE)
    with pytest.raises(
        InvalidFilterError, match=r"^body\.filter_operator: latency \(number\) takes equals, "
    ) as caught:
        check(filters)
    assert caught.value.loc == ("body", "filter_operator")
    assert [loc for loc, _ in caught.value.faults] == [
        ("body", name) for name in sorted(MEMBER_NAMES[1:], key=ORDER.index)
    ]
    twin = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (str(twin), twin.loc, twin.faults) == (str(caught.value), caught.value.loc, caught.value.faults)
    assert isinstance(caught.value, ValueError)


ORDER = ["filter_operator", "filter_key", "filter_value"]


def test_a_body_beyond_the_documented_size_is_refused() -> None:
    filters = TraceLogFilters(filter_field="output", filter_operator=FilterOperator.EQUALS, filter_value="")
    room = SCHEMA.max_bytes - len(encode(filters))
    filters.filter_value = "x" * room
    check(filters)
    filters.filter_value = "x" * (room - 1) + "é"
    with pytest.raises(InvalidFilterError, match=r"^body: 65,537 bytes") as caught:
        check(filters)
    assert caught.value.loc == ("body",)
