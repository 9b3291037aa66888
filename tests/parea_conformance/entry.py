"""The entry of the command `parea-conformance`: a missing extra is said, and is not a verdict."""

import sys


def main() -> int:
    """Run the command.

    Returns:
        Its exit status; 2, "could not judge", where the extra is not installed.

    Raises:
        ModuleNotFoundError: a module of the suite itself is missing.
    """
    try:
        from parea_conformance.cli import main as run

        return run()
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == __package__:
            raise
        needed = f"parea-conformance needs {error.name}: pip install 'parea-trace-logs[conformance]'"
    print(needed, file=sys.stderr)
    return 2
