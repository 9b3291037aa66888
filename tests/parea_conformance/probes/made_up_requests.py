"""Requests of any operation that schemathesis makes up from the document: valid ones, and mutated ones.

Apart from `requests`, for schemathesis takes longer to import than most commands take to run.
"""

import functools
import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from schemathesis import Case, GenerationMode

from parea_conformance.http.json_text import encode
from parea_conformance.operations import Operation
from parea_conformance.probes.requests import Asked, pairs_of, plain


@functools.lru_cache(maxsize=32)
def made_up(operation: Operation, number: int, seed_: int, key_header: str, *, valid: bool) -> tuple[Asked, ...]:
    """So many requests from schemathesis, valid or mutated; the same for the same seed, so they are kept."""
    mode = GenerationMode.POSITIVE if valid else GenerationMode.NEGATIVE
    loaded = schemathesis.openapi.from_dict(dict(operation.document))
    found = loaded[operation.path][operation.method]
    # A key or a path that is made up would be answered 401 or 404, and prove nothing.
    path = {each.name: "x" for each in operation.parameters if each.place == "path"}
    fixed = {key_header: "x"} | {
        name: text for name, text in plain(operation).parameters if name.lower() not in _query(operation)
    }
    cases = found.as_strategy(mode, path_parameters=path, headers=fixed)
    made: list[Asked] = []

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
        if (asked := _asked(operation, case)) is not None:
            made.append(asked)

    collect()
    return tuple(dict.fromkeys(made))


def _query(operation: Operation) -> set[str]:
    return {each.name.lower() for each in operation.parameters if each.place == "query"}


def _asked(operation: Operation, case: Case[Any]) -> Asked | None:
    """What a case of schemathesis asks; None where it cannot be sent so: a body that is not JSON, an odd parameter."""
    known = {each.name: each for each in operation.parameters if each.place == "query"}
    pairs: list[tuple[str, str]] = [each for each in plain(operation).parameters if each[0] not in known]
    try:
        for name, value in (case.query or {}).items():
            if name in known and not isinstance(value, dict):
                pairs += pairs_of(known[name], value)
        if operation.body is None:
            return Asked(tuple(pairs))
        body = case.body
        return Asked(
            tuple(pairs), body if isinstance(body, bytes) else encode(json.loads(json.dumps(body, allow_nan=False)))
        )
    except (TypeError, ValueError):
        return None
