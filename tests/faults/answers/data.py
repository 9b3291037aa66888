"""Logs that hold every member of the contract at every depth, and the tokens: the places where one may be changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.reading.order import child_key, root_key

Log = dict[str, Any]
Path = tuple[str, ...]

DEEPEST = 3
DEPTHS = (0, 1, DEEPEST)
"""How far below the root a log is changed: the roots, their children, the leaves."""
ELEMENT, VALUE = "[]", "{}"
"""The steps from a list to each of its elements, and from an object with free keys to each of its values."""
_CHILDREN = "children_logs"
_SAFE = 2**53
_KEYS = ("Key one", "key-2")


@dataclass(frozen=True)
class Token:
    """A place in an answer: a member of the logs at one depth, or one within it.

    Attributes:
        path: from the log on: names of members, and the steps into lists and objects with free keys.
        depth: how far below the root the log stands.
    """

    path: Path
    depth: int

    @property
    def name(self) -> str:
        """The token in words: `scores[].reason`."""
        return ".".join(self.path).replace(".[]", ELEMENT).replace(".{}", VALUE)


def tokens(contract: Contract) -> list[Token]:
    """Every token of a log, at every depth."""
    schemas = contract.document["components"]["schemas"]
    paths = list(_paths(schemas, schemas["TraceLog"], ()))
    return [Token(path, depth) for depth in DEPTHS for path in paths]


def _paths(schemas: Mapping[str, Any], schema: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for name, member in schema.get("properties", {}).items():
        yield (*path, name)
        if name != _CHILDREN:
            yield from _within(schemas, member, (*path, name))


def _within(schemas: Mapping[str, Any], schema: Mapping[str, Any], path: Path) -> Iterator[Path]:
    said = _plain(schemas, schema)
    yield from _paths(schemas, said, path)
    for keyword, step in (("items", ELEMENT), ("additionalProperties", VALUE)):
        held = said.get(keyword)
        if isinstance(held, Mapping) or (held is True and "properties" not in said):
            yield (*path, step)
            yield from _within(schemas, held if isinstance(held, Mapping) else {}, (*path, step))


def _plain(schemas: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a reference, or the first of several, stands for."""
    if "$ref" in schema:
        return _plain(schemas, schemas[schema["$ref"].rpartition("/")[2]])
    return _plain(schemas, schema["oneOf"][0]) if "oneOf" in schema else schema


class Maker:
    """Makes logs whose values change by every change: spaces, capitals, accents, digits, fractions, offsets."""

    def __init__(self, contract: Contract) -> None:
        self._schemas = contract.document["components"]["schemas"]
        self._made = self._place = 0  # the log, and the element in its list or map

    def roots(self) -> list[Log]:
        """A tree of full logs, a full log alone, and logs of nulls, of what is required, of what is empty; in order."""
        tree = self._tree()
        leaf, nulls, bare, empty = (self._root(place) for place in range(1, 5))
        members = self._schemas["TraceLog"]["properties"]
        required = self._schemas["TraceLog"]["required"]
        for name, schema in members.items():
            types = schema.get("type", ["null"] if "oneOf" in schema else [])
            if "null" in types and name not in required:
                nulls[name] = None
            elif name not in required:
                nulls.pop(name, None)
            if name not in required:
                bare.pop(name, None)
                if name in empty and not name.endswith("trace_id") and schema.get("format") is None:
                    empty[name] = type(empty[name])()
        return sorted([tree, leaf, nulls, bare, empty], key=root_key)

    def _root(self, place: int) -> Log:
        log = self._log()
        log["parent_trace_id"] = log["root_trace_id"] = log["trace_id"]
        # Two in one millisecond, against the order of their ids; the text of the later is the smaller.
        log["start_timestamp"] = f"2024-04-15T1{2 - place % 2}:00:0{place // 3}.12345{9 - place}+0{2 - place % 2}:00"
        log["depth"] = 0
        return log

    def _tree(self) -> Log:
        root = self._root(0)
        above = root
        for depth in range(1, DEEPEST + 1):
            family = [self._child(above, root, depth, order) for order in (10, 2)]
            above[_CHILDREN] = sorted(family, key=child_key)
            above = above[_CHILDREN][0]
        return root

    def _child(self, above: Log, root: Log, depth: int, order: int) -> Log:
        log = self._log()
        return log | {
            "parent_trace_id": above["trace_id"],
            "root_trace_id": root["trace_id"],
            "depth": depth,
            "execution_order": order,
        }

    def _log(self) -> Log:
        self._made += 1
        properties = self._schemas["TraceLog"]["properties"]
        return {name: self._value(schema, name) for name, schema in properties.items() if name != _CHILDREN}

    def _value(self, schema: Mapping[str, Any], name: str) -> Any:
        """A value that the schema takes, of the first of its types."""
        said = _plain(self._schemas, schema)
        types = said.get("type", "string")
        made, first = self._made + self._place / 10, types if isinstance(types, str) else types[0]
        match first:
            case "object":
                held = {each: self._value(entry, each) for each, entry in said.get("properties", {}).items()}
                return held or self._free(said.get("additionalProperties"), name)
            case "array":
                return [self._element(said["items"], name, place) for place in range(2)]
            case "integer":
                return int(_SAFE - 1 - 1000 * made - len(name))
            case "number":
                return (made + len(name) * 100) / 9973
            case "boolean":
                return self._made % 2 == 0
        instant = f"2024-04-16T09:{self._made % 60:02}:00.123456+05:30"
        return instant if said.get("format") == "date-time" else f" {name.title()}  {made} É e\u0301 ﬁ & <b> 🦊 "

    def _element(self, schema: Mapping[str, Any], name: str, place: int) -> Any:
        self._place = 10 * self._place + place + 1
        value = self._value(schema, name)
        self._place //= 10
        return value

    def _free(self, schema: Any, name: str) -> Log:
        if isinstance(schema, Mapping):
            return {key: self._element(schema, f"{name} {key}", place) for place, key in enumerate(_KEYS)}
        number: dict[str, Any] = {"type": "number"}
        return {
            _KEYS[0]: self._value({}, name),
            _KEYS[1]: self._value(number, name),
            "flag": True,
            "nothing": None,
            "list": [1, "two", 0.5],
            "nested": {"deep": self._value(number, f"{name} deep")},
        }
