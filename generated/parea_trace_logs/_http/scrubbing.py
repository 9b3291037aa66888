"""Take a key out of what a server says, however it is spelled there."""

import json
import re
from collections.abc import Callable
from typing import Any

_SHORTEST = 4
"""Characters of a key that is looked for; a shorter one occurs by chance."""

Scrub = Callable[[str], str]


class Secret:
    """A text that no representation, no `vars()`, no pickle and no frame of a traceback shows."""

    __slots__ = ("reveal",)

    def __init__(self, text: object) -> None:
        self.reveal: Callable[[], object] = lambda: text

    def __repr__(self) -> str:
        return "***"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not copied or pickled")


def scrubber(secret: Secret) -> Scrub:
    """A function that puts `***` in the place of the secret, in any case and as JSON, URLs and HTML may spell it.

    Bytes can be scrubbed when they are decoded as Latin-1, for the secret is ASCII; UTF-16 is no hiding place.
    """
    made: list[re.Pattern[str]] = []  # within the function, where no attribute shows it; and not before it is needed

    def scrub(text: str) -> str:
        if not made:
            made.append(_pattern(str(secret.reveal())))
        return made[0].sub("***", text)

    return scrub if len(str(secret.reveal())) >= _SHORTEST else _as_it_is


def scrubbed(content: bytes, scrub: Scrub) -> bytes:
    """A body without the secret: neither as its bytes spell it, nor as its JSON says it once it is parsed."""
    content = scrub(content.decode("latin-1")).encode("latin-1")  # which has a character for each byte
    try:
        parsed = json.loads(content.decode("utf-8", errors="replace"))
        clean = _without(parsed, scrub)
        return content if clean == parsed else json.dumps(clean).encode()
    except (ValueError, RecursionError):  # not JSON, or nested too deep to be shown as such
        return content


def _without(value: Any, scrub: Scrub) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, list):
        return [_without(each, scrub) for each in value]
    if isinstance(value, dict):
        return {scrub(name): _without(each, scrub) for name, each in value.items()}
    return value


def _as_it_is(text: str) -> str:
    return text


def _pattern(secret: str) -> re.Pattern[str]:
    return re.compile(r"\x00?".join(map(_spelled, secret)), re.IGNORECASE | re.ASCII)


def _spelled(character: str) -> str:
    """The ways of writing one character. Each repetition is bounded, so that long runs take no longer."""
    from html.entities import html5  # here, because it is large

    number = ord(character)
    named = [re.escape(name) for name, value in html5.items() if value == character and name.endswith(";")]
    two = f"{number:02x}"
    ways = [
        re.escape(character) if character.isalnum() else r"\\{0,8}" + re.escape(character),
        r"\\{1,8}u0{0,4}" + two,
        r"\\{1,8}x" + two,
        "%(?:25){0,4}" + two,
        "&(?:amp;){0,4}#0{0,8}" + f"{number};",
        "&(?:amp;){0,4}#x0{0,8}" + f"{number:x};",
        *("&(?:amp;){0,4}" + name for name in named),
    ]
    return f"(?:{'|'.join(ways)})"
