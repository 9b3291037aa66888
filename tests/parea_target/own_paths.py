"""What the server answers beside the contract, without a key: its health, the document, its page, its metrics."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from parea_target.answers import unavailable, write_error
from parea_target.contract import DOCUMENT
from parea_target.store import Store
from parea_target.workers import run_work

Page = Callable[[], Awaitable[Response]]


def own_paths(app: ASGIApp, pages: Mapping[str, Page]) -> ASGIApp:
    """The application with pages of the server's own, by path; GET and HEAD only, the rest is the application's."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        page = pages.get(scope["path"]) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        await (app if page is None else await page())(scope, receive, send)

    return answer


def standard_pages(store: Store, docs: Path | None = None) -> dict[str, Page]:
    """The pages of every server: `/healthz`, `/openapi.yaml`, and `/docs` where a file is given for it.

    Raises:
        OSError: a file cannot be read.
    """
    pages = {"/healthz": health(store), "/openapi.yaml": file_page(DOCUMENT, "application/yaml")}
    if docs is not None:
        pages["/docs"] = file_page(docs, "text/html; charset=utf-8")
    return pages


def health(store: Store) -> Page:
    """200 where the database answers, else 503."""

    async def page() -> Response:
        if await run_work(store.is_there):
            return JSONResponse({"status": "ok"})
        refusal = unavailable("The database does not answer.")
        return write_error(refusal, refusal.detail)

    return page


def file_page(file: Path, media_type: str) -> Page:
    """The content of a file as it was when the server started.

    Raises:
        OSError: the file cannot be read.
    """
    content = file.read_bytes()

    async def page() -> Response:
        return Response(content, media_type=media_type)

    return page
