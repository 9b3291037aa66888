"""What the generated modules share: the mark of an absent member, and the answer to one request."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from attrs import frozen
from msgspec import UNSET
from msgspec import UnsetType as Unset

T = TypeVar("T")


@frozen
class Response(Generic[T]):
    """The answer to one request, as the `..._detailed` functions return it.

    Attributes:
        status_code: The status. A plain integer: servers and proxies send some that `http.HTTPStatus` does not know.
        content: The body as it came, decompressed.
        headers: The headers; names in lower case.
        parsed: What the body says.
    """

    status_code: int
    content: bytes
    headers: Mapping[str, str]
    parsed: T


__all__ = ["UNSET", "Response", "Unset"]
