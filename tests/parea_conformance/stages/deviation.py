"""The failure of an answer that holds other logs than it should, with the value of each that the filter judges."""

from parea_conformance.context import Context, first
from parea_conformance.http.client import Exchange
from parea_conformance.ledger import Failure
from parea_conformance.logs.sample import LogSet, Sample
from parea_conformance.reading.filter import Filter
from parea_conformance.reading.judged import judged
from parea_conformance.reading.oracle import RIGHT

_EACH = 5


def deviation(context: Context, sample: Sample, exchange: Exchange, filter_: Filter, came: LogSet) -> Failure:
    """The failure of the answer to a filter, in which these logs came."""
    expected = sample.matching(RIGHT, filter_)
    missing, unexpected = expected - came, came - expected
    values: list[str] = []
    for logs, matches in ((missing, True), (unexpected, False)):
        values += [judged(sample.logs[index], filter_, context.contract, matches=matches) for index in [*logs][:_EACH]]
        if len(logs) > _EACH:
            values.append(f"(and {len(logs) - _EACH} more that {'match' if matches else 'do not match'})")
    return context.failure(
        exchange,
        f"{filter_}: {len(missing)} missing, {len(unexpected)} unexpected",
        " ".join(first(sample.names(expected))) or "no log",
        missing=tuple(sample.names(missing)),
        unexpected=tuple(sample.names(unexpected)),
        values=tuple(values),
        filter=filter_,
    )
