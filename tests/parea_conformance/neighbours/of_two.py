"""Two faults in one request: each that is judged with each other; the one that is judged first decides."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import combinations

from parea_conformance.http.client import path
from parea_conformance.http.request import Request, padded
from parea_conformance.neighbours.tokens import Asking, Place, Places

REQUIREMENTS = ("auth.first", "http.order")
UNKNOWN_EXPERIMENT = "no-such-experiment-6f1d0f2c"
_Fault = Callable[[Asking, Request], Request]


def _too_large(asking: Asking, request: Request) -> Request:
    return padded(request, asking.contract.max_bytes + 1)


def _of_no_experiment(asking: Asking, request: Request) -> Request:
    # The path as it is sent: an experiment's name may be escaped there.
    unknown = path(asking.contract.path, UNKNOWN_EXPERIMENT)
    return replace(request, path=request.path.replace(asking.request.path, unknown))


_FAULTS: Mapping[str, Mapping[str, _Fault]] = {
    "no key": {"": lambda _, request: replace(request, key=None)},
    "a wrong key": {"": lambda _, request: replace(request, key="not-the-key")},
    "path": {"": lambda _, request: replace(request, path=f"{request.path}/more")},
    "method": {"": lambda _, request: replace(request, method="PUT")},
    "media type": {
        "another": lambda _, request: replace(request, content_type="text/plain"),
        "none": lambda _, request: replace(request, content_type=None),
    },
    "not JSON": {"": lambda _, request: replace(request, body=b"{")},
    "an unknown member": {"": lambda _, request: replace(request, body=b'{"filter_feild": 1}')},
    "size": {"": _too_large},  # after what makes the body another, which it adds to
    "experiment": {"": _of_no_experiment},
}
"""What can be wrong, a fault each, and ways to do it; of those of one pair one is asked."""
_KEYS = {"no key", "a wrong key"}
# Of one thing there is one fault; and what is not JSON tells no more before an experiment than an unknown member.
_EXCLUSIVE = (_KEYS, {"not JSON", "an unknown member"}, {"not JSON", "experiment"})


def orders(asking: Asking) -> Places:
    """Each pair of faults."""
    for one, other in combinations(_FAULTS, 2):
        if {one, other} in _EXCLUSIVE:
            continue
        requirement = REQUIREMENTS[one not in _KEYS]
        place = Place(asking, "what is judged first", f"{one} or {other}", asking.base, requirement)
        for first in _FAULTS[one].values():
            for second in _FAULTS[other].values():
                yield place.requests({f"{one} and {other}": second(asking, first(asking, asking.request))})
