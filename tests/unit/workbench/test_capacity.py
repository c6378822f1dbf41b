"""`python -m rejoinder.workbench.capacity`: the model of load, what is known exactly, and the page."""

import json
import math
import random
import re
import statistics
from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.workbench.bench.__main__ import WAITS_MS
from rejoinder.workbench.capacity import __main__ as command
from rejoinder.workbench.capacity import figures, page
from rejoinder.workbench.capacity.clock import Clock
from rejoinder.workbench.capacity.figures import Drawn, Load, Parameters, Quotas, measured, parameters
from rejoinder.workbench.capacity.functions import Function, Source
from rejoinder.workbench.capacity.limits import Bucket, Room
from rejoinder.workbench.capacity.queues import Fifo, Gathered
from rejoinder.workbench.capacity.study import (
    EXECUTIONS,
    NUMBERS,
    PROCESSOR,
    SENDER,
    TABLE,
    TRACKER,
    WEBHOOKS,
    advised,
    cold_ingress,
    limits,
    study,
    write_units,
)
from rejoinder.workbench.capacity.way import Way
from rejoinder.workbench.cost.stack import read_stack
from tests.unit import template_rules as rules

pytestmark = pytest.mark.slow

PACES = measured()
PLENTY = Quotas(executions=100_000, write_units=1e6, numbers=50, messages_per_second=1000)
WIDE = Parameters(webhooks_per_second=100_000, processor=1000, sender=1000, tracker=1000, ingress_reserved=0)


# --- the parts ----------------------------------------------------------------------------------------------


class Exponential:
    """Draws times of service at random, as in M/M/c."""

    def __init__(self, chance: random.Random, mean: float) -> None:
        self._chance, self._mean = chance, mean

    def warm(self) -> float:
        return self._chance.expovariate(1 / self._mean)

    cold = warm


def erlang_c(servers: int, offered: float) -> float:
    """Return the probability that one who comes must wait."""
    full = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return full / (sum(offered**n / math.factorial(n) for n in range(servers)) + full)


def test_waits_in_a_queue_with_several_servers_are_those_of_erlang() -> None:
    """M/M/c with three servers at 70 %: the mean wait is C / (c / mean - rate), and Little's law holds."""
    servers, mean, rate, count = 3, 1.0, 2.1, 15_000
    chance, clock, waits = random.Random(1), Clock(), []  # noqa: S311 - no secret
    room = Room(clock, 1000)
    function = Function(clock, room, Exponential(chance, mean), Bucket(clock, 100.0, 1000))
    queue: Fifo[float] = Fifo(clock)
    own = Room(clock, servers)

    def begin(came_at: float) -> float:
        waits.append(clock.now - came_at)
        return 0.0

    Source(clock, queue, function, own, extra=begin, done=lambda group, _: queue.done(group))
    at = 0.0
    for number in range(count):
        at += chance.expovariate(rate)
        clock.after(at, lambda number=number, at=at: queue.put(number, at, 0.0))
    clock.run(at)

    expected = erlang_c(servers, rate * mean) / (servers / mean - rate)
    assert statistics.fmean(waits) == pytest.approx(expected, rel=0.1)
    assert room.mean() == pytest.approx(rate * mean, rel=0.03), "Little: how many are served at once"
    assert own.used() == pytest.approx(rate * mean / servers, rel=0.03)


def test_a_bucket_gives_out_its_rate_and_at_first_what_it_has_in_store() -> None:
    clock, got = Clock(), 0
    bucket = Bucket(clock, 10.0, 5.0)
    for step in range(1000):
        clock.run(step / 100)
        got += bucket.take()
    assert got == pytest.approx(10 * 10 + 5, abs=1)
    assert bucket.refused == 1000 - got


def test_who_takes_more_than_there_is_waits_for_as_long_as_it_takes() -> None:
    clock = Clock()
    bucket = Bucket(clock, 10.0, 5.0)
    assert [bucket.owe(5), bucket.owe(20), bucket.owe(10)] == [0.0, 2.0, 3.0]


def test_a_group_gives_out_one_message_at_a_time_in_order_and_no_other_group_waits() -> None:
    clock = Clock()
    queue: Fifo[int] = Fifo(clock)
    queue.put("a", 1, 0.5)
    queue.put("a", 2, 0.1)
    queue.put("b", 3, 0.2)
    clock.run(1)
    assert [queue.take(), queue.take(), queue.take()] == [("b", 3), ("a", 1), None]
    queue.back("a", 2.0)
    clock.run(2)
    assert queue.take() is None
    clock.run(3)
    assert queue.take() == ("a", 1)
    queue.done("a")
    clock.run(4)
    assert queue.take() == ("a", 2)
    assert len(queue) == 2


