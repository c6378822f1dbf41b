"""`make simulate N=… SEED=…`: make N runs from that seed on, and show the story of the first failure."""

import sys
import time

from tests.simulation.runs import first_failure, shrunk, told

RUNS, SEED = 2000, 1
EVERY = 500


def main(arguments: list[str]) -> int:
    """Return 0 if no run failed, and 1 otherwise."""
    many, seed = (
        int(given) if given else default for given, default in zip(arguments, (RUNS, SEED), strict=True)
    )
    began = time.monotonic()

    def enough(runs: int) -> bool:
        if runs and (runs % EVERY == 0 or runs == many):
            rate = runs / (time.monotonic() - began)
            _say(f"{runs} of {many} schedules, {rate:.0f} a second")
        return runs >= many

    runs, failure = first_failure(seed, enough)
    if failure is None:
        _say(f"{runs} schedules from seed {seed}: everything held")
        return 0
    _say(f"seed {failure.seed} fails: {failure.violation}\nmaking it smaller ...\n")
    choices = shrunk(failure)
    _say(f"{told(choices)}\n\nchoices = {choices}\nagain: make simulate N=1 SEED={failure.seed}")
    return 1


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main([*sys.argv[1:], "", ""][:2]))
