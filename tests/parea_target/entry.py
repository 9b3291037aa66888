"""The entry of the command `parea-target`: a missing extra is said."""

import sys


def main() -> int:
    """Run the command.

    Returns:
        0; or 2 where the extra is not installed.

    Raises:
        ModuleNotFoundError: a module of the target itself is missing.
    """
    try:
        from parea_target.cli import main as run

        run()
        return 0
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == __package__:
            raise
        needed = f"parea-target needs {error.name}: pip install 'parea-trace-logs[target]'"
    print(needed, file=sys.stderr)
    return 2
