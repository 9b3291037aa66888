"""Compare what two schemas with conditions accept, exactly, on bodies made from both.

No comparison of the conditions themselves would be exact. So bodies are made of every value that either schema names
for a member, with every value that it names for the others, and both schemas judge each body.
"""

import functools
import itertools
import json
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import attrs
import jsonschema_rs
from contract.diff.changes import Change, IncomparableError, Level
from contract.diff.samples import texts_of, values_of

Schema = dict[str, Any]
Body = Any

_MOST = 1_000_000
_VARIED = 500  # accepted bodies of which each member is given another type
_EACH = 10  # texts that tell two patterns apart
_SHOWN = 4
ABSENT = object()
_ALWAYS: tuple[Any, ...] = (ABSENT, None, "", "k")
_TYPES: tuple[Any, ...] = (5, 0.5, True, ["a"], {"a": 1})
# Beside what the schemas name: texts at which numbers, timestamps and lists of them go wrong.
_TEXTS = (
    *("1", "-0", "1.50", "1e400", "01", "+1", "1.", "1,2", " 1 , 2 ", "1,,2", "1,2,3", "a,b", "True", "1\n"),
    *("2024-04-15T22:19:13Z", "2024-04-15T22:19:13.381503+02:00", "2023-02-29T00:00:00Z", "2024-04-15"),
    *("2024-04-15T22:19:13Z,2024-04-16T22:19:13Z", " 2024-04-15T22:19:13Z , 2024-04-16T22:19:13Z "),
)


def changes(old: Schema, new: Schema, name: str, taken: Collection[str]) -> Iterator[Change]:
    """Which bodies the schema `name` of the newer document judges otherwise.

    Args:
        old: The older document.
        new: The newer document.
        name: The schema of the bodies.
        taken: The names of new members of a log. The contract says that only `score:{name}` is sure to mean a score.

    Raises:
        IncomparableError: there are too many bodies, or the schemas differ where no body tells them apart.
    """
    if _closure(old, name) == _closure(new, name):
        return
    texts = [json.dumps(document["components"]) for document in (old, new)]
    judged = _judged(min(texts), max(texts), name)
    accepted, differing = zip(*(judged if texts[0] <= texts[1] else reversed(judged)), strict=True)
    gone, come = differing
    place = f"components.schemas.{name}"
    bare = [body for body in gone if _field(body) in taken]
    gone = [body for body in gone if _field(body) not in taken]
    yield from _grouped(bare, bare, Change(Level.MINOR, "senders", place, "it is the name of a member now"))
    yield from _grouped(gone, accepted[0], Change(Level.MAJOR, "senders", place, "no longer accepted"))
    yield from _grouped(come, accepted[1], Change(Level.MINOR, "servers", place, "newly accepted"))
    if not (gone or come or bare):
        patterns = _patterns(old, name) ^ _patterns(new, name)
        if patterns and _only_patterns_differ(old, new, name):
            raise IncomparableError(f"{place}: {min(patterns)} changed, and no body was found that tells the two apart")


@functools.lru_cache(maxsize=2)
def _judged(first: str, second: str, name: str) -> tuple[tuple[list[Body], list[Body]], tuple[list[Body], list[Body]]]:
    """Of each of two documents: the bodies that it accepts, and those among them that the other does not.

    They are the same in whichever direction the two are compared, so they are made and judged once.

    Args:
        first: The components of one document, as JSON.
        second: The components of the other.
        name: The schema of the bodies.
    """
    old, new = ({"components": json.loads(text)} for text in (first, second))
    one, other = (_validator(document, name).is_valid for document in (old, new))
    accepted: tuple[list[Body], list[Body]] = ([], [])
    alone: tuple[list[Body], list[Body]] = ([], [])

    def judge(tried: Iterable[Body]) -> None:
        for body in tried:
            is_first, is_second = one(body), other(body)
            if is_first:
                accepted[0].append(body)
            if is_second:
                accepted[1].append(body)
            if is_first != is_second:
                alone[is_second].append(body)

    judge(bodies(old, new, name))
    judge(list(_retyped(accepted[0] + accepted[1])))
    return (accepted[0], alone[0]), (accepted[1], alone[1])


def bodies(old: Schema, new: Schema, name: str) -> Iterator[Body]:
    """Bodies made of what either schema names: each value of each member with each of every other."""
    yield from ([], ["a"], "a", 5, True, None, {}, {"unknown member": "a"})
    named = [_named(document, name) for document in (old, new)]
    differing = _patterns(old, name) ^ _patterns(new, name)
    members = list(dict.fromkeys(member for each in named for member in each))
    values: dict[str, list[Any]] = {}
    for member in members:
        words, patterns = (set().union(*(each.get(member, (set(), set()))[part] for each in named)) for part in (0, 1))
        texts = sorted(words - set(_ALWAYS[2:]))
        for pattern in sorted(patterns):
            texts += texts_of(pattern, 12)[:2]
            for other in differing - {pattern} if pattern in differing else ():
                texts += values_of(pattern, but=other)[:_EACH]
        texts += _TEXTS if any(pattern.endswith("$") for pattern in patterns) else ()
        values[member] = [*_ALWAYS, *dict.fromkeys(texts)]
    number = math.prod(len(each) for each in values.values())
    if number > _MOST:
        raise IncomparableError(f"components.schemas.{name}: {number:,} bodies are too many to try")
    for chosen in itertools.product(*values.values()):
        yield {member: value for member, value in zip(members, chosen, strict=True) if value is not ABSENT}


