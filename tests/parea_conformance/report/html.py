"""A report as one HTML file: no network, no script, for a phone or a wide screen, dark or light."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1e21; --faint: #667; --line: #d8dae0; --soft: #f4f5f8;
  --pass: #1a7f37; --fail: #cf222e; --error: #8250df; --undecided: #9a6700; --skipped: #667; }
@media (prefers-color-scheme: dark) { :root { --paper: #14161a; --ink: #e4e6eb; --faint: #99a; --line: #333842;
  --soft: #1d2026; --pass: #3fb950; --fail: #ff7b72; --error: #c297ff; --undecided: #e3b341; --skipped: #99a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.3; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .error { color: var(--error); }
.undecided { color: var(--undecided); } .skipped { color: var(--skipped); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; } dt { color: var(--faint); }
dd { margin: 0; } code, pre { font: .85rem/1.45 ui-monospace, monospace; }
pre { background: var(--soft); padding: .6rem; overflow-x: auto; white-space: pre-wrap; border-radius: .3rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top; }
.matrix td, .matrix th { text-align: center; font-weight: 600; } .matrix th { white-space: nowrap; font-weight: 500; }
.matrix th:first-child { text-align: left; position: sticky; left: 0; background: var(--paper); }
details { border-bottom: 1px solid var(--line); padding: .35rem 0; } summary { cursor: pointer; }
summary b { display: inline-block; min-width: 5.5rem; } .text { color: var(--faint); display: block; }
.failure { border-left: 3px solid var(--fail); padding-left: .7rem; margin: .8rem 0; }
"""
_MARKS = {"pass": "✓", "fail": "✗", "error": "!", "undecided": "?", "skipped": "\u2013"}


def _tag(name: str, *content: str, cls: str = "") -> str:
    """An element of content that is HTML already."""
    attribute = f' class="{cls}"' if cls else ""
    return f"<{name}{attribute}>{''.join(content)}</{name}>"


def _facts(pairs: Iterable[tuple[str, object]]) -> str:
    return _tag("dl", *(_tag("dt", escape(name)) + _tag("dd", escape(str(value))) for name, value in pairs))


def _matrix(requirements: Iterable[Mapping[str, Any]]) -> str:
    """Operators down, kinds across: the verdict of each pair that the contract has."""
    verdicts = {
        (parts[1], parts[2]): entry["verdict"]
        for entry in requirements
        if len(parts := entry["id"].split(".")) == 3 and parts[0] == "filter"
    }
    kinds = list(dict.fromkeys(kind for _, kind in verdicts))
    head = _tag("tr", _tag("th"), *(_tag("th", escape(kind)) for kind in kinds))
    rows = []
    for operator in dict.fromkeys(operator for operator, _ in verdicts):
        cells = [verdicts.get((operator, kind), "") for kind in kinds]
        marks = [_tag("td", f'<span title="{cell}">{_MARKS[cell]}</span>' if cell else "", cls=cell) for cell in cells]
        rows.append(_tag("tr", _tag("th", escape(operator)), *marks))
    legend = ", ".join(f"{mark} {verdict}" for verdict, mark in _MARKS.items())
    return _tag("div", _tag("table", head, *rows, cls="matrix"), cls="wide") + _tag("p", escape(legend), cls="text")


def _failure(failure: Mapping[str, Any]) -> str:
    pairs = [
        ("expected", failure["expected"]),
        ("received", failure["received"]),
        ("missing", " ".join(failure["missing"])),
        ("unexpected", " ".join(failure["unexpected"])),
        ("as if", failure["explanation"]),
    ]
    told = _facts((name, value) for name, value in pairs if value)
    return _tag("div", _tag("p", escape(failure["summary"])), told, _tag("pre", escape(failure["curl"])), cls="failure")


def _requirement(entry: Mapping[str, Any], shown: int = 5) -> str:
    verdict = entry["verdict"]
    head = _tag("b", f"{_MARKS[verdict]} {verdict}", cls=verdict)
    text = _tag("span", re.sub("`(.+?)`", r"<code>\1</code>", escape(entry["text"])), cls="text")
    known = f" (known: {entry['known_failure']})" if entry.get("known_failure") else ""
    parts = [_tag("summary", head, _tag("code", escape(entry["id"])), escape(known), text)]
    if verdict not in ("pass", "fail"):
        parts.append(_tag("ul", *(_tag("li", escape(cause)) for cause in entry["causes"][:20])))
    parts += [_failure(failure) for failure in entry["failures"][:shown]]
    if len(entry["failures"]) > shown:
        parts.append(_tag("p", f"and {len(entry['failures']) - shown} more, in report.json"))
    if entry["evidence"]:
        head = _tag("tr", *(_tag("th", name) for name in ("request", "logs that match", "rivals told apart")))
        rows = [
            _tag("tr", _tag("td", _tag("code", escape(proof["filter"]))), _tag("td", str(proof["fitting"])),
                 _tag("td", escape(", ".join(proof["rivals"]))))
            for proof in entry["evidence"]
        ]  # fmt: skip
        parts.append(_tag("div", _tag("table", head, *rows), cls="wide"))
    elif entry["proofs"]:
        parts.append(_tag("ul", *(_tag("li", escape(proof)) for proof in entry["proofs"][:20])))
    opened = " open" if verdict in ("fail", "error") else ""
    return f"<details{opened}>{''.join(parts)}</details>"


def as_html(data: Mapping[str, Any]) -> str:
    """The page of a report, given as `report.json` has it."""
    run, versions = data["run"], data["versions"]
    bad = ("fail", "error", "undecided", "skipped", "pass")
    ordered = sorted(data["requirements"], key=lambda entry: bad.index(entry["verdict"]))
    tone = {0: "pass", 1: "fail", 2: "undecided"}[data["status"]]
    facts = [
        ("server", run["base_url"]), ("experiment", f"{run['experiment']} ({run['logs']} root logs)"),
        ("classes", ", ".join(run["classes"])), ("seed", run["seed"]), ("made", data["made"]),
        ("requests", f"{run['requests']} in {run['seconds']} s"),
        ("versions", ", ".join(f"{name} {version}" for name, version in versions.items())),
        ("verdicts", ", ".join(f"{number} {name}" for name, number in data["counts"].items())),
    ]  # fmt: skip
    body = [
        _tag("h1", escape(data["verdict"]), cls=tone),
        _facts(facts),
        _tag("h2", "Operators and kinds"),
        _matrix(data["requirements"]),
        _tag("h2", "Requirements"),
        *(_requirement(entry) for entry in ordered),
    ]
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head = f"{meta}<title>parea-conformance</title><style>{_STYLE}</style>"
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'
