"""Compare two contracts: operations, answers, schemas, requirements."""

from collections.abc import Iterator
from typing import Any

from contract.diff import bodies
from contract.diff.changes import Change, IncomparableError, Level
from contract.diff.schemas import ANNOTATIONS, Comparison, resolved

Document = dict[str, Any]

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_CONDITIONS = ("allOf", "if", "then", "else", "not", "dependentSchemas", "dependentRequired")
_PROSE = ANNOTATIONS | {"tags", "x-codeSamples", "x-enumDescriptions"}
# The tables that conditions are written from: the conditions are what is compared.
_TABLES = frozenset({"x-filter-kinds", "x-filter-names"})
# Components that are compared where something refers to them.
_COMPONENTS = ("schemas", "headers", "parameters", "responses", "requestBodies")
_REQUIREMENTS = ("x-requirements", "x-operation-requirements")
# Keywords whose keys are names.
_NAMES = frozenset({"properties", "$defs", "schemas", "headers", "securitySchemes"})


def changes(old: Document, new: Document) -> list[Change]:
    """What differs between two contracts, the gravest first.

    Raises:
        IncomparableError: they differ in something whose meaning is not known here.
    """
    try:
        found = [*_document(old, new), *_operations(old, new), *_requirements(old, new)]
        found += _words(old["components"], new["components"], "components")
    except (KeyError, TypeError, AttributeError) as error:
        raise IncomparableError(f"not a contract as this comparison knows it: {error!r}") from error
    unique = {(each.place, each.what, each.who): each for each in found}
    return sorted(unique.values(), key=lambda each: (-each.level, each.who, each.place))


def _document(old: Document, new: Document) -> Iterator[Change]:
    """What stands around the operations."""
    known = {"openapi", "info", "servers", "tags", "security", "paths", "components"}
    _refuse_others("the document", old, new, known | set(_REQUIREMENTS))
    if old["openapi"].rsplit(".", 1)[0] != new["openapi"].rsplit(".", 1)[0]:
        raise IncomparableError(f"openapi: {old['openapi']} and {new['openapi']} do not say the same in the same words")
    for name in sorted((old["info"].keys() | new["info"].keys()) - {"version"}):
        yield from _reworded(old["info"].get(name), new["info"].get(name), f"info.{name}")
    if [each["url"] for each in old.get("servers", ())] != [each["url"] for each in new.get("servers", ())]:
        yield Change(Level.MAJOR, "senders", "servers", "another address", new.get("servers"))
    keys = [document.get("components", {}).get("securitySchemes", {}) for document in (old, new)]
    stripped = [{name: _without_prose(each) for name, each in schemes.items()} for schemes in keys]
    if stripped[0] != stripped[1] or old.get("security") != new.get("security"):
        yield Change(Level.MAJOR, "senders", "components.securitySchemes", "another way to authenticate", stripped[1])
    _refuse_others("components", old["components"], new["components"], {"securitySchemes", *_COMPONENTS})


def _operations(old: Document, new: Document) -> Iterator[Change]:
    before, after = dict(_each_operation(old)), dict(_each_operation(new))
    answers = Comparison(old, new, answers=True)
    requests = Comparison(old, new, answers=False)
    for place in before:
        if place not in after:
            yield Change(Level.MAJOR, "senders", place, "the operation is gone", place)
        else:
            yield from _Operation(old, new, answers, requests).changes(before[place], after[place], place)
    for place in after.keys() - before.keys():
        yield Change(Level.MINOR, "servers", place, "a new operation", place)


def _each_operation(document: Document) -> Iterator[tuple[str, Document]]:
    for path, item in document["paths"].items():
        _refuse_others(f"paths.{path}", {}, item, {"parameters", *_METHODS, *_PROSE})
        for method in item.keys() & set(_METHODS):
            said = dict(item[method])
            shared = item.get("parameters", [])
            said["parameters"] = [resolved(each, document) for each in [*shared, *said.get("parameters", [])]]
            said["responses"] = {status: resolved(each, document) for status, each in said["responses"].items()}
            if "requestBody" in said:
                said["requestBody"] = resolved(said["requestBody"], document)
            yield f"{method.upper()} {path}", said


