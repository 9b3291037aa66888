"""What a run is asked for, and how the command line says it."""

import argparse
import importlib.metadata
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from parea_conformance import contract
from parea_conformance._shared.arguments import Parser, count, positive, whole
from parea_conformance._shared.words import did_you_mean, similar
from parea_conformance.guard import say

_LABEL = 63
"""The most bytes of one part of a host's name."""

_EPILOG = """
other commands:
  parea-conformance list            print every requirement; needs no server
  parea-conformance seed-data DIR   write a small experiment on which nothing is undecided, for any server to load
  parea-conformance replay FILE     judge the answers that --record kept again, without a server
  parea-conformance diff OLD NEW    show what changed between two report.json

A rival, in the report, is a plausible wrong reading of the contract (a mutant of the suite's oracle). A requirement is
undecided (inconclusive) while the experiment holds no log that tells it from each of its rivals.

exit status:
  0  conformant
  1  not conformant
  2  could not judge: unreachable, wrong key, unknown or empty experiment, bad arguments, a dry run, or requirements
     that are undecided on this experiment's logs (unless --accept-undecided is given); also where the server stops
     answering, and for an error of the suite's own (PAREA_CONFORMANCE_TRACEBACK=1 shows its traceback)
  130  interrupted; the reports hold what was found until then

The suite only reads, unless --allow-writes is given and the contract has operations that write. An experiment of more
than 200 logs is judged by a sample: the first logs with each trait that a wrong reading may trip over (types, signs,
precision, offsets, spaces, keys, scores, families, neighbours), then some at random by the seed. Every answer is still
checked whole for its order, schema and make-up, filters with short answers are preferred, and answers of more than
16 MiB are read as they come, in bounded memory; how much will be read is said
before. Bodies made up by schemathesis are kept in the user's cache folder (XDG_CACHE_HOME, else ~/.cache).
"""


@dataclass(frozen=True)
class Options:
    """What a run was asked for. `repr` does not hold the keys.

    Attributes:
        base_url: what precedes the contract's path.
        experiment: the experiment to judge by.
        classes: the classes of requirements to judge.
        other_experiment, other_api_key: an experiment of another key, and that key.
        empty_experiment: an experiment of this key without logs.
        timeout: seconds within which each answer must have come whole.
        max_answer: the most megabytes of an answer, decoded, that are read.
        concurrency: how many requests are sent at a time, unless the server mixes up answers.
        fuzz: how many valid and how many invalid bodies are made up.
        parameters: values of parameters in paths, by name, for operations that need more than an experiment.
        allow_writes: whether operations that may write are asked with documented requests.
        max_requests: the most requests to send; None for no bound. rate: the most in a second; None for no bound.
        known_failures: requirements that are known to fail, each with the reason.
        only: the requirements to judge, by id; empty for all of the classes.
        fail_fast: whether the run ends with the first failure that is not known.
        thorough: whether every instance of every token is changed in every way, and more is asked at random.
        without: the stages, by name, that are left out, so that what only they judge is undecided; areas of rivals,
            `candidates` for all of them, and `classes` of operands, to measure what is found then.
    """

    base_url: str
    experiment: str
    api_key: str = field(repr=False)
    classes: tuple[str, ...]
    seed: int = 0
    other_experiment: str | None = None
    empty_experiment: str | None = None
    other_api_key: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    max_answer: float = 4000.0
    concurrency: int = 16
    fuzz: int = 18
    parameters: tuple[tuple[str, str], ...] = ()
    allow_writes: bool = False
    accept_undecided: bool = False
    max_requests: int | None = None
    rate: float | None = None
    dry_run: bool = False
    known_failures: tuple[tuple[str, str], ...] = ()
    only: tuple[str, ...] = ()
    fail_fast: bool = False
    thorough: bool = False
    without: tuple[str, ...] = ()

    @property
    def partial(self) -> bool:
        """Whether less is judged than the whole contract."""
        bounded = self.max_requests is not None or self.dry_run or self.fail_fast or bool(self.without)
        return bool(self.only) or bounded or set(self.classes) != set(contract.CLASSES)


