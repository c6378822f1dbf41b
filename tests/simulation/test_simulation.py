"""The rules hold in many runs, a seed always makes the same run, and the oracle catches each mutation."""

import inspect
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.simulation.choices import Choices
from tests.simulation.mutations import MUTATIONS, Mutation
from tests.simulation.play import perform
from tests.simulation.runs import Failure, first_failure, shrunk, story_of, told

ROOT = Path(__file__).parents[2]
SECONDS = 60.0
MAX_SCHEDULES = 1500
"""The number of schedules within which each mutation must be caught."""


def _hold(failure: Failure | None) -> None:
    if failure:
        pytest.fail(f"seed {failure.seed}: {failure.violation}\n{told(shrunk(failure, seconds=10))}")


def test_200_schedules_hold() -> None:
    _, failure = first_failure(1, lambda runs: runs >= 200)
    _hold(failure)


def test_both_versions_run_side_by_side_in_some_of_them() -> None:
    versions = {"is of the old version", "is of the new version"}
    assert any(all(version in story for version in versions) for story in map(story_of, range(1, 200)))


@pytest.mark.slow
def test_a_minute_of_schedules_holds(capsys: pytest.CaptureFixture[str]) -> None:
    ends_at = time.monotonic() + SECONDS
    runs, failure = first_failure(1_000_000, lambda _: time.monotonic() >= ends_at)
    _hold(failure)
    with capsys.disabled():
        sys.stdout.write(f"\n{runs} schedules held\n")


def test_a_seed_is_a_run_whatever_the_order_of_hashes() -> None:
    tell = "from tests.simulation.runs import story_of; print(story_of(7), story_of(12))"
    paths = f"{ROOT}{os.pathsep}{ROOT / 'layers' / 'rejoinder'}"
    stories = {
        subprocess.run(
            [sys.executable, "-c", tell],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": paths},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(stories) == 1
    assert len(stories.pop()) > 1000


def test_the_choices_of_a_run_make_it_again() -> None:
    choices = Choices(12)
    assert perform(choices) is None
    again = Choices(given=choices.drawn)
    perform(again)
    assert again.drawn == choices.drawn


def test_a_failing_run_is_made_smaller_and_still_fails() -> None:
    mutation = next(one for one in MUTATIONS if one.name == "no marker")
    with mutation.at_work():
        _, failure = first_failure(1, lambda runs: runs >= 200)
        assert failure
        smaller = shrunk(failure, seconds=5)
        story = told(smaller)
    assert sum(map(bool, smaller)) < sum(map(bool, failure.choices))
    assert "VIOLATED" in story


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_a_mutation_takes_what_the_right_code_takes(mutation: Mutation) -> None:
    """Else it would be caught because of a TypeError, and not because of what it does wrong."""
    right, wrong = getattr(mutation.target, mutation.attribute), mutation.wrong
    if inspect.isroutine(right):
        given = inspect.signature(right).parameters.values()
        by_place = [None for one in given if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
        by_name = {one.name: None for one in given if one.kind is one.KEYWORD_ONLY}
        inspect.signature(wrong).bind(*by_place, **by_name)


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_the_oracle_bites(mutation: Mutation, capsys: pytest.CaptureFixture[str]) -> None:
    with mutation.at_work():
        runs, failure = first_failure(mutation.first, lambda runs: runs >= MAX_SCHEDULES)
    assert failure, f"not caught in {runs} schedules"
    with capsys.disabled():
        sys.stdout.write(f"\n{mutation.name}: schedule {runs}, {failure.violation.name}\n")
