"""Scripts for bash that show what one request does to another: after it over one connection, or beside it.

One command sends all requests: curl keeps the connection from one to the next, or sends them in parallel. The answer is
compared with what comes where the request is sent after others that do nothing to it: as a rule after itself, as the
first undoes what was left from before.
"""

from collections.abc import Sequence

from parea_conformance.http.curl import piece
from parea_conformance.http.request import Request

_TRIES = 20
_BEGIN = """\
(cd "$(mktemp -d)"
told() { grep -aviE '^(date|x-request-id|age|keep-alive|connection|transfer-encoding):' "$1"; }"""
_END = """\
if diff -a <(told alone) <(told here) > difference; then echo 'answered as it is alone: not reproduced'
else echo 'answered otherwise than alone (<), dates and ids aside:'; cut -c 1-400 difference; false; fi)"""


def after(before: Sequence[Request], usual: Sequence[Request], asked: Request, base_url: str, key_header: str) -> str:
    """A script that sends requests and then one more over the same connection; it fails where that shows.

    Args:
        before: what is sent before it.
        usual: what is sent before it where it is answered rightly.
        asked: the request.
        base_url: the server.
        key_header: the header of the key.
    """
    commands = [
        _chain(chain, asked, name, base_url, key_header) for chain, name in ((usual, "alone"), (before, "here"))
    ]
    return "\n".join([_BEGIN, *commands, _END])


def beside(crowd: Sequence[Request], asked: Request, base_url: str, key_header: str) -> str:
    """A script that sends requests in parallel, several times; it fails where one is not answered as it is alone."""
    pieces = [f"{piece(request, base_url, key_header)} -o {place}" for place, request in enumerate(crowd)]
    same = " ".join(str(place) for place, request in enumerate(crowd) if request == asked)
    loop = [
        f"for try in $(seq {_TRIES}); do",
        f"curl --parallel --parallel-immediate --parallel-max {len(crowd)} {' --next '.join(pieces)}",
        f"for each in {same}; do cp $each here; cmp -s <(told alone) <(told here) || break 2; done",
        "done",
    ]
    return "\n".join([_BEGIN, _chain([asked], asked, "alone", base_url, key_header), *loop, _END])


def _chain(before: Sequence[Request], asked: Request, name: str, base_url: str, key_header: str) -> str:
    """One command that sends requests and then the one whose answer is kept under a name."""
    pieces = [f"{piece(request, base_url, key_header)} -o {place}" for place, request in enumerate(before)]
    return f"curl {' --next '.join([*pieces, f'{piece(asked, base_url, key_header)} -o {name}'])}"
