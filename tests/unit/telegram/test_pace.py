"""The pace of one process."""

import pytest

from rejoinder.channels.telegram import pace
from rejoinder.errors import Refused
from rejoinder.model.people import Account
from tests.unit.telegram.servers import Time

BOT, OTHER = Account(channel="telegram", id="7000000001"), Account(channel="telegram", id="7000000002")
ADA, GROUP = 5000000001, -1001234567890


def test_a_few_messages_of_one_chat_go_out_together_and_more_than_one_a_second_do_not() -> None:
    time = Time()
    paced, sent = time.pace(), []
    while time.now < 30:
        paced.wait(BOT, ADA)
        sent.append(time.now)
    assert sent[:3] == [0, 0, 0]
    assert len(sent) <= 30 + 3
    for first, fourth in zip(sent, sent[3:], strict=False):
        assert fourth - first >= 3


def test_a_long_turn_waits_here_and_not_in_its_queue() -> None:
    time = Time()
    paced = time.pace()
    for _ in range(7):
        paced.wait(BOT, ADA)
    assert time.slept == [3.0, 3.0]


def test_an_album_counts_as_many_messages_as_it_has_files() -> None:
    time = Time()
    paced = time.pace()
    paced.wait(BOT, ADA, 10)
    paced.wait(BOT, ADA)
    assert time.slept == [3.0]
    paced.wait(BOT, GROUP, 20)
    with pytest.raises(Refused):
        paced.wait(BOT, GROUP)


def test_a_group_gets_20_messages_a_minute_and_its_queue_waits_for_more() -> None:
    time = Time()
    paced = time.pace()
    for _ in range(20):
        paced.wait(BOT, GROUP)
        time.now += 1
    with pytest.raises(Refused) as caught:
        paced.wait(BOT, GROUP)
    assert (caught.value.code, caught.value.retry_after_seconds) == (0, 40.0)


def test_a_bot_sends_30_messages_a_second_and_another_bot_has_a_pace_of_its_own() -> None:
    time = Time()
    paced = time.pace()
    for chat in range(1, 31):
        paced.wait(BOT, chat)
    paced.wait(OTHER, ADA)
    assert time.slept == []
    paced.wait(BOT, ADA)
    assert time.slept == [1.0]


def test_silent_chats_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MAX_REMEMBERED", 5)
    time = Time()
    paced = time.pace()
    for chat in range(1, 20):
        paced.wait(BOT, chat)
        time.now += 30
    assert len(paced._sent) <= 7