def test_statuses_are_gathered_until_there_are_enough_or_the_first_has_waited() -> None:
    clock = Clock()
    queue: Gathered[int] = Gathered(clock, 3, 20.0)
    for number in range(4):
        queue.put(number)
    assert (queue.take(), queue.take()) == ((None, [0, 1, 2]), None)
    clock.run(19)
    assert queue.take() is None
    clock.run(21)
    assert queue.take() == (None, [3])


def test_a_function_starts_no_more_environments_than_lambda_does() -> None:
    clock = Clock()
    room = Room(clock, 10_000)
    function = Function(clock, room, Exponential(random.Random(1), 1e9), Bucket(clock, 100.0, 1000))  # noqa: S311 - no secret
    assert sum(function.invoke(lambda: None) for _ in range(3000)) == 1000
    assert room.busy == 1000
    clock.run(1)
    assert sum(function.invoke(lambda: None) for _ in range(3000)) == 100


def test_times_are_drawn_around_what_was_measured() -> None:
    drawn = Drawn(random.Random(1), PACES["sender"])  # noqa: S311 - no secret
    warm = [drawn.warm() for _ in range(20_000)]
    assert statistics.fmean(warm) == pytest.approx(PACES["sender"].warm_ms / 1000, rel=0.01)
    assert min(drawn.cold() for _ in range(100)) > PACES["sender"].warm_ms / 1000


@cache
def tables() -> dict[str, list[str]]:
    return page.tables(PACES)


# --- the whole way ------------------------------------------------------------------------------------------

LIMITED = {
    SENDER: (300, replace(WIDE, sender=30), PLENTY, 0.0),
    PROCESSOR: (300, replace(WIDE, processor=100), PLENTY, 1.0),
    NUMBERS: (300, WIDE, replace(PLENTY, numbers=2, messages_per_second=100), 0.0),
    TABLE: (300, WIDE, replace(PLENTY, write_units=1500), 0.0),
    EXECUTIONS: (300, WIDE, replace(PLENTY, executions=60), 0.0),
}


@pytest.mark.parametrize("name", [SENDER, PROCESSOR, NUMBERS, TABLE])
def test_what_is_full_lets_through_what_arithmetic_says(name: str) -> None:
    """Servers that are always busy do servers / seconds; what comes beyond that waits."""
    turns, given_, quotas, bot_seconds = LIMITED[name]
    load = Load(turns=turns, bot_seconds=bot_seconds, grows_seconds=1.0, seconds=8.0)
    allowed = limits(load, given_, quotas, PACES)
    assert min(allowed, key=lambda one: allowed[one]) == name
    found = study(load, given_, quotas, PACES)
    if name == TABLE:  # what is committed and not yet sent has taken some of it
        assert found.write_units == pytest.approx(quotas.write_units, rel=0.01)
        assert found.answered < allowed[name]
    else:
        assert found.answered == pytest.approx(allowed[name], rel=0.06)
    assert name in found.full
    assert not found.keeps_up


def test_the_tracker_records_no_more_statuses_than_arithmetic_says() -> None:
    slow = {**PACES, "tracker": replace(PACES["tracker"], warm_ms=200)}
    way = Way(Load(turns=50), replace(WIDE, tracker=5), PLENTY, slow)
    way.run(8)
    before = way.recorded
    way.run(8)
    allowed = limits(Load(turns=50), replace(WIDE, tracker=5), PLENTY, slow)[TRACKER]
    assert (way.recorded - before) / 8 / 3 == pytest.approx(allowed, rel=0.06)


def test_api_gateway_refuses_what_is_above_its_rate() -> None:
    load = Load(turns=200, grows_seconds=1.0, seconds=5.0)
    found = study(load, replace(WIDE, webhooks_per_second=100), PLENTY, PACES)
    assert WEBHOOKS in found.full
    assert found.answered < limits(load, replace(WIDE, webhooks_per_second=400), PLENTY, PACES)[WEBHOOKS]


