"""The counting of `make chaos`, in which each possible fault must show, and its plan."""

import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rejoinder.bot.loading import load_bot
from rejoinder.channels.telegram.channel import CHANNEL
from rejoinder.errors import BotFailed
from rejoinder.model.contents import Text
from rejoinder.model.ids import correlation_id, outbound_id
from rejoinder.model.people import Account
from rejoinder.testing import Phone
from rejoinder.workbench import development
from rejoinder.workbench.chaos import telegram
from rejoinder.workbench.chaos.drill import Report
from rejoinder.workbench.chaos.plan import (
    ACCOUNTS,
    MAX_IN_BODY,
    NUMBERS,
    PARKING,
    PASSING,
    Update,
    body_of,
    plan,
)
from rejoinder.workbench.chaos.tally import Acceptance, Evidence, Steps, count
from rejoinder.workbench.cli.chaos import orders_of, table
from rejoinder.workbench.simulator.server import Simulator
from rejoinder.workbench.stack import StackError
from rejoinder.workbench.telegram.api import BotApi

BOT = Path(__file__).parents[3] / "workbench" / "chaos" / "bot"
ADA_PHONE, BOB_PHONE = "15550000001", "15550000002"
ADA, BOB = f"{ADA_PHONE}@1", f"{BOB_PHONE}@1"
GOOD: Steps = frozenset({"sending", "accepted", "sent", "delivered", "read"})
UNKNOWN: Steps = frozenset({"sending", "unknown", "sent", "delivered", "read"})
KILLED: Steps = frozenset({"sending", "sent"})
REFUSED: Steps = frozenset({"sending", "refused"})


def update(talk: str, place: int, wrong: str = "") -> Update:
    return Update(id=f"{talk}-{place}", contact=talk.partition("@")[0], place=place, wrong=wrong)


def sorry(one: Update) -> Acceptance:
    """Return the apology for an update that was parked."""
    id = outbound_id(correlation_id(f"whatsapp:{one.number}", one.id), 0)
    return Acceptance(contact=one.talk, text="Sorry, something went wrong", outbound_id=id, attempt=1)


def accepted(contact: str, number: int, place: int | None = None, *, attempt: int = 1) -> Acceptance:
    place = place or number
    return Acceptance(
        contact=contact,
        text=f"{number}: message {place}",
        outbound_id=f"out-{contact}-{place}",
        attempt=attempt,
    )


ALL = [(ADA, 1), (ADA, 2), (ADA, 3), (BOB, 1)]
RIGHT = Evidence(
    updates=[update(*one) for one in ALL],
    markers={update(*one).id: "done" for one in ALL},
    counts={ADA: 3, BOB: 1},
    records={accepted(*one).outbound_id: {1: GOOD} for one in ALL},
    acceptances=[accepted(*one) for one in ALL],
)


def with_acceptances(*acceptances: Acceptance) -> Evidence:
    return replace(RIGHT, acceptances=[*RIGHT.acceptances, *acceptances])


def with_attempts(evidence: Evidence, place: int, *attempts: Steps) -> Evidence:
    """Return the evidence with these attempts at Ada's message at `place`."""
    its = {accepted(ADA, place).outbound_id: dict(enumerate(attempts, start=1))}
    return replace(evidence, records={**evidence.records, **its})


def test_when_all_went_well_there_is_nothing_to_count() -> None:
    tally = count(RIGHT)
    assert tally.is_right
    assert (tally.sent, tally.handled, tally.lost, tally.unknown) == (4, 4, 0, 0)


@pytest.mark.parametrize("markers", [{}, {f"{ADA}-2": "trying"}])
def test_an_update_without_a_finished_turn_is_lost(markers: dict[str, str]) -> None:
    others: dict[str, Any] = {id: state for id, state in RIGHT.markers.items() if id != f"{ADA}-2"}
    tally = count(replace(RIGHT, markers=others | markers))
    assert tally.without_turn == (f"{ADA}-2",)
    assert (tally.handled, tally.lost, tally.is_right) == (3, 1, False)


def test_a_turn_whose_answer_never_went_out_is_lost() -> None:
    tally = count(replace(RIGHT, acceptances=[one for one in RIGHT.acceptances if one != accepted(ADA, 2)]))
    assert tally.without_answer == (f"{ADA}-2",)
    assert (tally.handled, tally.lost, tally.is_right) == (4, 1, False)


def test_a_turn_that_happened_twice_shows_in_what_the_bot_counted() -> None:
    tally = count(replace(RIGHT, counts={ADA: 4, BOB: 1}))
    assert (tally.turns_doubled, tally.is_right) == (1, False)


