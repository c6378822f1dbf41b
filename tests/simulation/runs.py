"""Many runs, and what to do with one that fails."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.simulation.choices import Choices
from tests.simulation.play import perform
from tests.simulation.shrink import shrink
from tests.simulation.world import Violation


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A run that fails: by which seed, against what, and by which choices."""

    seed: int
    violation: Violation
    choices: list[int]


def first_failure(seed: int, enough: Callable[[int], bool]) -> tuple[int, Failure | None]:
    """Run `seed`, `seed` + 1 ... until one fails, or until `enough(runs)`; how many ran, and the failure."""
    runs = 0
    while not enough(runs):
        choices = Choices(seed + runs)
        violation = perform(choices)
        runs += 1
        if violation:
            return runs, Failure(seed=seed + runs - 1, violation=violation, choices=choices.drawn)
    return runs, None


def shrunk(failure: Failure, seconds: float = 30.0) -> list[int]:
    """Choices for a smaller run that fails by the same name."""

    def fails(given: list[int]) -> list[int] | None:
        choices = Choices(given=given)
        violation = perform(choices)
        return choices.drawn if violation and violation.name == failure.violation.name else None

    return shrink(failure.choices, fails, seconds=seconds)


def told(choices: list[int]) -> str:
    """The story of a run by `choices`: a line for each thing that happens, with its virtual time."""
    story: list[str] = []
    violation = perform(Choices(given=choices), story)
    return "\n".join([*story, f"VIOLATED: {violation}" if violation else "nothing was violated"])


def story_of(seed: int) -> str:
    """The story of a seed's run."""
    story: list[str] = []
    perform(Choices(seed), story)
    return "\n".join(story)
