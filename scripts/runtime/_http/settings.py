"""Base URL and key: from the arguments, else from the environment."""

import os

from parea_trace_logs._http.scrubbing import Secret
from parea_trace_logs.contract import BASE_URL


def key_of(api_key: object) -> Secret:
    """The key from the argument, else from the environment; nothing is raised here, for a frame would show it."""
    return Secret(os.environ.get("PAREA_API_KEY", "") if api_key is None else api_key)


def server_of(base_url: str | None) -> str:
    """The server from the argument, else from the environment; an empty variable counts as unset."""
    return (os.environ.get("PAREA_BASE_URL") or BASE_URL) if base_url is None else base_url
