"""Wrong answers by a rule: a share of them, what the suite once missed, and that the walk itself can fail."""

import json
from collections import Counter

import pytest
from parea_conformance.http.coding import is_allowed

from faults.answers import __main__ as command
from faults.answers.__main__ import chosen
from faults.answers.changing import CONTRACT
from faults.answers.data import DEPTHS, Maker, Token
from faults.answers.walk import ALWAYS, FILTERED, RIGHTLY, UNFILTERED, Found, Pair, examine, must_come, pairs
from faults.answers.wanted import NOT_JUDGED

_EVERY = 160
"""Of so many pairs one is examined here; `make faults` examines all."""


@pytest.mark.parametrize("part", range(4))
def test_a_share_is_judged_rightly(part: int) -> None:
    found = [examine(pair) for pair in chosen(_EVERY, seed=0)[part::4]]
    assert [
        f"{one.verdict}: {one.pair} {one.names} {sorted(one.failed)}" for one in found if one.verdict not in RIGHTLY
    ] == []
    assert {one.verdict for one in found} >= {"found", "silent"}


def test_every_member_is_a_token_at_every_depth() -> None:
    schemas = CONTRACT.document["components"]["schemas"]
    tokens = {pair.token for pair in pairs() if pair.token is not None}
    for name in schemas["TraceLog"]["properties"]:
        # The deepest logs have no children.
        depths = DEPTHS[:-1] if name == "children_logs" else DEPTHS
        assert all(Token((name,), depth) in tokens for depth in depths), name
    within = {token.path[-1] for token in tokens if len(token.path) > 1}
    for schema in ("EvaluationScore", "TraceLogImage", "TraceLogComment", "TraceLogAnnotation", "LLMInputs", "Message"):
        assert schemas[schema]["properties"].keys() <= within


def test_the_data_are_right_and_in_order() -> None:
    logs = Maker(CONTRACT).roots()
    assert [CONTRACT.fault_of_log(log) for log in logs] == [None] * len(logs)
    right = examine(Pair(None, "white space around it"))
    assert (right.wanted, right.failed) == ((), frozenset())


def _at(path: str, depth: int = 0) -> Token:
    return Token(tuple(path.split()), depth)


# Each stands for many: what the suite did not see, or accused wrongly, before the walk was there.
ONCE_MISSED = [
    (Pair(_at("output"), "twice"), {"response.media-type"}),
    (Pair(_at("scores [] score", 3), "twice", FILTERED), {"response.media-type"}),
    (Pair(_at("latency"), "NaN", UNFILTERED), {"response.media-type"}),
    (Pair(_at("end_timestamp", 1), "an offset that is none"), {"response.schema"}),
    (Pair(_at("end_timestamp", 1), "nine digits"), {"response.schema"}),
    (Pair(_at("end_timestamp", 3), "t and z"), {"response.schema"}),
    (Pair(_at("root_trace_id"), "lower case"), {"result.roots"}),
    (Pair(_at("children_logs", 1), "the last twice"), {"result.once"}),
    (Pair(None, "media type 'application/json; charset=utf-16'"), {"response.media-type"}),
    (Pair(None, "packed by the word, whatever its weight"), {"http.content-coding"}),
    (Pair(None, "packed where nothing is said"), {"http.content-coding"}),
    (Pair(None, "packed for any coding"), {"http.content-coding"}),
    (Pair(None, "packed where it is long"), {"http.content-coding"}),
    (Pair(_at("inputs {}"), "in a list"), {"filter.like.map"}),
    (Pair(_at("inputs {}"), "in an object"), {"filter.equals.map"}),
    (Pair(_at("inputs {}"), "as its letters"), {"filter.equals.map"}),
    (Pair(_at("inputs {}"), "as text"), {"filter.greater_than.map"}),
    (Pair(_at("inputs {}"), "as a boolean"), {"field.key"}),
    (Pair(Token((), 0), "without the last", FILTERED), {"filter.equals.text"}),
    (Pair(Token((), 0), "empty list"), {f"{NOT_JUDGED}, or none that the contract's schema accepts"}),
    (Pair(_at("input_tokens"), "with .0", FILTERED), set()),
    (Pair(_at("scores [] id", 1), "with .0", UNFILTERED), set()),
]


