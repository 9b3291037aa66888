"""The API keys, and how they are taken out of whatever a run writes; and how text of a server's is shown."""

import html
import json
import re
from collections.abc import Mapping

_SHORTEST = 8
"""A shorter key may stand anywhere by chance: only whole words are taken for it, and no part of it for one cut off."""

# Line ends, terminal escapes and other controls, what turns the direction of text, what has no width, halves of a pair.
_UNSEEN = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)


def shown(text: str) -> str:
    r"""Text of a server's as one line that a terminal cannot take for anything else: `\u001b`, `\n`, `\u202e`."""
    return _UNSEEN.sub(lambda found: _escaped(found.group()), text)


def _escaped(char: str) -> str:
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char) or json.dumps(char)[1:-1].replace("\x7f", "\\u007f")


def _spelled(char: str) -> str:
    """A pattern of every spelling of one character: itself, escapes of JSON and of Python, percent, HTML, UTF-16."""
    units = re.findall("....", char.encode("utf-16-be").hex())
    octets = char.encode("utf-8", "surrogatepass")
    ways = [  # the character by itself last: it may be the first of an escape of itself
        re.escape(html.escape(char, quote=False)),
        re.escape(html.escape(char)),
        r"\\+" + re.escape(char),
        "".join(rf"\\+u(?i:{unit})" for unit in units),
        rf"\\+x(?i:{ord(char):02x})",
        "".join(f"%(?i:{octet:02x})" for octet in octets),
        "".join(f"%25(?i:{octet:02x})" for octet in octets),
        rf"&#0*{ord(char)};",
        rf"&#[xX]0*(?i:{ord(char):x});",
    ]
    ways = [*(way for way in ways if way != re.escape(char)), re.escape(char)]
    return f"(?:{'|'.join(dict.fromkeys(ways))})(?:\0|\\\\+u0000|\\\\+x00)*"


class _Secret:
    """One key, found in any spelling and in either case, whole or cut off."""

    def __init__(self, key: str) -> None:
        self._chars = [re.compile(_spelled(char), re.IGNORECASE) for char in key]
        # Half of a key that was cut off is told from other text, and is too little to guess the rest by.
        self._least = len(key) if len(key) < _SHORTEST else max(_SHORTEST, len(key) // 2)
        self.short = len(key) < _SHORTEST
        self._plain = key[: self._least].casefold()
        self._head = re.compile("".join(_spelled(char) for char in key[: self._least]), re.IGNORECASE)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the key stands, from and to."""
        if self._plain not in text.casefold() and not any(mark in text for mark in "\\%&\0"):
            return []  # the everyday case, and a hundred times faster
        found: list[tuple[int, int]] = []
        for head in self._head.finditer(text):
            end = head.end()
            for char in self._chars[self._least :]:
                if (more := char.match(text, end)) is None:
                    break
                end = more.end()
            within = text[head.start() - 1 : head.start()].isalnum() or text[end : end + 1].isalnum()
            if not (self.short and within):
                found.append((head.start(), end))
        return found


class Secrets:
    """The keys of a run; what is written goes through here.

    Args:
        names: each key, and what is written in its place. Empty keys are none.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._secrets = [(_Secret(key), name) for key, name in names.items() if key]

    def __repr__(self) -> str:
        return f"Secrets({len(self._secrets)})"

    def scrub(self, text: str) -> str:
        """The text with the name of a key wherever the key stood, in whatever spelling."""
        for secret, name in self._secrets:
            for start, end in reversed(secret.spans(text)):
                text = f"{text[:start]}{name}{text[end:]}"
        return text

    def held_by(self, body: bytes) -> bool:
        """Whether an answer holds a key; of a short key nothing can be said."""
        text = body.decode("utf-8", "replace")
        return any(not secret.short and secret.spans(text) for secret, _ in self._secrets)
