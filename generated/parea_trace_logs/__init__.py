"""A client for Parea experiment trace logs, generated from its contract: `Parea`, `AsyncParea`."""

from typing import TYPE_CHECKING, Any

from ._parea import AsyncParea, Parea
from ._streams import AsyncLogStream, LogStream
from ._version import __version__
from .client import AuthenticatedClient, Client
from .errors import (
    ContentTooLargeError,
    InvalidAnswerError,
    InvalidFilterError,
    MethodNotAllowedError,
    MissingKeyError,
    NotFoundError,
    PareaConnectionError,
    PareaError,
    PareaTimeoutError,
    StatusError,
    TableError,
    TooManyRequestsError,
    TruncatedResponse,
    UnauthorizedError,
    UnexpectedStatusError,
    UnprocessableContentError,
    UnsupportedMediaTypeError,
)
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
from .types import UNSET, InvalidLog, Logs, Response, Unset

__all__ = [
    "UNSET",
    "AsyncLogStream",
    "AsyncParea",
    "AuthenticatedClient",
    "Client",
    "ContentTooLargeError",
    "EvaluationScore",
    "FilterOperator",
    "InvalidAnswerError",
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
    "Response",
    "StatusError",
    "TableError",
    "TooManyRequestsError",
    "TraceLog",
    "TraceLogAnnotation",
    "TraceLogComment",
    "TraceLogFilters",
    "TraceLogImage",
    "TruncatedResponse",
    "UnauthorizedError",
    "UnexpectedStatusError",
    "UnprocessableContentError",
    "Unset",
    "UnsupportedMediaTypeError",
    "__version__",
    "where",
]

if TYPE_CHECKING:
    from ._where import where
else:

    def __getattr__(name: str) -> Any:
        # What only filters need is imported when the first is built.
        if name == "where":
            from ._where import where

            return where
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