def test_a_turn_that_happened_twice_shows_in_two_numbers_for_one_message() -> None:
    tally = count(with_acceptances(accepted(ADA, 4, place=3)))
    assert (tally.turns_doubled, tally.is_right) == (1, False)


def test_answers_that_change_places_are_out_of_order() -> None:
    order = [accepted(ADA, 2), accepted(ADA, 1), accepted(ADA, 3), accepted(BOB, 1)]
    tally = count(replace(RIGHT, acceptances=order))
    assert tally.out_of_order == (f"{ADA} 1: message 1",)
    assert (tally.lost, tally.is_right) == (0, False)


def test_updates_that_were_handled_in_another_order_are_out_of_order() -> None:
    order = [accepted(ADA, 1, 2), accepted(ADA, 2, 1), accepted(ADA, 3), accepted(BOB, 1)]
    tally = count(replace(RIGHT, acceptances=order))
    assert tally.out_of_order == (f"{ADA} 2: message 1",)


def test_contacts_are_no_order_among_each_other() -> None:
    tally = count(replace(RIGHT, acceptances=[RIGHT.acceptances[-1], *RIGHT.acceptances[:-1]]))
    assert tally.is_right


@pytest.mark.parametrize("first", [UNKNOWN, KILLED, frozenset({"sending"})])
def test_a_message_may_go_out_again_when_its_outcome_was_unknown(first: Steps) -> None:
    tally = count(with_attempts(with_acceptances(accepted(ADA, 1, attempt=2)), 1, first, GOOD))
    assert (tally.sends_doubled, tally.wrongly_doubled, tally.unknown) == (1, (), 1)
    assert tally.is_right


@pytest.mark.parametrize("first", [GOOD, REFUSED])
def test_a_message_may_not_go_out_again_when_its_outcome_was_known(first: Steps) -> None:
    tally = count(with_attempts(with_acceptances(accepted(ADA, 1, attempt=2)), 1, first, GOOD))
    assert (tally.sends_doubled, tally.wrongly_doubled) == (1, (f"out-{ADA}-1",))
    assert not tally.is_right


def test_one_attempt_may_not_go_out_twice() -> None:
    tally = count(with_attempts(with_acceptances(accepted(ADA, 1)), 1, UNKNOWN))
    assert (tally.wrongly_doubled, tally.is_right) == ((f"out-{ADA}-1",), False)


def test_the_same_words_under_another_id_are_no_further_attempt() -> None:
    other = replace(accepted(ADA, 1, attempt=2), outbound_id="out-other")
    tally = count(with_attempts(with_acceptances(other), 1, UNKNOWN))
    assert (tally.wrongly_doubled, tally.is_right) == (("out-other",), False)


def test_unknown_outcomes_are_settled_when_the_record_says_what_became_of_them() -> None:
    settled = with_attempts(RIGHT, 1, UNKNOWN)
    assert (count(settled).unknown, count(settled).settled) == (1, 1)
    later = with_attempts(RIGHT, 1, frozenset({"sending", "unknown"}), GOOD)
    assert (count(later).unknown, count(later).settled) == (1, 1)
    never = with_attempts(RIGHT, 1, frozenset({"sending", "unknown"}))
    assert (count(never).unknown, count(never).settled) == (1, 0)


def test_what_is_parked_is_handled_but_not_right() -> None:
    tally = count(replace(RIGHT, markers={**RIGHT.markers, f"{ADA}-2": "parked"}))
    assert (tally.handled, tally.parked, tally.is_right) == (4, 1, False)


PARKED = [update(ADA, 2, "raise"), update(ADA, 3, "exit")]
MENDED = replace(
    RIGHT,
    updates=[update(ADA, 1), *PARKED, update(BOB, 1)],
    put_back=[one.id for one in PARKED],
    acceptances=[
        *[sorry(PARKED[0]), sorry(PARKED[1]), accepted(ADA, 1), accepted(BOB, 1)],
        *[replace(accepted(ADA, place), text=f"{place}: {PARKED[place - 2].text}") for place in (2, 3)],
    ],
)
"""Two updates of Ada were parked, with a word each, and put back when the bot was mended."""


def test_what_was_parked_with_a_word_and_answered_once_the_bot_was_mended_is_right() -> None:
    tally = count(MENDED)
    assert (tally.put_back, tally.wrongly_parked, tally.without_word, tally.lost) == (2, (), (), 0)
    assert tally.is_right


def test_the_answer_to_what_was_put_back_may_come_late() -> None:
    other = [one for one in MENDED.acceptances if "message 2" not in one.text]
    late = replace(accepted(ADA, 4, place=2), text="4: message 2 raise")
    numbers = [
        replace(one, text=one.text.replace("3: ", "2: ").replace("4: ", "3: ")) for one in [*other, late]
    ]
    assert count(replace(MENDED, acceptances=numbers)).is_right


