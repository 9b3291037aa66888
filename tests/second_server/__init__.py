"""A second right server of the contract, for the project's tests only.

It was written from the prose of `openapi.yaml` alone, and shares nothing with the reference target or with the
suite's oracle: where three readings of one contract agree, the contract says one thing. So it is built the other
way round on purpose: the standard library's HTTP server, the body's rules as code, predicates over dicts.
"""

import contextlib
import threading
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from second_server.http_face import Server
from second_server.store import Store

__all__ = ["running"]


@contextlib.contextmanager
def running(experiments: Mapping[str, list[dict[str, Any]]], keys: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Serve root logs (descendants nested) by experiment; `keys` says which experiments each key may see.

    Yields the base URL, the part before `/api/parea/v1`.
    """
    server = Server(Store(experiments, keys))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        server.hang_up()