@dataclass(frozen=True)
class Output:
    """What the command leaves behind.

    Attributes:
        report_dir: where the reports go.
        record: the file that keeps every exchange.
        verbosity: -1 for the verdict alone, 0 for the failures, 1 for every requirement.
    """

    report_dir: Path | None = None
    record: Path | None = None
    verbosity: int = 0


def _address(text: str) -> str:
    """A base URL: what a request can be sent to, and nothing that a report should not show.

    What is not understood is not shown either: it may hold a password.
    """
    # Before it is taken apart: that drops line ends and tabs, and says nothing of it.
    if not text.isprintable() or " " in text:
        raise argparse.ArgumentTypeError("must hold no spaces, line ends or other controls")
    try:
        address = urlsplit(text)
        port, host = address.port, address.hostname
        httpx.URL(text)
    except (ValueError, httpx.InvalidURL) as error:
        raise argparse.ArgumentTypeError(f"is not a URL: {error}") from None
    if "@" in address.netloc:
        raise argparse.ArgumentTypeError("must hold no user and password: a server of this contract takes a key only")
    if address.scheme not in ("http", "https") or not host:
        raise argparse.ArgumentTypeError(f"must begin with http:// or https:// and a host, not {text!r}")
    if port == 0 or any(len(label.encode()) > _LABEL or not label for label in host.removesuffix(".").split(".")):
        raise argparse.ArgumentTypeError(f"names no host and port that can be reached: {text!r}")
    if "?" in text or "#" in text:
        raise argparse.ArgumentTypeError("must end where /api/parea/v1 begins, without a query or a fragment")
    return text.rstrip("/").removesuffix("/api/parea/v1")


