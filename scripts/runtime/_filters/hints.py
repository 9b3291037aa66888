"""What a name may have been meant to be: almost-right input gets a suggestion."""

import json

from parea_trace_logs._shared.words import similar
from parea_trace_logs.contract import KEYED, MEMBERS


def suggestion(field: str) -> str | None:
    """The field that this one looks like a slip of; None where there is none."""
    plain = field.strip().lower()
    if plain in MEMBERS:
        return plain
    for mark in ("[", ".", ":"):
        head, found, rest = plain.partition(mark)
        key = field.strip()[len(head) + 1 :].rstrip("]").strip("\"'")
        if found and MEMBERS.get(head) == KEYED:
            return f"{head}[{json.dumps(key, ensure_ascii=False)}]"
        if found and rest and (head == "scores" or similar(head, ["score"])):
            return f"score:{key}"
    return similar(plain, MEMBERS)
