"""Many requests at a time."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from parea_conformance.http.client import Client, Exchange
from parea_conformance.reading.filter import Filter

AT_A_TIME = 32


def ask_many(client: Client, filters: Sequence[Filter]) -> Iterator[Exchange]:
    """Send the filters, so many at a time; their exchanges, in the order of the filters."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield from pool.map(client.ask, filters)
