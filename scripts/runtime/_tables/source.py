"""Where tables and the command get the logs of an experiment from: the one place that knows how."""

from collections.abc import Generator

from parea_trace_logs._parea import Parea
from parea_trace_logs.models import TraceLog, TraceLogFilters


def stream(client: Parea, experiment: str, filters: TraceLogFilters | None) -> Generator[TraceLog, None, None]:
    """The root logs of an experiment, as they arrive."""
    with client.iter_experiment_trace_logs(experiment, filters) as logs:
        yield from logs
