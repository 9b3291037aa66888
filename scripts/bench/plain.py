"""What `bench.target` compares with: a plain Starlette route that answers `[]`, by the server settings of the target.

    python -m bench.plain CONNECTIONS

Prints its base URL, and serves until it is ended.
"""

import sys
import threading

from parea_target.server import Limits, running
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def _answer(_request: Request) -> JSONResponse:
    return JSONResponse([])


def main(connections: int) -> None:
    """Serve until a signal."""
    app = Starlette(routes=[Route("/{path:path}", _answer, methods=["POST"])])
    with running(app, limits=Limits(connections)) as base_url:
        print(base_url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))