class _Operation:
    """The comparison of one operation."""

    def __init__(self, old: Document, new: Document, answers: Comparison, requests: Comparison) -> None:
        self._documents = (old, new)
        self._answers = answers
        self._requests = requests

    def changes(self, old: Document, new: Document, place: str) -> Iterator[Change]:
        known = {"operationId", "parameters", "requestBody", "responses", "x-safe", "deprecated", "security"}
        _refuse_others(place, old, new, known | _PROSE)
        for name in sorted(_PROSE):
            yield from _reworded(old.get(name), new.get(name), f"{place}.{name}")
        if old["operationId"] != new["operationId"]:
            yield Change(
                Level.MAJOR, "senders", f"{place}.operationId", "the method of clients is renamed", new["operationId"]
            )
        if old.get("x-safe") != new.get("x-safe"):
            level = Level.MINOR if new.get("x-safe") else Level.MAJOR
            who = "nobody" if new.get("x-safe") else "senders"
            yield Change(level, who, f"{place}.x-safe", "whether a request may be sent again", new.get("x-safe"))
        if old.get("security") != new.get("security"):
            yield Change(
                Level.MAJOR, "senders", f"{place}.security", "another way to authenticate", new.get("security")
            )
        if bool(old.get("deprecated")) != bool(new.get("deprecated")):
            yield Change(Level.MINOR, "nobody", place, "deprecated, or no longer")
        yield from self._parameters(old["parameters"], new["parameters"], place)
        yield from self._body(old.get("requestBody"), new.get("requestBody"), f"{place}.requestBody")
        yield from self._responses(old["responses"], new["responses"], f"{place}.responses")

    def _parameters(self, old: list[Document], new: list[Document], place: str) -> Iterator[Change]:
        before, after = ({(each["in"], each["name"]): each for each in parameters} for parameters in (old, new))
        for key in sorted(before.keys() | after.keys()):
            where = f"{place}.parameters.{'.'.join(key)}"
            if key not in after:
                yield Change(Level.MAJOR, "senders", where, "removed", key[1])
            elif key not in before:
                required = after[key].get("required", False)
                level, who = (Level.MAJOR, "senders") if required else (Level.MINOR, "servers")
                yield Change(level, who, where, "a new parameter" + (", required" if required else ""), key[1])
            else:
                _refuse_others(where, before[key], after[key], {"in", "name", "required", "schema"} | _PROSE)
                required = bool(after[key].get("required"))
                if bool(before[key].get("required")) != required:
                    level, who = (Level.MAJOR, "senders") if required else (Level.MINOR, "servers")
                    yield Change(level, who, where, "now required" if required else "no longer required", key[1])
                for name in sorted(_PROSE):
                    yield from _reworded(before[key].get(name), after[key].get(name), f"{where}.{name}")
                yield from self._requests.changes(before[key]["schema"], after[key]["schema"], where)

    def _body(self, old: Document | None, new: Document | None, place: str) -> Iterator[Change]:
        if old is None or new is None:
            if old is not new:
                level, who = (Level.MAJOR, "senders") if old is not None or _required(new) else (Level.MINOR, "servers")
                yield Change(level, who, place, "a body is taken" if old is None else "no body is taken any more")
            return
        _refuse_others(place, old, new, {"required", "content", "x-max-bytes", "x-max-depth"} | _PROSE)
        for name in sorted(_PROSE):
            yield from _reworded(old.get(name), new.get(name), f"{place}.{name}")
        if _required(old) != _required(new):
            level, who = (Level.MAJOR, "senders") if _required(new) else (Level.MINOR, "servers")
            yield Change(level, who, place, "now required" if _required(new) else "no longer required")
        yield from _limit(old, new, "x-max-bytes", place, takes=True)
        yield from _limit(old, new, "x-max-depth", place, takes=any(map(self._takes_deep, old["content"].values())))
        for media in old["content"]:
            if media not in new["content"]:
                yield Change(Level.MAJOR, "senders", f"{place}.content", f"{media} is no longer taken", media)
        for media, each in new["content"].items():
            if media not in old["content"]:
                yield Change(Level.MINOR, "servers", f"{place}.content", f"{media} is taken too", media)
            else:
                where = f"{place}.content.{media}"
                _refuse_others(where, old["content"][media], each, {"schema"} | _PROSE)
                for name in sorted(_PROSE):
                    yield from _reworded(old["content"][media].get(name), each.get(name), f"{where}.{name}")
                yield from self._sent(old["content"][media]["schema"], each["schema"], where)

    def _takes_deep(self, media: Document) -> bool:
        """Whether the older schema of a body accepts anything that is nested deeply."""
        name = _component(media["schema"])
        if name is None:
            return True
        deep: list[Any] = []
        for _ in range(200):
            deep = [deep]
        members = self._documents[0]["components"]["schemas"][name].get("properties", {})
        return any(bodies.accepts(self._documents[0], name, {member: deep}) for member in [*members, "unknown member"])

    def _sent(self, old: Document, new: Document, place: str) -> Iterator[Change]:
        """A body's schema: exactly where it has conditions, by type where it has none."""
        name = _component(new)
        schemas = [document["components"]["schemas"].get(name, {}) for document in self._documents]
        if _component(old) != name or not any(keyword in schema for schema in schemas for keyword in _CONDITIONS):
            yield from self._requests.changes(old, new, place)
            return
        known = {"$defs", "type", "properties", "required", "additionalProperties", *_CONDITIONS, *_TABLES, *_PROSE}
        _refuse_others(f"components.schemas.{name}", schemas[0], schemas[1], known)
        logs = [document["components"]["schemas"].get("TraceLog", {}) for document in self._documents]
        taken = logs[1].get("properties", {}).keys() - logs[0].get("properties", {}).keys()
        yield from bodies.changes(*self._documents, str(name), taken)

    def _responses(self, old: Document, new: Document, place: str) -> Iterator[Change]:
        for status in sorted(old.keys() | new.keys()):
            where = f"{place}.{status}"
            if status not in new:
                yield Change(Level.MAJOR, "servers", where, "may no longer be answered", int(status))
            elif status not in old:
                # Every client must bear a status that it does not know: RFC 9110, 15.
                success = status.startswith("2")
                level, who = (Level.MAJOR, "readers") if success else (Level.MINOR, "nobody")
                yield Change(level, who, where, "may be answered too", int(status))
            else:
                yield from self._response(old[status], new[status], where)

    def _response(self, old: Document, new: Document, place: str) -> Iterator[Change]:
        _refuse_others(place, old, new, {"headers", "content"} | _PROSE)
        yield from _reworded(old.get("description"), new.get("description"), f"{place}.description")
        before, after = (
            {name.lower(): resolved(each, self._documents[side]) for name, each in part.get("headers", {}).items()}
            for side, part in enumerate((old, new))
        )
        for name in sorted(before.keys() | after.keys()):
            where = f"{place}.headers.{name}"
            former, latter = before.get(name), after.get(name)
            if former is not None and _required(former) and (latter is None or not _required(latter)):
                yield Change(Level.MAJOR, "readers", where, "no longer in every answer", name)
            elif latter is not None and _required(latter) and (former is None or not _required(former)):
                yield Change(Level.MAJOR, "servers", where, "now in every answer", name)
            elif former is None or latter is None:
                yield Change(Level.MINOR, "nobody", where, "may be in an answer" if former is None else "removed", name)
            if former is not None and latter is not None:
                _refuse_others(where, former, latter, {"required", "schema", "deprecated"} | _PROSE)
                yield from _words(former, latter, where)
                yield from self._answers.changes(former["schema"], latter["schema"], where)
        former, latter = old.get("content", {}), new.get("content", {})
        for media in sorted(former.keys() | latter.keys()):
            where = f"{place}.content.{media}"
            if media not in latter:
                yield Change(Level.MAJOR, "servers", where, "may no longer be answered", media)
            elif media not in former:
                # What is JSON under another name, of the same schema, is read as before: RFC 6839.
                same = any(
                    _is_json(media) and _is_json(each) and former[each]["schema"] == latter[media]["schema"]
                    for each in former
                )
                level, who = (Level.MINOR, "nobody") if same else (Level.MAJOR, "readers")
                yield Change(level, who, where, "may be answered too", media)
            else:
                for name in sorted(_PROSE):
                    yield from _reworded(former[media].get(name), latter[media].get(name), f"{where}.{name}")
                yield from self._answers.changes(former[media]["schema"], latter[media]["schema"], where)


