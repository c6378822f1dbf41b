"""Many runs, and what to do with a run that fails."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.choices import Choices
from tests.simulation.play import perform
from tests.simulation.shrink import shrink
from tests.simulation.world import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A run that failed: its seed, the rule that it broke, and its choices."""

    seed: int
    violation: Violation
    choices: list[int]


def first_failure(seed: int, enough: Callable[[int], bool]) -> tuple[int, Failure | None]:
    """Run `seed`, `seed` + 1 ... until one fails or `enough(runs)`. Return how many ran, and the failure."""
    runs = 0
    while not enough(runs):
        choices = Choices(seed + runs)
        violation = perform(choices)
        runs += 1
        if violation:
            return runs, Failure(seed=seed + runs - 1, violation=violation, choices=choices.drawn)
    return runs, None


def shrunk(failure: Failure, seconds: float = 30.0) -> list[int]:
    """Return the choices of a smaller run that breaks the same rule."""

    def fails(given: list[int]) -> list[int] | None:
        choices = Choices(given=given)
        violation = perform(choices)
        return choices.drawn if violation and violation.name == failure.violation.name else None

    return shrink(failure.choices, fails, seconds=seconds)


def told(choices: list[int]) -> str:
    """Return the story of a run with `choices`: a line for each event, with its virtual time."""
    story: list[str] = []
    violation = perform(Choices(given=choices), story)
    return "\n".join([*story, f"VIOLATED: {violation}" if violation else "nothing was violated"])


def story_of(seed: int) -> str:
    """Return the story of the run with this seed."""
    story: list[str] = []
    perform(Choices(seed), story)
    return "\n".join(story)
