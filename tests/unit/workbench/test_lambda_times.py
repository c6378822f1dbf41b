"""The model of Lambda's times. It draws at random, but from a seed, so its rows are always the same."""

import random
import statistics
import sys

import pytest

from rejoinder.workbench.bench.lambda_times import NAMES, QUEUE, SPREAD, Percentiles, main, measured, model

ROUNDS = 2_000
TIMES = {"ingress": (200, 5), "processor": (300, 30), "sender": (300, 20), "pywa": (500, 50)}


def medians(publish: float, **changes: tuple[float, float]) -> list[float]:
    rows = model(measured(**TIMES | changes, publish=publish), rounds=ROUNDS)
    return [row.median for row in rows]


@pytest.mark.parametrize("times", [QUEUE, SPREAD])
def test_what_is_drawn_has_the_percentiles_that_were_measured(times: Percentiles) -> None:
    chance = random.Random(1)  # noqa: S311 - no secret
    parts = statistics.quantiles([times.draw(chance) for _ in range(20_000)], n=100)
    wanted = (times.p10, times.p50, times.p90, times.p99)
    assert [parts[at - 1] for at in (10, 50, 90, 99)] == pytest.approx(wanted, rel=0.1)


def test_the_same_seed_gives_the_same_rows() -> None:
    times = measured(**TIMES, publish=100)
    assert model(times, rounds=100) == model(times, rounds=100) != model(times, rounds=100, seed=2)


def test_an_early_start_saves_most_when_it_is_published_soon_and_a_message_waits_for_it() -> None:
    _, cold, waits, another = medians(publish=10)
    assert waits < another < cold
    _, _, later_waits, later_another = medians(publish=200)
    assert waits < later_waits < cold
    assert another < later_another < cold


def test_a_function_that_starts_for_long_is_waited_for_but_started_again_by_the_other_rule() -> None:
    for_long = (5000.0, 20.0)
    _, cold, waits, another = medians(publish=10, processor=for_long, sender=for_long)
    assert cold > 10_000
    assert waits < 7_000, "both start at once"
    assert another < 7_000, "the sender is ready when the processor is"


def test_the_command_prints_a_row_for_each_way_and_what_is_assumed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = [word for name, pair in TIMES.items() for word in (f"--{name}", *map(str, pair))]
    monkeypatch.setattr(sys, "argv", ["lambda_times", *given, "--publish", "100"])
    main()
    printed = capsys.readouterr().out
    assert [line.split(" | ")[0].removeprefix("| ") for line in printed.splitlines()[2:6]] == list(NAMES)
    assert "it is assumed" in printed
