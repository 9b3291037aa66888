"""`python -m parea_conformance`."""

import sys

from parea_conformance.cli import main

sys.exit(main())
