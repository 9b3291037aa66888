"""The conformance suite as one test for each requirement: `pytest --parea-url …`, or from a `conftest.py`.

A server is judged once for all tests, when the first of them runs; under xdist before the workers start, which are
told the report.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

_REPORT: pytest.StashKey[Mapping[str, Any]] = pytest.StashKey()
_SHARED = "parea_report"


class Hooks:
    """What a `conftest.py` may say."""

    @pytest.hookspec(firstresult=True)
    def pytest_parea_judge(self, config: pytest.Config) -> Mapping[str, Any] | None:
        """The arguments of `parea_conformance.judge` (`app` or `base_url`, `experiment`, `api_key`, …), if any."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make the hook known."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; the key comes from PAREA_API_KEY alone."""
    group = parser.getgroup("parea", "conformance of a trace logs server (key in PAREA_API_KEY)")
    add = group.addoption
    add("--parea-url", metavar="BASE_URL", help="judge this server, a test for each requirement")
    add("--parea-experiment", metavar="UUID", help="the experiment to judge by")
    add("--parea-other-experiment", metavar="UUID", help="an experiment of another key")
    add("--parea-empty-experiment", metavar="UUID", help="an experiment of this key without logs")
    add("--parea-class", action="append", metavar="CLASS", help="judge this class only (repeatable)")
    add("--parea-seed", type=int, default=0, metavar="N", help="seed of the suite (default 0)")
    add("--parea-accept-undecided", action="store_true", help="skip undecided requirements")


def _arguments(config: pytest.Config) -> Mapping[str, Any] | None:
    """The arguments of `judge`, from the command line or from a `conftest.py`; None where nothing is to be judged."""
    given = config.hook.pytest_parea_judge(config=config)
    url = config.getoption("--parea-url")
    if url is None:
        return dict(given) if given is not None else None
    asked: dict[str, Any] = {name: value for name, value in (given or {}).items() if name != "app"}
    asked["base_url"] = url
    for name in ("experiment", "other_experiment", "empty_experiment"):
        if config.getoption(f"parea_{name}") is not None:
            asked[name] = config.getoption(f"parea_{name}")
    if "experiment" not in asked:
        raise pytest.UsageError("--parea-url needs --parea-experiment")
    if config.getoption("parea_class"):
        asked["classes"] = config.getoption("parea_class")
    asked.update(seed=config.getoption("parea_seed"))
    if config.getoption("parea_accept_undecided"):
        asked["accept_undecided"] = True
    return asked


def _judged(config: pytest.Config) -> Mapping[str, Any]:
    """The report, judged once."""
    if _REPORT not in config.stash:
        workerinput = getattr(config, "workerinput", {})
        config.stash[_REPORT] = json.loads(workerinput[_SHARED]) if _SHARED in workerinput else _judge(config)
    return config.stash[_REPORT]


def _judge(config: pytest.Config) -> Mapping[str, Any]:
    from parea_conformance.api import judge
    from parea_conformance.report import as_data

    arguments = _arguments(config)
    if arguments is None:
        raise pytest.UsageError("nothing is to be judged")
    try:
        return as_data(judge(**arguments))
    except (TypeError, ValueError) as error:
        raise pytest.UsageError(f"the server cannot be judged: {error}") from None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add a test for each requirement, before others deselect some."""
    arguments = _arguments(config)
    if arguments is not None:
        suite = Suite.from_parent(session, name="parea-conformance", nodeid="parea-conformance")
        items.extend(suite.of_classes(arguments.get("classes"), arguments.get("only") or ()))


class Suite(pytest.Collector):
    """The requirements of the contract."""

    def collect(self) -> Iterable[pytest.Item]:
        """All requirements."""
        return self.of_classes(None, ())

    def of_classes(self, classes: Iterable[str] | None, only: Iterable[str]) -> Iterable[pytest.Item]:
        """A test for each requirement of these classes, and one of the run itself."""
        from parea_conformance import contract

        names = contract.load().select(tuple(classes or contract.CLASSES))
        chosen = {*only} or {*names}
        yield Run.from_parent(self, name="run")
        yield from (Requirement.from_parent(self, name=name) for name in names if name in chosen)


class NotMetError(Exception):
    """A requirement is not met; the message says how, and what reproduces it."""


class Run(pytest.Item):
    """That the server could be judged at all."""

    def runtest(self) -> None:
        """Fail with the cause where it could not."""
        data = _judged(self.config)
        if data["cause"]:
            raise NotMetError(data["verdict"])

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The message, without a traceback of the suite's own."""
        if isinstance(excinfo.value, NotMetError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, None, str]:
        """Where it stands: in the contract."""
        return "openapi.yaml", None, self.name


class Requirement(Run):
    """One requirement: its test ends as its verdict says."""

    def runtest(self) -> None:
        """End as JUnit's case does: a known failure is skipped, one that passes fails."""
        from parea_conformance.report.junit import failure_text, outcome

        data = _judged(self.config)
        entry = next(entry for entry in data["requirements"] if entry["id"] == self.name)
        end, why = outcome(entry, accept_undecided=data["run"]["accept_undecided"])
        if end == "skipped":
            pytest.skip(why)
        if end != "passed":
            raise NotMetError("\n\n".join([f"{why}\n{entry['text']}", *map(failure_text, entry["failures"])]))


class _Sharing:
    """What the controller of xdist does; registered only where xdist is there."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Judge before the workers start, and tell each of them the report."""
        if _arguments(node.config) is not None:
            node.workerinput[_SHARED] = json.dumps(_judged(node.config))


def pytest_configure(config: pytest.Config) -> None:
    """Share the report where tests run in several processes."""
    if config.pluginmanager.hasplugin("xdist"):
        config.pluginmanager.register(_Sharing(), "parea-sharing")
