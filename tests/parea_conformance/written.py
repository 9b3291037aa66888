"""What is written of a run: the one place where keys are taken out of it, and where a server's text is made harmless.

Whatever a report is made of goes through here once, whole runs and broken off ones: no report can forget it.
"""

from dataclasses import replace

from parea_conformance.diagnosis import Misreading
from parea_conformance.http.secrets import Secrets, shown
from parea_conformance.ledger import Entry, Failure
from parea_conformance.options import Options


def text(told: str, secrets: Secrets) -> str:
    """A text as one line without keys."""
    return shown(secrets.scrub(told))


def _failure(failure: Failure, secrets: Secrets) -> Failure:
    return replace(
        failure,
        summary=text(failure.summary, secrets),
        curl=secrets.scrub(failure.curl),  # a command of several lines, which holds nothing but what the suite sends
        expected=text(failure.expected, secrets),
        received=text(failure.received, secrets),
        missing=tuple(text(name, secrets) for name in failure.missing),
        unexpected=tuple(text(name, secrets) for name in failure.unexpected),
        values=tuple(text(value, secrets) for value in failure.values),
        explanation=text(failure.explanation, secrets),
        exchange=None,
    )


def entry(found: Entry, secrets: Secrets) -> Entry:
    """All that is known of a requirement."""
    return replace(
        found,
        proofs=[text(proof, secrets) for proof in found.proofs],
        failures=[_failure(failure, secrets) for failure in found.failures],
        undecided=[text(cause, secrets) for cause in found.undecided],
        skipped=[text(cause, secrets) for cause in found.skipped],
        errors=[text(cause, secrets) for cause in found.errors],
        evidence=[replace(one, filter=text(one.filter, secrets)) for one in found.evidence],
    )


def misreading(found: Misreading, secrets: Secrets) -> Misreading:
    """What a server seems to read otherwise."""
    return replace(
        found,
        text=text(found.text, secrets),
        alternatives=tuple(text(each, secrets) for each in found.alternatives),
    )


def options(asked: Options, secrets: Secrets) -> Options:
    """What a run was asked for: a key may have been given for something else by mistake."""

    def clean(told: str | None) -> str | None:
        return None if told is None else text(told, secrets)

    return replace(
        asked,
        base_url=text(asked.base_url, secrets),
        experiment=text(asked.experiment, secrets),
        other_experiment=clean(asked.other_experiment),
        empty_experiment=clean(asked.empty_experiment),
    )
