"""The source of chance: whole numbers that are recorded, so that a run can be repeated and made smaller."""

import random
from collections.abc import Iterator, Sequence


class Choices:
    """Draws numbers: random ones if there is a `seed`; otherwise those of `given`, and then 0.

    0 is always the dull choice: no fault, no delay, the first of several. So a list of fewer and smaller
    numbers makes a shorter story.
    """

    def __init__(self, seed: int | None = None, given: Sequence[int] = ()) -> None:
        self._random = random.Random(seed).random if seed is not None else None  # noqa: S311 - no secret
        self._given: Iterator[int] = iter(given)
        self.drawn: list[int] = []

    def draw(self, below: int) -> int:
        """Return a number from 0 to `below` - 1."""
        number = int(self._random() * below) if self._random else min(next(self._given, 0), below - 1)
        self.drawn.append(number)
        return number

    def one_in(self, many: int) -> bool:
        """Return True once in `many` times. The dull choice is False."""
        return self.draw(many) == many - 1
