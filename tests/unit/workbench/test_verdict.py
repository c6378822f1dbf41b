"""What `rejoinder watch` says of what it has seen: whether contacts are answered."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder.model.gate import Gate
from rejoinder.workbench.watching.figures import Of
from rejoinder.workbench.watching.queues import Queue
from rejoinder.workbench.watching.state import (
    COUNTED,
    FAILED,
    FAILED_LATE,
    IN,
    INGRESS_FAILED,
    OUT,
    PARKED,
    RIGHT_SIGNATURES,
    SERVER_ERRORS,
    WORK_FAILED,
    WRONG_SIGNATURES,
    State,
)
from rejoinder.workbench.watching.verdict import FEW_FAILED, FEW_WRONG, Answer, verdict
from tests.unit.template_rules import source

AT = datetime(2026, 11, 26, 12, 7, tzinfo=UTC)

YES, PERHAPS, NO, QUIET = Answer

Counts = dict[Of, int]

_, PROCESSOR_FAILED, SENDER_FAILED, TRACKER_FAILED = WORK_FAILED


def seen(
    counts: Counts,
    lately: Counts,
    *,
    inbound: Queue | None = None,
    outbound: Queue | None = None,
    waited: float = 0,
) -> State:
    """Return what a look has seen: figures of ten minutes and of three, and queues."""
    found = (inbound or queue("inbound"), outbound or queue("outbound"))
    return State(
        at=AT,
        counts=Counter(counts),
        lately=Counter(lately),
        last_minute={},
        answers=None,
        causes=[],
        queues=found,
        waited={one.name: waited for one in found if one.depth},
        gates={},
        at_gates={},
        is_searching=False,
        alarms=[],
    )


def queue(name: str, waiting: int = 0, at_work: int = 0, oldest: float | None = None) -> Queue:
    return Queue(name=name, waiting=waiting, at_work=at_work, oldest_seconds=oldest)


SENT = "9 messages out in 10 minutes"

# -- by example ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "lately", "answer", "said"),
    [
        ({}, {}, QUIET, "no message came in 10 minutes"),
        ({IN: 1}, {IN: 1}, QUIET, "1 turn in 10 minutes, in which the bot said nothing"),
        ({IN: 2, OUT: 1}, {IN: 2, OUT: 1}, YES, "yes, 1 message in 10 minutes"),
        # messages that fail
        (
            {IN: 100, OUT: 1, FAILED: 99},
            {IN: 9, FAILED: 9},
            NO,
            "no: most messages fail for good; 99 failed, and 1 message out in 10 minutes",
        ),
        (
            {IN: 100, OUT: 100, FAILED_LATE: 100},
            {IN: 9, OUT: 9, FAILED_LATE: 9},
            NO,
            "no: most messages fail for good; 100 failed, and 100 messages out in 10 minutes",
        ),
        (
            {IN: 100, OUT: 9, FAILED: 91},
            {IN: 9, OUT: 8},
            PERHAPS,
            "only some: 91 messages failed for good in 10 minutes; 9 messages out in 10 minutes",
        ),
        (
            {IN: 50, OUT: 49, FAILED: 1},
            {FAILED: 1},
            PERHAPS,
            "only some: 1 message failed for good in 10 minutes; 49 messages out in 10 minutes",
        ),
        ({IN: 50, OUT: 49, FAILED: 1}, {IN: 9, OUT: 9}, YES, "yes, 49 messages in 10 minutes"),
        ({IN: 2, FAILED: 2}, {}, NO, "no: 2 messages failed for good in 10 minutes, and none went out"),
        (
            {IN: 1, FAILED: 1},
            {IN: 1},
            PERHAPS,
            "perhaps not: 1 message failed for good in 10 minutes; 0 messages out in 10 minutes",
        ),
        # a bot that fails
        (
            {OUT: 40, PARKED: 40},
            {},
            NO,
            "no: the bot failed on 40 updates, and nothing but apologies went out",
        ),
        (
            {IN: 1, OUT: 2, PARKED: 5},
            {},
            NO,
            "no: the bot failed on 5 updates, and nothing but apologies went out",
        ),
        (
            {OUT: 1, PARKED: 1},
            {},
            PERHAPS,
            "perhaps not: the bot failed on 1 update, and nothing but apologies went out",
        ),
        (
            {IN: 9, OUT: 9, PARKED: 2},
            {},
            PERHAPS,
            "only some: the bot failed on 2 updates; 9 messages out in 10 minutes",
        ),
        # webhooks that are refused
        (
            {IN: 12, OUT: 12, INGRESS_FAILED: 30},
            {INGRESS_FAILED: 30},
            NO,
            "no: 30 webhooks in 3 minutes got a server error, and the bot took no update",
        ),
        (
            {IN: 12, OUT: 12, SERVER_ERRORS: 2},
            {SERVER_ERRORS: 1},
            NO,
            "no: 1 webhook in 3 minutes got a server error, and the bot took no update",
        ),
        (
            {IN: 12, OUT: 12, SERVER_ERRORS: 1},
            {SERVER_ERRORS: 1},
            PERHAPS,
            "only some: 1 webhook in 3 minutes got a server error; 12 messages out in 10 minutes",
        ),
        (
            {IN: 12, OUT: 12, SERVER_ERRORS: 9, INGRESS_FAILED: 9},
            {IN: 1, SERVER_ERRORS: 9, INGRESS_FAILED: 9},
            PERHAPS,
            "only some: 9 webhooks in 3 minutes got a server error; 12 messages out in 10 minutes",
        ),
        ({IN: 12, OUT: 12, SERVER_ERRORS: 9}, {}, YES, "yes, 12 messages in 10 minutes"),
        # signatures
        (
            {IN: 9, OUT: 9, RIGHT_SIGNATURES: 9, WRONG_SIGNATURES: 6},
            {WRONG_SIGNATURES: 6},
            NO,
            "no: 6 webhooks in 3 minutes had a wrong signature, and none had a right one",
        ),
        (
            {WRONG_SIGNATURES: 6},
            {WRONG_SIGNATURES: 1},
            NO,
            "no: 6 webhooks in 10 minutes had a wrong signature, and none had a right one",
        ),
        (
            {IN: 12, OUT: 12, RIGHT_SIGNATURES: 42, WRONG_SIGNATURES: 9},
            {RIGHT_SIGNATURES: 30, WRONG_SIGNATURES: 9},
            YES,
            "yes, 12 messages in 10 minutes",
        ),
        (
            {IN: 9, OUT: 9, RIGHT_SIGNATURES: 9, WRONG_SIGNATURES: 1},
            {WRONG_SIGNATURES: 1},
            PERHAPS,
            f"perhaps not: 1 webhook in 3 minutes had a wrong signature, and none had a right one; {SENT}",
        ),
        # functions that fail
        (
            {IN: 9, OUT: 9},
            {IN: 9, OUT: 9, PROCESSOR_FAILED: 1, SENDER_FAILED: 2},
            PERHAPS,
            f"only some: the processor and the sender could not finish something; {SENT}",
        ),
        ({IN: 9, OUT: 9}, {TRACKER_FAILED: 3}, YES, "yes, 9 messages in 10 minutes"),
    ],
)
def test_what_is_counted_tells_whether_contacts_are_answered(
    counts: Counts, lately: Counts, answer: Answer, said: str
) -> None:
    assert verdict(seen(counts, lately)) == (answer, said)


UNTAKEN = "2 updates for the bot, and in 3 minutes it took none"
UNSENT = "answers wait to be sent, and in 3 minutes no message went out"


@pytest.mark.parametrize(
    ("state", "answer", "said"),
    [
        (seen({IN: 9, OUT: 9}, {}, inbound=queue("inbound", 2)), PERHAPS, f"perhaps not: {UNTAKEN}; {SENT}"),
        (seen({IN: 9, OUT: 9}, {}, inbound=queue("inbound", 1, 1), waited=60), NO, f"no: {UNTAKEN}"),
        (seen({IN: 9, OUT: 9}, {}, inbound=queue("inbound", 2, oldest=61)), NO, f"no: {UNTAKEN}"),
        (seen({IN: 9, OUT: 9}, {IN: 2}, outbound=queue("outbound", 1), waited=60), NO, f"no: {UNSENT}"),
        (seen({IN: 9, OUT: 9}, {}, outbound=queue("outbound", 1, oldest=61)), NO, f"no: {UNSENT}"),
        (
            seen({IN: 9, OUT: 9}, {IN: 1}, outbound=queue("outbound", 0, 1)),
            PERHAPS,
            f"perhaps not: {UNSENT}; {SENT}",
        ),
        (
            seen({IN: 9, OUT: 9}, {IN: 1, OUT: 1}, inbound=queue("inbound", 2), waited=600),
            YES,
            "yes, 9 messages in 10 minutes",
        ),
    ],
)
def test_what_waits_and_stands_still_for_a_minute_tells_that_nothing_goes_on(
    state: State, answer: Answer, said: str
) -> None:
    assert verdict(state) == (answer, said)


@pytest.mark.parametrize(
    ("unsent", "oldest", "answer", "said"),
    [
        (0, 700.0, YES, "yes, 9 messages in 10 minutes"),
        (1, 600.0, YES, "yes, 9 messages in 10 minutes"),
        (1, 601.0, NO, f"not all: something in outbound has waited for 10 minutes; {SENT}"),
    ],
)
def test_contacts_are_not_all_answered_while_something_is_old(
    unsent: int, oldest: float, answer: Answer, said: str
) -> None:
    counts = {IN: 9, OUT: 9}
    state = seen(counts, counts, outbound=queue("outbound", unsent, oldest=oldest))
    assert verdict(state) == (answer, said)


def test_nobody_says_yes_while_the_account_of_a_closed_gate_is_not_found_yet() -> None:
    state = replace(seen({IN: 29, OUT: 20}, {IN: 9, OUT: 9}), is_searching=True)
    said = "perhaps not: a gate was closed lately, and its account is searched for"
    assert verdict(state) == (PERHAPS, said)
    found = replace(state, gates={"whatsapp:1": Gate.closed(190, AT.timestamp())})
    assert verdict(found) == (NO, "not where a gate is closed; 20 messages out in 10 minutes")


def test_the_rules_have_the_numbers_of_the_alarms() -> None:
    alarms = {name: one["Properties"] for name, one in source()["Resources"].items()}

    def limit(name: str) -> int:
        """Return the first number in an alarm's formula. More than that many ring."""
        found = re.search(r"> (\d+) ", alarms[name]["Metrics"][0]["Expression"])
        assert found
        return int(found[1])

    assert limit("MessagesMostlyFailAlarm") == FEW_FAILED
    assert limit("SignatureInvalidAlarm") == FEW_WRONG
    asked = SERVER_ERRORS.query("Rejoinder/prod", "api1")
    assert asked["Dimensions"] == [{"Name": "ApiId", "Value": "api1"}]
    refused = alarms["WebhookFailuresAlarm"]["Metrics"][1]["MetricStat"]["Metric"]
    assert (asked["Namespace"], asked["MetricName"]) == (refused["Namespace"], refused["MetricName"])


