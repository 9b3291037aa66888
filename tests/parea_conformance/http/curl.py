"""A request as a `curl` command, which holds no API key."""

import base64
import shlex

from parea_conformance.http.request import CODINGS, KEY_TEMPLATE, SHELL_CHANGES, SHOWN_AS, Request

_SHELL_SPECIAL = str.maketrans({char: f"\\{char}" for char in '\\"$`'})
"""What a shell would read between double quotes."""
_LONG = 400
_BIG = 1000


def curl(request: Request, base_url: str, key_header: str) -> str:
    """A command that sends this request, byte for byte, with the keys as variables of the shell.

    What cannot be seen in a terminal (controls, a byte order mark) is escaped, so that the command can be copied.
    """
    command = f"curl {options(request, base_url, key_header)}"
    argument, printed = _body(request)
    return f"{printed} | {command} {argument}" if printed else f"{command} {argument}".rstrip()


def piece(request: Request, base_url: str, key_header: str) -> str:
    """The same as one of several requests of one command, in bash: without `curl`, the body not from a pipe."""
    argument, printed = _body(request)
    if printed:
        argument = f"--data-binary @<({printed})"
    return f"{options(request, base_url, key_header)} {argument}".rstrip()


def options(request: Request, base_url: str, key_header: str) -> str:
    """The options of curl that make this request, its body aside."""
    url = base_url + request.path
    words = ["-sS", "-i", *_method(request)]
    if url.startswith("https:"):
        words.append("--http1.1")
    if "/." in request.path:
        words.append("--path-as-is")
    if any(char in url for char in "[]{}"):
        words.append("-g")
    if request.absolute:
        words += ["--request-target", shlex.quote(url)]
    words.append(_quoted(url, request))
    if request.key is not None:
        words += ["-H", _key(request.key_header or key_header, request.key)]
    content_type = "content-type:" if request.content_type is None else f"content-type: {request.content_type}"
    words += ["-H", shlex.quote(content_type)]
    if request.codings not in (CODINGS, None):  # curl sends none of its own
        words += ["-H", shlex.quote(f"accept-encoding: {request.codings}" if request.codings else "accept-encoding;")]
    if request.chunked:
        words += ["-H", "'transfer-encoding: chunked'"]
    for name, value in request.headers:
        words += ["-H", _quoted(f"{name}: {value}" if value else f"{name};", request)]
    if len(request.body) > _BIG:
        words += ["-H", "expect:"]  # curl asks before it sends much; the suite does not
    return " ".join(words)


def _method(request: Request) -> list[str]:
    if request.method != "HEAD":
        return ["-X", shlex.quote(request.method)]
    # curl has no HEAD with a body: told the name alone, it waits for the body that the answer's length announces.
    return ["-X", "HEAD", "--ignore-content-length", "-H", "'connection: close'"] if request.body else ["-I"]


def _key(name: str, template: str) -> str:
    """The header of a key, as a word of the shell; curl sends an empty value only for `name;`."""
    return f'"{name}: {_with_variables(template)}"' if template else shlex.quote(f"{name};")


def _quoted(text: str, request: Request) -> str:
    """A word of the shell; of a request that has keys in other places than their header, with its variables."""
    if request.filled and KEY_TEMPLATE.search(text):
        return f'"{_with_variables(text)}"'
    return shlex.quote(text)


def _with_variables(template: str) -> str:
    """What stands between double quotes of the shell for a template: keys as variables, their changes as filters."""
    parts, end = [], 0
    for found in KEY_TEMPLATE.finditer(template):
        parts.append(template[end : found.start()].translate(_SHELL_SPECIAL))
        end = found.end()
        name = SHOWN_AS[f"{{{found[1]}}}"].removeprefix("$")
        change = SHELL_CHANGES.get(found[2] or "")
        parts.append(f"${{{name}}}" if change is None else f'$(printf %s "${name}" | {change.shell})')
    return "".join([*parts, template[end:].translate(_SHELL_SPECIAL)])


def _body(request: Request) -> tuple[str, str]:
    """The option of curl that sends the body; and the command that prints it, where it comes from a pipe."""
    if not request.body and request.method in ("GET", "HEAD"):
        return "", ""
    if request.body_shell:
        return "--data-binary @-", request.body_shell
    text = request.body.decode("utf-8", "surrogateescape")
    if text.isprintable() and not text.startswith("@"):
        return f"--data-binary {_quoted(text, request)}", ""
    printed = "".join(_printed(char) for char in text)
    if len(printed) <= _LONG:
        return "--data-binary @-", f"printf {shlex.quote(printed)}"
    encoded = base64.b64encode(request.body).decode()
    return "--data-binary @-", f"echo {encoded} | base64 -d"


def _printed(char: str) -> str:
    """A character as the format of `printf` prints it: in octal where a terminal would not show it."""
    if char in "%\\":
        return char * 2
    octets = char.encode("utf-8", "surrogateescape")
    return char if char.isprintable() else "".join(f"\\{octet:03o}" for octet in octets)
