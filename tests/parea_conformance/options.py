"""What a run is asked for."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Options:
    """What a run was asked for. `repr` does not hold the keys.

    Attributes:
        base_url: what precedes the contract's path.
        experiment: the experiment to judge by.
        classes: the classes of requirements to judge.
        other_experiment, other_api_key: an experiment of another key, and that key.
        empty_experiment: an experiment of this key without logs.
        timeout: seconds to wait for each answer.
        fuzz: how many valid and how many invalid bodies are made up.
        max_requests: the most requests to send; None for no bound. rate: the most in a second; None for no bound.
        known_failures: requirements that are known to fail, each with the reason.
    """

    base_url: str
    experiment: str
    api_key: str = field(repr=False)
    classes: tuple[str, ...]
    seed: int = 0
    other_experiment: str | None = None
    empty_experiment: str | None = None
    other_api_key: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    fuzz: int = 60
    accept_undecided: bool = False
    max_requests: int | None = None
    rate: float | None = None
    dry_run: bool = False
    known_failures: tuple[tuple[str, str], ...] = ()
