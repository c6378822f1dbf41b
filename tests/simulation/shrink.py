"""Makes a failing run smaller: it looks for fewer and duller choices that still break the same rule."""

import time
from collections.abc import Callable

Fails = Callable[[list[int]], list[int] | None]
"""Makes a run with these choices. Returns the drawn numbers if it fails as before, else None."""


def shrink(drawn: list[int], fails: Fails, *, seconds: float = 30.0) -> list[int]:
    """Return the dullest choices found within `seconds` with which the run still fails."""
    ends_at = time.monotonic() + seconds
    best = _shorter(drawn)
    changed = True
    while changed and time.monotonic() < ends_at:
        changed = False
        for attempt in (_without, _dulled):
            length = max(len(best) // 2, 1)
            while length and time.monotonic() < ends_at:
                best, better = _pass(best, length, attempt, fails, ends_at)
                changed = changed or better
                length //= 2
    return best


def _pass(
    best: list[int],
    length: int,
    attempt: Callable[[list[int], int, int], list[int]],
    fails: Fails,
    ends_at: float,
) -> tuple[list[int], bool]:
    """Try `attempt` at each place of `best`. Return the best choices, and whether they are new."""
    place, better = 0, False
    while place < len(best) and time.monotonic() < ends_at:
        tried = _shorter(attempt(best, place, length))
        if tried != best and fails(tried) is not None:
            best, better = tried, True
            if attempt is _without:
                continue
        place += length
    return best, better


def _without(choices: list[int], place: int, length: int) -> list[int]:
    return choices[:place] + choices[place + length :]


def _dulled(choices: list[int], place: int, length: int) -> list[int]:
    return choices[:place] + [0] * len(choices[place : place + length]) + choices[place + length :]


def _shorter(choices: list[int]) -> list[int]:
    """Return `choices` without the zeros at the end, because missing numbers are drawn as 0."""
    last = len(choices)
    while last and choices[last - 1] == 0:
        last -= 1
    return choices[:last]