def test_an_update_that_was_parked_without_a_fault_of_the_bot_is_not_right() -> None:
    innocent = update(BOB, 1)
    tally = count(
        replace(
            MENDED,
            put_back=[*MENDED.put_back, innocent.id],
            acceptances=[*MENDED.acceptances, sorry(innocent)],
        )
    )
    assert (tally.wrongly_parked, tally.lost, tally.is_right) == ((innocent.id,), 0, False)


def test_an_update_that_was_parked_without_a_word_is_lost() -> None:
    silent = [one for one in MENDED.acceptances if one != sorry(PARKED[0])]
    tally = count(replace(MENDED, acceptances=silent))
    assert (tally.without_word, tally.lost, tally.is_right) == ((PARKED[0].id,), 1, False)


def test_an_apology_that_came_twice_is_a_double() -> None:
    tally = count(replace(MENDED, acceptances=[*MENDED.acceptances, sorry(PARKED[0])]))
    assert (len(tally.wrongly_doubled), tally.is_right) == (1, False)


def test_what_lies_in_a_dead_letter_queue_is_not_right() -> None:
    assert not count(replace(RIGHT, dead=1)).is_right


def report(evidence: Evidence, *, is_drained: bool = True) -> Report:
    return Report(
        tally=count(evidence),
        duplicates=1,
        posts=3,
        repeated=1,
        refusals="1 x 401",
        killed=["sender", "sender"],
        drain_seconds=90.2,
        seconds=120.4,
        is_drained=is_drained,
    )


def test_the_table_names_what_went_wrong() -> None:
    lines = list(table(report(replace(RIGHT, markers={}))))
    assert any(re.match(r" +lost +4 +4 without a turn, 0 without an answer", line) for line in lines)
    assert f"  without a turn: {ADA}-1" in lines
    assert lines[-1] == "  NOT all promises kept"
    assert list(table(report(RIGHT)))[-1] == "  all promises kept"


def test_what_has_not_drained_is_not_right() -> None:
    assert report(RIGHT).is_right
    assert not report(RIGHT, is_drained=False).is_right


