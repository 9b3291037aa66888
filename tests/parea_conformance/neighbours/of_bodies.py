"""Tokens of the body: the names of its members and their types, operators, fields, keys of maps."""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from parea_conformance.classes.changes import CHANGES, Change, changed
from parea_conformance.http.json_text import encode
from parea_conformance.neighbours.tokens import Asking, Neighbour, Place, Places
from parea_conformance.probes.names import told
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.oracle import RIGHT

_NAMES = 6
"""How many names of scores, criteria and keys in the data are changed: the plain ones first, of these the longest."""
_PLAIN = "plain_name"
"""What changes of names are tried on, to see which of them a conversion undoes."""
_SPARE = 256
"""How many bytes a large body is short of the limit, which has requests of its own."""
# What other interfaces call the operators.
_ALIKE = (
    "eq", "=", "==", "===", "equal", "ne", "!=", "<>", "gt", ">", "gte", ">=", "ge", "lt", "<", "lte", "<=", "le",
    "contains", "ilike", "not_in", "isnull", "is_not_null", "not_null", "startswith", "regex", "and",
)  # fmt: skip
# Members that a body may be thought to have.
_MORE = (
    "limit", "page", "sort", "filters", "", "__proto__", "constructor", "$where", "Filter_field", "experiment_uuid",
    "x-api-key",
)  # fmt: skip
_VALUES: tuple[object, ...] = (
    None, True, False, 0, 1, -1, 1.5, "", " ", "0", "null", "true", [], [None], {}, {"": None}, 10**20,
)  # fmt: skip


def _examples(asking: Asking) -> dict[str, Filter]:
    """An example of the document for each operator."""
    found: dict[str, Filter] = {}
    for example in asking.contract.examples().values():
        if example.operator is not None:
            found.setdefault(example.operator, example)
    return found


def member(asking: Asking) -> Places:
    """The name of each member of the body."""
    base = next(example for example in _examples(asking).values() if example.key is not None)
    held = base.body()
    for name in held:
        bodies: dict[str, object] = {
            change.name: {made if each == name else each: text for each, text in held.items()}
            for change, made in changed(name)
        }
        yield Place(asking, "member of the body", name, base).bodies(bodies)


def operator(asking: Asking) -> Places:
    """Each operator, and what other interfaces call it."""
    for name, base in _examples(asking).items():
        others = {change.name: made for change, made in changed(name)} | {f"called {other}": other for other in _ALIKE}
        bodies: dict[str, object] = {how: {**base.body(), "filter_operator": made} for how, made in others.items()}
        yield Place(asking, "operator", name, base).bodies(bodies)


