"""Judging a request: one judge for each thing that is judged, in the order of the contract.

A judge raises `Refusal`, or notes on the `Call` what the next ones need. What decides is a part of its own, so that it
can be replaced without its judge.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from parea_target.answers import Refusal
from parea_target.bodies import BodyError, malformed, parse_body, read_body, validate_body
from parea_target.contract import Contract
from parea_target.filters import Filter
from parea_target.store import Store
from parea_target.workers import run_work


@dataclass(frozen=True)
class Tenant:
    """Whom a key belongs to: the experiments that exist for it, None for all."""

    experiments: frozenset[str] | None


# The tenant of each key.
Keys = Mapping[str, Tenant]


@dataclass(frozen=True)
class Target:
    """What a request is judged by."""

    contract: Contract
    store: Store
    keys: Keys = field(repr=False)
    parts: "JudgingParts"


@dataclass
class Call:
    """One request while it is judged: what the judges have found so far."""

    request: Request
    target: Target
    tenant: Tenant | None = None
    experiment_uuid: str = ""
    body: bytes = field(default=b"", repr=False)
    filter: Filter = field(default_factory=Filter)
    experiment_id: int = -1


Judge = Callable[[Call], Awaitable[None]]


async def judge_key(call: Call) -> None:
    """401 without a key, and with a wrong one: the same answer."""
    header = call.target.contract.key_header
    call.tenant = call.target.parts.authenticate(call.request.headers.getlist(header), call.target.keys)
    if call.tenant is None:
        raise Refusal(401, headers={"WWW-Authenticate": f'ApiKey header="{header}"'})


async def judge_path(call: Call) -> None:
    """404 for a path that the contract does not have."""
    path: bytes = call.request.scope.get("raw_path") or call.request.scope["path"].encode()
    experiment_uuid = call.target.parts.match_path(path, call.target.contract)
    if experiment_uuid is None:
        raise Refusal(404, "Not Found")
    call.experiment_uuid = experiment_uuid


async def judge_method(call: Call) -> None:
    """405 for a method that the path does not take."""
    methods = call.target.contract.methods
    if call.request.method not in methods:
        raise Refusal(405, headers={"Allow": ", ".join(methods)})


async def judge_media_type(call: Call) -> None:
    """415 for a body that is not announced as JSON."""
    values = call.request.headers.getlist("content-type")
    if not call.target.parts.match_media_type(values, call.target.contract):
        raise Refusal(415)


async def judge_size(call: Call) -> None:
    """413 for a body over the documented size; reads it."""
    call.body = await call.target.parts.read_body(call.request, call.target.contract.max_bytes)


async def judge_body(call: Call) -> None:
    """422 for a body that is not JSON, or that the contract's schema does not accept."""
    call.filter = await run_work(_read_filter, call)


def _read_filter(call: Call) -> Filter:
    parts = call.target.parts
    try:
        body = parts.parse(call.body)
    except ValueError:
        raise Refusal(422, malformed()) from None
    if errors := parts.validate(call.target.contract, body):
        raise Refusal(422, errors)
    return parts.filter(body)


async def judge_experiment(call: Call) -> None:
    """404 for an experiment that does not exist, or not for this key: the same answer."""
    experiment_id = call.target.parts.locate(call.target.store, call.tenant, call.experiment_uuid)
    if experiment_id is None:
        raise Refusal(404)
    call.experiment_id = experiment_id


JUDGES: tuple[Judge, ...] = (
    judge_key,
    judge_path,
    judge_method,
    judge_media_type,
    judge_size,
    judge_body,
    judge_experiment,
)


def authenticate(given: Sequence[str], keys: Keys) -> Tenant | None:
    """The tenant of the one key that was given; None without it, with two, and with one that nobody has."""
    if len(given) != 1:
        return None
    # As bytes: Latin-1 is how header values are decoded, and the keys are ASCII. Every key is compared, and each in
    # constant time, so that the time tells nothing about them.
    sent, found = given[0].encode("latin-1"), None
    for key, tenant in keys.items():
        if hmac.compare_digest(sent, key.encode()):
            found = tenant
    return found


def match_path(path: bytes, contract: Contract) -> str | None:
    """The experiment that a path names; None for another path. An encoded slash does not part segments."""
    segments = path.split(b"/")
    if len(segments) != len(contract.path):
        return None
    experiment_uuid = None
    for segment, expected in zip(segments, contract.path, strict=True):
        try:
            given = unquote_to_bytes(segment).decode("utf-8")
        except UnicodeDecodeError:
            return None
        if expected.startswith("{"):
            experiment_uuid = given
        elif given != expected:
            return None
    return experiment_uuid or None


def match_media_type(values: Sequence[str], contract: Contract) -> bool:
    """Whether the values of Content-Type name, once, the media type of the contract; parameters do not matter."""
    return len(values) == 1 and values[0].split(";")[0].strip().lower() in contract.media_types


def read_filter(body: Mapping[str, str | None]) -> Filter:
    """The filter of a body that the contract accepts."""
    return Filter(**body)


def locate(store: Store, tenant: Tenant | None, experiment_uuid: str) -> int | None:
    """The database's id of an experiment that exists for this tenant; None of any other."""
    if tenant is None or (tenant.experiments is not None and experiment_uuid not in tenant.experiments):
        return None
    return store.experiments.get(experiment_uuid)


@dataclass(frozen=True)
class JudgingParts:
    """What decides whether a request is answered.

    Attributes:
        judges: what is judged, in its order; each raises `Refusal` or notes what it found on the `Call`.
        authenticate: the values of the key's header and the keys → the tenant, None for 401.
        match_path: the raw path → the experiment that it names, None for 404.
        match_media_type: the values of Content-Type → whether the body may be judged, else 415.
        read_body: the request and the limit in bytes → the body; raises `Refusal` (413, 503).
        parse: the body → its JSON value; raises ValueError (422 with `loc` `["body"]`).
        validate: the JSON value → the errors of a 422, none when the contract accepts it.
        filter: the JSON value that was accepted → the filter.
        locate: the store, the tenant, the experiment's name → its id in the store, None for 404.
    """

    judges: tuple[Judge, ...] = JUDGES
    authenticate: Callable[[Sequence[str], Keys], Tenant | None] = authenticate
    match_path: Callable[[bytes, Contract], str | None] = match_path
    match_media_type: Callable[[Sequence[str], Contract], bool] = match_media_type
    read_body: Callable[[Request, int], Awaitable[bytes]] = read_body
    parse: Callable[[bytes], Any] = parse_body
    validate: Callable[[Contract, object], list[BodyError]] = validate_body
    filter: Callable[[Mapping[str, str | None]], Filter] = read_filter
    locate: Callable[[Store, Tenant | None, str], int | None] = locate
