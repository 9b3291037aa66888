"""What a status without a body, or with a broken one, becomes."""

import pytest
from checks.client.calls import CALLS, caught
from checks.client.hostile import EVERY_STATUS, bare
from checks.client.network_faults import answer, fault_server
from checks.client.support import OPERATION
from parea_trace_logs import StatusError, UnauthorizedError, UnexpectedStatusError

DOCUMENTED = {int(status) for status in OPERATION["responses"]}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", EVERY_STATUS)
def test_a_status_without_a_body_is_the_statuss_own(status: str, call: str, pauses: list[float]) -> None:
    with fault_server(bare(f"{status} Status")) as server:
        error = caught(call, server.url, max_retries=1)
        asked = len(server.heads)
    assert isinstance(error, StatusError)
    assert error.status_code == int(status)
    assert (type(error) is UnexpectedStatusError) == (error.status_code not in DOCUMENTED)
    assert asked == (2 if status in ("429", "500", "503") else 1)
    assert len(pauses) == asked - 1


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("body", [b"", b"no", b"[", b'{"detail": "no'])
def test_what_the_body_of_an_error_is_does_not_matter(body: bytes, call: str) -> None:
    with fault_server(bare("401 Unauthorized") if not body else answer("401 Unauthorized", body)) as server:
        assert type(caught(call, server.url)) is UnauthorizedError
