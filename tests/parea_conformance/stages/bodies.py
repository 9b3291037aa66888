"""Bodies of every operator on every kind, with values of every form and of every class of what only looks like one.

The schema of the contract judges them; the tables only say what is worth sending.
"""

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from parea_conformance.classes import ValueClass, booleans, not_instants, numbers
from parea_conformance.context import Context
from parea_conformance.contract import Contract
from parea_conformance.http.client import Client
from parea_conformance.probes.kinds import ALL_NULL
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.request import faults
from parea_conformance.stages.cases import Case, judge_case

REQUIREMENTS = ("body.accepted", "body.rejected", "body.location")

_FORMS: tuple[Callable[[str, str], str], ...] = (
    lambda one, other: f"{one},{other}",
    lambda one, other: f"  {one} , {other} ",
    lambda one, other: f"{one},,{other}",
    lambda one, _other: f",{one}",
    lambda one, _other: f"{one},",
    lambda one, other: f"{one};{other}",
    lambda one, other: f"{one},{other},{one}",
    lambda one, other: f"{one}\t,{other}",
)
"""What can be made of two operands; the schema says for which operator it is one value, a pair or a list."""
_OPERANDS: Mapping[str, tuple[str, str, tuple[ValueClass, ...]]] = {
    "any": ("1", "a", ()),
    "boolean": ("true", "false", booleans.ODD),
    "number": ("1", "2.5", numbers.ODD),
    "timestamp": ("2024-04-15T22:19:13Z", "2025-01-01T00:00:00+02:00", not_instants.CLASSES),
}
"""By the form of one operand: two of them, and the classes of what only looks like one. Of those that are accepted the
planner asks each class, by what the data hold."""


def _values(contract: Contract, kind: str, operator: str) -> Iterator[str]:
    """An operand, what can be made of two, and a member of each class, where the operator is the one to ask it of."""
    forms = contract.forms[kind]
    single, form = forms.get("equals", "any"), forms.get(operator, "none")
    one, other, classes = _OPERANDS[single]
    yield one
    if form == "none":
        return
    made = [whole(one, other) for whole in (_FORMS if classes else _FORMS[:1])]
    # Kinds of one form are read alike: the first of them is asked with every class.
    first = next(name for name, each in contract.forms.items() if each.get("equals", "any") == single)
    odd = [each.members[0] for each in classes] if kind == first else []
    if form != single:  # a list, or a pair
        yield from (*made, *(f"{one},{each}" for each in odd))
    elif operator == "equals":
        yield from (*made, *odd)
    else:
        yield from (*made[:1], *odd[:1])


def _members(contract: Contract) -> dict[str, list[str]]:
    """The members of each kind."""
    members: dict[str, list[str]] = {}
    for member, kind in contract.kinds.items():
        members.setdefault(kind, []).append(member)
    return members


def _names(contract: Contract) -> dict[str, list[str]]:
    """Names that are no member's, by the kind of their values."""
    names: dict[str, list[str]] = {}
    for name, kind in contract.names.items():
        names.setdefault(kind or "structure", []).extend((name, f"{name}7"))
    return names


def filters(contract: Contract, *, whole: bool = False) -> Iterator[dict[str, Any]]:
    """Bodies of one filter each: every operator on every kind, with values of every form that it could take.

    Of the members of one kind the first is asked of with all of them, and of names one, in turn; in turn as well the
    members of operators that they do not take, or all of these where the walk is to be whole.
    """
    names = _names(contract)
    for kind, members in _members(contract).items():
        others = names.get(kind, [])
        for place, operator in enumerate(contract.operators):
            values = list(dict.fromkeys(_values(contract, kind, operator)))
            in_turn = members if whole else [members[place % len(members)]]
            fields = members[:1] if operator in contract.forms[kind] else in_turn
            asked = [(field, value) for field in fields for value in values]
            asked += [(others[place % len(others)], values[0])] if others else []
            for field, value in asked:
                key: dict[str, str] = {"filter_key": "k"} if kind == "map" else {}
                yield {"filter_field": field, "filter_operator": operator, "filter_value": value, **key}


@functools.cache
def representative(contract: Contract, *, whole: bool = False) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Bodies that the schema accepts, and bodies that it does not.

    Of those that it accepts, which filters ask of as well, one of each kind and operator.
    """
    accepted: dict[tuple[str, str], Any] = {}
    rejected: list[Any] = []
    for body in filters(contract, whole=whole):
        if contract.accepts(body):
            kind = contract.kinds.get(body["filter_field"], "name")
            accepted.setdefault((kind, body["filter_operator"]), body)
        else:
            rejected.append(body)
    return tuple(accepted.values()), tuple(rejected)


def cases(client: Client, contract: Contract, planned: Iterable[Filter] = (), *, thorough: bool = False) -> list[Case]:
    """The bodies as cases.

    Args:
        client: makes the requests.
        contract: the contract.
        planned: filters that are sent anyway: which operators are accepted of which kinds shows there.
        thorough: whether every member is asked for with every operator that it does not take.
    """
    shown = {_accepts(contract, filter_.body()) for filter_ in planned}
    accepted, rejected = representative(contract, whole=thorough)
    return [
        *(
            Case("body.accepted", json.dumps(body), replace(client.request(body), brief=True), (200,))
            for body in (ALL_NULL, *accepted)
            if _accepts(contract, body) not in shown
        ),
        *(
            Case("body.rejected", json.dumps(body), client.request(body), (422,), None, faults(contract, body))
            for body in rejected
        ),
    ]


def _accepts(contract: Contract, body: Mapping[str, Any]) -> tuple[str, ...]:
    """What a body shows to be accepted: the operator, the kind, and an operand where none is asked for."""
    operator = body.get("filter_operator") or ""
    kind = contract.field_kind(body.get("filter_field") or "")
    ignored = contract.forms[kind].get(operator) == "none" and body.get("filter_value") is not None
    return operator, kind, *(["an operand that is ignored"] if ignored else [])


def judge(context: Context, asked: Sequence[Case]) -> None:
    """Send every body, and write what comes into the ledger."""
    exchanges = context.client.send_all(case.request for case in asked)
    for case, exchange in zip(asked, exchanges, strict=True):
        judge_case(context, case, exchange)
