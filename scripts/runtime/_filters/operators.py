"""How operators are written in a text; `where_text` reads it, and `rules` knows by it what may have been meant."""

from typing import Final

from parea_trace_logs.models import FilterOperator

OPERATORS: Final = {
    "=": FilterOperator.EQUALS,
    "!=": FilterOperator.NOT_EQUALS,
    "~": FilterOperator.LIKE,
    ">": FilterOperator.GREATER_THAN,
    ">=": FilterOperator.GREATER_THAN_OR_EQUAL,
    "<": FilterOperator.LESS_THAN,
    "<=": FilterOperator.LESS_THAN_OR_EQUAL,
    "in": FilterOperator.IN,
    "between": FilterOperator.BETWEEN,
    "is null": FilterOperator.IS_NULL,
    "exists": FilterOperator.EXISTS,
}
OTHER_WORDS: Final = {"==": "=", "<>": "!=", "like": "~", "contains": "~", "is not null": "exists"}


def meant_by(word: str) -> str | None:
    """The operator whose words in a text these are; None where they are no operator's."""
    plain = " ".join(word.lower().replace("_", " ").split())
    return OPERATORS.get(OTHER_WORDS.get(plain, plain))
