"""Writing the reports of a run into a folder."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parea_conformance.report.html import as_html
from parea_conformance.report.junit import as_junit
from parea_conformance.report.result import as_badge, as_result


def write_reports(data: Mapping[str, Any], directory: Path) -> None:
    """Write `report.json`, `report.html` and `junit.xml`; of a verdict on the whole contract also its result and badge.

    Args:
        data: the report, as `as_data` makes it.
        directory: is made where it is not there. A result of an earlier run does not stay beside a partial one.

    Raises:
        OSError: the directory or a file cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    # ASCII: an answer may hold a lone surrogate, which no encoding can write.
    texts = {
        "report.json": json.dumps(data, indent=2) + "\n",
        "report.html": as_html(data),
        "junit.xml": as_junit(data),
    }
    result = as_result(data)
    if result is not None:
        texts.update({"result.json": json.dumps(result, indent=2) + "\n", "badge.svg": as_badge(result)})
    else:
        for name in ("result.json", "badge.svg"):
            (directory / name).unlink(missing_ok=True)
    for name, text in texts.items():
        (directory / name).write_text(text, encoding="utf-8", errors="backslashreplace")
