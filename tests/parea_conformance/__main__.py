"""`python -m parea_conformance`."""

import sys

from parea_conformance.entry import main

sys.exit(main())
