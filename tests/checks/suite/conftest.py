"""What the suite's own tests share: the contract, the bundled sample, and a served target."""

import json
from collections.abc import Callable, Iterator

import parea_target
import pytest
from checks.suite.support import KEY, OTHER_KEY
from faults.lab import DATA
from parea_conformance import contract as contract_module
from parea_conformance.contract import Contract
from parea_conformance.logs import seed_data
from parea_conformance.logs.sample import Sample
from parea_conformance.options import Options
from parea_conformance.reading.order import root_key
from parea_target.loader import read_experiments
from starlette.types import ASGIApp


@pytest.fixture(scope="session")
def contract() -> Contract:
    return contract_module.load()


@pytest.fixture(scope="session")
def sample(contract: Contract) -> Sample:
    """The bundled experiment, as the suite sees it."""
    logs = [json.loads(json.dumps(log)) for log in seed_data.logs(contract)]
    return Sample(sorted(logs, key=root_key), contract.kinds)


@pytest.fixture(scope="session")
def target() -> Iterator[ASGIApp]:
    """The reference target with the bundled data."""
    said = parea_target.load()
    with parea_target.Store(said, read_experiments([DATA], said)) as store:
        yield parea_target.create_app(store, dict(zip((KEY, OTHER_KEY), seed_data.TENANTS, strict=True)))


@pytest.fixture(scope="session")
def options() -> Callable[..., Options]:
    """Options for the bundled experiment at a base URL; any of them can be given otherwise."""

    def make(base_url: str, **given: object) -> Options:
        settled: dict[str, object] = {
            "experiment": seed_data.EXPERIMENT,
            "api_key": KEY,
            "classes": contract_module.CLASSES,
            "other_experiment": seed_data.OTHER_EXPERIMENT,
            "empty_experiment": seed_data.EMPTY_EXPERIMENT,
            "timeout": 10.0,
            "fuzz": 10,
        }
        return Options(base_url, **{**settled, **given})  # type: ignore[arg-type]

    return make
