"""Wrong ways to judge the key, and whom an experiment belongs to."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from parea_target import Parts, Store
from parea_target.answers import Refusal, refuse
from parea_target.contract import Contract
from parea_target.judging import JUDGES, Call, Judge, Keys, Tenant, authenticate, judge_experiment, judge_key, locate
from starlette.responses import Response

from faults.registry import Reply, Request, Serve, around, fault

_ALL = Tenant(None)


def _authenticate(parts: Parts, change: Callable[[Sequence[str], Keys], Tenant | None]) -> Parts:
    """The parts, with keys that the right reading refuses judged once more."""
    return replace(parts, authenticate=lambda given, keys: authenticate(given, keys) or change(given, keys))


@fault("auth.key-missing", "auth.first", "auth.same-answer")
def no_key_is_a_guest(parts: Parts) -> Parts:
    """A request without a key is let in."""
    return _authenticate(parts, lambda given, _keys: None if given else _ALL)


@fault("auth.key-wrong", "auth.first", "auth.same-answer")
def any_key_opens(parts: Parts) -> Parts:
    """That there is a key is judged, not which."""
    return _authenticate(parts, lambda given, _keys: _ALL if given else None)


@fault("auth.key-missing", "auth.key-wrong", "auth.first")
def keys_are_not_judged(parts: Parts) -> Parts:
    """Everyone is let in."""
    return _authenticate(parts, lambda _given, _keys: _ALL)


@fault("auth.key-wrong")
def key_fits_by_its_start(parts: Parts) -> Parts:
    """A key with something behind it is let in, as if compared to the length of the right one."""
    return _authenticate(
        parts, lambda given, keys: next((t for k, t in keys.items() if given and given[0][: len(k)] == k), None)
    )


@fault("auth.key-wrong")
def bearer_is_dropped(parts: Parts) -> Parts:
    """`Bearer` in front of a key is dropped."""
    return _authenticate(
        parts, lambda given, keys: authenticate([text.removeprefix("Bearer ") for text in given], keys)
    )


@fault("auth.key-wrong")
def empty_key_opens(parts: Parts) -> Parts:
    """The empty key is let in, as the default of a setting that nobody made."""
    return _authenticate(parts, lambda given, _keys: _ALL if list(given) == [""] else None)


def _refuse(change: Callable[[Refusal], Refusal]) -> Callable[[Contract, Refusal], Response]:
    return lambda contract, refusal: refuse(contract, change(refusal))


@fault("auth.key-missing", "auth.key-wrong", "auth.first")
def forbidden_instead_of_unauthorized(parts: Parts) -> Parts:
    """Without a right key the answer is 403."""
    return replace(parts, refuse=_refuse(lambda r: Refusal(403, "Forbidden") if r.status == 401 else r))


def _judge_key(change: Callable[[Call, Refusal], Refusal]) -> Judge:
    async def judge(call: Call) -> None:
        try:
            await judge_key(call)
        except Refusal as refusal:
            raise change(call, refusal) from None

    return judge


def _with_key_judge(parts: Parts, change: Callable[[Call, Refusal], Refusal]) -> Parts:
    return replace(parts, judges=(_judge_key(change), *JUDGES[1:]))


def _sent(call: Call) -> str | None:
    return call.request.headers.get(call.target.contract.key_header)


@fault("auth.key-wrong", "auth.first", "auth.same-answer")
def wrong_key_is_forbidden(parts: Parts) -> Parts:
    """A missing key is 401, a wrong one 403."""
    return _with_key_judge(parts, lambda call, r: r if _sent(call) is None else Refusal(403, "Forbidden"))


@fault("auth.key-missing", "auth.first", "auth.same-answer")
def missing_key_is_invalid(parts: Parts) -> Parts:
    """A missing key is 422, as that of a required header is in FastAPI."""
    detail = [{"loc": ["header", "x-api-key"], "msg": "Field required", "type": "missing"}]
    return _with_key_judge(parts, lambda call, r: r if _sent(call) is not None else Refusal(422, detail))


@fault("auth.same-answer")
def wrong_key_is_told(parts: Parts) -> Parts:
    """The detail tells a missing key from a wrong one."""
    return _with_key_judge(
        parts, lambda call, r: r if _sent(call) is None else Refusal(401, "This key is not known.", r.headers)
    )


@fault("auth.same-answer")
def malformed_key_is_told(parts: Parts) -> Parts:
    """The detail tells a key with other characters than letters, digits, `-` and `_` from an unknown one."""
    is_like_one = re.compile(r"[\w-]*", re.ASCII).fullmatch
    return _with_key_judge(
        parts, lambda call, r: r if is_like_one(_sent(call) or "") else Refusal(401, "No key.", r.headers)
    )


@fault("robust.no-leak", "auth.same-answer")
def key_is_echoed(parts: Parts) -> Parts:
    """The detail quotes the key that was sent."""
    return _with_key_judge(parts, lambda call, r: Refusal(401, f"Invalid key {_sent(call)!r}", r.headers))


@fault("auth.challenge")
def no_challenge(parts: Parts) -> Parts:
    """401 comes without `WWW-Authenticate`."""
    return _with_key_judge(parts, lambda _call, _r: Refusal(401))


def _key_judged_after(parts: Parts, count: int) -> Parts:
    return replace(parts, judges=(*JUDGES[1 : count + 1], JUDGES[0], *JUDGES[count + 1 :]))


@fault("auth.first")
def key_after_path(parts: Parts) -> Parts:
    """The path is judged before the key, as by a router."""
    return _key_judged_after(parts, 1)


@fault("auth.first")
def key_after_body(parts: Parts) -> Parts:
    """The body is validated before the key is judged."""
    return _key_judged_after(parts, 5)


@fault("experiment.other-tenant")
def tenants_are_not_judged(parts: Parts) -> Parts:
    """Every key sees every experiment."""
    return replace(parts, locate=lambda store, _tenant, name: locate(store, _ALL, name))


async def _judge_owner(call: Call) -> None:
    if locate(call.target.store, _ALL, call.experiment_uuid) is not None and (
        locate(call.target.store, call.tenant, call.experiment_uuid) is None
    ):
        raise Refusal(403, "This experiment belongs to another organization.")
    await judge_experiment(call)


@fault("experiment.other-tenant")
def other_tenants_are_forbidden(parts: Parts) -> Parts:
    """Another key's experiment is 403, which tells that it exists."""
    return replace(parts, judges=(*JUDGES[:-1], _judge_owner))