def operand(asking: Asking) -> Places:
    """The value of each operator, repeated until the body is nearly as large as it may be."""
    for name, base in _examples(asking).items():
        held = base.body()
        more = f",{base.value}" if name == "in" else base.value or ""
        room = asking.contract.max_bytes - _SPARE - len(encode(held))
        long = {**held, "filter_value": (base.value or "") + more * (room // max(len(encode(more)) - 2, 1))}
        if more and asking.contract.accepts(long):
            yield Place(asking, "operand", str(base), base).bodies({f"{name} as long as may be": long})


def field(asking: Asking) -> Places:
    """The name of each member of a log: next to it there is no member, so it is the name of a score."""
    for name in asking.contract.kinds:
        yield _fields(asking, ("field", "field.member"), name, lambda text: text, CHANGES)


def score(asking: Asking) -> Places:
    """The names of scores in the data, bare and with their prefix."""
    names = _scores(asking)
    for start, requirement in (("score:", "field.score"), ("", "field.score-bare")):
        first, changes = _untold(names, _asked(asking, names, start))
        for place, name in enumerate(names[:_NAMES]):
            if start or (name not in asking.contract.kinds and ":" not in name):
                chosen = changes if place or not start else first  # what breaks at a name breaks at it bare as well
                yield _fields(asking, ("score", requirement), name, _spelling(f"{start}{{}}"), chosen)


def criterion(asking: Asking) -> Places:
    """The criteria of annotations in the data."""
    names = _criteria(asking)
    for part in ("score", "value"):
        start = f"annotation:{part}:"
        first, changes = _untold(names, _asked(asking, names, start))
        named = (f"criterion of annotation:{part}:", f"field.annotation-{part}")
        for place, name in enumerate(names[:_NAMES]):
            chosen = changes if place or part != "score" else first
            yield _fields(asking, named, name, _spelling(f"annotation:{part}:{{}}"), chosen)


def prefix(asking: Asking) -> Places:
    """The words before the name of a score and the criterion of an annotation."""
    for name in _scores(asking)[:1]:
        yield _fields(asking, ("prefix", "field.score"), "score", _spelling(f"{{}}:{name}"), CHANGES)
    for name in _criteria(asking)[:1]:
        spell = _spelling(f"{{}}:score:{name}")
        yield _fields(asking, ("prefix", "field.annotation-score"), "annotation", spell, CHANGES)
        for part in ("score", "value"):
            spell = _spelling(f"annotation:{{}}:{name}")
            yield _fields(asking, ("prefix", f"field.annotation-{part}"), part, spell, CHANGES)


def _spelling(template: str) -> Callable[[str], str]:
    before, after = template.split("{}")
    return lambda text: f"{before}{text}{after}"


def _scores(asking: Asking) -> list[str]:
    return _plain_first(entry["name"] for log in asking.sample.logs for entry in log.get("scores") or ())


def _criteria(asking: Asking) -> list[str]:
    return _plain_first(name for log in asking.sample.logs for name in log.get("annotations") or ())


def _plain_first(names: Iterable[str]) -> list[str]:
    plain = re.compile(r"\w{1,64}", re.ASCII)
    return sorted({name for name in names if name}, key=lambda name: (not plain.fullmatch(name), -len(name), name))


def _asked(asking: Asking, names: Sequence[str], start: str) -> list[str]:
    """Those of the names that are asked for, as fields that begin so."""
    return [name for name in names if Filter(f"{start}{name}", "exists") in asking.asked]


def _untold(names: Sequence[str], asked: Sequence[str]) -> tuple[list[Change], list[Change]]:
    """Changes of the first name, and of the others.

    Without those that some conversion undoes which is told by what is asked of these. But a server may also break at
    them: of the first name all are kept by which it begins as none does that is asked.
    """
    undoing, begun = told(names, asked), {name[:1] for name in asked}
    made = {change: change.apply(_PLAIN) for change in CHANGES}
    others = [change for change, name in made.items() if all(undo(name) != undo(_PLAIN) for undo in undoing)]
    odd = [change for change, name in made.items() if not name[:1].isalnum() and name[:1] not in begun]
    return list(dict.fromkeys([*others, *odd])), others


def _fields(
    asking: Asking, named: tuple[str, str], name: str, spell: Callable[[str], str], changes: Sequence[Change]
) -> list[Neighbour]:
    """The changes of a name in `filter_field`; none where no log has it: nothing tells then whether it is found."""
    token, requirement = named
    base = Filter(spell(name), "exists")
    if not asking.sample.matching(RIGHT, base):
        return []
    return Place(asking, token, name, base, requirement).bodies(
        {change.name: {**base.body(), "filter_field": spell(made)} for change, made in changed(name, changes)}
    )


def map_key(asking: Asking) -> Places:
    """Keys of maps in the data, which are exact."""
    for name in (name for name, kind in asking.contract.kinds.items() if kind == "map"):
        keys = _plain_first(key for log in asking.sample.logs for key in log.get(name) or ())
        asked = {one.key for one in asking.asked if one.field == name and one.operator in ("exists", "equals")}
        first, changes = _untold(keys, [key for key in keys if key in asked])
        for place, key in enumerate(keys[:_NAMES]):
            base = Filter(name, "exists", key=key)
            if asking.sample.matching(RIGHT, base):
                yield Place(asking, "key of a map", key, base, "field.key").bodies(
                    {
                        change.name: {**base.body(), "filter_key": made}
                        for change, made in changed(key, changes if place else first)
                    }
                )


def json_type(asking: Asking) -> Places:
    """Each member of the body left out, and as another type of JSON, falsy values among them."""
    for base in _examples(asking).values():
        held: Mapping[str, Any] = {"filter_key": None, **base.body()}
        bodies: dict[str, object] = {}
        for name, text in held.items():
            rest = {each: value for each, value in held.items() if each != name}
            bodies[f"{name} left out"] = rest
            bodies[f"{name} in an array"] = {**rest, name: [text]}
            bodies[f"{name} in an object"] = {**rest, name: {"value": text}}
            bodies[f"{name} as an operator of a database"] = {**rest, name: {"$ne": None}}
            bodies |= {f"{name} as {json.dumps(value)}": {**rest, name: value} for value in _VALUES}
        yield Place(asking, "type of a member", str(base), base).bodies(bodies)


def whole_body(asking: Asking) -> Places:
    """The body as another JSON value, in something else, and with a member that the contract does not know."""
    base, held = asking.base, asking.base.body()
    values: list[object] = [value for value in _VALUES if value != {}]
    values += [[held], {"filters": [held]}, {"filter": held}, encode(held).decode()]
    yield Place(asking, "body", "an object", base).bodies({f"as {json.dumps(value)[:60]}": value for value in values})
    more = {f"with {name!r}": {**held, name: "x"} for name in _MORE} | {f"only {name!r}": {name: "x"} for name in _MORE}
    yield Place(asking, "body", "its members", base).bodies(more)
