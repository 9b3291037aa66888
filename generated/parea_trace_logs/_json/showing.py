"""How the generated classes show themselves: as Python would, but neither endlessly long nor deep."""

import html
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

_DEPTH: Final = 4
_TEXT: Final = 80
"""The longest text that is shown whole."""
_LENGTH, _INNER_LENGTH = 600, 160
"""The characters after which a value shows nothing more, and one within it."""
_LOGS: Final = 3
"""The elements of a list of logs that its representation shows."""
_ROWS: Final = 20
_COLUMNS: Final = 9
"""The rows and columns of a list of logs in a notebook."""


def shown(value: Any, depth: int = _DEPTH) -> str:
    """`value` as Python would show it, cut: long texts, long containers, and what is `depth` containers below it."""
    kind = type(value)
    if isinstance(value, msgspec.Struct):
        items = value._shown().items()  # type: ignore[attr-defined]  # every struct here is a model
        return f"{kind.__name__}({_joined([(f'{name}=', each) for name, each in items], depth)})"
    if kind is dict and value:
        return "{" + _joined([(f"{cut(repr(key))}: ", each) for key, each in value.items()], depth) + "}"
    if kind is list and value:
        return "[" + _joined([("", each) for each in value], depth) + "]"
    return cut(repr(value))


def cut(text: str, length: int = _TEXT) -> str:
    """The text, or its beginning and how much follows."""
    return text if len(text) <= length else f"{text[:length]}... {len(text) - length:,} more"


def _joined(items: list[tuple[str, Any]], depth: int) -> str:
    if not depth:
        return "..."
    parts: list[str] = []
    length = 0
    for name, value in items:
        if length > (_LENGTH if depth == _DEPTH else _INNER_LENGTH):
            parts.append(f"... {len(items) - len(parts):,} more")
            break
        parts.append(name + shown(value, depth - 1))
        length += len(parts[-1])
    return ", ".join(parts)


def shown_list(logs: Sequence[Any]) -> str:
    """A list by its first elements."""
    more = f", ... {len(logs) - _LOGS:,} more" if len(logs) > _LOGS else ""
    return f"[{', '.join(map(repr, logs[:_LOGS]))}{more}]"


def html_of_model(model: Any) -> str:
    """A model as a table for a notebook: a row for each member."""
    rows = [(name, shown(value)) for name, value in model._shown().items()]
    return _table((type(model).__name__, ""), rows)


def html_of_list(logs: Sequence[Any]) -> str:
    """The first elements of a list as a table for a notebook, with those members that some of them have."""
    first = logs[:_ROWS]
    members: list[dict[str, Any]] = [getattr(each, "_shown", lambda each=each: {"": each})() for each in first]
    names = [name for name in dict.fromkeys(name for each in members for name in each) if _is_said(name, members)]
    heads = names[:_COLUMNS]
    rows = [[shown(each[name], 2) if name in each else "" for name in heads] for each in members]
    more = f"<p>{len(logs):,} logs, of which these are the first {len(first)}</p>" if len(logs) > len(first) else ""
    return _table(heads, rows) + more


def _is_said(name: str, members: list[dict[str, Any]]) -> bool:
    """Whether some model has something under this name."""
    return any(each.get(name) not in (None, [], {}) for each in members)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{html.escape(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