def test_a_load_that_nothing_limits_uses_what_littles_law_says() -> None:
    load = Load(turns=100, bot_seconds=0.5, seconds=10.0)
    found = study(load, WIDE, PLENTY, PACES)
    allowed = limits(load, WIDE, replace(PLENTY, executions=1), PACES)
    assert found.keeps_up
    assert found.full == ()
    assert found.executions == pytest.approx(found.came / allowed[EXECUTIONS], rel=0.05)
    assert found.write_units == pytest.approx(found.came * write_units(), rel=0.05)
    assert found.median > 0.5


@given(
    turns=st.integers(5, 120),
    bot_seconds=st.sampled_from([0.0, 0.3, 3.0]),
    together=st.sampled_from([1.0, 4.0]),
    given_=st.builds(
        Parameters,
        webhooks_per_second=st.integers(20, 500),
        processor=st.integers(2, 50),
        sender=st.integers(2, 50),
        tracker=st.integers(2, 10),
        ingress_reserved=st.sampled_from([0, 5]),
    ),
    quotas=st.builds(
        Quotas,
        executions=st.integers(10, 200),
        write_units=st.sampled_from([50.0, 4000.0]),
        numbers=st.integers(1, 3),
        messages_per_second=st.sampled_from([20.0, 80.0]),
    ),
    seed=st.integers(0, 1000),
)
@settings(max_examples=15, deadline=None)
def test_no_turn_is_lost_or_doubled_and_those_of_a_contact_stay_in_order(
    turns: int, bot_seconds: float, together: float, given_: Parameters, quotas: Quotas, seed: int
) -> None:
    load = Load(turns=turns, bot_seconds=bot_seconds, together=together, grows_seconds=1.0)
    way = Way(load, given_, quotas, PACES, seed)
    for _ in range(4):
        way.run(1.0)
        assert way.came == len(way.answered) + way.waiting()
        assert sum(function.busy for function in way.functions.values()) <= quotas.executions
        assert all(room.busy <= room.limit for room in way.rooms.values())
    way.stop()
    way.run(100_000)
    assert sorted(turn.number for turn in way.answered) == list(range(1, way.came + 1))
    assert way.waiting() == 0
    assert way.recorded == 3 * way.came
    assert all(turn.answered_at > turn.came_at for turn in way.answered)


