"""A client for Parea experiment trace logs, generated from its contract: `Parea`, `AsyncParea`."""

from ._parea import AsyncParea, Parea
from ._version import __version__
from .client import AuthenticatedClient, Client
from .errors import (
    ContentTooLargeError,
    InvalidAnswerError,
    MethodNotAllowedError,
    MissingKeyError,
    NotFoundError,
    PareaConnectionError,
    PareaError,
    PareaTimeoutError,
    StatusError,
    TooManyRequestsError,
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
from .types import UNSET, Response, Unset

__all__ = [
    "UNSET",
    "AsyncParea",
    "AuthenticatedClient",
    "Client",
    "ContentTooLargeError",
    "EvaluationScore",
    "FilterOperator",
    "InvalidAnswerError",
    "LLMInputs",
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
    "TooManyRequestsError",
    "TraceLog",
    "TraceLogAnnotation",
    "TraceLogComment",
    "TraceLogFilters",
    "TraceLogImage",
    "UnauthorizedError",
    "UnexpectedStatusError",
    "UnprocessableContentError",
    "Unset",
    "UnsupportedMediaTypeError",
    "__version__",
]
