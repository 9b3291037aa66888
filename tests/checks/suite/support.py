"""What the suite's own tests share: keys, a target that ignores them, and samples of few logs."""

from collections.abc import Mapping

from parea_conformance.contract import Contract
from parea_conformance.logs.sample import Sample
from starlette.types import ASGIApp, Receive, Scope, Send

KEY = "a-key-of-the-tests-7d1f"
OTHER_KEY = "another-key-of-the-tests"


def keyless(target: ASGIApp) -> ASGIApp:
    """The target, as if every request carried the key."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name != b"x-api-key"]
        await target({**scope, "headers": [*headers, (b"x-api-key", KEY.encode())]}, receive, send)

    return serve


def sample_of(contract: Contract, *logs: Mapping[str, object]) -> Sample:
    """Root logs of these members, each with an id."""
    own = {"start_timestamp": "2024-01-01T00:00:00Z"}
    return Sample([{"trace_id": f"log-{place}", **own, **log} for place, log in enumerate(logs)], contract.kinds)