def _parameter(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    known = sorted({each.name for one in contract.load().others for each in one.parameters if each.place == "path"})
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(f"must be NAME=VALUE, not {text!r}")
    if name not in known:
        raise argparse.ArgumentTypeError(f"no path has a parameter {name!r}; there are: {', '.join(known) or 'none'}")
    return name, value


def _name(text: str) -> str:
    """A name that a path can hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"is not UTF-8: {text!r}") from None
    return text


def _known_failures(text: str) -> tuple[tuple[str, str], ...]:
    """Lines of a requirement's id and the reason why it is known to fail; a line that begins with `#` is a comment."""
    try:
        lines = Path(text).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise argparse.ArgumentTypeError(f"{text}: {error}") from None
    known: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        name, _, reason = line.strip().partition(" ")
        if not name or name.startswith("#"):
            continue
        if name not in contract.load().requirements:
            raise argparse.ArgumentTypeError(f"{text}, line {number}: {_unknown(name)}")
        if not reason.strip():
            raise argparse.ArgumentTypeError(f"{text}, line {number}: {name} needs a reason behind it")
        known[name] = reason.strip()
    return tuple(known.items())


def _unknown(name: str) -> str:
    near = did_you_mean(similar(name, contract.load().requirements))
    return f"no requirement is called {name!r}{near or '; `parea-conformance list` prints all'}"


def _requirement(text: str) -> tuple[str, ...]:
    """The requirements that a word names: an id, or a pattern in which `*` stands for one part."""
    found = contract.load().matching(text)
    if not found:
        raise argparse.ArgumentTypeError(_unknown(text))
    return tuple(found)


def _uuid(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("it is empty: name the UUID of an experiment that has logs")
    return _name(text)


def parser() -> argparse.ArgumentParser:
    """The parser of the command."""
    made = Parser(
        prog="parea-conformance",
        description="Judge a server of the trace logs endpoint by the contract, with proof.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("base_url", metavar="BASE_URL", type=_address, help="what precedes /api/parea/v1")
    add("--experiment", metavar="UUID", type=_uuid, required=True, help="the experiment to judge by; it needs logs")
    add("--api-key", metavar="KEY", help="default: the environment variable PAREA_API_KEY")
    add("--class", dest="classes", action="append", choices=contract.CLASSES, help="judge this class only (repeatable)")
    add("--other-experiment", metavar="UUID", type=_name, help="an experiment of another key, to be answered 404")
    add("--other-api-key", metavar="KEY", help="that key; default: the environment variable PAREA_OTHER_API_KEY")
    add("--empty-experiment", metavar="UUID", type=_name, help="an experiment of this key without logs")
    add(
        "--parameter",
        dest="parameters",
        action="append",
        type=_parameter,
        default=[],
        metavar="NAME=VALUE",
        help="what a parameter in the path of another operation is to be (repeatable); default: the contract's example",
    )
    add("--allow-writes", action="store_true", help="send documented requests also to operations that may write")
    add("--seed", type=whole, default=0, metavar="N", help="seed of fuzzing, planning and sampling (default 0)")
    add("--timeout", type=positive, default=30.0, metavar="SECONDS", help="for each answer as a whole (default 30)")
    add("--max-answer", type=positive, default=4000.0, metavar="MB", help="read no more of an answer (default 4000)")
    add(
        "--concurrency",
        type=count,
        default=16,
        metavar="N",
        help="requests at a time (default 16), unless the server mixes up answers; the verdicts are the same for any N",
    )
    add("--max-requests", type=count, metavar="N", help="send no more; what is not reached is undecided")
    add("--rate", type=positive, metavar="R", help="send at most so many requests a second")
    add("--dry-run", action="store_true", help="fetch the unfiltered logs, print what would be sent, and stop")
    add("--accept-undecided", action="store_true", help="undecided requirements do not spoil the verdict")
    add("--known-failures", type=_known_failures, default=(), metavar="FILE",
        help="requirements that are known to fail, an id and a reason a line: they still run, and one that passes "
        "fails the run")  # fmt: skip
    add("--only", action="append", type=_requirement, default=[], metavar="ID",
        help="judge this requirement only (repeatable); `*` stands for one part of an id: 'filter.*.text'")  # fmt: skip
    add("--fail-fast", action="store_true", help="stop at the first failure")
    add("--thorough", action="store_true", help="ask everything that can be derived, which takes many times as long")
    add("--report-dir", type=Path, metavar="DIR", help="write report.json, report.html and junit.xml there, and of a "
        "whole run badge.svg and result.json")  # fmt: skip
    add("--record", type=Path, metavar="FILE", help="keep every exchange there (HAR, the keys redacted), for `replay`")
    loud = made.add_mutually_exclusive_group()
    loud.add_argument("-v", "--verbose", dest="verbosity", action="store_const", const=1, default=0,
                      help="show every requirement, those that pass too")  # fmt: skip
    loud.add_argument("-q", "--quiet", dest="verbosity", action="store_const", const=-1, help="show the verdict alone")
    add("--version", action="version", version=f"parea-conformance {importlib.metadata.version('parea-trace-logs')}, "
        f"contract {contract.load().document['info']['version']}")  # fmt: skip
    return made


def read_options(words: Sequence[str]) -> tuple[Options, Output]:
    """The options, and what is to be written. Bad arguments end the process with status 2, as argparse does."""
    made = parser()
    given = made.parse_args(words)
    key = os.environ.get("PAREA_API_KEY", "") if given.api_key is None else given.api_key
    if not key:
        made.error("an API key is needed: --api-key or the environment variable PAREA_API_KEY")
    other = os.environ.get("PAREA_OTHER_API_KEY") if given.other_api_key is None else given.other_api_key
    for name, secret in (("the API key", key), ("--other-api-key", other or "")):
        if not secret.isprintable() or not secret.isascii():
            made.error(f"{name} holds characters that no header can carry")
    if given.api_key or given.other_api_key:
        say("others on this machine can read a key in a command line; PAREA_API_KEY and PAREA_OTHER_API_KEY hide it")
    options = Options(
        base_url=given.base_url,
        experiment=given.experiment,
        api_key=key,
        classes=tuple(dict.fromkeys(given.classes or contract.CLASSES)),
        seed=given.seed,
        other_experiment=given.other_experiment,
        other_api_key=other or None,
        empty_experiment=given.empty_experiment,
        parameters=tuple(given.parameters),
        allow_writes=given.allow_writes,
        timeout=given.timeout,
        max_answer=given.max_answer,
        concurrency=given.concurrency,
        accept_undecided=given.accept_undecided,
        max_requests=given.max_requests,
        rate=given.rate,
        dry_run=given.dry_run,
        known_failures=given.known_failures,
        only=tuple(dict.fromkeys(name for names in given.only for name in names)),
        fail_fast=given.fail_fast,
        thorough=given.thorough,
    )
    return options, Output(given.report_dir, given.record, given.verbosity)
