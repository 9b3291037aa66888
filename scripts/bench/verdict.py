"""Side by side, on the same targets in one run: plain `schemathesis run` and the suite.

Usage: python -m bench.verdict [FAULT…]

Both are given the experiment and the key. schemathesis runs with the settings that find most: strict statuses, all
checks, all phases that a single operation has, going on after a failure, the key in every request but those that test
it. Prints for each target whether each of them accused it, how many requests it sent and how long it took.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import far
from faults.catalogue import catalogue
from faults.lab import RIGHT, serving
from faults.registry import Fault
from parea_conformance.engine import judge
from parea_conformance.options import Options

CONTRACT = Path(__file__).resolve().parents[2] / "openapi.yaml"
# A missing body comes without a media type, which is 415 by the contract.
CONFIG = """
continue-on-failure = true
[parameters]
"path.experiment_uuid" = "{experiment}"
[headers]
x-api-key = "${{PAREA_API_KEY}}"
[generation]
database = "none"
with-security-parameters = false
[checks]
negative_data_rejection.expected-statuses = [415, 422]
positive_data_acceptance.expected-statuses = [200]
missing_required_header.expected-statuses = [401]
"""
ROW = "{:<42} {:<9} {:>6} {:>6}   {:<9} {:>6} {:>6}"


def by_schemathesis(options: Options) -> tuple[bool, int, float]:
    """Whether schemathesis accuses the target, its requests and its seconds.

    Raises:
        RuntimeError: it could not run.
    """
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "schemathesis.toml"
        config.write_text(CONFIG.format(experiment=options.experiment), encoding="utf-8")
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run", str(CONTRACT)]
        command += ["--url", options.base_url, "--checks", "all", "--phases", "examples,coverage,fuzzing"]
        start = time.perf_counter()
        environment = {**os.environ, "PAREA_API_KEY": options.api_key}
        done = subprocess.run(
            [*command, "--seed", str(options.seed)], env=environment, capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - start
    generated = re.search(r"(\d+) generated", done.stdout)
    if generated is None:
        raise RuntimeError(f"schemathesis did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode != 0, int(generated.group(1)), seconds


def by_suite(options: Options) -> tuple[bool, int, float]:
    """The same of the suite."""
    report = judge(options)
    return report.status != 0, report.requests, report.seconds


def chosen(names: list[str]) -> list[Fault]:
    """The right target, and the faults of these names; without names every twelfth of the catalogue."""
    faults = catalogue()
    if unknown := [name for name in names if name not in faults]:
        raise SystemExit(f"no such fault: {', '.join(unknown)}")
    return [RIGHT, *([faults[name] for name in names] or list(faults.values())[::12])]


def main(names: list[str]) -> None:
    """Print the table."""
    print(ROW.format("target", "schemath.", "requ.", "s", "suite", "requ.", "s"))
    totals = {by_schemathesis: [0, 0.0], by_suite: [0, 0.0]}
    found = {by_schemathesis: 0, by_suite: 0}
    targets = chosen(names)
    for fault in targets:
        cells: list[object] = [fault.name]
        for way in (by_schemathesis, by_suite):
            with serving(fault) as options:
                accused, requests, seconds = way(options)
            word = "found" if accused else "missed"
            if fault is RIGHT:
                word = "ACCUSED" if accused else "right"
            else:
                found[way] += accused
            totals[way][0] += requests
            totals[way][1] += seconds
            cells += [word, requests, f"{seconds:.1f}"]
        print(ROW.format(*cells), flush=True)
    summary: list[object] = [f"{len(targets) - 1} faults"]
    for way in (by_schemathesis, by_suite):
        summary += [f"{found[way]} found", int(totals[way][0]), f"{totals[way][1]:.0f}"]
    print(ROW.format(*summary))
    if not names:
        far.main()


if __name__ == "__main__":
    main(sys.argv[1:])
