"""`python -m parea_trace_logs` is the command `parea-trace-logs`."""

import sys

from parea_trace_logs._cli.command import main

if __name__ == "__main__":
    sys.exit(main())
