"""The life of an outbound message: what may happen after which steps."""

from itertools import combinations

import pytest

from rejoinder.model.delivery import (
    IS_SETTLED,
    MAY_BE_CLAIMED,
    MAY_BE_FOLLOWED,
    WENT_THROUGH,
    MessageRecord,
    Step,
)
from rejoinder.model.rules import Rule
from tests.unit.worlds import NOON

NOTHING, FOLLOWED, FAILED, THROUGH = "nothing is known", "may be followed", "is over", "went through"

TABLE: dict[str, str] = {
    "": NOTHING,
    "sending": FOLLOWED,
    "sending unknown": FOLLOWED,
    "unknown": FOLLOWED,
    "sending refused": FOLLOWED,
    "refused": FOLLOWED,
    "sending unknown refused": FOLLOWED,
    # accepted, and no failure was reported
    "sending accepted": THROUGH,
    "sent": THROUGH,
    "sending sent": THROUGH,
    "sending unknown sent": THROUGH,
    "sending unknown accepted": THROUGH,
    "sending accepted sent": THROUGH,
    # accepted, and refused later
    "sending accepted refused": FOLLOWED,
    "sending sent refused": FOLLOWED,
    "sending unknown sent refused": FOLLOWED,
    "sending accepted sent refused": FOLLOWED,
    # the contact has it, so nothing else matters
    "delivered": THROUGH,
    "read": THROUGH,
    "played": THROUGH,
    "sending delivered": THROUGH,
    "sending unknown delivered": THROUGH,
    "sending refused delivered": THROUGH,
    "sending accepted refused read": THROUGH,
    "sending accepted sent delivered read played": THROUGH,
    # failed for good
    "failed": FAILED,
    "sending failed": FAILED,
    "sending unknown failed": FAILED,
    "sending refused failed": FAILED,
    "sending accepted failed": FAILED,
    "sending accepted sent failed": FAILED,
    "sending accepted refused failed": FAILED,
    "sending accepted sent delivered failed": FAILED,
}
"""The state of an attempt that has reached these steps."""

BY_ROW = pytest.mark.parametrize(("row", "what"), TABLE.items(), ids=lambda one: one or "none")


def reached(row: str) -> frozenset[Step]:
    return frozenset(map(Step, row.split()))


@BY_ROW
@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (MAY_BE_FOLLOWED, {FOLLOWED}),
        (WENT_THROUGH, {THROUGH}),
        (IS_SETTLED, {THROUGH, FAILED}),
    ],
    ids=["MAY_BE_FOLLOWED", "WENT_THROUGH", "IS_SETTLED"],
)
def test_a_rule_holds_for_these_steps_and_no_others(row: str, what: str, rule: Rule, holds: set[str]) -> None:
    assert rule.holds(reached(row)) == (what in holds)


def test_an_attempt_of_which_something_is_known_is_settled_or_may_be_followed() -> None:
    every = [frozenset(some) for size in range(len(Step) + 1) for some in combinations(Step, size)]
    assert len(every) == 512
    for steps in every:
        assert (IS_SETTLED.holds(steps) + MAY_BE_FOLLOWED.holds(steps)) == bool(steps)
        assert IS_SETTLED.holds(steps) or not WENT_THROUGH.holds(steps)
        assert MAY_BE_CLAIMED.holds(steps) == (steps <= {Step.SENDING})
        assert MAY_BE_FOLLOWED.holds(steps) == MAY_BE_FOLLOWED.holds(steps | {Step.SENDING}) or not steps


def record(*attempts: str) -> MessageRecord:
    """Return a record whose attempts, from the first on, have reached these steps at NOON."""
    steps = {number: dict.fromkeys(reached(row), NOON) for number, row in enumerate(attempts, 1) if row}
    return MessageRecord(steps=steps)


@BY_ROW
def test_the_next_attempt_may_be_claimed_when_the_one_before_may_be_followed(row: str, what: str) -> None:
    assert record(row).may_be_claimed(2, NOON + 60) == (what == FOLLOWED)


def test_the_first_attempt_may_be_claimed_when_nothing_is_known_of_it() -> None:
    assert record().may_be_claimed(1, NOON)
    assert not record().may_be_claimed(2, NOON)


@pytest.mark.parametrize("attempts", [("sending",), ("sending refused", "sending")], ids=str)
def test_the_same_claim_again_is_the_same_claim(attempts: tuple[str, ...]) -> None:
    newest = len(attempts)
    assert record(*attempts).may_be_claimed(newest, NOON)
    assert not record(*attempts).may_be_claimed(newest, NOON + 1)
    assert not record(*attempts).may_be_claimed(newest, NOON - 1)


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.SENDING])
def test_the_same_claim_is_too_late_when_more_is_known(step: Step) -> None:
    assert not record(f"sending {step}").may_be_claimed(1, NOON)
    assert not record(f"{step}").may_be_claimed(1, NOON)


def test_an_attempt_follows_the_one_right_before_it_alone() -> None:
    assert not record("sending refused").may_be_claimed(3, NOON)
    assert not record("sending refused", "").may_be_claimed(3, NOON)
    assert record("sending refused", "sending unknown").may_be_claimed(3, NOON)
    assert not record("sending refused", "sending accepted").may_be_claimed(3, NOON)


def test_two_that_went_through_are_a_double() -> None:
    assert not record("sending unknown sent").is_double
    assert record("sending unknown sent", "sending accepted").is_double
    assert not record("sending accepted refused", "sending accepted").is_double
    assert not record("sending accepted failed", "sending accepted").is_double
    assert record("sending refused delivered", "sending accepted").is_double


def test_a_late_failure_is_one_that_was_taken_at_first() -> None:
    late = record("sending accepted refused", "sending refused", "sending sent refused", "sending accepted")
    assert late.failed_late(4) == 2
    assert late.failed_late(3) == 1
