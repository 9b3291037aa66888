"""What httpx and httpx2 have in common. For type checkers only: making protocols would slow the import down."""

from typing import Any, Protocol


class SyncHTTPClient(Protocol):
    """An `httpx.Client` or an `httpx2.Client`."""

    @property
    def headers(self) -> Any: ...
    @property
    def is_closed(self) -> bool: ...
    def build_request(self, *args: Any, **kwargs: Any) -> Any: ...
    def send(self, *args: Any, **kwargs: Any) -> Any: ...
    def close(self) -> None: ...


class AsyncHTTPClient(Protocol):
    """An `httpx.AsyncClient` or an `httpx2.AsyncClient`."""

    @property
    def headers(self) -> Any: ...
    @property
    def is_closed(self) -> bool: ...
    def build_request(self, *args: Any, **kwargs: Any) -> Any: ...
    async def send(self, *args: Any, **kwargs: Any) -> Any: ...
    async def aclose(self) -> None: ...


class Limits(Protocol):
    """An `httpx.Timeout` or an `httpx2.Timeout`."""

    def as_dict(self) -> dict[str, float | None]:
        """The seconds by step."""
