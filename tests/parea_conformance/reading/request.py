"""The right reading of a request as a whole: what must come, computed from what is sent and from the document."""

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from parea_conformance.contract import Contract
from parea_conformance.http.json_text import TooDeepError, parse
from parea_conformance.http.request import KEY, Request
from parea_conformance.reading.filter import Filter

Place = tuple[str | int, ...]

REGISTERED = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
"""The methods that the contract names. Every other may be unknown to a parser of HTTP."""
_UNKNOWN_METHOD = (400, 401, 405, 501)
_LONGEST_PATH = 8000

_OWS = r"[ \t]*"
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_MEDIA_TYPE = re.compile(
    rf"{_OWS}({_WORD}/{_WORD})(?:{_OWS};{_OWS}(?:{_WORD}=(?:{_WORD}|\"(?:[^\"\\]|\\.)*\"))?)*{_OWS}", re.DOTALL
)


class OpenError(Exception):
    """The contract leaves open what must come; the message is the reason."""


@dataclass(frozen=True)
class Expected:
    """What must come.

    Attributes:
        requirement: the requirement that another answer breaks.
        status: the statuses that hold.
        header: a header that the answer must carry, and a text that its value must hold.
        places: where `loc` may say that the fault is; None where it is not judged.
        filter: whose logs must be answered, where the answer is 200.
    """

    requirement: str
    status: tuple[int, ...]
    header: tuple[str, str] | None = None
    places: tuple[Place, ...] | None = None
    filter: Filter | None = None


def expected(contract: Contract, request: Request, experiment: str) -> Expected:
    """What must come to a request, by the order of judging.

    Args:
        contract: the document.
        request: what is sent; a template of a key that is not the key's own counts as a wrong key.
        experiment: the experiment that exists for this key.

    Raises:
        OpenError: the contract leaves it open.
    """
    for judge in (_key, _path, _method, _media_type, _size):
        found = judge(contract, request)
        if found is not None:
            return found
    read = _body(contract, request.body)
    if read.status == (422,):
        return read
    name = _experiment(contract, request)
    if name == experiment:
        return read
    if _same_uuid(name, experiment):
        return Expected("experiment.unknown", (404, *read.status), filter=read.filter)
    return Expected("experiment.unknown", (404,))


def _key(contract: Contract, request: Request) -> Expected | None:
    named = not request.key_header or request.key_header.lower() == contract.key_header.lower()
    if request.key is None or not named:
        return Expected("auth.key-missing", (401,))
    return None if request.key == KEY else Expected("auth.key-wrong", (401,))


def _target(request: Request) -> str:
    """The path as it is sent: what precedes the query."""
    return request.path.partition("?")[0]


def _segments(contract: Contract) -> tuple[bytes, bytes]:
    """What precedes the experiment in the path, and what follows."""
    before, after = contract.path.split("{experiment_uuid}")
    return before.encode(), after.encode()


def _path(contract: Contract, request: Request) -> Expected | None:
    sent = _target(request)
    decoded = unquote_to_bytes(sent)
    before, after = _segments(contract)
    name = decoded[len(before) : len(decoded) - len(after)]
    named = decoded == before + name + after and name
    right = named and b"/" not in name
    # A server that decodes an escaped slash as a part of the name looks for an experiment of that name.
    requirement = "experiment.unknown" if named and sent.count("/") == contract.path.count("/") else "http.path"
    if re.search("%(?![0-9A-Fa-f]{2})", sent) or b"\0" in decoded:
        return Expected(requirement, (400, 404))
    if len(sent) > _LONGEST_PATH:
        return Expected(requirement, (400, 404, 414))
    escaped = "%2f" in sent.lower()
    if right and escaped:
        raise OpenError("an escaped slash may be a slash, or be refused")
    return None if right else Expected(requirement, (400, 404) if escaped else (404,))


def _experiment(contract: Contract, request: Request) -> bytes | str:
    before, after = _segments(contract)
    decoded = unquote_to_bytes(_target(request))
    name = decoded[len(before) : len(decoded) - len(after)]
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name


def _same_uuid(name: bytes | str, experiment: str) -> bool:
    """Whether both are the same UUID in another case, which a server may take."""
    if not isinstance(name, str) or name.lower() != experiment.lower():
        return False
    try:
        return str(uuid.UUID(experiment)) == experiment.lower()
    except ValueError:
        return False


def _method(contract: Contract, request: Request) -> Expected | None:
    taken = contract.methods(contract.path)
    if request.method in taken:
        return None
    if request.method in REGISTERED:
        return Expected("http.method", (405,), ("allow", taken[0]))
    return Expected("http.method", _UNKNOWN_METHOD)


def _media_type(contract: Contract, request: Request) -> Expected | None:
    del contract
    wrong = Expected("http.media-type", (415,))
    if request.content_type is None:
        return wrong
    found = _MEDIA_TYPE.fullmatch(request.content_type)
    if found is not None:
        return None if found[1].lower() == "application/json" else wrong
    if re.split(r"[;,\s]", request.content_type.strip(" \t"), maxsplit=1)[0].lower() == "application/json":
        raise OpenError("a media type whose parameters break RFC 9110 may be refused or taken")
    return wrong


def _size(contract: Contract, request: Request) -> Expected | None:
    return Expected("http.size", (413,)) if len(request.body) > contract.max_bytes else None


def _body(contract: Contract, sent: bytes) -> Expected:
    try:
        body = parse(sent)
        twice = _twice(sent)
    except TooDeepError:
        return Expected("body.deep", (422,))
    except ValueError:
        broken = json.detect_encoding(sent) != "utf-8" or not _is_utf8(sent)
        return Expected("body.encoding" if broken else "body.malformed", (422,), places=(("body",),))
    if twice:
        return Expected("body.duplicate-member", (422,), places=(("body",), *(("body", name) for name in twice)))
    if not contract.accepts(body):
        return Expected("body.rejected", (422,), places=faults(contract, body))
    filter_ = Filter.from_body(body)
    if _has_surrogate(filter_):
        return Expected("robust.no-server-error", (200, 422), filter=filter_)
    return Expected("body.accepted", (200,), filter=filter_)


def _is_utf8(sent: bytes) -> bool:
    try:
        sent.decode()
    except UnicodeDecodeError:
        return False
    return True


def _twice(sent: bytes) -> list[str]:
    """The members that occur twice, at any depth.

    Raises:
        ValueError: there is a `NaN` or an infinity, which JSON has not.
    """
    found: list[str] = []

    def look(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        found.extend(name for name in dict.fromkeys(names) if names.count(name) > 1)
        return dict(pairs)

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is not JSON")

    json.loads(sent, object_pairs_hook=look, parse_int=float, parse_constant=refuse)
    return found


def _has_surrogate(filter_: Filter) -> bool:
    return any(
        text is not None and re.search("[\ud800-\udfff]", text)
        for text in (filter_.field, filter_.operator, filter_.value, filter_.key)
    )


def faults(contract: Contract, body: object) -> tuple[Place, ...]:
    """Where `loc` may say that the fault is: where the schema finds it, or the field that the others need."""
    missing = isinstance(body, dict) and body.get("filter_field") is None
    return (*contract.places(body), *((("body", "filter_field"),) if missing else ()))
