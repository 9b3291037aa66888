"""Write a sync module from an async one: the same code without `async` and `await`, with the names of the other."""

import re

# In this order, each at the beginning of a word. What is not named here is the same in both.
REPLACEMENTS: dict[str, str] = {
    "async def": "def",
    "async with": "with",
    "async for": "for",
    "await ": "",
    "import asyncio": "import time",
    r"asyncio\.sleep": "time.sleep",
    r"AsyncGenerator\[(\w+), None\]": r"Generator[\1, None, None]",
    "AsyncGenerator": "Generator",
    "AsyncIterator": "Iterator",
    "AsyncClient": "Client",
    "AsyncHTTPClient": "SyncHTTPClient",
    "AsyncTransport": "SyncTransport",
    "AsyncLogStream": "LogStream",
    "AsyncParea": "Parea",
    r"async_(?=streams|transport)": "sync_",
    "async_http_client": "http_client",
    "asyncio": "sync",
    "astream": "stream",
    "aiter_bytes": "iter_bytes",
    "aclosing": "closing",
    "aclose": "close",
    "anext": "next",
    r"aiter\(": "iter(",
    "aiter_raw": "iter_raw",
    r"awaited(?=\(|_extensions)": "watched",
    r"__a(?=(?:iter|next|enter|exit)__)": "__",
}
_RULES = [(re.compile(rf"\b{found}"), made) for found, made in REPLACEMENTS.items()]
_LEFT = re.compile(r"(?i)\b\w*async\w*|\bawait\b|\b__a(?:iter|next|enter|exit)__")


def unasync(text: str) -> str:
    """The sync module that an async one stands for.

    Raises:
        ValueError: something async is left, which no replacement names.
    """
    for found, made in _RULES:
        text = found.sub(made, text)
    if left := _LEFT.search(text):
        raise ValueError(f"{left[0]!r} has no sync counterpart: name one in REPLACEMENTS")
    return text
