"""How long each thing waits before it is tried again: a table of every named policy."""

import pytest

from rejoinder.channels import channel_named
from rejoinder.errors import PairRateLimited, RateLimited
from rejoinder.model import backoff
from rejoinder.model.backoff import Backoff

PACING = channel_named("whatsapp").pacing

POLICIES: dict[str, tuple[Backoff, tuple[float, float, float, float]]] = {
    # the number of tries before:          0     1     2      20
    "PROBE": (backoff.PROBE, (30.0, 60.0, 120.0, 1260.0)),
    "REFUSED": (backoff.REFUSED, (10.0, 20.0, 40.0, 1260.0)),
    "GRACE": (backoff.GRACE, (60.0, 120.0, 240.0, 900.0)),
    "LOOK_AGAIN": (backoff.LOOK_AGAIN, (15.0, 30.0, 60.0, 900.0)),
    "FAILED_LATE": (backoff.FAILED_LATE, (20.0, 40.0, 80.0, 900.0)),
    "BOT_FAILED": (backoff.BOT_FAILED, (2.0, 4.0, 8.0, 60.0)),
    "QUEUE": (backoff.QUEUE, (2.0, 4.0, 8.0, 900.0)),
    "WhatsApp's pairs": (PACING[PairRateLimited], (4.0, 16.0, 64.0, 1260.0)),
}
TRIES = (0, 1, 2, 20)

SPREAD: dict[str, tuple[Backoff, tuple[float, float, float]]] = {
    # the middle after these numbers of tries:     0    1    2
    "AWS_CALL": (backoff.AWS_CALL, (0.5, 1.0, 2.0)),
    "WhatsApp's rate": (PACING[RateLimited], (2.0, 4.0, 8.0)),
}


@pytest.mark.parametrize("name", POLICIES)
def test_each_policy_waits_as_long_as_the_table_says(name: str) -> None:
    policy, seconds = POLICIES[name]
    assert tuple(policy.seconds(tries) for tries in TRIES) == seconds


def test_the_table_has_every_policy() -> None:
    named = {name for name, value in vars(backoff).items() if isinstance(value, Backoff)}
    assert named <= {*POLICIES, *SPREAD}
    assert set(PACING) == {PairRateLimited, RateLimited}


@pytest.mark.parametrize("name", SPREAD)
def test_a_spread_pause_is_anywhere_around_its_middle(name: str) -> None:
    policy, middles = SPREAD[name]
    for tries, middle in enumerate(middles):
        pauses = [policy.seconds(tries) for _ in range(1000)]
        assert middle / 2 <= min(pauses) < middle * 0.75
        assert middle * 1.25 < max(pauses) <= middle * 1.5
    assert all(policy.seconds(20) <= policy.max_seconds for _ in range(1000))


@pytest.mark.parametrize("name", POLICIES)
def test_no_pause_is_shorter_than_the_one_before_or_longer_than_the_longest(name: str) -> None:
    policy, _ = POLICIES[name]
    pauses = [policy.seconds(tries) for tries in (*range(30), 10**9)]
    assert pauses == sorted(pauses)
    assert pauses[backoff.MAX_EXPONENT] == pauses[-1] == policy.max_seconds