def _requirements(old: Document, new: Document) -> Iterator[Change]:
    for table in _REQUIREMENTS:
        before, after = old.get(table, {}), new.get(table, {})
        for name in before.keys() - after.keys():
            yield Change(Level.MAJOR, "readers", f"{table}.{name}", "no longer promised", before[name]["text"])
        for name in after.keys() - before.keys():
            yield Change(Level.MINOR, "servers", f"{table}.{name}", "a new requirement", after[name]["text"])
        for name in before.keys() & after.keys():
            for attribute in ("text", "class", "provenance"):
                yield from _reworded(before[name][attribute], after[name][attribute], f"{table}.{name}.{attribute}")


def _limit(old: Document, new: Document, name: str, place: str, *, takes: bool) -> Iterator[Change]:
    """A limit of what may be sent; `takes`: whether stating it takes something away."""
    before, after = old.get(name), new.get(name)
    what = f"{name} {before} became {after}"
    if before == after:
        return
    if after is None or (before is not None and after > before):
        yield Change(Level.MINOR, "servers", place, what, after)
    elif before is None and not takes:
        yield Change(Level.PATCH, "nobody", place, f"{what}; the schema accepted nothing beyond it", after)
    else:
        yield Change(Level.MAJOR, "senders", place, what, after)


def _words(old: Any, new: Any, place: str, *, names: bool = False) -> Iterator[Change]:
    """What is said of schemas and headers, and of each part of them; `names`: the keys are names, not keywords."""
    if isinstance(old, list) and isinstance(new, list):
        for number, (before, after) in enumerate(zip(old, new, strict=False)):
            yield from _words(before, after, f"{place}[{number}]")
    if not isinstance(old, dict) or not isinstance(new, dict):
        return
    for key in sorted(old.keys() & new.keys() if names else old.keys() | new.keys()):
        if not names and key in _PROSE | _TABLES:
            yield from _reworded(old.get(key), new.get(key), f"{place}.{key}")
        else:
            yield from _words(old.get(key), new.get(key), f"{place}.{key}", names=key in _NAMES)


def _reworded(old: object, new: object, place: str) -> Iterator[Change]:
    if old != new:
        yield Change(Level.PATCH, "nobody", place, "reworded")


def _refuse_others(place: str, old: Document, new: Document, known: set[str]) -> None:
    """A difference that nothing here looks at must not pass for none."""
    for name in sorted((old.keys() | new.keys()) - known):
        if old.get(name) != new.get(name):
            raise IncomparableError(f"{place}.{name}: changed, and it is not known what it means")


def _component(schema: Document) -> str | None:
    reference = schema.get("$ref", "")
    return reference.removeprefix("#/components/schemas/") if reference else None


def _required(part: Document | None) -> bool:
    return bool(part and part.get("required"))


def _is_json(media: str) -> bool:
    return media == "application/json" or media.endswith("+json")


def _without_prose(part: Document) -> Document:
    return {name: each for name, each in part.items() if name not in _PROSE}
