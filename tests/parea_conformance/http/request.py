"""A request as the suite declares it: its keys are templates, so that it holds no secret."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace

from parea_conformance.classes.changes import CHANGES, Change

JSON = "application/json"
CODINGS = "gzip, deflate"
"""What the suite can undo."""
KEY, OTHER_KEY = "{key}", "{other}"
SHOWN_AS = {KEY: "$PAREA_API_KEY", OTHER_KEY: "$PAREA_OTHER_API_KEY"}
"""How the templates of keys are shown."""
SHELL_CHANGES = {change.name: change for change in CHANGES if change.shell}
"""By name, the changes of a key that a command can make without holding it."""
KEY_TEMPLATE = re.compile(r"\{(key|other)(?: in (.+?))?\}")


def changed_key(change: Change) -> str:
    """The template of a key that is changed; of changes that a shell can make too."""
    return f"{{key in {change.name}}}"


def filled(text: str, keys: Mapping[str, str]) -> str:
    """A text with the keys in the place of their templates."""

    def fill(found: re.Match[str]) -> str:
        key = keys[f"{{{found[1]}}}"]
        return key if found[2] is None else SHELL_CHANGES[found[2]].apply(key)

    return KEY_TEMPLATE.sub(fill, text)


@dataclass(frozen=True)
class Request:
    """One request, without its secret.

    Attributes:
        path: what follows the base URL, percent-encoded.
        key: template of the key header's value; None sends no such header.
        key_header: the name of that header, where it is not spelled as in the contract.
        filled: whether templates of keys stand in the path, the headers and the body as well.
        absolute: whether the target is sent in absolute form.
        chunked: whether the body is sent in chunks, its length untold.
        brief: whether the status is all that matters: of a long answer of 200 only the beginning is read.
        content_type: None sends no such header.
        codings: the codings that an answer may have, as `Accept-Encoding`; None sends no such header.
        body_shell: a shell command that prints the body, where the body is too long to quote.
        operation: the id of the operation, where it is not the one that answers the logs.
        repeatable: whether it may be sent again where the connection broke.
    """

    path: str
    body: bytes = b"{}"
    method: str = "POST"
    key: str | None = KEY
    content_type: str | None = JSON
    codings: str | None = CODINGS
    headers: tuple[tuple[str, str], ...] = ()
    body_shell: str = ""
    key_header: str = ""
    filled: bool = False
    absolute: bool = False
    chunked: bool = False
    brief: bool = False
    operation: str = ""
    repeatable: bool = True


def padded(request: Request, size: int) -> Request:
    """The request with spaces after its body, which make it so many bytes long."""
    shell = f"printf '%s%{size - len(request.body)}s' {shlex.quote(request.body.decode())} ''"
    return replace(request, body=request.body.ljust(size), body_shell=shell)