def first_places(bodies: Sequence[Sequence[Update]]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for one in (update for body in bodies for update in body):
        if one.place not in places[one.talk]:
            places[one.talk].append(one.place)
    return places


@pytest.mark.parametrize(("updates", "contacts"), [(2000, 100), (200, 20), (7, 3), (1, 1)])
def test_a_plan_brings_each_contacts_messages_in_order_and_a_fifth_of_all_again(
    updates: int, contacts: int
) -> None:
    bodies = plan(updates, contacts, seed=3)
    places = first_places(bodies)
    assert len(places) == contacts
    assert all(its == list(range(1, len(its) + 1)) for its in places.values())
    assert sum(map(len, places.values())) == updates
    assert sum(map(len, bodies)) == updates + round(updates * 0.2)
    assert all(0 < len(body) <= MAX_IN_BODY for body in bodies)


def test_a_plan_has_two_numbers_a_bot_on_telegram_and_what_the_bot_does_wrong() -> None:
    bodies = plan(400, 21, seed=1, wrong=9)
    updates = {one.id: one for body in bodies for one in body}.values()
    assert len({one.contact for one in updates}) == 7
    assert {one.number for one in updates} == {*ACCOUNTS} > {*NUMBERS}
    assert len({one.talk for one in updates}) == 21
    wrong = [one.wrong for one in updates if one.wrong]
    assert len(wrong) == 9
    assert {*wrong} == {*PARKING, *PASSING}


# --- Telegram, which gives no callback data back ------------------------------------------------------------


def on_telegram(*steps: Steps, times: int = 1) -> Evidence:
    """Return the evidence of one update on Telegram, whose answer arrived so often."""
    one = Update(id=f"{ADA_PHONE}.1000001", contact=ADA_PHONE, place=1, number=ACCOUNTS[-1])
    its = outbound_id(correlation_id(one.account, one.id), 1)
    answer = Acceptance(contact=one.talk, text="1: message 1", outbound_id=its, attempt=0)
    return Evidence(
        updates=[one],
        markers={one.id: "done"},
        counts={one.talk: 1},
        records={its: dict(enumerate(steps, start=1))},
        acceptances=[answer] * times,
    )


ACCEPTED: Steps = frozenset({"sending", "accepted"})
LOST: Steps = frozenset({"sending", "unknown"})


def test_on_telegram_an_accepted_message_is_all_that_is_known() -> None:
    assert count(on_telegram(ACCEPTED)).is_right


def test_on_telegram_a_message_may_come_again_only_after_an_unknown_outcome() -> None:
    again = count(on_telegram(LOST, ACCEPTED, times=2))
    assert (again.is_right, again.sends_doubled, again.unknown, again.settled) == (True, 1, 1, 1)
    assert len(count(on_telegram(ACCEPTED, times=2)).wrongly_doubled) == 1
    assert len(count(on_telegram(LOST, ACCEPTED, times=3)).wrongly_doubled) == 1, "once for each such outcome"


def test_on_telegram_a_message_is_known_by_its_words() -> None:
    one = Update(id=f"{ADA_PHONE}.1000001", contact=ADA_PHONE, place=1, number=ACCOUNTS[-1])
    parked = replace(one, id=f"{ADA_PHONE}.1000002", place=2, wrong="raise")
    with Simulator() as simulator, BotApi(simulator.url, development.TELEGRAM_BOT_TOKEN) as api:
        stack: Any = SimpleNamespace(
            simulator_url=simulator.url,
            telegram_url=simulator.url,
            telegram_bot_token=development.TELEGRAM_BOT_TOKEN,
            telegram_secret_token="secret",
            telegram_webhook_url=f"{simulator.url}/nowhere",
        )
        telegram.make_known(stack, [one])
        for text in ("1: message 1", "Sorry"):
            api.call("sendMessage", chat_id=int(ADA_PHONE), text=text)
        told = api.call("getWebhookInfo")["pending_update_count"]
        found = list(telegram.acceptances(stack, [one, parked], {parked.id}))
    assert told == 0, "nobody is told that they began"
    assert [(each.contact, each.text, each.file) for each in found] == [
        (one.talk, "1: message 1", ""),
        (one.talk, "Sorry", ""),
    ]
    ids = [outbound_id(correlation_id(each.account, each.id), n) for each, n in ((one, 1), (parked, 0))]
    assert [each.outbound_id for each in found] == ids


def test_an_update_of_telegram_has_the_id_under_which_its_marker_is_kept() -> None:
    one = Update(id=f"{ADA_PHONE}.1000001", contact=ADA_PHONE, place=1, number=ACCOUNTS[-1])
    account = Account.parse(one.account)
    parsed = CHANNEL.parse(account, {"update": telegram.body_of(one)}, received_at=1.0)
    assert (parsed.id, parsed.contact.id, parsed.content) == (one.id, one.contact, Text(body="message 1"))


def test_an_errand_that_failed_is_not_right() -> None:
    failed = replace(report(RIGHT), failed=["forget: something is left"])
    assert not failed.is_right
    assert "  failed errand: forget: something is left" in list(table(failed))


def test_a_plan_follows_from_its_seed() -> None:
    assert plan(50, 5, seed=1) == plan(50, 5, seed=1) != plan(50, 5, seed=2)


def test_a_body_holds_what_the_contacts_say() -> None:
    (entry,) = body_of([update(ADA, 1), update(BOB, 2)], {})["entry"]
    messages = entry["changes"][0]["value"]["messages"]
    assert [message["from"] for message in messages] == [ADA_PHONE, BOB_PHONE]
    assert [message["text"]["body"] for message in messages] == ["message 1", "message 2"]


def test_what_is_not_ordered_follows_from_the_number_of_updates() -> None:
    others: dict[str, Any] = {"seed": 1, "visibility": None, "patience": 60.0, "kills": None}
    others |= {"wrong": None, "files": None}
    orders = orders_of(updates=400, contacts=7, **others)
    assert (orders.updates, orders.contacts, orders.kills, orders.visibility) == (400, 7, 2, None)
    assert (orders.wrong, orders.files) == (7, 20)
    with pytest.raises(StackError, match="as many updates"):
        orders_of(updates=5, contacts=6, **others)


@pytest.mark.parametrize("wrong", ["raise", "memory"])
def test_the_bot_fails_when_the_words_ask_for_it_until_it_is_mended(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot = load_bot(BOT)
    with pytest.raises(BotFailed):
        Phone(bot).says(f"message 1 {wrong}")
    monkeypatch.setattr(sys.modules["bot"], "IS_MENDED", True)
    assert Phone(bot).says(f"message 1 {wrong}") == [f"< 1: message 1 {wrong}"]


@pytest.mark.parametrize("wrong", ["threads", "print"])
def test_what_the_bot_survives_does_not_change_its_answer(wrong: str) -> None:
    assert Phone(load_bot(BOT)).says(f"message 1 {wrong}") == [f"< 1: message 1 {wrong}"]


def test_the_bot_numbers_what_is_said() -> None:
    phone = Phone(load_bot(BOT))
    assert phone.says("message 1") == ["< 1: message 1"]
    assert phone.says("message 2") == ["< 2: message 2"]
