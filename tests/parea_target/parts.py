"""The parts: every decision on the way from a request to its answer, replaceable one by one.

`dataclasses.replace(Parts(), like=...)` is a target that decides one thing differently; the project's catalogue of
faults is made of such targets.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select
from starlette.requests import Request
from starlette.responses import Response

from parea_target import answers, bodies, filters, judging, values
from parea_target.answers import Refusal
from parea_target.bodies import BodyError
from parea_target.conditions import CONDITIONS
from parea_target.contract import Contract
from parea_target.filters import Condition, Filter, Subject
from parea_target.judging import Judge, Keys, Tenant
from parea_target.store import Store
from parea_target.tables import Tables

Order = list[ColumnElement[Any]]


@dataclass(frozen=True)
class Parts:
    """The decisions of the target, the right ones by default.

    Attributes:
        judges: what is judged, in its order; each raises `Refusal` or notes what it found on the `Call`.
        authenticate: the values of the key's header and the keys → the tenant, None for 401.
        match_path: the raw path → the experiment that it names, None for 404.
        match_media_type: the values of Content-Type → whether the body may be judged, else 415.
        read_body: the request and the limit in bytes → the body; raises `Refusal` (413).
        parse: the body → its JSON value; raises ValueError (422 with `loc` `["body"]`).
        validate: the JSON value → the errors of a 422, none when the contract accepts it.
        filter: the JSON value that was accepted → the filter.
        locate: the store, the tenant, the experiment's name → its id in the store, None for 404.
        subject: the filter → what it judges, in SQL.
        conditions: (operator, kind) → the condition on a subject, in SQL.
        number: a JSON number → double.
        instant: a date-time → the sortable text of its instant.
        boolean: `true` or `false` → bool.
        split: the value of `in` or `between` → its parts.
        order: the order of an answer, in SQL.
        select: the experiment's id, the condition (None for all) and the order → the statement that selects bodies.
        render: the bodies of the logs → the chunks of the answer.
        refuse: a refusal → the answer.
    """

    judges: tuple[Judge, ...] = judging.JUDGES
    authenticate: Callable[[Sequence[str], Keys], Tenant | None] = judging.authenticate
    match_path: Callable[[bytes, Contract], str | None] = judging.match_path
    match_media_type: Callable[[Sequence[str], Contract], bool] = judging.match_media_type
    read_body: Callable[[Request, int], Any] = bodies.read_body
    parse: Callable[[bytes], Any] = bodies.parse_body
    validate: Callable[[Contract, object], list[BodyError]] = bodies.validate_body
    filter: Callable[[Mapping[str, str | None]], Filter] = judging.read_filter
    locate: Callable[[Store, Tenant | None, str], int | None] = judging.locate
    subject: Callable[[Contract, Tables, Filter], Subject] = filters.find_subject
    conditions: Mapping[tuple[str, str], Condition] = field(default_factory=lambda: CONDITIONS)
    number: Callable[[str], float] = values.read_number
    instant: Callable[[str], str] = values.read_instant
    boolean: Callable[[str], bool] = values.read_boolean
    split: Callable[[str], list[str]] = values.split_parts
    order: Callable[[Tables], Order] = answers.order_by
    select: Callable[[Tables, int, ColumnElement[bool] | None, Order], Select[bytes]] = answers.select_logs
    render: Callable[[Generator[bytes]], Generator[bytes]] = answers.render
    refuse: Callable[[Contract, Refusal], Response] = answers.refuse
