"""The application: every request is judged, and answered from the store."""

import json
from collections.abc import Collection, Mapping

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from parea_target.answers import Refusal, send_answer
from parea_target.conditions import filter_condition
from parea_target.judging import Call, Target, Tenant
from parea_target.parts import Parts
from parea_target.store import Store

_PARTS = Parts()


class _EveryRequest(BaseRoute):
    """The one route. The key is judged before path and method, so the router must decide about neither."""

    def __init__(self, target: Target, parts: Parts) -> None:
        self._target = target
        self._parts = parts

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return (Match.FULL if scope["type"] == "http" else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = Call(Request(scope, receive), self._target)
        contract, store, parts = self._target.contract, self._target.store, self._parts
        try:
            for judge in parts.judges:
                await judge(call)
        except Refusal as refusal:
            await parts.refuse(contract, refusal)(scope, receive, send)
            return
        except ClientDisconnect:
            return
        condition = filter_condition(contract, store.tables, parts, call.filter)
        statement = parts.select(store.tables, call.experiment_id, condition, parts.order(store.tables))
        await send_answer(parts.render(store.bodies(statement)), scope, receive, send)


async def _server_error(_request: Request, _error: Exception) -> Response:
    return Response(json.dumps({"detail": "Internal Server Error"}), 500, media_type="application/json")


def create_app(store: Store, keys: Mapping[str, Collection[str] | None], parts: Parts = _PARTS) -> Starlette:
    """The application that serves a store.

    Args:
        store: the experiments; it may serve several applications at once, and is not closed by any.
        keys: the experiments that exist for each API key; None for all of them.
        parts: how everything is decided.
    """
    tenants = {
        key: Tenant(None if experiments is None else frozenset(experiments)) for key, experiments in keys.items()
    }
    target = Target(store.contract, store, tenants, parts)
    return Starlette(routes=[_EveryRequest(target, parts)], exception_handlers={Exception: _server_error})
