"""How long imports of the client take, as multiples of `import httpx`; at most 1.3 is promised of the first.

    python -m bench.imports [RUNS]

Each run is a fresh interpreter, all in turn, as a base install has them: what httpx
imports for its own command (click, rich) counts as missing, for it would hide half of what is measured. The first call
imports what the import of `Parea` leaves out; the second line has both.
"""

import statistics
import subprocess
import sys

TIMED = """
import sys, time
for name in ("click", "rich", "pygments"):
    sys.modules[name] = None
begin = time.process_time()
{statement}
print(time.process_time() - begin)
"""

STATEMENTS = (
    "import httpx",
    "from parea_trace_logs import Parea",
    "from parea_trace_logs.api.experiment import get_experiment_trace_logs",
)


def seconds(statement: str) -> float:
    """How long one fresh interpreter computes for the import: other processes of the machine do not count."""
    command = [sys.executable, "-c", TIMED.format(statement=statement)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Print the fastest and the median of each, and the ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for statement in STATEMENTS:
        seconds(statement)  # so that every file has been compiled and read once
    taken: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    for _ in range(runs):
        for statement in STATEMENTS:
            taken[statement].append(seconds(statement))
    base = taken[STATEMENTS[0]]
    for statement, times in taken.items():
        for name, pick in (("fastest", min), ("median", statistics.median)):
            each, httpx = 1000 * float(pick(times)), 1000 * float(pick(base))
            print(f"{statement:<70} {name:8} {each:6.1f} ms   {each / httpx:.2f} x httpx")


if __name__ == "__main__":
    main()
