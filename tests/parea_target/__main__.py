"""`python -m parea_target` is the command `parea-target`."""

import sys

from parea_target.entry import main

if __name__ == "__main__":
    sys.exit(main())
