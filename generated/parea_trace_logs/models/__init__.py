"""The classes of the contract's schemas, one module each."""

from .error import Error
from .evaluation_score import EvaluationScore
from .filter_operator import FilterOperator
from .llm_inputs import LLMInputs
from .message import Message
from .model_params import ModelParams
from .trace_log import TraceLog
from .trace_log_annotation import TraceLogAnnotation
from .trace_log_comment import TraceLogComment
from .trace_log_filters import TraceLogFilters
from .trace_log_image import TraceLogImage
from .validation_error import ValidationError
from .validation_error_detail import ValidationErrorDetail

__all__ = [
    "Error",
    "EvaluationScore",
    "FilterOperator",
    "LLMInputs",
    "Message",
    "ModelParams",
    "TraceLog",
    "TraceLogAnnotation",
    "TraceLogComment",
    "TraceLogFilters",
    "TraceLogImage",
    "ValidationError",
    "ValidationErrorDetail",
]
