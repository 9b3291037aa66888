"""Request bodies with values of every form, and bodies that a server may trip over.

The schema of the contract judges them; the tables only say what is worth sending.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from parea_conformance.classes import ValueClass, booleans, not_instants, numbers
from parea_conformance.contract import Contract

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


def _fields(contract: Contract) -> dict[str, tuple[str, ...]]:
    """Fields to ask of, by the kind of their values: a member of each kind, and names that are none."""
    fields: dict[str, tuple[str, ...]] = {}
    for member, kind in contract.kinds.items():
        fields.setdefault(kind, (member,))
    for name, of_names in contract.names.items():
        fields[of_names or "structure"] += (name, f"{name}7")
    return fields


def filters(contract: Contract) -> Iterator[dict[str, Any]]:
    """Bodies of one filter each: every operator on every kind, with values of every form that it could take."""
    for kind, names in _fields(contract).items():
        for field in names:
            key: dict[str, str] = {"filter_key": "k"} if kind == "map" else {}
            for operator in contract.operators:
                values = _values(contract, kind, operator)
                for value in dict.fromkeys(values if field == names[0] else [*values][:1]):
                    yield {"filter_field": field, "filter_operator": operator, "filter_value": value, **key}


@functools.cache
def representative(contract: Contract) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Bodies that the schema accepts, and bodies that it does not.

    Of those that it accepts, which filters ask of as well, one of each kind and operator.
    """
    accepted: dict[tuple[str, str], Any] = {}
    rejected: list[Any] = []
    for body in filters(contract):
        if contract.accepts(body):
            kind = contract.kinds.get(body["filter_field"], "name")
            accepted.setdefault((kind, body["filter_operator"]), body)
        else:
            rejected.append(body)
    return tuple(accepted.values()), tuple(rejected)


HOSTILE: dict[str, bytes] = {
    "lone surrogate": b'{"filter_field": "output", "filter_operator": "equals", "filter_value": "\\ud800"}',
    "integer of 10,000 digits": b'{"filter_field": ' + b"9" * 10000 + b"}",
    "number of 10,000 digits": b'{"filter_field": "latency", "filter_operator": "equals", "filter_value": "'
    + b"9" * 10000
    + b'"}',
    "1e400 as a member": b'{"filter_value": 1e400}',
    "50,000 parts": b'{"filter_field": "latency", "filter_operator": "in", "filter_value": "' + b"1," * 30000 + b'1"}',
    "900 containers": b'{"filter_value": ' + b"[" * 899 + b"]" * 899 + b"}",
    "SQL": b'{"filter_field": "output", "filter_operator": "equals", "filter_value": "\' OR 1=1 --"}',
    "SQL key": b'{"filter_field": "metadata", "filter_key": "a\') OR (\'1\'=\'1", "filter_operator": "exists"}',
    "template": b'{"filter_field": "{{7*7}}${7*7}", "filter_operator": "exists"}',
}  # fmt: skip
"""Bodies that a server may trip over; none may be answered 5xx."""
