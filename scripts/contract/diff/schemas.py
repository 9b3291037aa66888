"""Compare what two JSON Schemas accept, by type: for what is answered, and for what is sent and has no conditions."""

from collections.abc import Iterator
from typing import Any

from contract.diff.changes import Change, IncomparableError, Level
from contract.diff.samples import values_of

Schema = dict[str, Any]
Place = str

ANNOTATIONS = frozenset({"title", "description", "summary", "example", "examples", "default", "externalDocs"})
_ALTERNATIVES = frozenset({"$ref", "type", "oneOf", "anyOf"})
_OBJECT = frozenset({"properties", "required", "additionalProperties"})
_VALUES = frozenset({"enum", "const", "pattern", "format"})
# Keywords with a bound: whether a higher one accepts less.
_BOUNDS = {
    "minItems": True,
    "minLength": True,
    "minimum": True,
    "exclusiveMinimum": True,
    "minProperties": True,
    "maxItems": False,
    "maxLength": False,
    "maximum": False,
    "exclusiveMaximum": False,
    "maxProperties": False,
    "x-max-depth": False,
}
_KNOWN = (
    ANNOTATIONS | _ALTERNATIVES | _OBJECT | _VALUES | _BOUNDS.keys() | {"items", "deprecated", "x-enumDescriptions"}
)
_SAMPLES: dict[str, object] = {
    "null": None,
    "boolean": True,
    "integer": 1,
    "number": 0.5,
    "string": "text",
    "array": [],
    "object": {},
    "any": "anything",
}


class Comparison:
    """The comparison of the schemas of two documents, in one direction.

    Args:
        answers: whether servers send the values; else clients do.
    """

    def __init__(self, old: Schema, new: Schema, *, answers: bool) -> None:
        self._documents = (old, new)
        self._answers = answers
        self._seen: set[tuple[str, str]] = set()

    def changes(self, old: Schema, new: Schema, place: Place) -> Iterator[Change]:
        """What differs between two schemas.

        Raises:
            IncomparableError: they differ in a keyword whose meaning is not known here.
        """
        references = (old.get("$ref", ""), new.get("$ref", ""))
        if all(references):
            if references in self._seen:
                return
            self._seen.add(references)
            place = references[1].removeprefix("#/").replace("/", ".")
        old, new = (resolved(each, self._documents[side]) for side, each in enumerate((old, new)))
        for keyword in sorted(old.keys() | new.keys()):
            if keyword not in _KNOWN and old.get(keyword) != new.get(keyword):
                raise IncomparableError(f"{place}.{keyword}: changed, and it is not known what it means")
        if bool(new.get("deprecated")) != bool(old.get("deprecated")):
            word = "deprecated" if new.get("deprecated") else "no longer deprecated"
            yield Change(Level.MINOR, "nobody", place, word)
        yield from self._types(old, new, place)

    def _types(self, old: Schema, new: Schema, place: Place) -> Iterator[Change]:
        """The alternatives by type. Where a type is in one only, the values of that type are the difference."""
        before, after = (_alternatives(each, self._documents[side]) for side, each in enumerate((old, new)))
        if ("any" in before) != ("any" in after):
            word = "any type" if "any" in after else f"only {', '.join(sorted(after))}"
            yield (self._wider if "any" in after else self._narrower)(place, word, _SAMPLES["any"])
            return
        for name in sorted(before.keys() | after.keys()):
            if name not in after:
                yield self._narrower(place, f"no longer {name}", _SAMPLES[name])
            elif name not in before:
                yield self._wider(place, f"now also {name}", _SAMPLES[name])
            else:
                yield from self._alternatives(before[name], after[name], place, name)

    def _alternatives(self, old: list[Schema], new: list[Schema], place: Place, name: str) -> Iterator[Change]:
        if len(old) != len(new):
            raise IncomparableError(f"{place}: {len(old)} alternatives of type {name} became {len(new)}")
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from self._one(before, after, place if len(old) == 1 else f"{place}[{number}]")

    def _one(self, old: Schema, new: Schema, place: Place) -> Iterator[Change]:
        """Two schemas of one type."""
        references = (old.get("$ref", ""), new.get("$ref", ""))
        if any(references):
            yield from self.changes(old, new, place)
            return
        yield from self._values(old, new, place)
        for keyword, higher_is_less in _BOUNDS.items():
            before, after = old.get(keyword), new.get(keyword)
            if before != after:
                less = before is None or (after is not None and (after > before) is higher_is_less)
                yield (self._narrower if less else self._wider)(place, f"{keyword} {before} became {after}", after)
        if "items" in old or "items" in new:
            yield from self.changes(old.get("items", {}), new.get("items", {}), f"{place}.items")
        if _OBJECT & (old.keys() | new.keys()):
            yield from self._members(old, new, place)

    def _values(self, old: Schema, new: Schema, place: Place) -> Iterator[Change]:
        before, after = _enumerated(old), _enumerated(new)
        if before is None and after is not None:
            yield self._narrower(place, f"now one of {after}", "another")
        elif before is not None and after is None:
            yield self._wider(place, "no longer one of some values", "another")
        elif before is not None and after is not None:
            yield from (self._narrower(place, f"the value {value!r} is gone", value) for value in _less(before, after))
            yield from (self._wider(place, f"the value {value!r} is new", value) for value in _less(after, before))
        for keyword in ("pattern", "format"):
            former, latter = old.get(keyword), new.get(keyword)
            if former == latter:
                continue
            if former is None:
                yield self._narrower(place, f"{keyword} {latter} is new", "text")
            elif latter is None:
                yield self._wider(place, f"{keyword} {former} is gone", "text")
            elif keyword == "format":
                yield self._narrower(place, f"format {former} became {latter}", former)
                yield self._wider(place, f"format {former} became {latter}", latter)
            else:
                yield from self._patterns(former, latter, place)

    def _patterns(self, old: str, new: str, place: Place) -> Iterator[Change]:
        gone, come = values_of(old, but=new), values_of(new, but=old)
        if not gone and not come:
            raise IncomparableError(f"{place}.pattern: changed, and no value was found that tells the two apart")
        if gone:
            yield self._narrower(place, "the pattern does not match all that it matched", gone[0])
        if come:
            yield self._wider(place, "the pattern matches more than it matched", come[0])

    def _members(self, old: Schema, new: Schema, place: Place) -> Iterator[Change]:
        before, after = old.get("properties", {}), new.get("properties", {})
        added = {name: each for name, each in after.items() if name not in before}
        for name in before:
            if name not in after:
                twins = [each for each, schema in added.items() if _plain(schema) == _plain(before[name])]
                word = f"removed, or renamed to {' or '.join(twins)}" if twins else "removed"
                who = "readers" if self._answers else "senders"
                yield Change(Level.MAJOR, who, f"{place}.{name}", word, {name: self._sample(before[name], 0)})
            else:
                yield from self.changes(before[name], after[name], f"{place}.{name}")
        closed = old.get("additionalProperties") is False
        for name, each in added.items():
            sample = self._sample(each, 1)
            if closed:
                yield self._wider(f"{place}.{name}", "a new member", sample)
            else:
                yield Change(Level.MINOR, "servers", f"{place}.{name}", "a new member", {name: sample})
        required, now = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(required - now):
            yield self._wider(place, f"{name} is no longer required", {})
        for name in sorted(now - required):
            yield self._narrower(place, f"{name} is now required", {})
        yield from self._others(old, new, place)

    def _others(self, old: Schema, new: Schema, place: Place) -> Iterator[Change]:
        """Members that the schema does not name."""
        before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
        before, after = ({} if each is True else each for each in (before, after))
        if before is False and after is False:
            return
        if before is False or after is False:
            word = "unknown members are " + ("allowed" if before is False else "refused")
            yield (self._wider if before is False else self._narrower)(place, word, {"unknown": 1})
            return
        yield from self.changes(before, after, f"{place}.*")

    def _sample(self, schema: Schema, side: int) -> object:
        names = _alternatives(schema, self._documents[side])
        return _SAMPLES[next((name for name in names if name != "null"), "null")]

    def _wider(self, place: Place, what: str, proof: object) -> Change:
        """More is accepted: readers must bear what they did not, servers must take what they did not."""
        proof = _shown(place, proof)
        if self._answers:
            return Change(Level.MAJOR, "readers", place, what, proof)
        return Change(Level.MINOR, "servers", place, what, proof)

    def _narrower(self, place: Place, what: str, proof: object) -> Change:
        """Less is accepted: servers, or senders, must not send what they did."""
        return Change(Level.MAJOR, "servers" if self._answers else "senders", place, what, _shown(place, proof))


