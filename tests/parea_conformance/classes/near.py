"""Values next to a value: what a wrong reading takes for it."""

import re
import unicodedata
from collections.abc import Callable


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


TAKEN_FOR: tuple[Callable[[str], str], ...] = (
    lambda text: text.strip(),
    lambda text: text.split("\0")[0],
    lambda text: unicodedata.normalize("NFC", text),
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: unicodedata.normalize("NFKC", text),
    lambda text: "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char)),
    lambda text: text.upper(),
    lambda text: text.lower(),
    lambda text: _fold(text),
    lambda text: "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc")),
    lambda text: text.encode("ascii", "replace").decode(),
    lambda text: text.replace("\\", ""),
    lambda text: re.sub(r"[%_*?.]", "x", text),
    lambda text: " ".join(text.split()),
    lambda text: text[:255],
    lambda text: text[:1000],
)
"""What software makes of a text before it compares."""


def taken_for(text: str) -> list[str]:
    """Other texts that software takes this one for, the nearest first; where there is none, one with a letter more."""
    found = dict.fromkeys(change(text) for change in TAKEN_FOR)
    return [other for other in found if other != text] or [f"{text}x"]
