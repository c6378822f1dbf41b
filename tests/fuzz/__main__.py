"""`make fuzz N=…`: check N new requests (100,000 by default), and show the first that breaks a rule."""

import logging
import resource
import sys
import time
from collections import Counter

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.checks import check
from tests.fuzz.requests import REQUESTS, Request

REQUESTS_IN_ALL = 100_000

ROUND = 1000
"""The number of requests between two lines of progress. Each round is a fresh run of Hypothesis."""


def main(arguments: list[str]) -> int:
    """Return 0 if all requests were answered rightly. Otherwise an AssertionError shows the smallest."""
    many = int(arguments[0]) if arguments and arguments[0] else REQUESTS_IN_ALL
    logging.getLogger("rejoinder").disabled = True
    seen: Counter[str] = Counter()
    began, slowest = time.monotonic(), 0.0

    def examine(request: Request) -> None:
        nonlocal slowest
        slowest = max(slowest, check(request).seconds)
        seen["all"] += 1
        seen["signed" if request.is_signed else "handshakes" if request.is_handshake else "forged"] += 1
        seen["with a fault"] += bool(request.fault)

    first = round(time.time())
    while seen["all"] < many:
        left = min(ROUND, many - seen["all"])
        seed(first + seen["all"])(_round_of(left)(given(REQUESTS)(examine)))()
        _say(f"{seen['all']} of {many}: {_figures(seen, slowest, time.monotonic() - began)}")
    _say("every request was answered as it should be")
    return 0


def _round_of(requests: int) -> settings:
    return settings(
        max_examples=requests,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def _figures(seen: Counter[str], slowest: float, seconds: float) -> str:
    kinds = ", ".join(f"{seen[kind]} {kind}" for kind in ("signed", "forged", "handshakes", "with a fault"))
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB on Linux, bytes on macOS
    megabytes = size / (1024 if sys.platform == "linux" else 1024 * 1024)
    return f"{kinds}; slowest {slowest * 1000:.0f} ms, {megabytes:.0f} MB, {seconds:.0f} s"


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