def resolved(schema: Schema, document: Schema) -> Schema:
    """The schema that a reference names; what stands beside the reference counts too."""
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            if step not in found:
                raise IncomparableError(f"{schema['$ref']}: there is no such schema")
            found = found[step]
        schema = {**found, **{keyword: each for keyword, each in schema.items() if keyword != "$ref"}}
    return schema


def _alternatives(schema: Schema, document: Schema) -> dict[str, list[Schema]]:
    """The schemas that a value may meet, by the type of the value; a number is an integer or another number."""
    found: dict[str, list[Schema]] = {}
    for keyword in ("oneOf", "anyOf"):
        for branch in schema.get(keyword, ()):
            for name, each in _alternatives(branch, document).items():
                found.setdefault(name, []).extend(each)
    if found:
        return found
    whole = resolved(schema, document)
    if "$ref" in schema and ("oneOf" in whole or "anyOf" in whole):
        return _alternatives(whole, document)
    for name in _types(whole):
        found.setdefault(name, []).append(schema if "$ref" in schema else whole)
        if name == "number":
            found.setdefault("integer", []).append(whole)
    return found


def _shown(place: Place, value: object) -> object:
    """A value where it stands: as the member that the place names."""
    return (
        value
        if place.startswith("components.schemas.") and place.count(".") == 2
        else {place.rpartition(".")[2]: value}
    )


def _types(schema: Schema) -> list[str]:
    declared = schema.get("type")
    if declared is None:
        values = _enumerated(schema)
        return sorted({_type_of(value) for value in values}) if values is not None else ["any"]
    return [declared] if isinstance(declared, str) else list(declared)


def _type_of(value: object) -> str:
    kinds = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


def _enumerated(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _less(these: list[Any], those: list[Any]) -> list[Any]:
    return [value for value in these if value not in those]


def _plain(schema: Schema) -> Schema:
    return {keyword: value for keyword, value in schema.items() if keyword not in ANNOTATIONS}
