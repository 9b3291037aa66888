"""A page in a browser of this machine, without a network."""

import shutil
import subprocess
from pathlib import Path

import pytest

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--virtual-time-budget=10000",
    "--dump-dom",
)


def dom_of(page: Path, width: int, profile: Path) -> str:
    """The document that a browser makes of a page in a window of this width; skips where there is no browser.

    Args:
        page: The file.
        width: Of the window, in pixels.
        profile: A folder for what the browser writes.
    """
    browser = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if browser is None:
        pytest.skip(f"no browser here: none of {', '.join(_BROWSERS)}")
    window = (f"--user-data-dir={profile}", f"--window-size={width},1000")
    done = subprocess.run(  # noqa: S603 - a browser of this machine, on our own page
        [browser, *_FLAGS, *window, page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout
