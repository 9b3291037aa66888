"""Half a pair of surrogates, where a log has a text and where it has none."""

from typing import Any

import pytest
from checks.client.hostile import log
from checks.client.network_faults import answer, fault_server
from parea_trace_logs import InvalidAnswerError, Parea

KEY = "a-key-to-hide"


MEMBERS = [
    "trace_name", "latency", "input_tokens", "cache_hit", "inputs", "tags", "children_ids", "scores", "images",
    "comments", "annotations", "configuration", "children_logs", "depth", "status", "trace_id", "start_timestamp",
]  # fmt: skip


LONE = "\ud800"


@pytest.mark.parametrize("value", [LONE, [LONE], {"a": LONE}, {LONE: 1}, [{"name": LONE, "score": LONE}]], ids=ascii)
@pytest.mark.parametrize("member", MEMBERS)
def test_half_a_pair_of_surrogates_in_any_place(member: str, value: Any) -> None:
    """It is a text; where another type is due, the log is wrong, and nothing more."""
    body = log(**{member: value})
    with fault_server(answer("200 OK", body)) as server, Parea(KEY, server.url) as client:
        raised = None
        try:
            client.get_experiment_trace_logs("e")
        except InvalidAnswerError as error:
            raised = error
        skipped = client.get_experiment_trace_logs("e", invalid="skip")
        collected = client.get_experiment_trace_logs("e", invalid="collect")
        streamed = list(client.iter_experiment_trace_logs("e", invalid="skip"))
    wrong = raised is not None
    assert len(skipped) == len(collected) == len(streamed) == (0 if wrong else 1)
    assert len(collected.invalid) == wrong
    if raised is not None:
        assert raised.index == 0
        assert (raised.path or "").startswith(f"$[0].{member}")
