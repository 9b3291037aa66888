"""httpx or httpx2, whichever a client is made of: they agree in all that is used here, but not in their classes."""

import os
import sys
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from parea_trace_logs.errors import PareaConnectionError, PareaTimeoutError

_LIBRARIES: Final = ("httpx", "httpx2")
_VARIABLE: Final = "PAREA_HTTP_LIBRARY"

# The first kind that matches decides what a call raises, whether the request had been sent, and whether another try may
# help.
_FAILURES: Final[tuple[tuple[str, type[PareaConnectionError], bool, bool], ...]] = (
    ("ConnectTimeout", PareaTimeoutError, False, True),
    ("PoolTimeout", PareaTimeoutError, False, True),
    ("TimeoutException", PareaTimeoutError, True, True),
    ("ConnectError", PareaConnectionError, False, True),
    ("ProxyError", PareaConnectionError, False, True),
    ("UnsupportedProtocol", PareaConnectionError, False, False),
    ("LocalProtocolError", PareaConnectionError, True, False),
    ("RequestError", PareaConnectionError, True, True),
)


def library_of(client: object, kind: str) -> ModuleType:
    """The library that a client which came from outside is made of.

    Args:
        client: What the caller passed, whatever it is.
        kind: The name of the class that it must have: `Client` or `AsyncClient`.

    Raises:
        TypeError: it is not such a client; the message says what was meant.
    """
    names = {
        base.__name__: sys.modules[root]
        for base in type(client).__mro__
        if (root := base.__module__.partition(".")[0]) in _LIBRARIES
    }
    if kind in names:
        return names[kind]
    if client in (*(vars(sys.modules[each]).get(kind) for each in _LIBRARIES if each in sys.modules),):
        raise TypeError(f"http_client must be a client: call the class {client!r}")
    other = "AsyncClient" if kind == "Client" else "Client"
    taker = "AsyncParea (or async_http_client)" if other in names and kind == "Client" else "Parea"
    article = "an" if other.startswith("A") else "a"
    hint = f"; {taker} takes {article} {other}" if other in names else ""
    raise TypeError(f"http_client must be a {kind} of httpx or httpx2, not {type(client).__qualname__}{hint}")


def own_library() -> ModuleType:
    """The library of which clients are made where none came from outside: httpx, unless the environment says httpx2.

    Raises:
        ValueError: the environment names another.
        ModuleNotFoundError: it is not installed.
    """
    name = os.environ.get(_VARIABLE) or _LIBRARIES[0]
    if name not in _LIBRARIES:
        raise ValueError(f"{_VARIABLE} must be one of {', '.join(_LIBRARIES)}, not {name!r}")
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise ModuleNotFoundError(f"this needs {name}: pip install 'parea-trace-logs[{name}]'", name=name) from None


@cache
def failures(library: ModuleType) -> list[tuple[type[Exception], type[PareaConnectionError], bool, bool]]:
    """By the kind of an error of the library: what a call raises, whether it was sent, whether it may pass."""
    return [(getattr(library, name), *row) for name, *row in _FAILURES]


def timeout_in(library: ModuleType, timeout: Any) -> Any:
    """A time limit as the library takes it; those of the other are translated."""
    if hasattr(timeout, "as_dict") and not isinstance(timeout, library.Timeout):
        return library.Timeout(**timeout.as_dict())
    return timeout
