"""A request as the suite declares it, and as a `curl` command; neither holds an API key."""

import base64
import shlex
from dataclasses import dataclass

JSON = "application/json"
KEY, OTHER_KEY = "{key}", "{other}"
SHOWN_AS = {KEY: "$PAREA_API_KEY", OTHER_KEY: "$PAREA_OTHER_API_KEY"}
"""How the templates of keys are shown."""


@dataclass(frozen=True)
class Request:
    """One request, without its secret.

    Attributes:
        path: what follows the base URL, percent-encoded.
        key: template of the key header's value; None sends no such header.
        key_header: the name of that header, where it is not spelled as in the contract.
        chunked: whether the body is sent in chunks, its length untold.
        brief: whether the status is all that matters: of a long answer of 200 only the beginning is read.
        content_type: None sends no such header.
        body_shell: a shell command that prints the body, where the body is too long to quote.
        operation: the id of the operation, where it is not the one that answers the logs.
        repeatable: whether it may be sent again where the connection broke.
    """

    path: str
    body: bytes = b"{}"
    method: str = "POST"
    key: str | None = KEY
    content_type: str | None = JSON
    headers: tuple[tuple[str, str], ...] = ()
    body_shell: str = ""
    key_header: str = ""
    chunked: bool = False
    brief: bool = False
    operation: str = ""
    repeatable: bool = True


def curl(request: Request, base_url: str, key_header: str) -> str:
    """A command that sends this request, with the keys as variables of the shell."""
    words = ["curl", "-sS", "-i", "-X", request.method, shlex.quote(base_url + request.path)]
    if request.key is not None:
        shown = request.key
        for template, variable in SHOWN_AS.items():
            shown = shown.replace(template, variable)
        words += ["-H", f'"{request.key_header or key_header}: {shown}"']
    content_type = "content-type:" if request.content_type is None else f"content-type: {request.content_type}"
    words += ["-H", shlex.quote(content_type)]
    if request.chunked:
        words += ["-H", "'transfer-encoding: chunked'"]
    for name, value in request.headers:
        words += ["-H", shlex.quote(f"{name}: {value}")]
    if request.body_shell:
        return f"{request.body_shell} | {' '.join(words)} --data-binary @-"
    try:
        text = request.body.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        encoded = base64.b64encode(request.body).decode()
        return f"echo {encoded} | base64 -d | {' '.join(words)} --data-binary @-"
    return " ".join([*words, "--data-binary", shlex.quote(text)])
