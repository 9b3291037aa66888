"""The text of the body: what other languages read as JSON, other ways to write it, and octets that are no text."""

import json
import re

from parea_conformance.http.json_text import DEEPEST
from parea_conformance.neighbours.tokens import Asking, Place, Places

# How a value may be spelled that JSON does not have.
_SPELLED = (
    "NaN", "Infinity", "-Infinity", "undefined", "nul", "True", "None", "01", "+1", ".5", "1.", "0x1", "1_0", "1e",
    "'x'", "`x`",
)  # fmt: skip
_HUGE = {"an integer of 10,000 digits": "9" * 10_000, "a number beyond doubles": "1e400"}
"""Numbers that are JSON, and more than many a reader holds."""
_CODECS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-7")
_ODD = {
    "Latin-1": "é".encode("latin-1"),
    "an overlong slash": b"\xc0\xaf",
    "an encoded surrogate": b"\xed\xa0\x80",
    "a pair of encoded surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
    "a lone continuation": b"\x80",
    "a character cut off": b"\xe2\x82",
    "a character beyond Unicode": b"\xf4\x90\x80\x80",
    "an octet that never is": b"\xff",
}
"""Octets that are not UTF-8."""


def text(asking: Asking) -> Places:
    """The text, changed in one place."""
    held = asking.base.body()
    plain = json.dumps(held)
    name, inside = next(iter(held)), plain[1:-1]
    made = {
        **_same(plain, name),
        **_broken(plain, name),
        "members in another order": json.dumps(dict(reversed(held.items()))),
    }
    for how, number in _HUGE.items():
        made[f"a value that is {how}"] = f'{{"{name}": {number}}}'
    for spelled in _SPELLED:
        made[f"a value {spelled}"] = f'{{"{name}": {spelled}}}'
        made[f"nothing but {spelled}"] = spelled
    twice = {
        "the same member twice": f'{{"{name}": null, "{name}": null}}',
        "another value the second time": f'{{{inside}, "{name}": null}}',
        "a member twice, once escaped": f'{{{inside}, "{_escaped(name)}": "output"}}',
        "an unknown member twice": f'{{{inside}, "x": 1, "x": 2}}',
    }
    yield Place(asking, "text of the body", "JSON", asking.base).bodies(
        {change: new.encode() for change, new in (made | twice).items()}
    )


def _escaped(name: str) -> str:
    return f"{name[:-1]}\\u{ord(name[-1]):04x}"


def _same(plain: str, name: str) -> dict[str, str]:
    """Other ways to write the same."""
    return {
        "white space around": f" \r\n\t{plain}\n ",
        "white space inside": plain.replace(":", " :\n\t").replace(",", "\n,"),
        "a letter escaped": plain.replace(name, _escaped(name)),
        "all escaped": re.sub(r"[a-z]", lambda found: f"\\u{ord(found[0]):04X}", plain),
    }


def _broken(plain: str, name: str) -> dict[str, str]:
    """What is not JSON, but is something to some reader."""
    inside = plain[1:-1]
    return {
        "empty": "",
        "white space": " \n",
        "two values": f"{plain} {plain}",
        "two values, a line each": f"{plain}\n{{}}",
        "a value behind": f"{plain}0",
        "a comma behind": f"{plain},",
        "a comma at the end": f"{{{inside},}}",
        "a comma at the start": f"{{,{inside}}}",
        "a semicolon behind": f"{plain};",
        "no end": plain[:-1],
        "no start": plain[1:],
        "an end too many": f"{plain}}}",
        "single quotes": plain.replace('"', "'"),
        "a name without quotes": plain.replace(f'"{name}"', name),
        "an equals sign": plain.replace(": ", "= "),
        "no colons": plain.replace(":", ""),
        "no commas": plain.replace(",", ""),
        "a comment before": f"/* x */{plain}",
        "a comment behind": f"{plain} // x",
        "a comment inside": f"{{/**/{inside}}}",
        "a hash behind": f"{plain} # x",
        "a guard before": f")]}}',\n{plain}",
        "a call around": f"x({plain})",
        "a form": "filter_field=trace_id&filter_operator=exists",
        "YAML": f"{name}: null",
        "a bad escape": plain.replace(name, f"\\x66{name[1:]}"),
        "an escape cut off": plain.replace(name, f"\\u006{name[1:]}"),
        "a tab in a text": plain.replace(name, f"{name}\t"),
        "a line end in a text": plain.replace(name, f"{name}\n"),
        "NUL behind": f"{plain}\0",
        "NUL in a text": plain.replace(name, f"{name}\0"),
        "a form feed before": f"\f{plain}",
        "a no-break space before": f"\u00a0{plain}",
        "a line separator behind": f"{plain}\u2028",
    }


def octets(asking: Asking) -> Places:
    """The text in other encodings, and with octets that are not UTF-8."""
    text_ = json.dumps(asking.base.body())
    plain, at = text_.encode(), text_.index('"') + 1
    made: dict[str, object] = {
        "a byte order mark": b"\xef\xbb\xbf" + plain,
        "two byte order marks": b"\xef\xbb\xbf" * 2 + plain,
        **{f"in {codec}": text_.encode(codec) for codec in _CODECS},
        **{f"{name} in a text": plain[:at] + octet + plain[at:] for name, octet in _ODD.items()},
    }
    yield Place(asking, "octets of the body", "UTF-8", asking.base).bodies(made)


def depth(asking: Asking) -> Places:
    """Bodies that are nested deeper than a server must read."""
    many, more = asking.contract.max_bytes // 12, DEEPEST + 1
    yield Place(asking, "depth of the body", "1", asking.base).bodies(
        {
            f"{many} objects without an end": b'{"a":' * many,
            f"{many} arrays without an end": b"[" * many,
            f"{many} arrays": b"[" * many + b"]" * many,
            f"{more} arrays": b"[" * more + b"]" * more,
            f"{more} arrays in a member": b'{"filter_value": ' + b"[" * more + b"]" * more + b"}",
        }
    )
