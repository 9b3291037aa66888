"""`python -m faults.answers [--every N] [--seed N] [--only TEXT]`: what is found of wrong answers?

Exit status 1 when a change that must be found is not, or is found by another requirement, or a right answer is accused.
"""

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor

from faults.answers.walk import RIGHTLY, Found, Pair, examine, pairs

_PROCESSES = 2
_CHUNK = 50


def chosen(every: int, seed: int, only: str = "") -> list[Pair]:
    """One pair of so many, as the seed decides; all of them in their order where every one is asked for."""
    found = [pair for pair in pairs() if only in str(pair)]
    if every == 1:
        return found
    random.Random(seed).shuffle(found)  # noqa: S311 - a choice of pairs, nothing secret
    return found[::every]


def outcomes(asked: Sequence[Pair]) -> Iterator[Found]:
    """What the suite finds of each of these pairs, in their order."""
    if len(asked) <= _CHUNK:
        yield from map(examine, asked)
        return
    with ProcessPoolExecutor(_PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(examine, asked, chunksize=_CHUNK)


def main(arguments: Sequence[str] | None = None) -> int:
    """Examine every pair of a token and a change, or a share of them, and print what is amiss."""
    parser = argparse.ArgumentParser(prog="faults.answers", description="Is each wrong answer found?")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one pair of N (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="which of them (%(default)s)")
    parser.add_argument("--only", default="", metavar="TEXT", help="those whose line holds this text")
    options = parser.parse_args(arguments)
    if options.every < 1:
        parser.error("--every must be at least 1")
    asked = chosen(options.every, options.seed, options.only)
    if not asked:
        parser.error(f"no pair holds {options.only!r}")
    start, verdicts, must = time.perf_counter(), Counter[str](), 0
    for found in outcomes(asked):
        verdicts[found.verdict] += 1
        must += bool(found.wanted)
        if found.verdict not in RIGHTLY:
            print(f"{found.verdict}: {found.pair}", flush=True)
            print(f"    must break one of: {' '.join(found.names) or 'nothing'}")
            print(f"    broke: {' '.join(sorted(found.failed)) or 'nothing'}", flush=True)
    print(
        f"{len(asked):,} wrong answers: {must:,} must be found, {verdicts['found']:,} are, "
        f"{verdicts['found by another']:,} by another requirement, {verdicts['survived']:,} survived, "
        f"{verdicts['undecided']:,} leave undecided what is decided otherwise; "
        f"{len(asked) - must:,} mean the same, {verdicts['false alarm']:,} of them were accused; "
        f"{time.perf_counter() - start:.0f} s"
    )
    return 0 if verdicts.keys() <= set(RIGHTLY) else 1


if __name__ == "__main__":
    sys.exit(main())
