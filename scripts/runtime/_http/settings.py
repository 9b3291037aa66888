"""Base URL and key: from the arguments, else from the environment."""

import os

from parea_trace_logs.contract import BASE_URL


def settings(api_key: str | None, base_url: str | None) -> tuple[str, str]:
    """Base and key from the arguments, else from the environment; an empty variable counts as unset."""
    key = os.environ.get("PAREA_API_KEY", "") if api_key is None else api_key
    return (os.environ.get("PAREA_BASE_URL") or BASE_URL) if base_url is None else base_url, key
