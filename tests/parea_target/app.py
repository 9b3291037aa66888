"""The application: every request is judged, and answered from the store."""

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from parea_target.answers import Found, Refusal, send_answer, unavailable
from parea_target.conditions import filter_condition
from parea_target.examples import answer_example
from parea_target.judging import Call, Target, Tenant, judge_key
from parea_target.operations import operations_at
from parea_target.parts import Parts
from parea_target.store import Store
from parea_target.workers import DatabaseDownError

_PARTS = Parts()

_AUTHORITY = re.compile(rb"https?://[^/?]*", re.IGNORECASE)

# How long the database may work on each chunk of an answer, in seconds.
QUERY_SECONDS = 10.0


class _EveryRequest(BaseRoute):
    """The one route. The key is judged before path and method, so the router must decide about neither."""

    def __init__(self, target: Target, parts: Parts, query_seconds: float) -> None:
        self._target = target
        self._parts = parts
        self._query_seconds = query_seconds

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return (Match.FULL if scope["type"] == "http" else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if authority := _AUTHORITY.match(scope.get("raw_path") or b""):
            # A target in absolute form (RFC 9112, 3.2.2), which the parser of HTTP takes for a path.
            scope = {**scope, "raw_path": scope["raw_path"][authority.end() :] or b"/"}
        try:
            await self._answer(Request(scope, receive), scope, receive, send)
        except Refusal as refusal:
            await self._parts.refuse(self._target.contract, refusal)(scope, receive, send)
        except DatabaseDownError:
            answer = self._parts.refuse(self._target.contract, unavailable("The database does not answer."))
            await answer(scope, receive, send)
        except ClientDisconnect:
            return

    async def _answer(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with what the store has, or with the document's example where there is no store.

        Raises:
            Refusal: the request is answered with an error.
        """
        target = self._target
        here = operations_at(scope.get("raw_path") or scope["path"].encode(), target.contract.operations)
        asked = next((operation for operation in here if operation.method == request.method), None)
        if asked is not None and not asked.answers_logs:
            await (await answer_example(Call(request, target), asked))(scope, receive, send)
            return
        logs = asked or next((operation for operation in here if operation.answers_logs), None)
        if here and logs is None:
            await judge_key(Call(request, target))
            raise Refusal(405, headers={"Allow": ", ".join(operation.method for operation in here)})
        if logs is not None:
            target = replace(target, contract=target.contract.of(logs))
        call = Call(request, target)
        for judge in self._parts.judges:
            await judge(call)
        await send_answer(partial(self._find, call), self._query_seconds, scope, receive, send)

    def _find(self, call: Call, is_over: Callable[[], bool]) -> Found:
        store, parts = self._target.store, self._parts
        condition = filter_condition(call.target.contract, store.tables, parts, call.filter)
        statement = parts.select(store.tables, call.experiment_id, condition, parts.order(store.tables))
        reading = store.read(statement, is_over)
        return Found(parts.render(reading.bodies()), reading.let_go, store.is_crowded)


async def _server_error(_request: Request, _error: Exception) -> Response:
    return Response(json.dumps({"detail": "Internal Server Error"}), 500, media_type="application/json")


def create_app(
    store: Store,
    keys: Mapping[str, Collection[str] | None],
    parts: Parts = _PARTS,
    query_seconds: float = QUERY_SECONDS,
) -> Starlette:
    """The application that serves a store.

    Args:
        store: the experiments; it may serve several applications at once, and is not closed by any.
        keys: the experiments that exist for each API key; None for all of them.
        parts: how everything is decided.
        query_seconds: how long the database may work on each chunk of an answer; longer is a 503.

    Raises:
        ContractError: the contract has an operation that cannot be answered, or an operator that means nothing here.
    """
    store.contract.check_served(parts.conditions)
    tenants = {
        key: Tenant(None if experiments is None else frozenset(experiments)) for key, experiments in keys.items()
    }
    target = Target(store.contract, store, tenants, parts)
    return Starlette(
        routes=[_EveryRequest(target, parts, query_seconds)], exception_handlers={Exception: _server_error}
    )
