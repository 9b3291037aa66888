"""The result of a verdict on the whole contract, to be kept beside others and shown: a record, and a badge of it."""

from collections.abc import Mapping
from html import escape
from typing import Any

_WORDS = {0: ("conformant", "#1a7f37"), 1: ("not conformant", "#cf222e")}
_WIDTH = 7
_PADDING = 10


def as_result(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record of a result: who judged what, by which contract and seed, and how to judge it again.

    Returns:
        None for a partial run, and for one that could not judge.

    Args:
        data: the report, as `as_data` makes it.
    """
    run = data["run"]
    if run["partial"] or data["status"] not in _WORDS:
        return None
    entries = data["requirements"]
    command = f"parea-conformance {run['base_url']} --experiment {run['experiment']} --seed {run['seed']}"
    for name in ("other_experiment", "empty_experiment"):
        if run[name]:
            command += f" --{name.replace('_', '-')} {run[name]}"
    return {
        "result": _WORDS[data["status"]][0],
        "server": run["base_url"],
        "made": data["made"],
        "contract": data["versions"]["contract"],
        "suite": data["versions"]["suite"],
        "seed": run["seed"],
        "logs": run["logs"],
        "counts": data["counts"],
        **{
            verdict: [entry["id"] for entry in entries if entry["verdict"] == verdict]
            for verdict in ("fail", "undecided", "skipped")
        },
        "known_failures": {entry["id"]: entry["known_failure"] for entry in entries if entry["known_failure"]},
        "command": command + " --accept-undecided" * run["accept_undecided"],
    }


def as_badge(result: Mapping[str, Any]) -> str:
    """A badge of a result as SVG; it names the contract, the suite and the seed."""
    word, colour = next(shown for shown in _WORDS.values() if shown[0] == result["result"])
    if word == "conformant" and (result["known_failures"] or result["undecided"] or result["skipped"]):
        left = sum(len(result[name]) for name in ("known_failures", "undecided", "skipped"))
        word += f" but for {left}"
    label = f"trace logs contract {result['contract']}"
    title = f"{label}: {word}; suite {result['suite']}, seed {result['seed']}, {result['made'][:10]}"
    widths = [len(text) * _WIDTH + 2 * _PADDING for text in (label, word)]
    style = 'fill="#fff" font-family="Verdana,sans-serif" font-size="11"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{sum(widths)}" height="20" role="img">'
        f"<title>{escape(title)}</title>"
        f'<rect width="{widths[0]}" height="20" fill="#444"/>'
        f'<rect x="{widths[0]}" width="{widths[1]}" height="20" fill="{colour}"/>'
        f'<text x="{_PADDING}" y="14" textLength="{widths[0] - 2 * _PADDING}" {style}>{escape(label)}</text>'
        f'<text x="{widths[0] + _PADDING}" y="14" textLength="{widths[1] - 2 * _PADDING}" {style}>{escape(word)}</text>'
        "</svg>\n"
    )
