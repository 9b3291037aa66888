"""Whether a server sent more than its answer: HTTP/1.1 would take that for the next answer on the same connection.

httpcore does not say; h11, below it, does. Where the way to it is another than today's, nobody knows, and then the
connection is not used again: slower, and as safe.
"""

from typing import Any

_WAY = ("_stream", "_httpcore_stream", "_stream", "_connection", "_h11_state")


def nothing_follows(response: Any) -> bool:
    """Whether it is certain that nothing has come after the answer; asked when its body has been read."""
    if response.http_version == "HTTP/2":  # there each answer has a stream of its own
        return True
    found = response.stream
    for name in _WAY:
        found = getattr(found, name, None)
    return bool(getattr(found, "trailing_data", (b"?", False))[0] == b"")