def test_the_turns_of_a_contact_are_answered_in_the_order_of_their_receipt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two that came within a second may have changed places before they were queued."""
    monkeypatch.setattr(figures, "CONTACT_SECONDS", 2.0)
    load = Load(turns=100, bot_seconds=2.0, grows_seconds=0.1)
    way = Way(load, replace(WIDE, webhooks_per_second=1000), PLENTY, PACES)
    way.run(5)
    way.stop()
    way.run(100)
    of_contact = defaultdict(list)
    for turn in way.answered:
        of_contact[turn.contact].append(turn)
    several = [turns for turns in of_contact.values() if len(turns) > 1]
    assert len(several) > 50
    for turns in several:
        for before, after in pairwise(turns):
            assert after.number > before.number or after.came_at - before.came_at < 1.0


# --- what the template says ---------------------------------------------------------------------------------


def described(name: str) -> str:
    found: str = rules.source()["Parameters"][name]["Description"]
    return found


def seconds(function: str, kind: str = "warm_ms") -> float:
    return float(getattr(PACES[function], kind)) / 1000


def test_the_arithmetic_in_the_descriptions_is_that_of_the_measured_times() -> None:
    given_ = parameters()
    whole = {
        "WebhooksPerSecond": f"{given_.webhooks_per_second} / 4 = {given_.webhooks_per_second // 4} turns",
        "ProcessorConcurrency": f"{given_.processor} / {seconds('processor')} s",
        "SenderConcurrency": f"{given_.sender} / {seconds('sender')} s = "
        f"{int(given_.sender / seconds('sender'))} turns a second, or "
        f"{int(given_.sender / seconds('sender', 'cold_ms'))} while",
        "TrackerConcurrency": f"{given_.tracker} / (3 x {seconds('tracker')} s) = "
        f"{int(given_.tracker / (3 * seconds('tracker')))} turns",
        "IngressReserved": f"{given_.webhooks_per_second} x {seconds('ingress', 'cold_ms')} = "
        f"{cold_ingress(given_, PACES)}",
    }
    told = {name: words in described(name) for name, words in whole.items()}
    assert told == dict.fromkeys(whole, True), whole
    processor = described("ProcessorConcurrency")
    assert f"= {given_.processor / seconds('processor') // 100 * 100:,.0f}," in processor
    assert f"or {given_.processor / 5:.0f} for a bot that takes 5 s" in processor


def test_with_the_defaults_the_ingress_has_room_whatever_the_bot_does() -> None:
    """Even if all webhooks that may come at once do, while all else is full."""
    one = parameters()
    all_at_once = one.webhooks_per_second + one.processor + one.sender + one.tracker
    assert all_at_once < Quotas().executions
    assert f"= {all_at_once}." in described("ProcessorConcurrency")


def test_each_function_behind_a_queue_has_a_maximum_and_the_ingress_a_reservation_if_it_is_asked_for() -> (
    None
):
    template = rules.translated()
    sources = rules.resources(template, "AWS::Lambda::EventSourceMapping")
    maximums = {name: one["ScalingConfig"]["MaximumConcurrency"] for name, one in sources.items()}
    assert maximums == {
        "ProcessorFunctionInbound": {"Ref": "ProcessorConcurrency"},
        "SenderFunctionOutbound": {"Ref": "SenderConcurrency"},
        "TrackerFunctionEvents": {"Fn::If": ["IsAws", {"Ref": "TrackerConcurrency"}, 2]},
    }
    ingress = template["Resources"]["IngressFunction"]["Properties"]
    assert ingress["ReservedConcurrentExecutions"] == {
        "Fn::If": ["HasIngressReserved", {"Ref": "IngressReserved"}, {"Ref": "AWS::NoValue"}]
    }
    for name in ("ProcessorConcurrency", "SenderConcurrency", "TrackerConcurrency"):
        limit = template["Parameters"][name]
        assert (limit["MinValue"], limit["MaxValue"]) == (2, figures.MAXIMUM_CONCURRENCY)


def test_the_model_gathers_statuses_as_the_template_says_and_reads_messages_as_the_bench_says() -> None:
    stack = read_stack()
    assert (stack.gathered, stack.window_seconds) == (figures.GATHER, figures.GATHER_SECONDS)
    assert WAITS_MS["sender"] == 10 + 2 * figures.MARK_READ_SECONDS * 1000


def test_a_slow_bot_lets_meta_get_5xx_only_without_a_maximum() -> None:
    without, reserved, default = (float(row.split("|")[3]) for row in tables()["slow"][2:])
    assert without > 100
    assert (reserved, default) == (0, 0)


def test_a_load_that_comes_at_once_fails_no_webhook() -> None:
    """All functions begin cold."""
    load = Load(turns=250, grows_seconds=0.001)
    way = Way(load, *advised(load, PACES), PACES)
    way.run(3)
    assert way.failed == 0


# --- the page -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["limits", "defaults", "advised", "then", "slow"])
def test_the_page_has_what_the_model_says(name: str) -> None:
    """Whoever changes a parameter runs `python -m rejoinder.workbench.capacity --page`."""
    assert page.read(name) == tables()[name]


def test_the_page_is_written_between_its_markers(tmp_path: Path) -> None:
    file = tmp_path / "scaling.md"
    text = page.PAGE.read_text()
    file.write_text(text)
    page.write({"limits": ["| new |"]}, file)
    assert page.read("limits", file) == ["| new |"]
    assert page.read("slow", file) == page.read("slow")
    page.write({"limits": page.read("limits")}, file)
    assert file.read_text() == text
    with pytest.raises(ValueError, match="there is no place"):
        page.write({"other": []}, file)


def test_the_page_names_the_figures_of_the_quotas() -> None:
    text = re.sub(r"\s+", " ", page.PAGE.read_text())
    units = Quotas().write_units
    assert f"takes {units:,.0f} write units a second at once when it is new" in text
    assert f"A turn takes {write_units()}." in text
    assert f"takes {Quotas().messages_per_second:.0f} messages a second, in and out together" in text
    sender = json.loads((rules.ROOT / "workbench/cost/measured.json").read_text())["functions"]["sender"]
    assert f"Its {sender['warm_ms'] / 1000} s have {figures.MARK_READ_SECONDS} s for each" in text


def test_the_command_tells_what_a_load_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["capacity", "--turns", "40", "--seconds", "2"])
    command.main()
    told = capsys.readouterr().out
    assert re.search(r"^ +26  SenderConcurrency$", told, re.MULTILINE)
    assert "full: SenderConcurrency" in told
    assert "full: nothing" in told
