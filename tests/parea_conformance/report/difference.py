"""What changed between two reports."""

from collections.abc import Mapping
from typing import Any

# From good to bad: a requirement got worse when it moved to the right.
_ORDER = ("pass", "skipped", "undecided", "error", "fail")


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[list[str], bool]:
    """One line for each difference, and whether something got worse."""
    before = {entry["id"]: entry for entry in old["requirements"]}
    after = {entry["id"]: entry for entry in new["requirements"]}
    lines: list[str] = []
    worse = False
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            lines.append(f"gone      {name} (was {before[name]['verdict']})")
        elif name not in before:
            lines.append(f"new       {name}: {after[name]['verdict']}")
            worse |= after[name]["verdict"] == "fail"
        elif before[name]["verdict"] != after[name]["verdict"]:
            change = f"{before[name]['verdict']} -> {after[name]['verdict']}"
            sank = _ORDER.index(after[name]["verdict"]) > _ORDER.index(before[name]["verdict"])
            worse |= sank
            lines.append(f"{'worse' if sank else 'better':<9} {name}: {change}")
            lines.extend(f"          {cause}" for cause in after[name]["causes"][:2])
    for part in ("run", "versions"):
        for key in dict.fromkeys([*old[part], *new[part]]):
            one, other = old[part].get(key), new[part].get(key)
            if one != other and key not in ("requests", "seconds", "planned"):
                lines.append(f"{part:<9} {key}: {one} -> {other}")
    if not lines:
        lines.append("nothing changed")
    return lines, worse
