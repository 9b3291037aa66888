"""The process that has schemathesis make up bodies: `python -m parea_conformance.probes.maker NUMBER SEED`.

It runs in a folder of its own, reads the document of the contract from `contract` there and writes `bodies`.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import APIOperation

from parea_conformance.contract import Contract
from parea_conformance.http.json_text import encode
from parea_conformance.probes.made_up import MadeUp, as_text


def make(contract: Contract, mode: GenerationMode, number: int, seed_: int) -> tuple[bytes, ...]:
    """So many bodies, valid or mutated; the same for the same seed."""
    loaded = schemathesis.openapi.from_dict(dict(contract.document))
    operation: APIOperation[Any, Any, Any, Any] = loaded[contract.path]["POST"]
    # Only the body is to vary: a key or a path that is made up would be answered 401 or 404, and prove nothing.
    cases = operation.as_strategy(mode, path_parameters={"experiment_uuid": "x"}, headers={contract.key_header: "x"})
    made: list[bytes] = []

    @seed(seed_)
    @settings(
        max_examples=number,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(cases)
    def collect(case: Case[Any]) -> None:
        body = case.body
        made.append(body if isinstance(body, bytes) else encode(body) if _is_json(body) else b"")

    collect()
    return tuple(dict.fromkeys(made))


def _is_json(body: object) -> bool:
    try:
        json.dumps(body, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def main(words: list[str]) -> None:
    """Make the bodies in this folder."""
    number, seed_ = map(int, words)
    document: Mapping[str, Any] = json.loads(Path("contract").read_text(encoding="utf-8"))
    contract = Contract(document)
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    made = MadeUp(*(make(contract, mode, number, seed_) for mode in modes))
    Path("bodies").write_text(as_text(made), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
