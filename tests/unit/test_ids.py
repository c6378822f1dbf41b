"""The ingress makes ids from the wire, and others from what they read. The ids are the same."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rejoinder import Bot, Chat
from rejoinder.aws.stored.bodies import dump_update, read_update, read_updates
from rejoinder.aws.stored.webhooks import JsonBodies
from rejoinder.channel_ports import Split
from rejoinder.channels import parse
from rejoinder.channels.whatsapp.front import split
from rejoinder.errors import Rejected
from rejoinder.model.ids import (
    MAX_ID_CHARACTERS,
    clean_id,
    correlation_id,
    correlation_of,
    group_of,
    outbound_id,
)
from rejoinder.model.updates import Inbound
from tests.unit.test_deliver import MoodyNetwork
from tests.unit.worlds import ACCOUNT, NOON, World, inbound

ALPHABETS = {
    "ascii": st.characters(min_codepoint=32, max_codepoint=126),
    "digits": st.sampled_from("0123456789"),
    "unprintable": st.characters(max_codepoint=31) | st.sampled_from("\x7f\x85\xa0\u2028\ufffe"),
    "accents": st.sampled_from("éßñçø\u0301"),
    "emoji": st.sampled_from("\N{WAVING HAND SIGN}\N{THUMBS UP SIGN}\u200d\ufe0f"),
    "halves of surrogate pairs": st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF),
    "any": st.characters(codec=None, exclude_categories=()),
}


def of_length(letters: str, length: int) -> str:
    """Return a text of that length that repeats `letters`."""
    return (letters * length)[:length]


IDS = st.builds(
    of_length,
    st.one_of([st.text(alphabet, min_size=1, max_size=8) for alphabet in ALPHABETS.values()]),
    st.integers(0, 600)
    | st.sampled_from([0, 1, MAX_ID_CHARACTERS - 1, MAX_ID_CHARACTERS, MAX_ID_CHARACTERS + 1]),
)
some = settings(max_examples=300, deadline=None)


def arrived(field: str = "messages", **parts: object) -> Split:
    """Return what the front makes of a webhook with these parts of a value."""
    value = {"metadata": {"phone_number_id": ACCOUNT.id}, **parts}
    changes = [{"field": field, "value": value}]
    body = {"object": "whatsapp_business_account", "entry": [{"changes": changes}]}
    return split(json.dumps(body).encode())


def read(found: Split) -> list[tuple[str, object, Inbound]]:
    """Return each update as it is read, with the group and correlation id that the ingress made for it."""
    updates = []
    for several in found.conversations:
        body = JsonBodies().updates(several.account, NOON, [json.dumps(one) for one in several.updates])
        for one, update in zip(several.updates, read_updates(body, parse), strict=True):
            updates.append((several.group, one["correlation_id"], update))
    return updates


def assert_agreed(found: Split, *, named: bool) -> None:
    """Check that both sides make the same ids. An update that names no contact is quarantined."""
    updates = read(found)
    assert len(updates) == named
    assert len(found.misfits) == (not named)
    for group, correlation, update in updates:
        assert update.group == group
        assert update.hashed_id == correlation
        assert read_update(dump_update(update)).group == group


@some
@given(message_id=IDS, sender=IDS, user_id=st.none() | IDS)
@example(message_id="", sender="", user_id=None)
@example(message_id="\ud800" * 600, sender="é" * 600, user_id="")
def test_queue_group_and_correlation_id_of_a_message_agree(
    message_id: str, sender: str, user_id: str | None
) -> None:
    message: dict[str, object] = {"id": message_id, "from": sender, "type": "text", "text": {"body": "hi"}}
    if user_id is not None:
        message["from_user_id"] = user_id
    assert_agreed(arrived(messages=[message]), named=bool(sender or user_id))


@some
@given(message_id=IDS, number=IDS, user_id=IDS, is_named=st.booleans())
def test_they_agree_where_the_contacts_of_the_webhook_tell_the_user_id(
    message_id: str,
    number: str,
    user_id: str,
    is_named: bool,  # noqa: FBT001
) -> None:
    message = {"id": message_id, "type": "text", "text": {"body": "hi"}} | (
        {"from": number} if is_named else {}
    )
    contact = {"wa_id": number, "user_id": user_id}
    assert_agreed(arrived(messages=[message], contacts=[contact]), named=bool(number or user_id))


@some
@given(message_id=IDS, number=IDS, user_id=IDS)
def test_they_agree_of_what_is_no_message_of_the_contact(message_id: str, number: str, user_id: str) -> None:
    echo = {"id": message_id, "to": number} | ({"to_user_id": user_id} if user_id else {})
    assert_agreed(arrived("smb_message_echoes", message_echoes=[echo]), named=bool(number or user_id))
    wish = {"wa_id": number, "value": "stop"} | ({"user_id": user_id} if user_id else {})
    assert_agreed(arrived("user_preferences", user_preferences=[wish]), named=bool(number or user_id))


@some
@given(IDS)
def test_a_clean_id_fits_everywhere_and_stays_as_it_is(message_id: str) -> None:
    cleaned = clean_id(message_id)
    assert (cleaned is None) == (message_id == "")
    if cleaned is not None:
        assert cleaned.isascii()
        assert cleaned.isprintable()
        assert len(cleaned) <= MAX_ID_CHARACTERS
        assert clean_id(cleaned) == cleaned
        assert group_of("whatsapp:1", cleaned) == group_of("whatsapp:1", message_id)
        assert correlation_id("whatsapp:1", cleaned) == correlation_id("whatsapp:1", message_id)
    ours = correlation_id("whatsapp:1", message_id)
    assert correlation_of(outbound_id(ours, 20)) == ours


@pytest.mark.parametrize("value", [None, 1, True, ["a"], {"a": 1}, b"a", ""], ids=repr)
def test_what_is_no_id_is_none(value: object) -> None:
    assert clean_id(value) is None


def planning() -> Bot:
    """Return a bot that puts something off, waits for an answer, and says something, all in one turn."""
    bot = Bot()

    @bot.otherwise
    def plan(chat: Chat) -> None:
        chat.later(timedelta(hours=1), remind)
        chat.ask("Well?", timeout=timedelta(hours=2))

    @bot.on()
    def remind(chat: Chat) -> None:
        chat.later(timedelta(hours=1), remind)

    return bot


@some
@given(message_id=IDS, sender=IDS.filter(bool), user_id=st.none() | IDS)
def test_what_comes_of_a_message_later_travels_in_its_group(
    message_id: str, sender: str, user_id: str | None
) -> None:
    message: dict[str, Any] = {"id": message_id, "from": sender, "type": "text", "text": {"body": "hi"}}
    if user_id:
        message["from_user_id"] = user_id
    ((group, _, update),) = read(arrived(messages=[message]))
    world = World(planning(), network=MoodyNetwork(moods=[Rejected(131026, "no")]))
    world.process(update)
    world.deliver()
    failed = world.updates.waiting
    reminder, time_up = sorted(world.wake_ups.waiting.values(), key=lambda wake_up: wake_up.at)
    world.now = reminder.at
    world.wake_ups.waiting.clear()
    world.process(reminder.inbound)
    (next_one,) = world.wake_ups.waiting.values()
    ours = [reminder.inbound, time_up.inbound, next_one.inbound, *failed]
    assert [one.content.kind for one in ours] == ["reminder", "time_up", "reminder", "failed"]
    assert {read_update(dump_update(one)).group for one in ours} == {group}
    assert len({one.hashed_id for one in (update, *ours)}) == 5


def test_contacts_and_accounts_have_groups_of_their_own() -> None:
    accounts, contacts = ("whatsapp:1", "whatsapp:2", "other:1"), ("1", "2", "US.1", "é", "")
    groups = {group_of(account, contact) for account in accounts for contact in contacts}
    assert len(groups) == len(accounts) * len(contacts)
    assert inbound().group in {group_of(str(ACCOUNT), id) for id in inbound().contact.ids}
