"""The table of tokens and changes in words, over the seed data: what is changed, and what must come."""

from collections.abc import Iterator

from parea_conformance.contract import Contract
from parea_conformance.logs import seed_data
from parea_conformance.logs.sample import Sample
from parea_conformance.neighbours.table import TOKENS, judged
from parea_conformance.neighbours.tokens import Asking, Neighbour, walk
from parea_conformance.reading.request import OpenError


def lines(contract: Contract) -> Iterator[str]:
    """A line for each change of each token: how many instances it is tried on, and what must come to them."""
    asking = Asking(contract, seed_data.EXPERIMENT, Sample(seed_data.logs(contract), contract.kinds))
    for token in TOKENS:
        rows: dict[tuple[str, str], list[str]] = {}
        for neighbour in walk(token, asking, 0, whole=True):
            rows.setdefault((neighbour.token, neighbour.change), []).append(_what(contract, neighbour))
        for (place, change), must in rows.items():
            wanted = "; ".join(dict.fromkeys(must))
            yield f"{place:<34} {_printable(change):<44} {len(must):>4} {wanted}"


def _what(contract: Contract, neighbour: Neighbour) -> str:
    """What must come to a neighbour, and by which requirement; or why that is left open."""
    try:
        named, wanted = judged(contract, neighbour, seed_data.EXPERIMENT)
    except OpenError as error:
        return f"open: {error}"
    return f"{'/'.join(map(str, wanted.status))} {named.requirement}"


def _printable(text: str) -> str:
    return text if text.isprintable() else text.encode("unicode_escape").decode()
