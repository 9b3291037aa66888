"""`make quick`: run the quick tests of what changed since the last commit, or all of them.

A change of a package is tested in that package's folder of tests, a changed test by itself; what stands in no place of
`TESTS`, and a tree in which nothing changed, are tested by all. `make test` leaves nothing out.
"""

import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALL = "tests/checks"
_NONE_RAN = 5  # pytest's own exit status
TESTS: Mapping[str, Sequence[str]] = {
    "scripts/runtime/": ("tests/checks/client",),
    "generated/": ("tests/checks/client",),
    "tests/parea_conformance/": ("tests/checks/suite",),
    "tests/parea_pytest/": ("tests/checks/suite/test_pytest_plugin.py",),
    "tests/parea_target/": ("tests/checks/target",),
    "tests/checks/client/": ("tests/checks/client",),
    "tests/checks/contract/": ("tests/checks/contract",),
    "tests/checks/suite/": ("tests/checks/suite",),
    "tests/checks/target/": ("tests/checks/target",),
    # Its tests take minutes; these two walk the catalogue and the answers in seconds.
    "tests/faults/": ("tests/faults/test_answers.py", "tests/faults/test_power.py"),
}
"""By the beginning of a path, where its tests stand; what else imports the package is left to `make test`."""


def needed(changed: Iterable[str]) -> list[str]:
    """The tests, as files and folders, that changed files need.

    Args:
        changed: their paths from the project's root.
    """
    found: set[str] = set()
    for path in changed:
        is_test = path.startswith(f"{ALL}/") and Path(path).name.startswith("test_") and (ROOT / path).exists()
        tests = (path,) if is_test else next((of for start, of in TESTS.items() if path.startswith(start)), (ALL,))
        found.update(tests)
    wanted = found or {ALL}
    return sorted(path for path in wanted if not any(str(above) in wanted for above in Path(path).parents))


def _changed() -> list[str]:
    """The files that differ from the last commit, new ones among them.

    Raises:
        subprocess.CalledProcessError: this is no checkout.
    """
    asked = ("git", "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all")
    said = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [line[3:] for line in said.split("\0") if line]


def main() -> int:
    """Run the tests; the exit status is that of pytest, and none that is quick is no failure."""
    tests = needed(_changed()) if (ROOT / ".git").exists() else [ALL]
    print(f"the quick tests of {' '.join(tests)}", flush=True)
    asked = ("-m", "pytest", "-n", "2", "--dist", "loadgroup", "-q", "-m", "not slow", *tests)
    status = subprocess.run((sys.executable, *asked), cwd=ROOT, check=False).returncode
    if status == _NONE_RAN:
        print(f"none of them is quick; run them by `python -m pytest {' '.join(tests)}`")
        return 0
    return status


if __name__ == "__main__":
    sys.exit(main())
