"""Boot the reference target on a free loopback port with the bundled data, judge it, and stop it.

Usage: conformance.py [arguments for parea-conformance]. The exit status is that of `parea-conformance`.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from parea_conformance.logs.seed_data import EMPTY_EXPERIMENT, EXPERIMENT, OTHER_EXPERIMENT, TENANTS

DATA = Path(__file__).resolve().parents[1] / "tests" / "parea_target" / "data"
CANNOT_JUDGE = 2


def main() -> int:
    """Run the target for as long as the suite runs."""
    keys = {secrets.token_urlsafe(24): experiments for experiments in TENANTS}
    key = next(iter(keys))
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(keys, file)
        file.flush()
        command = [sys.executable, "-m", "parea_target", "--data", str(DATA), "--keys", file.name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as target:
            try:
                line = target.stdout.readline() if target.stdout else ""
                if not line:
                    print("the reference target did not start", file=sys.stderr)
                    return CANNOT_JUDGE
                return _judge(json.loads(line)["base_url"], key)
            finally:
                target.terminate()


def _judge(base_url: str, key: str) -> int:
    experiments = ("--experiment", EXPERIMENT, "--other-experiment", OTHER_EXPERIMENT)
    command = [
        sys.executable,
        "-m",
        "parea_conformance",
        base_url,
        *experiments,
        "--empty-experiment",
        EMPTY_EXPERIMENT,
        "--allow-writes",  # the target keeps nothing
    ]
    # The key goes by the environment: a command line is there for every process to read.
    return subprocess.run([*command, *sys.argv[1:]], env={**os.environ, "PAREA_API_KEY": key}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
