"""Keys are found in every spelling, and what a server says is shown as one line."""

import base64
import html
import json
import re
from urllib.parse import quote

import pytest
from parea_conformance.http.secrets import Secrets, shown

KEY = 'pk-"5/e<&7d1f\\Wq=='


def _secrets(key: str = KEY) -> Secrets:
    return Secrets({key: "$PAREA_API_KEY"})


@pytest.mark.parametrize(
    "spelled",
    [
        KEY,
        json.dumps(KEY)[1:-1],
        json.dumps(json.dumps(KEY)[1:-1])[1:-1],
        "".join(f"\\u{ord(char):04X}" for char in KEY),
        "".join(f"\\u{ord(char):04x}" if place % 2 else char for place, char in enumerate(KEY)),
        json.dumps(KEY)[1:-1].replace("/", "\\/"),
        quote(KEY, safe=""),
        re.sub("%..", lambda found: found.group().lower(), quote(KEY, safe="")),
        quote(quote(KEY, safe=""), safe=""),
        "".join(f"%{octet:02X}" for octet in KEY.encode()),
        html.escape(KEY),
        "".join(f"&#{ord(char)};" for char in KEY),
        "".join(f"&#x{ord(char):x};" for char in KEY),
        repr(KEY)[1:-1],
        KEY.encode("utf-16-le").decode(),
    ],
)
def test_every_spelling(spelled: str) -> None:
    assert _secrets().scrub(f"x {spelled} y") == "x $PAREA_API_KEY y"
    assert _secrets().held_by(f'{{"detail": "{spelled}"}}'.encode())


def test_a_key_that_was_cut_off() -> None:
    scrubbed = _secrets().scrub(f"{KEY[:12]}… and {KEY[:4]}")
    assert scrubbed == f"$PAREA_API_KEY… and {KEY[:4]}"


def test_several_keys_and_several_places() -> None:
    secrets = Secrets({"first-key-of-all": "$A", "second-key-of-all": "$B", "": "$C"})
    assert secrets.scrub("first-key-of-all,second-key-of-all;first-key-of-all") == "$A,$B;$A"
    assert "first" not in repr(secrets)


def test_a_short_key_is_a_word() -> None:
    assert _secrets("key").scrub('monkeys, key and "key"') == 'monkeys, $PAREA_API_KEY and "$PAREA_API_KEY"'
    assert not _secrets("key").held_by(b"a wrong key")


def test_other_text_stays() -> None:
    text = base64.b64encode(b"nothing of it").decode() + " %20 \\u00e9 &amp;"
    assert _secrets().scrub(text) == text


def test_a_long_key_takes_no_long_time() -> None:
    key = "".join(chr(33 + place * 7 % 90) for place in range(4000))
    assert Secrets({key: "$K"}).scrub("a" * 100_000 + "%" + key) == "a" * 100_000 + "%$K"


def test_what_a_terminal_would_obey_is_shown() -> None:
    forged = "x\r\n\x1b[32mpass\x9b\u202e\u2066\u200b\u2028\ud800\x7f\0\tend"
    assert shown(forged) == ("x\\r\\n\\u001b[32mpass\\u009b\\u202e\\u2066\\u200b\\u2028\\ud800\\u007f\\u0000\\tend")
    assert shown("é 🦊 plain") == "é 🦊 plain"
