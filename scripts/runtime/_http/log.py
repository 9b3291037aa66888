"""What the environment variable `PAREA_LOG` asks for: the log of this package, on stderr."""

import logging
import os
from typing import Final

_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}


def follow_environment() -> None:
    """Log as `PAREA_LOG` says: to the handlers that the application has, else to stderr.

    Raises:
        ValueError: it is not a level.
    """
    level = os.environ.get("PAREA_LOG")
    if not level:
        return
    if level.lower() not in _LEVELS:
        raise ValueError(f"PAREA_LOG must be one of {', '.join(_LEVELS)}, not {level!r}")
    logger = logging.getLogger("parea_trace_logs")
    logger.setLevel(_LEVELS[level.lower()])
    if not logger.hasHandlers():
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
