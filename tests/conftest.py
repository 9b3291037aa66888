"""What holds for all tests."""

import functools
import signal
import ssl
from collections.abc import Iterator

import pytest

# As a terminal leaves them: a shell without job control ignores SIGINT in what it runs in the background, `nohup`
# SIGHUP, and the commands that tests start and interrupt would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session", autouse=True)
def _certificates_read_once() -> Iterator[None]:
    """Every client reads the authorities' certificates, for 20 ms: of 2,000 tests that was a third of their time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield
