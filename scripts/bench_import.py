"""How long `import parea_trace_logs` takes, as a multiple of `import httpx`; at most 1.3 is promised.

Usage: bench_import.py [RUNS]. Each run is a fresh interpreter, the two in turn, as a base install has them: what httpx
imports for its own command (click, rich) counts as missing, for it would hide half of what is measured.
"""

import statistics
import subprocess
import sys

TIMED = """
import sys, time
for name in ("click", "rich", "pygments"):
    sys.modules[name] = None
begin = time.process_time()
import {module}
print(time.process_time() - begin)
"""


def seconds(module: str) -> float:
    """How long one fresh interpreter computes for the import: other processes of the machine do not count."""
    command = [sys.executable, "-c", TIMED.format(module=module)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Print the fastest and the median of both, and the ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    modules = ("httpx", "parea_trace_logs")
    for module in modules:
        seconds(module)  # so that every file has been compiled and read once
    taken: dict[str, list[float]] = {module: [] for module in modules}
    for _ in range(runs):
        for module in modules:
            taken[module].append(seconds(module))
    for name, pick in (("fastest", min), ("median", statistics.median)):
        httpx, client = (1000 * float(pick(taken[module])) for module in modules)
        print(f"{name:8} httpx {httpx:6.1f} ms   parea_trace_logs {client:6.1f} ms   ratio {client / httpx:.2f}")


if __name__ == "__main__":
    main()
