"""What the suite's own tests share: keys, and a target that ignores them."""

from starlette.types import ASGIApp, Receive, Scope, Send

KEY = "a-key-of-the-tests-7d1f"
OTHER_KEY = "another-key-of-the-tests"


def keyless(target: ASGIApp) -> ASGIApp:
    """The target, as if every request carried the key."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name, value) for name, value in scope["headers"] if name != b"x-api-key"]
        await target({**scope, "headers": [*headers, (b"x-api-key", KEY.encode())]}, receive, send)

    return serve
