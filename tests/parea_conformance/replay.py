"""`parea-conformance replay`: judge recorded answers again; `--send` sends what failed, and that only."""

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from parea_conformance._shared.arguments import Parser
from parea_conformance.engine import Report
from parea_conformance.http.recording import Recorded, RecordingError, Replay, resumed
from parea_conformance.ledger import Verdict
from parea_conformance.options import Options, Output


@dataclass(frozen=True)
class Asked:
    """What a replay was asked for: the recording, and whether to send what failed, with which options."""

    recorded: Recorded
    live: Options | None


def read_options(words: Sequence[str]) -> tuple[Asked, Output]:
    """The options. Bad arguments end the process with status 2.

    Raises:
        OSError: the recording cannot be read.
        RecordingError: it is not one, or there is no key to send with.
    """
    parser = Parser(
        prog="parea-conformance replay",
        description="Judge the answers that --record kept again, without a server: the verdicts are the same. "
        "Exit status as of a run.",
    )
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="what --record wrote")
    add("--send", action="store_true", help="send the requests of the failures, and those only, and judge the new "
        "answers beside the recorded ones; the experiment must still hold the same logs")  # fmt: skip
    add("--base-url", metavar="BASE_URL", help="where to send them; default: that of the recording")
    add("--report-dir", type=Path, metavar="DIR", help="write the reports there")
    add("-v", "--verbose", dest="verbosity", action="store_const", const=1, default=0, help="show every requirement")
    given = parser.parse_args(words)
    recorded = Recorded(given.file)
    live = None
    if given.send:
        key = os.environ.get("PAREA_API_KEY", "")
        if not key:
            raise RecordingError("--send needs the key, which no recording holds: set PAREA_API_KEY")
        live = resumed(recorded, key, os.environ.get("PAREA_OTHER_API_KEY"), given.base_url)
    return Asked(recorded, live), Output(given.report_dir, None, given.verbosity)


def judged(asked: Asked, judge: Callable[..., Report]) -> Report:
    """The report of the recorded answers, or of those together with what was sent again.

    Args:
        asked: what is wanted.
        judge: judges by options and a way to connect, as `engine.judge`.

    Raises:
        RecordingError: the recording lacks a request.
    """
    options = asked.recorded.options
    report = judge(options, connect=functools.partial(Replay, recorded=asked.recorded))
    if asked.live is None:
        return report
    # The commands of the failures name their requests; they are written anew for the address that is asked.
    live = replace(options, base_url=asked.live.base_url)
    if live.base_url != options.base_url:
        report = judge(live, connect=functools.partial(Replay, recorded=asked.recorded))
    sent: frozenset[str] = frozenset()
    # What a failure excused is judged once that is mended: by its recorded answer, until it is sent too.
    while more := _failed(report) - sent:
        sent |= more
        report = judge(asked.live, connect=functools.partial(Replay, recorded=asked.recorded, live=sent))
    return report


def _failed(report: Report) -> frozenset[str]:
    """The commands of what failed."""
    return frozenset(
        failure.curl for entry in report.entries if entry.verdict is Verdict.FAIL for failure in entry.failures
    )