@pytest.mark.parametrize(("pair", "broken"), [pytest.param(*row, id=str(row[0])) for row in ONCE_MISSED])
def test_what_was_missed_is_found(pair: Pair, broken: set[str]) -> None:
    found = examine(pair)
    assert found.verdict == ("found" if broken else "silent")
    assert broken <= found.failed
    assert bool(broken) == bool(must_come(pair))


MUST = [
    (Pair(_at("tags"), "null"), True),
    (Pair(_at("tags", 1), "null"), False),
    (Pair(_at("tags", 1), "null", FILTERED), True),
    (Pair(_at("tags"), "left out"), True),
    (Pair(_at("latency"), "as text"), True),
    (Pair(_at("latency"), "fifteen digits"), True),
    (Pair(_at("configuration messages [] content"), "NFC"), False),
    (Pair(_at("configuration messages [] content"), "NFC", FILTERED), True),
    (Pair(_at("end_timestamp"), "in UTC"), False),
    (Pair(_at("end_timestamp"), "in UTC", FILTERED), True),
    (Pair(_at("end_timestamp"), "to the millisecond"), True),
    (Pair(_at("children_logs"), "reversed"), True),
    (Pair(_at("children_logs", 1), "left out"), False),
    (Pair(_at("children_logs", 1), "left out", FILTERED), True),
    (Pair(Token((), 0), "reversed"), True),
    (Pair(None, "in ASCII"), False),
]


@pytest.mark.parametrize(("pair", "must"), [pytest.param(*row, id=str(row[0])) for row in MUST])
def test_what_must_come_is_computed(pair: Pair, must: bool) -> None:
    assert bool(must_come(pair)) is must


@pytest.mark.parametrize(
    ("coding", "said", "allowed"),
    [
        ("", None, True),
        ("identity", None, True),
        ("gzip", None, False),
        ("gzip", "", False),
        ("gzip", "gzip, deflate", True),
        ("x-gzip", "GZIP", True),
        ("gzip", "gzip;q=0", False),
        ("gzip", "gzip ; q=0.000, *", False),
        ("gzip", "gzip;q=0.001", True),
        ("br", "gzip, *", True),
        ("br", "identity, *;q=0", False),
        ("gzip, br", "gzip", False),
        ("gzip, gzip", "gzip", True),
    ],
)
def test_codings_that_are_allowed(coding: str, said: str | None, allowed: bool) -> None:
    assert is_allowed(coding, said) is allowed


# The walk and the command can fail ---------------------------------------------------------------------------------


PAIR = Pair(_at("output"), "trimmed", ALWAYS)
WRONG = (("result.whole",),)


@pytest.mark.parametrize(
    ("found", "status", "said"),
    [
        (Found(PAIR, WRONG, frozenset({"result.whole"})), 0, "1 must be found, 1 are, 0 by another"),
        (Found(PAIR, WRONG, frozenset()), 1, "0 by another requirement, 1 survived"),
        (Found(PAIR, WRONG, frozenset({"auth.first"})), 1, "1 by another requirement, 0 survived"),
        (Found(PAIR, (("filter.*",),), frozenset({"filter.like.text"})), 0, "1 must be found, 1 are"),
        (Found(PAIR, WRONG, frozenset(), frozenset({"field.key"})), 0, "0 survived, 1 leave undecided"),
        (Found(PAIR, (), frozenset({"result.whole"})), 1, "1 mean the same, 1 of them were accused"),
        (Found(PAIR, (), frozenset()), 0, "1 mean the same, 0 of them were accused"),
    ],
)
def test_the_command_says_so(
    found: Found, status: int, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "outcomes", lambda _asked: [found])
    monkeypatch.setattr(command, "chosen", lambda *_asked: [PAIR])
    assert command.main([]) == status
    shown = capsys.readouterr().out
    assert said in shown.splitlines()[-1]
    assert (str(PAIR) in shown) is bool(status)


def test_the_command_as_it_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--only", "media type 'text/plain' (always)"]) == 0
    assert "1 must be found, 1 are" in capsys.readouterr().out
    with pytest.raises(SystemExit) as stopped:
        command.main(["--only", "no such change"])
    assert stopped.value.code == 2


def test_shares_follow_from_the_seed() -> None:
    some, same, others = (chosen(1000, seed) for seed in (1, 1, 2))
    assert some == same != others
    counts = Counter(pair.when for pair in chosen(1, 0))
    assert json.dumps(sorted(counts)) == json.dumps(sorted([ALWAYS, FILTERED, UNFILTERED]))
    assert len(chosen(1, 0)) == len(set(pairs())) == len(pairs())
