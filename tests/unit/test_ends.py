"""What is erased of a conversation after its end, what stays of it, and who looks after it."""

from dataclasses import fields
from typing import Any

from rejoinder import Bot
from rejoinder.model.conversation import NO_WINDOW, Conversation
from rejoinder.model.people import Contact
from rejoinder.model.whose import conversation_of
from tests.unit.worlds import ACCOUNT, NOON, World, inbound

DAY = 86400.0

STAYS = {
    # Who it is with.
    *("key", "contact_ids", "contact", "contact_at", "user_id", "former_keys", "taken_over"),
    # What they told about consent, and the conversations that this one is linked to.
    *("consent", "opted_out", "wished_at", "linked"),
    # How often it was committed, and from when to when there is something of it.
    *("version", "begun_at", "ends_at", "looked_at"),
    # What the commit in progress does. It is not stored.
    *("absorbed", "vacant", "ledger", "released", "held"),
}
"""All fields of a conversation that may have a value after its end. All others hold what is to be erased."""

STAYS_OF_CONTACT = {
    *("id", "phone", "user_id", "former_ids", "former_phones", "parent_user_id", "identity_hash"),
}


def kept_fields(after: Any, empty: Any) -> set[str]:
    """Return the names of the fields that differ from those of `empty`."""
    names = [one.name for one in fields(after)]
    return {name for name in names if getattr(after, name) != getattr(empty, name)}


def test_after_the_end_of_a_conversation_nothing_stays_but_what_is_listed_here() -> None:
    contact: dict[str, Any] = {one.name: "something" for one in fields(Contact)}
    everything: dict[str, Any] = {one.name: "something" for one in fields(Conversation)}
    everything |= {"contact": Contact(**contact), "window_closes_at": NOON}
    emptied = Conversation(**everything).emptied()
    assert kept_fields(emptied, Conversation(key="", contact_ids=())) == STAYS
    assert kept_fields(emptied.contact, Contact(id="")) == STAYS_OF_CONTACT


def test_a_window_that_never_closes_does_not_close_with_the_end_of_a_conversation() -> None:
    conversation = Conversation(key="key", contact_ids=("1",), window_closes_at=NO_WINDOW)
    assert conversation.emptied().window_closes_at == NO_WINDOW


def test_what_is_with_one_person_is_kept_as_long_as_its_longest_part() -> None:
    old = Conversation(key="old", contact_ids=("US.1",), version=1, begun_at=NOON, ends_at=NOON + DAY)
    new = Conversation(key="new", contact_ids=("1555",), version=1, begun_at=NOON + 1, ends_at=NOON + 2 * DAY)
    person = Contact(id="US.1", user_id="US.1", phone="1555")
    one = conversation_of(ACCOUNT, person, {"US.1": old, "1555": new}.get, at=NOON + 2)
    assert one
    assert (one.key, one.ends_at) == ("old", NOON + 2 * DAY)


def test_a_conversation_of_which_something_stays_has_one_wake_up_that_looks_whether_it_is_over() -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.say("Hello"))
    world = World(bot, retention_seconds=60 * DAY)
    for number, words in enumerate(("STOP", "hi", "hi")):
        world.now += DAY
        world.process(inbound(words, id=f"wamid.{number}", at=world.now))
    (look,) = world.wake_ups.waiting.values()
    assert look.at == NOON + 61 * DAY + 1
