"""Changing logs: each token in each way, wherever it stands at its depth."""

import functools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from parea_conformance import contract

from faults.answers.changes import INSTEAD_OF_NULL, NAMES, ChangeValue, of_value
from faults.answers.data import ELEMENT, VALUE, Log, Maker, Path, Token

CONTRACT = contract.load()
ARRAY = Token((), 0)
"""The answer's array itself."""


@functools.cache
def logs() -> list[Log]:
    """The logs that are served, the same each time."""
    return Maker(CONTRACT).roots()


def _families(held: list[Log], depth: int) -> Iterator[tuple[Any, Any]]:
    """Where the logs at a depth stand: a list that holds them, and the place in it."""
    for place, log in enumerate(held):
        if depth == 0:
            yield held, place
        else:
            yield from _families(log.get("children_logs") or [], depth - 1)


def _places(holder: Any, key: Any, path: Path) -> Iterator[tuple[Any, Any]]:
    """Where what a path leads to stands: a list or an object that holds it, and the place in it."""
    if not path:
        yield holder, key
        return
    held, step = holder[key], path[0]
    if isinstance(held, list) and step == ELEMENT:
        keys: list[Any] = list(range(len(held)))
    elif isinstance(held, dict):
        keys = list(held) if step == VALUE else [step] if step in held else []
    else:
        keys = []
    for each in keys:
        yield from _places(held, each, path[1:])


def _instances(held: list[Log], token: Token) -> list[tuple[Any, Any]]:
    return [
        place for holder, key in _families(held, token.depth) for place in _places(holder, key, token.path)
    ]  # fmt: skip


def _is_timestamp(token: Token) -> bool:
    return len(token.path) == 1 and CONTRACT.kinds.get(token.path[0]) == "timestamp"


def changes(token: Token) -> list[str]:
    """The names of the changes of a token that change anything."""
    if token == ARRAY:
        return [name for name, change in of_value([], timestamp=False).items() if text(change(logs())) != text(logs())]
    places = _instances(logs(), token)
    own = [
        name
        for holder, key in places
        for name, change in _own(holder[key], token).items()
        if text(change(holder[key])) != text(holder[key])
    ]
    named = NAMES if places and isinstance(places[0][0], dict) else ()
    return list(dict.fromkeys((*own, *named)))


def _own(value: Any, token: Token) -> Mapping[str, ChangeValue]:
    """The changes of a value; null stands for nothing that could be spelled otherwise."""
    own = of_value(value, timestamp=_is_timestamp(token))
    return {name: change for name, change in own.items() if value is not None or name in INSTEAD_OF_NULL}


def _copy(value: Any) -> Any:
    """A copy of JSON, which `copy.deepcopy` takes ten times as long for."""
    if isinstance(value, dict):
        return {name: _copy(held) for name, held in value.items()}
    return [*map(_copy, value)] if isinstance(value, list) else value


def text(value: Any) -> str:
    """JSON as text."""
    return json.dumps(value, ensure_ascii=False)


def change_logs(stored: list[Log], token: Token, change: str) -> Any:
    """The logs with a token changed; a log that nothing becomes of is given as it is."""
    if token == ARRAY:
        return of_value(stored, timestamp=False)[change](stored)
    changed = []
    for log in stored:
        [copied] = one = [_copy(log)]
        places = _instances(one, token)
        for holder, key in reversed(places):
            _change(holder, key, token, change)
        changed.append(log if one[0] is copied and text(copied) == text(log) else one[0])
    return changed


def _change(holder: Any, key: Any, token: Token, change: str) -> None:
    if change in NAMES:
        members = list(holder.items())
        holder.clear()
        for name, value in members:
            holder.update(dict.fromkeys(NAMES[change](name) if name == key else [name], value))
        return
    own = _own(holder[key], token)
    if change in own:
        holder[key] = own[change](holder[key])
