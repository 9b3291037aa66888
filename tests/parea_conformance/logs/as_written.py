"""Whether the seed data are answered as they were written: what was lost on the way into a server no answer shows."""

import contextlib
import functools
from collections.abc import Iterator, Mapping
from typing import Any

from parea_conformance.contract import Contract
from parea_conformance.logs import seed_data
from parea_conformance.logs.sample import Sample
from parea_conformance.reading.values import Log, double, instant

_SHOWN, _LONGEST = 3, 60
"""How many differences are told; of how many characters a value."""


def otherwise(sample: Sample, contract: Contract) -> str:
    """What is answered otherwise than it was written, in words; empty where nothing is, or these are no seed data."""
    written = _written(contract)
    came = {log["trace_id"]: log for log in sample.logs}
    if 2 * len(came.keys() & written.keys()) < len(written):
        return ""
    whole = sample.population == len(sample.logs)
    missing = [name for name in written if name not in came] if whole else []
    found = [first for name, log in written.items() if name in came for first in _first(log, came[name], contract)]
    parts = [f"{len(missing)} of their logs are not there ({_some(missing)})"] if missing else []
    parts += [f"{len(found)} of their logs are not as they were written ({_some(found)})"] if found else []
    if not parts:
        return ""
    return (
        f"these are the seed data, but {', and '.join(parts)}: what was lost as they were loaded is not judged; mend "
        "what loads them, or take it for a limit of the server"
    )


@functools.lru_cache(maxsize=2)
def _written(contract: Contract) -> Mapping[str, Log]:
    return {log["trace_id"]: log for log in seed_data.logs(contract)}


def _some(told: list[str]) -> str:
    return "; ".join(told[:_SHOWN]) + ("; …" if len(told) > _SHOWN else "")


def _first(written: Log, came: Log, contract: Contract) -> list[str]:
    """The first difference of a log, in words; empty where there is none."""
    name = written["trace_id"]
    return [f"{name}: {told}" for told in _differences(written, came, contract.kinds, "")][:1]


def _differences(written: Any, came: Any, kinds: Mapping[str, str], at: str) -> Iterator[str]:
    """Where two values of JSON say something else; a member that is null may be absent.

    A log may have members beside, which the contract does not know.
    """
    if isinstance(written, Mapping) and isinstance(came, Mapping):
        more = (name for name in came if name in kinds or "trace_id" not in written)
        for name in dict.fromkeys((*written, *more)):
            one, other = written.get(name), came.get(name)
            if name != "children_logs" or one or other:  # A leaf's are absent or empty.
                yield from _differences(one, other, kinds, f"{at}.{name}" if at else name)
    elif isinstance(written, list) and isinstance(came, list) and len(written) == len(came):
        for place, (one, other) in enumerate(zip(written, came, strict=True)):
            yield from _differences(one, other, kinds, f"{at}[{place}]")
    elif _said(written, kind := kinds.get(at.rpartition(".")[2])) != _said(came, kind):
        yield f"{at} {_shown(written)} came as {_shown(came)}"


def _said(value: Any, kind: str | None) -> object:
    """What a value says, with its type: doubles, instants, and all else as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float, double(value)
    if kind == "timestamp" and isinstance(value, str):
        with contextlib.suppress(ValueError):  # One that is no timestamp is judged by the schema.
            return int, instant(value)
    return type(value), value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"
