"""The suite accuses no right server: not one that was written without a look at the suite or at the target either."""

import pytest
from faults.alarms import alarms


# One server for all seeds, so one worker.
@pytest.mark.xdist_group("second")
def test_it_is_conformant() -> None:
    assert alarms("second server", [0, 1, 2]) == {}
