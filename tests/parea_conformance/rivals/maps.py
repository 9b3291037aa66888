"""Wrong readings of maps: keys, and the forms of the values under them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from parea_conformance.reading.oracle import RIGHT
from parea_conformance.reading.values import OPAQUE, Values, ascii_lower, leaves, number
from parea_conformance.rivals.registry import rival

_KEY = ("field.key",)
_EQUAL = ("filter.equals.map", "filter.not_equals.map", "filter.in.map")
_ORDERED = tuple(
    f"filter.{name}.map" for name in ("greater_than", "greater_than_or_equal", "less_than", "less_than_or_equal")
)


@rival(*_KEY, step="under_key", needs="a key with a dot, or nested maps")
def key_is_dotted_path(entries: Mapping[str, Any], key: str) -> object:
    """A dot in a key leads into a nested map."""
    found: object = entries
    for step in key.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


@rival(*_KEY, step="under_key", needs="a key with a bracket")
def key_is_indexed_path(entries: Mapping[str, Any], key: str) -> object:
    """Brackets in a key lead into an array."""
    name, bracket, index = key.partition("[")
    found = entries.get(name)
    if not bracket:
        return found
    place = index.rstrip("]")
    return found[int(place)] if isinstance(found, list) and place.isdigit() and int(place) < len(found) else None


@rival(*_KEY, step="under_key", needs="a key with letters")
def key_without_case(entries: Mapping[str, Any], key: str) -> object:
    """Keys compare without case."""
    return next((value for name, value in entries.items() if ascii_lower(name) == ascii_lower(key)), None)


@rival(*_KEY, step="under_key", needs="a key with a space around it, or none")
def key_is_trimmed(entries: Mapping[str, Any], key: str) -> object:
    """Spaces around a key are dropped."""
    return entries.get(key.strip())


@rival(*_KEY, step="under_key", needs="a key with a quotation mark")
def key_without_quotes(entries: Mapping[str, Any], key: str) -> object:
    """Quotation marks are dropped from a key."""
    return entries.get(key.replace('"', "").replace("'", ""))


@rival(*_KEY, step="under_key", needs="a key that is the empty string")
def key_empty_is_missing(entries: Mapping[str, Any], key: str) -> object:
    """An empty key finds nothing."""
    return entries.get(key) if key else None


@rival(*_KEY, step="under_key", needs="two keys")
def key_is_ignored(entries: Mapping[str, Any], key: str) -> object:
    """The value under any key counts."""
    del key
    return next((value for value in entries.values() if value is not None), None)


@rival(*_KEY, step="under_key", needs="a key that begins as another does")
def key_is_prefix(entries: Mapping[str, Any], key: str) -> object:
    """A key is found by its beginning."""
    return next((value for name, value in entries.items() if name.startswith(key)), None)


@rival(*_KEY, step="under_key", needs="a key that is not an identifier")
def key_must_be_identifier(entries: Mapping[str, Any], key: str) -> object:
    """Only keys that are names of a program are found."""
    return entries.get(key) if key.isidentifier() else None


@rival("filter.exists.map", "filter.is_null.map", step="under_key", needs="a key whose value is null")
def key_with_null_exists(entries: Mapping[str, Any], key: str) -> object:
    """A key whose value is null exists."""
    return (entries[key] if entries[key] is not None else {}) if key in entries else None


@rival("filter.exists.map", "filter.is_null.map", step="under_key", needs="a map that lacks the key")
def any_map_has_key(entries: Mapping[str, Any], key: str) -> object:
    """A map that is not null exists under each key."""
    return {} if entries.get(key) is None else entries[key]


@rival(*_EQUAL, step="number_equal", needs="a number with two spellings under a key")
def map_number_as_text(this: float, value: str) -> bool:
    """A number under a key compares as it is written."""
    return (str(int(this)) if this == this // 1 and abs(this) < 1e15 else repr(this)) == value


@rival(*_EQUAL, step="text_equal", needs="a text under a key that is a number")
def map_text_as_number(text: str, value: str) -> bool:
    """A text under a key that looks like a number is one."""
    this, that = number(text), number(value)
    return text == value or (this is not None and this == that)


@rival(*_EQUAL, step="number_equal", needs="a number under a key")
def map_number_equals_nothing(this: float, value: str) -> bool:
    """A number under a key equals nothing."""
    return this == number(value) and False


@rival(
    "filter.equals.map",
    "filter.not_equals.map",
    "filter.like.map",
    step="map_value",
    needs="an array or object under a key",
)
def map_structure_as_json(value: object) -> object:
    """An array or object under a key compares as JSON text."""
    mapped = RIGHT.map_value(value)
    return json.dumps(value, ensure_ascii=False) if mapped is OPAQUE else mapped


@rival("filter.equals.map", "filter.not_equals.map", step="map_value", needs="an array or object under a key")
def map_structure_as_compact_json(value: object) -> object:
    """An array or object under a key compares as compact JSON text."""
    mapped = RIGHT.map_value(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if mapped is OPAQUE else mapped


@rival(*_EQUAL, step="map_value", needs="an array or object under a key that holds a value")
def map_structure_as_first_value(value: object) -> object:
    """An array or object under a key stands for the first value in it."""
    return RIGHT.map_value(next(leaves(value), value))


@rival("filter.equals.map", step="map_value", needs="an array under a key")
def map_array_as_joined(value: object) -> object:
    """The elements of an array under a key are one text."""
    return "".join(map(str, value)) if isinstance(value, list) else RIGHT.map_value(value)


@rival(*_EQUAL, step="map_value", needs="a boolean under a key")
def map_boolean_as_number(value: object) -> object:
    """A boolean under a key is 1 or 0."""
    return float(value) if isinstance(value, bool) else RIGHT.map_value(value)


@rival("filter.equals.map", "filter.like.map", step="map_value", needs="a boolean under a key")
def map_boolean_capitalised(value: object) -> object:
    """A boolean under a key is the text `True` or `False`."""
    return str(value) + "." if isinstance(value, bool) else RIGHT.map_value(value)


@rival(*_ORDERED, "filter.between.map", step="map_value", needs="a boolean under a key")
def map_boolean_is_ordered(value: object) -> object:
    """A boolean under a key orders as 1 or 0."""
    return float(value) if isinstance(value, bool) else RIGHT.map_value(value)


@rival("filter.like.map", step="like", needs="a number under a key")
def map_like_matches_numbers(this: object, value: str) -> bool:
    """`like` matches the digits of a number under a key."""
    if isinstance(this, float):
        return value in (str(int(this)) if this.is_integer() else repr(this))
    return isinstance(this, str) and RIGHT.contains(this, value)


@rival(*_ORDERED, "filter.between.map", step="map_value", needs="a text under a key that is a number")
def map_text_is_ordered(value: object) -> object:
    """A text under a key that looks like a number orders as one."""
    this = number(value) if isinstance(value, str) else None
    return RIGHT.map_value(value) if this is None else this


@rival(*_ORDERED, step="compare", needs="numbers under a key whose spelling orders otherwise, as 9 and 10")
def map_orders_as_text(operator: str, this: Any, that: Any) -> bool:
    """Numbers under a key order as they are written."""
    return RIGHT.compare(operator, f"{this:g}", f"{that:g}")


@rival("filter.not_equals.map", step="not_equals", needs="an array or object under a key")
def map_not_equals_scalars_only(values: Values, equal: Callable[[object], bool]) -> bool:
    """`not_equals` does not match an array or object under a key."""
    return values is None or (values[0] is not OPAQUE and not equal(values[0]))


@rival(
    "filter.is_null.structure",
    "filter.is_null.map",
    "filter.exists.structure",
    "filter.exists.map",
    step="whole",
    needs="an empty map or structure",
)
def empty_structure_is_null(raw: object) -> Values:
    """An empty map or structure is null."""
    return () if raw else None
