"""The table of tokens and changes; `parea-conformance list --neighbours` prints it."""

from dataclasses import replace

from parea_conformance.contract import Contract
from parea_conformance.neighbours import of_bodies, of_http, of_json, of_two
from parea_conformance.neighbours.tokens import Neighbour, Token
from parea_conformance.reading.request import Expected, OpenError, expected

TOKENS: tuple[Token, ...] = (
    of_http.method, of_http.segment, of_http.experiment, of_http.octets, of_http.target, of_http.query, of_http.key,
    of_http.key_header, of_http.place_of_key, of_http.media_type, of_http.parameter, of_http.size, of_http.header,
    of_two.orders, of_bodies.member, of_bodies.operator, of_bodies.operand, of_bodies.field, of_bodies.score,
    of_bodies.criterion, of_bodies.prefix, of_bodies.map_key, of_bodies.json_type, of_bodies.whole_body, of_json.text,
    of_json.octets, of_json.depth,
)  # fmt: skip


def judged(contract: Contract, neighbour: Neighbour, experiment: str) -> tuple[Neighbour, Expected]:
    """A neighbour with what must come to it; its `requirement` is the one that another answer breaks.

    Raises:
        OpenError: the contract leaves it open.
    """
    if contract.asks_another(neighbour.request.method, neighbour.request.path):
        raise OpenError("it is another operation of the contract")
    wanted = expected(contract, neighbour.request, experiment)
    # An experiment is unknown whatever made it so.
    named = neighbour.requirement if wanted.requirement != "experiment.unknown" else ""
    if named in of_two.REQUIREMENTS:
        wanted = replace(wanted, header=None, places=None)  # Which fault is judged first, the status says.
    return replace(neighbour, requirement=named or wanted.requirement), wanted