# -- by what always holds ------------------------------------------------------------------------------------

SMALL = st.integers(0, 20)
SELDOM = st.sampled_from([False] * 9 + [True])
SOME = st.dictionaries(st.sampled_from(COUNTED), SMALL, max_size=4)


@st.composite
def some_queue(draw: st.DrawFn, name: str) -> Queue:
    """Draw a queue, which is mostly empty."""
    if not draw(SELDOM):
        return queue(name)
    return queue(name, draw(st.integers(0, 3)), draw(st.integers(0, 3)), draw(st.none() | st.floats(0, 1200)))


@st.composite
def looks(draw: st.DrawFn) -> State:
    """Draw what a look may have seen. Most of it is well: else one fault would hide another."""
    counts = {IN: draw(SMALL), OUT: draw(SMALL)} | draw(SOME)
    lately = {of: draw(st.sampled_from([0, count // 2, count])) for of, count in counts.items()}
    inbound, outbound = (draw(some_queue(name)) for name in ("inbound", "outbound"))
    waited = draw(st.sampled_from([0, 60]))
    state = seen(counts, lately, inbound=inbound, outbound=outbound, waited=waited)
    gates = {"whatsapp:1": Gate.closed(190, AT.timestamp())} if draw(SELDOM) else {}
    return replace(state, gates=gates, is_searching=draw(SELDOM))


def rings(state: State) -> bool:
    """Whether an alarm that wakes would be on, by its formula in template.yaml, for the figures of a look.

    What counts for a while after its fault is over is taken of the last three minutes.
    """
    ten, three = state.counts, state.lately
    failed, late = ten[FAILED], ten[FAILED_LATE]
    return any(
        [
            failed + late > 9 and failed + late + late > ten[OUT],  # MessagesMostlyFailAlarm
            ten[PARKED] > 4,  # UpdatesParkedAlarm
            ten[WRONG_SIGNATURES] > 5 and ten[RIGHT_SIGNATURES] == 0,  # SignatureInvalidAlarm
            three[SERVER_ERRORS] > 1,  # WebhookFailuresAlarm
            three[PROCESSOR_FAILED] > 2,  # ProcessorWorkFailedAlarm
            three[SENDER_FAILED] > 2,  # SenderWorkFailedAlarm
            any(gate.is_closed for gate in state.gates.values()),  # GateClosedAlarm
            any(  # InboundAgeAlarm, OutboundAgeAlarm
                one.depth and (one.oldest_seconds or 0) > {"inbound": 180, "outbound": 600}[one.name]
                for one in state.queues
            ),
        ]
    )


@settings(max_examples=500)
@given(looks())
def test_nobody_says_yes_while_an_alarm_that_wakes_has_a_reason(state: State) -> None:
    answer, _ = verdict(state)
    assert not (rings(state) and answer is YES)


@st.composite
def good_looks(draw: st.DrawFn) -> State:
    """Draw a look at a deployment that answers all, in which a message or two are in work."""
    state = draw(looks())
    lately = dict.fromkeys(COUNTED, 0) | {IN: draw(SMALL), WRONG_SIGNATURES: draw(SMALL)}
    counts = dict(lately)
    counts[IN] += draw(SMALL)
    for figures in (lately, counts):
        figures[OUT] = figures[IN]
        figures[RIGHT_SIGNATURES] = figures[IN] + 1  # and a webhook of statuses
    fresh = tuple(replace(one, oldest_seconds=draw(st.none() | st.floats(0, 59))) for one in state.queues)
    return replace(state, counts=Counter(counts), lately=Counter(lately), queues=fresh, waited={}, gates={})


@given(good_looks())
def test_nobody_says_no_while_all_that_came_in_went_out(state: State) -> None:
    answer, _ = verdict(state)
    assert answer is not NO


@given(looks())
def test_words_and_colour_agree(state: State) -> None:
    answer, said = verdict(state)
    begins = {
        YES: ("yes, ",),
        NO: ("no: ", "not all: ", "not where a gate is closed; "),
        PERHAPS: ("perhaps not: ", "only some: "),
        QUIET: ("no message came in ", "1 turn in ", f"{state.counts[IN]:,} turns in "),
    }
    assert said.startswith(begins[answer])
