"""A client for Parea experiment trace logs, generated from its contract: `Parea`, `AsyncParea`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._parea import Parea
from .client import AuthenticatedClient, Client
from .contract import __version__
from .errors import (
    BadRequestError,
    ClientClosedError,
    ContentTooLargeError,
    InvalidAnswerError,
    InvalidFilterError,
    MethodNotAllowedError,
    MissingKeyError,
    NotFoundError,
    PareaConnectionError,
    PareaError,
    PareaTimeoutError,
    RequestHeaderFieldsTooLargeError,
    ServiceUnavailableError,
    StatusError,
    TableError,
    TooManyRequestsError,
    TruncatedResponse,
    UnauthorizedError,
    UnexpectedStatusError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
    URITooLongError,
)

__all__ = [
    "UNSET",
    "AsyncLogStream",
    "AsyncParea",
    "AuthenticatedClient",
    "BadRequestError",
    "Client",
    "ClientClosedError",
    "ContentTooLargeError",
    "EvaluationScore",
    "FilterOperator",
    "InvalidAnswerError",
    "InvalidDataError",
    "InvalidFilterError",
    "InvalidLog",
    "LLMInputs",
    "LogStream",
    "Logs",
    "Message",
    "MethodNotAllowedError",
    "MissingKeyError",
    "ModelParams",
    "NotFoundError",
    "Parea",
    "PareaConnectionError",
    "PareaError",
    "PareaTimeoutError",
    "RequestHeaderFieldsTooLargeError",
    "Response",
    "ResponseInfo",
    "ServiceUnavailableError",
    "StatusError",
    "TableError",
    "TooManyRequestsError",
    "TraceLog",
    "TraceLogAnnotation",
    "TraceLogComment",
    "TraceLogFilters",
    "TraceLogImage",
    "TruncatedResponse",
    "URITooLongError",
    "UnauthorizedError",
    "UnexpectedStatusError",
    "UnknownFieldWarning",
    "UnprocessableContentError",
    "Unset",
    "UnsupportedMediaTypeError",
    "__version__",
    "where",
]

if TYPE_CHECKING:
    from ._async_parea import AsyncParea
    from ._filters.unknown_field import UnknownFieldWarning
    from ._filters.where import where
    from ._http.async_streams import AsyncLogStream
    from ._http.sync_streams import LogStream
    from ._json.invalid_data import InvalidDataError
    from .models import (
        EvaluationScore,
        FilterOperator,
        LLMInputs,
        Message,
        ModelParams,
        TraceLog,
        TraceLogAnnotation,
        TraceLogComment,
        TraceLogFilters,
        TraceLogImage,
    )
    from .types import UNSET, InvalidLog, Logs, Response, ResponseInfo, Unset
else:
    # What the first call needs, and not the import: by then the time of a request hides it.
    _LATER = {
        "AsyncParea": "_async_parea",
        "UnknownFieldWarning": "_filters.unknown_field",
        "where": "_filters.where",
        "AsyncLogStream": "_http.async_streams",
        "LogStream": "_http.sync_streams",
        "InvalidDataError": "_json.invalid_data",
        "EvaluationScore": "models",
        "FilterOperator": "models",
        "LLMInputs": "models",
        "Message": "models",
        "ModelParams": "models",
        "TraceLog": "models",
        "TraceLogAnnotation": "models",
        "TraceLogComment": "models",
        "TraceLogFilters": "models",
        "TraceLogImage": "models",
        "UNSET": "types",
        "InvalidLog": "types",
        "Logs": "types",
        "Response": "types",
        "ResponseInfo": "types",
        "Unset": "types",
    }

    def __getattr__(name: str) -> Any:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f".{_LATER[name]}", __name__), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