async def _judge_owner_quietly(call: Call) -> None:
    try:
        await _judge_owner(call)
    except Refusal as refusal:
        raise Refusal(404, refusal.detail) from None


@fault("experiment.other-tenant")
def other_tenants_are_told(parts: Parts) -> Parts:
    """Another key's experiment is 404 with a detail of its own."""
    return replace(parts, judges=(*JUDGES[:-1], _judge_owner_quietly))


def _empty(store: Store, tenant: Tenant | None, name: str) -> int | None:
    found = locate(store, tenant, name)
    return -1 if found is None else found


@fault("experiment.unknown", "experiment.other-tenant")
def unknown_experiment_is_empty(parts: Parts) -> Parts:
    """An experiment that does not exist is one without logs."""
    return replace(parts, locate=_empty)


def _broken(store: Store, tenant: Tenant | None, name: str) -> int:
    found = locate(store, tenant, name)
    if found is None:
        raise Refusal(500, "'NoneType' object has no attribute 'id'")
    return found


@fault("experiment.unknown", "experiment.other-tenant", "robust.no-server-error")
def unknown_experiment_breaks(parts: Parts) -> Parts:
    """An experiment that does not exist is 500."""
    return replace(parts, locate=_broken)


async def _judge_uuid(call: Call) -> None:
    try:
        await judge_experiment(call)
    except Refusal:
        raise Refusal(422, [{"loc": ["path", "experiment_uuid"], "msg": "is not one", "type": "uuid"}]) from None


@around("experiment.empty")
def empty_experiment_is_unknown(serve: Serve) -> Serve:
    """An experiment without logs is 404."""

    async def handle(request: Request) -> Reply:
        reply = await serve(request)
        if reply.status == 200 and reply.body == b"[]" and b"filter" not in request.body:
            return replace(
                reply, status=404, body=b'{"detail": "No logs."}', headers={"content-type": "application/json"}
            )
        return reply

    return handle