def _named(document: Schema, name: str) -> dict[str, tuple[set[str], set[str]]]:
    """The texts that the conditions name for each member, and the patterns."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    waiting: list[tuple[Any, str | None]] = [({"$ref": f"#/components/schemas/{name}"}, None)]
    seen: set[tuple[str, str | None]] = set()
    while waiting:
        schema, member = waiting.pop()
        if member is not None:
            texts, patterns = found.setdefault(member, (set(), set()))
            texts |= {value for value in [*schema.get("enum", ()), schema.get("const")] if isinstance(value, str)}
            patterns |= {schema["pattern"]} if "pattern" in schema else set()
        reference = schema.get("$ref", "")
        if reference and (reference, member) not in seen:
            seen.add((reference, member))
            waiting.append((_at(document, reference), member))
        waiting += [(part, inner) for inner, part in schema.get("properties", {}).items()]
        waiting += [(part, member) for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ())]
        waiting += [(schema[keyword], member) for keyword in ("not", "if", "then", "else") if keyword in schema]
    return found


def _closure(document: Schema, name: str) -> dict[str, Schema]:
    """The schemas that a schema refers to, itself among them, by their references."""
    found: dict[str, Schema] = {}
    waiting = [f"#/components/schemas/{name}"]
    while waiting:
        reference = waiting.pop()
        if reference not in found:
            found[reference] = _at(document, reference)
            waiting += re.findall(r'"\$ref": "([^"]+)"', json.dumps(found[reference]))
    return found


def _patterns(document: Schema, name: str) -> set[str]:
    return set().union(*(patterns for _, patterns in _named(document, name).values()))


def _only_patterns_differ(old: Schema, new: Schema, name: str) -> bool:
    """Whether a pattern was changed where the rest was not: then a body should have told the two apart."""
    texts = [json.dumps(_closure(document, name), sort_keys=True) for document in (old, new)]
    for pattern in _patterns(old, name) | _patterns(new, name):
        texts = [text.replace(json.dumps(pattern), '"P"') for text in texts]
    return texts[0] == texts[1]


def _field(body: Body) -> str | None:
    field = body.get("filter_field") if isinstance(body, dict) else None
    return field if isinstance(field, str) else None


def _retyped(accepted: list[Body]) -> Iterator[Body]:
    """Some of the bodies, each member in turn of another type."""
    for body in accepted[:: max(1, len(accepted) // _VARIED)]:
        for member in body if isinstance(body, dict) else ():
            yield from ({**body, member: value} for value in _TYPES)


def _grouped(differing: list[Body], universe: list[Body], change: Change) -> Iterator[Change]:
    """The bodies by what they have in common: a member's value, or two, of which all bodies share that fate."""
    remaining = set(range(len(differing)))

    def of(found: set[int], words: str) -> Change:
        proof = _smallest([differing[index] for index in found])
        return attrs.evolve(change, what=f"{words}{change.what} ({len(found):,} bodies tried)", proof=proof)

    for size in (1, 2):
        groups = _groups(differing, remaining, universe, size)
        while remaining and groups:
            part = max(groups, key=lambda each: (len(groups[each][0] & remaining), each))
            found, others = groups.pop(part)
            found &= remaining
            if not found:
                break
            remaining -= found
            shown = [*sorted(others)[:_SHOWN], *(["…"] if len(others) > _SHOWN else [])]
            yield of(found, f"{part} with {', '.join(shown)}: " if others else f"{part}: ")
    if remaining:
        yield of(remaining, "")


def _groups(
    differing: list[Body], remaining: set[int], universe: list[Body], size: int
) -> dict[str, tuple[set[int], set[str]]]:
    """By a member's value: the bodies that differ for it, and the other values that it needs beside it."""
    members: dict[tuple[str, ...], set[int]] = {}
    for index in remaining:
        for parts in _parts(differing[index], size):
            members.setdefault(parts, set()).add(index)
    total = Counter(parts for body in universe for parts in _parts(body, size) if parts in members)
    groups: dict[str, tuple[set[int], set[str]]] = {}
    for parts, found in members.items():
        if len(found) == total[parts]:
            for part in parts:
                bodies_, others = groups.setdefault(part, (set(), set()))
                bodies_ |= found
                others |= set(parts) - {part}
    return groups


def _parts(body: Body, size: int) -> set[tuple[str, ...]]:
    """What a body says, member by member, in so many members at once."""
    if not isinstance(body, dict):
        return {(f"the body {json.dumps(body)}",)} if size == 1 else set()
    items = sorted(f"{member} {json.dumps(value)}" for member, value in body.items() if value is not None)
    return set(itertools.combinations(items, size))


def _smallest(found: list[Body]) -> Body:
    return min(found, key=lambda body: (len(json.dumps(body)), json.dumps(body)))


def _at(document: Schema, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def _validator(document: Schema, name: str) -> jsonschema_rs.Draft202012Validator:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(schema)


def accepts(document: Schema, name: str, body: Body) -> bool:
    """Whether the schema `name` of a document accepts a body."""
    return _validator(document, name).is_valid(body)
