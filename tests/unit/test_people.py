"""A person talks to the contact; two ids turn out to be one person; somebody wants no offers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rejoinder import Bot, Chat, Preference, Release
from rejoinder.errors import VersionConflict
from rejoinder.model.contents import ContactCard, FormReply, Image, Order, OrderItem, System, Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.marker import Marker
from rejoinder.model.metrics import Metric
from rejoinder.model.own import Echo, Failed
from rejoinder.model.people import Contact
from rejoinder.model.updates import Inbound, InboundContent
from rejoinder.testing import Phone
from tests.unit.worlds import ACCOUNT, NOON, WINDOW_SECONDS, World, inbound, said

HOUR = timedelta(hours=1)


def serving() -> Bot:
    bot = Bot()

    @bot.on("person", interrupts=True)
    def person(chat: Chat) -> None:
        chat.say("I fetch somebody.")
        chat.hand_over()

    @bot.on("remind me")
    def plan(chat: Chat) -> None:
        chat.later(HOUR, remind)

    @bot.on()
    def remind(chat: Chat) -> None:
        chat.say("Now!")

    @bot.on(Release)
    def back(chat: Chat) -> None:
        chat.say(f"Back again; you said {[message.text[:4] for message in chat.missed]}.")

    @bot.on("talk")
    def talk(chat: Chat) -> None:
        chat.say(f"Hello {chat.ask('Name?', timeout=HOUR)}.")

    @bot.on(Preference)
    def wishes(chat: Chat) -> None:
        chat.data["asked"] = chat.data.get("asked", 0) + 1

    @bot.otherwise
    def lost(chat: Chat) -> None:
        chat.say("no offers" if chat.opted_out else "offers")

    return bot


def test_during_a_handoff_the_bot_is_silent_and_what_is_said_is_kept() -> None:
    phone = Phone(serving())
    assert phone.says("person") == ["< I fetch somebody."]
    assert phone.says("are you there?") == []
    assert phone.says("talk") == []
    assert phone.is_released() == ["< Back again; you said ['are ', 'talk']."]
    assert phone.says("x") == ["< offers"]
    phone.says("person")
    assert phone.is_released() == ["< Back again; you said []."]


def test_a_person_who_answers_by_hand_silences_the_bot() -> None:
    phone = Phone(serving())
    phone.says("talk")
    phone.hears_a_person()
    assert phone.says("Ada") == []
    phone.is_released()
    assert phone.says("Ada") == ["< Hello Ada."], "the question waited"


def test_what_comes_due_during_a_handoff_is_put_off() -> None:
    phone = Phone(serving())
    phone.says("remind me")
    phone.says("person")
    assert phone.waits(hours=1) == []
    phone.is_released()
    assert phone.waits(minutes=59) == []
    assert phone.waits(minutes=1) == ["< Now!"]


def test_only_the_newest_messages_of_a_handoff_are_kept() -> None:
    phone = Phone(serving())
    phone.says("person")
    for number in range(25):
        phone.says(str(number))
    (said,) = phone.is_released()
    assert said.startswith("< Back again; you said ['5', '6'")


def test_who_wants_no_offers_is_remembered_and_may_change_their_mind() -> None:
    phone = Phone(serving())
    assert phone.says("x") == ["< offers"]
    phone.sends(Preference(value="stop"))
    assert phone.says("x") == ["< no offers"]
    phone.sends(Preference(value="resume"))
    assert phone.says("x") == ["< offers"]


def test_a_preference_is_no_answer_and_opens_no_window() -> None:
    world = World(serving())
    world.process(inbound(Preference(value="stop")))
    (conversation,) = world.store.conversations.values()
    assert conversation.window_closes_at == 0
    assert conversation.opted_out
    assert conversation.data == {"asked": 1}


BY_PHONE = Contact(id="15550002001", phone="15550002001")
BY_ID = Contact(id="US.111", user_id="US.111")
BOTH = Contact(id="US.111", phone="15550002001", user_id="US.111")


def counting() -> Bot:
    bot = Bot()

    @bot.on("talk")
    def talk(chat: Chat) -> None:
        chat.say(f"Hello {chat.ask('Name?')}.")

    @bot.otherwise
    def count(chat: Chat) -> None:
        chat.data.setdefault("first", chat.message.text)
        chat.data[chat.message.text] = True
        chat.say(str(sorted(chat.data))[:1000])

    return bot


def loaded(world: World, update: Inbound) -> Conversation:
    """Return the conversation of an update, as the store has it now."""
    conversation = world.store.load(update).conversation
    assert conversation is not None
    return conversation


def test_two_conversations_that_turn_out_to_be_with_one_contact_become_one() -> None:
    world = World(counting())
    world.process(inbound("old", id="a", contact=BY_PHONE))
    world.now += 60
    world.process(inbound("new", id="b", contact=BY_ID))
    world.process(inbound("talk", id="c", contact=BY_ID, at=NOON + 60))
    assert len(world.store.conversations) == 2
    world.process(inbound("Ada", id="d", contact=BOTH, at=NOON + 60))
    (conversation,) = world.store.conversations.values()
    assert conversation.key == Conversation.begin(ACCOUNT, BY_PHONE).key, "the older one stays"
    assert conversation.data == {"first": "old", "old": True, "new": True}, "its data win"
    assert conversation.absorbed == ()
    said = [getattr(turn.messages[0].content, "body", "") for turn in world.outbox.turns]
    assert said[-1] == "Hello Ada.", "the talk of the other goes on"
    for number, contact in enumerate((BY_PHONE, BY_ID, BOTH)):
        world.process(inbound(f"m{number}", id=f"m{number}", contact=contact))
    assert len(world.store.conversations) == 1


def test_the_stricter_wishes_of_the_two_count() -> None:
    world = World(serving())
    world.process(inbound("x", id="a", contact=BY_PHONE))
    world.process(inbound(Preference(value="stop"), id="b", contact=BY_ID))
    world.process(inbound(Echo(), id="c", contact=BY_ID))
    world.process(inbound("x", id="d", contact=BOTH))
    (conversation,) = world.store.conversations.values()
    assert conversation.opted_out
    assert conversation.handoff


def test_a_conversation_that_is_begun_meanwhile_under_another_id_is_not_hidden() -> None:
    world = World(counting())
    stale = loaded(world, inbound("both", id="a", contact=BOTH))
    world.process(inbound("old", id="b", contact=BY_PHONE))
    with pytest.raises(VersionConflict):
        world.store.commit(
            inbound("both", id="a", contact=BOTH),
            stale,
            stale.heard(inbound("both", contact=BOTH), NOON, WINDOW_SECONDS),
            Marker(state="done"),
        )
    world.process(inbound("both", id="a", contact=BOTH))
    (conversation,) = world.store.conversations.values()
    assert conversation.data == {"first": "old", "old": True, "both": True}


def test_long_messages_of_a_handoff_do_not_burst_the_conversation() -> None:
    phone = Phone(serving())
    phone.says("person")
    for number in range(20):
        phone.says(f"{number}" + "x" * 9000)
    (said,) = phone.is_released()
    assert all(f"'{number}x" in said for number in range(20)), "each is cut, and pushes out no other"


LINE = OrderItem(product_id="p", quantity=1, price=1.0, currency="EUR")


@pytest.mark.parametrize(
    "large",
    [
        ContactCard(name="Bo", vcard="x" * 70_000),
        FormReply(name="flow", response="y" * 70_000),
        Image(media_id="1", caption="z" * 70_000),
        Order(catalog_id="c", items=(LINE,) * 1000),
        Text(body="\u0636" * 40_000),
    ],
    ids=lambda content: content.kind,
)
def test_one_large_thing_in_a_handoff_pushes_out_nothing_else(large: InboundContent) -> None:
    phone = Phone(serving())
    phone.says("person")
    phone.says("important one")
    phone.sends(large)
    phone.says("important two")
    (conversation,) = phone._store.conversations.values()
    assert [one.text for one in conversation.missed][::2] == ["important one", "important two"]
    assert len(conversation.missed) == 3


@pytest.mark.parametrize("large", [ContactCard(name="Bo", vcard="x" * 450_000), Text(body="\u0915" * 65_536)])
def test_a_talk_may_begin_with_something_large(large: InboundContent) -> None:
    bot = Bot()

    @bot.otherwise
    def talk(chat: Chat) -> None:
        chat.say(f"So {chat.ask('May I pass this on?', ['Yes', 'No'])}.")

    phone = Phone(bot)
    assert phone.sends(large) == ["< May I pass this on? [Yes] [No]"]
    assert phone.taps("Yes") == ["< So Yes."]


def test_data_of_two_that_are_too_large_together_are_the_older_ones() -> None:
    world = World(counting())
    for number, contact in enumerate((BY_PHONE, BY_ID)):
        world.now += 60
        world.process(inbound(f"{number}" + "x" * 30_000, id=f"{number}", contact=contact))
    world.process(inbound("both", id="c", contact=BOTH))
    (conversation,) = world.store.conversations.values()
    assert str(conversation.data["first"]).startswith("0x")
    assert not [name for name in conversation.data if name.startswith("1x")]


def test_a_number_that_belongs_to_somebody_else_now_begins_a_conversation_of_its_own() -> None:
    world = World(counting())
    world.process(inbound("old", id="a", contact=BOTH))
    other = Contact(id="US.222", phone="15550002001", user_id="US.222")
    world.process(inbound("new", id="b", contact=other))
    world.process(inbound("again", id="c", contact=other))
    assert sorted(len(one.data) for one in world.store.conversations.values()) == [2, 3]


def test_an_id_that_led_nowhere_and_leads_somewhere_by_now_begins_nothing() -> None:
    world = World(counting())
    world.process(inbound("old", id="a", contact=BY_ID))
    second, third = (Contact(id=f"US.{n}", user_id=f"US.{n}") for n in (222, 333))
    notice = inbound(System(event="x"), id="c", contact=replace(second, former_ids=("US.333",)))
    stale = loaded(world, notice)
    world.process(inbound(System(event="x"), id="b", contact=replace(BY_ID, former_ids=("US.222",))))
    with pytest.raises(VersionConflict):
        world.store.commit(notice, stale, stale.heard(notice, NOON, WINDOW_SECONDS), Marker(state="done"))
    world.process(notice)
    world.process(inbound("new", id="d", contact=third))
    (conversation,) = world.store.conversations.values()
    assert conversation.data == {"first": "old", "old": True, "new": True}


def parked(world: World, update: Inbound) -> None:
    """Park an update, as if its function had been killed three times."""
    tried = Marker(state="trying", tries=3, cause="killed")
    world.store.record_try(update, tried)
    world.process(update)
    assert world.store.markers[update.hashed_id].state == "parked"


def only(world: World) -> Conversation:
    (conversation,) = world.store.conversations.values()
    return conversation


def test_a_wish_counts_and_a_handoff_begins_or_ends_even_when_the_update_is_parked() -> None:
    world = World(serving())
    parked(world, inbound(Preference(value="stop"), id="a"))
    assert only(world).opted_out
    parked(world, inbound(Echo(), id="b"))
    assert only(world).handoff
    world.process(inbound("hello", id="c"))
    parked(world, inbound(Release(), id="d"))
    assert not only(world).handoff
    assert [message.text for message in only(world).missed] == ["hello"], "kept for the redrive"


def test_an_older_wish_that_comes_late_changes_nothing() -> None:
    world = World(serving())
    world.process(inbound(Preference(value="stop"), id="b", at=NOON))
    world.process(inbound(Preference(value="resume"), id="a", at=NOON - 1))
    assert only(world).opted_out
    world.process(inbound(Preference(value="resume"), id="c", at=NOON))
    assert not only(world).opted_out, "of two of one second the one that came later"


def test_a_message_of_a_handoff_that_is_parked_and_redriven_is_missed_once() -> None:
    world, update = World(serving()), inbound("hello", id="b")
    world.process(inbound(Echo(), id="a"))
    parked(world, update)
    assert world.store.unpark(update)
    world.process(update)
    assert only(world).missed == (update,)


def test_a_failure_that_is_told_during_a_handoff_is_told_after_it() -> None:
    told: list[str] = []
    bot = serving()
    bot.on(Failed)(lambda chat: told.append(chat.message.content.kind))
    world = World(bot)
    world.process(inbound(Echo(), id="a"))
    failed = Failed(outbound_id="x-1", content=Text(body="x"), code=131026, reason="why")
    world.process(inbound(failed, id="failed-x-1"))
    world.process(inbound(Release(), id="b"))
    world.now += 3600
    while wake_up := world.wake_ups.next(world.now):
        world.process(wake_up.inbound)
    assert told == ["failed"]


def notice(of: Contact, after: Contact) -> Inbound:
    """Return the network's notice that a contact has changed."""
    former = [id for id in of.ids if id not in after.ids]
    changed = replace(
        after,
        former_ids=tuple(id for id in former if not of.has_phone(id)),
        former_phones=tuple(id for id in former if of.has_phone(id)),
    )
    return inbound(System(event="user_changed"), id="notice", contact=changed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BOTH, Contact(id="US.111", phone="15557777", user_id="US.111")),
        (Contact(id="US.111", user_id="US.111"), Contact(id="US.222", user_id="US.222")),
    ],
    ids=["number", "user id"],
)
def test_after_a_change_a_reminder_goes_to_where_the_contact_is_now(before: Contact, after: Contact) -> None:
    world = World(serving())
    world.process(inbound("remind me", id="a", contact=before))
    world.process(notice(before, after))
    world.now += 3600
    (wake_up,) = iter(lambda: world.wake_ups.next(world.now), None)
    world.process(wake_up.inbound)
    told = world.outbox.turns[-1].contact
    assert (told.id, told.phone, told.user_id) == (after.id, after.phone, after.user_id)
    assert told.name == before.name


def test_a_new_number_that_once_was_somebody_elses_leads_to_nothing_of_theirs() -> None:
    world = World(counting())
    stranger = Contact(id="US.999", phone="15559999", user_id="US.999")
    world.process(inbound("secret", id="a", contact=stranger))
    world.process(inbound("mine", id="b", contact=BOTH))
    moved = replace(BOTH, phone="15559999")
    world.process(notice(BOTH, moved))
    world.process(inbound("more", id="c", contact=moved))
    assert sorted(sorted(one.data) for one in world.store.conversations.values()) == [
        ["first", "mine", "more"],
        ["first", "secret"],
    ]


def test_a_turn_of_a_conversation_that_was_taken_in_goes_by_the_window_of_the_one_it_is_in() -> None:
    world = World(counting())
    world.process(inbound("by id", id="a", contact=BY_ID))
    world.now += 10
    world.process(inbound("by number", id="b", contact=BY_PHONE, at=world.now))
    waits = world.outbox.turns.pop()
    world.now += 24 * 3600
    world.process(inbound("both", id="c", contact=BOTH, at=world.now))
    world.sender().deliver(waits)
    assert len(world.network.sent) == 1
    assert only(world).former_keys == (waits.conversation_key,)


@pytest.mark.parametrize("seconds", [0, 60])
def test_a_message_that_a_notice_overtook_is_answered_where_the_contact_is_now(seconds: int) -> None:
    """Seeds 42001838 and 505808. A stranger may have the old number when something goes out."""
    world = World(serving())
    moved = replace(BOTH, phone="15557777")
    world.process(replace(notice(BOTH, moved), at=NOON + seconds))
    world.process(inbound("remind me", id="late", contact=BOTH, at=NOON))
    world.process(inbound("hi", id="later", contact=BOTH, at=NOON))
    world.now += 3600
    (wake_up,) = iter(lambda: world.wake_ups.next(world.now), None)
    world.process(wake_up.inbound)
    assert [turn.contact.phone for turn in world.outbox.turns] == ["15557777", "15557777"]


def test_the_window_is_that_of_the_contact_and_not_of_whoever_has_their_number_now() -> None:
    world = World(counting())
    world.process(inbound("old", id="a", contact=BOTH))
    waits = world.outbox.turns.pop()
    world.now += 48 * 3600
    stranger = Contact(id="US.999", phone=BOTH.phone, user_id="US.999")
    world.process(inbound("new", id="b", contact=stranger, at=world.now))
    assert world.store.window_closes_at(waits) < world.now


def test_a_notice_of_numbers_alone_leads_to_no_stranger_and_the_user_id_stays() -> None:
    world = World(counting())
    stranger = Contact(id="US.999", phone="15559999", user_id="US.999")
    world.process(inbound("secret", id="a", contact=stranger))
    world.process(inbound("mine", id="b", contact=BOTH))
    moved = Contact(id="15559999", phone="15559999", former_phones=(str(BOTH.phone),))
    world.process(inbound(System(event="user_changed_number"), id="c", contact=moved))
    conversations = {one.user_id: one for one in world.store.conversations.values()}
    assert sorted(conversations["US.999"].data) == ["first", "secret"]
    assert conversations["US.111"].contact == replace(BOTH, phone="15559999")


NEW_HOLDER = Contact(id="US.999", phone=BOTH.phone, user_id="US.999")


def number_taken_over() -> World:
    """Return a world in which US.999 has had the number of US.111 since a minute after NOON."""
    world = World(serving())
    world.process(inbound("x", id="a", contact=BOTH))
    world.now = NOON + 60
    world.process(inbound("x", id="b", contact=NEW_HOLDER, at=NOON + 60))
    assert len(world.store.conversations) == 2
    world.outbox.turns.clear()
    return world


def of(world: World, user_id: str) -> Conversation:
    """Return the conversation with the person whom the network knows by that id."""
    (conversation,) = (one for one in world.store.conversations.values() if one.user_id == user_id)
    return conversation


def test_an_old_answer_by_hand_that_names_a_number_is_for_whoever_had_the_number_then() -> None:
    world = number_taken_over()
    world.process(inbound(Echo(), id="echo", contact=BY_PHONE, at=NOON + 59))
    assert of(world, "US.111").handoff
    assert not of(world, "US.999").handoff
    world.process(inbound("x", id="c", contact=NEW_HOLDER, at=NOON + 61))
    assert said(world.outbox.turns[-1]) == ["offers"], "the new holder is served"
    world.process(inbound("x", id="d", contact=BY_ID, at=NOON + 61))
    assert len(world.outbox.turns) == 1, "and the old one talks to a person"


@pytest.mark.parametrize("at", [NOON + 60, NOON + 3600])
def test_an_answer_by_hand_that_names_a_number_is_for_whoever_has_it_since_then(at: float) -> None:
    world = number_taken_over()
    world.process(inbound(Echo(), id="echo", contact=BY_PHONE, at=at))
    assert not of(world, "US.111").handoff
    assert of(world, "US.999").handoff


def test_a_late_message_of_whoever_had_a_number_takes_it_over_from_nobody() -> None:
    world = number_taken_over()
    world.process(inbound("late", id="late", contact=BOTH, at=NOON + 30))
    world.process(inbound(Echo(), id="echo", contact=BY_PHONE, at=NOON + 20))
    assert of(world, "US.111").handoff
    assert not of(world, "US.999").handoff
    assert world.meter.counts[Metric.UPDATES_STALE] == 0


def test_an_old_wish_that_names_a_number_is_not_that_of_its_new_holder() -> None:
    world = number_taken_over()
    world.process(inbound(Preference(value="stop"), id="wish", contact=BY_PHONE, at=NOON + 59))
    assert of(world, "US.111").opted_out
    assert not of(world, "US.999").opted_out


@pytest.mark.parametrize("content", [Echo(), Preference(value="stop"), Text(body="x")])
def test_what_is_for_nobody_that_is_known_any_more_is_finished_without_a_turn(
    content: InboundContent,
) -> None:
    world = number_taken_over()
    del world.store.conversations[of(world, "US.111").key]  # `make forget` does this
    before = dict(world.store.conversations)
    turns = world.meter.counts[Metric.TURNS_DONE]
    stale = inbound(content, id="stale", contact=BY_PHONE, at=NOON + 59)
    world.process(stale)
    assert world.store.conversations == before
    assert world.outbox.turns == []
    assert world.store.markers[stale.hashed_id].state == "done"
    assert world.meter.counts[Metric.UPDATES_STALE] == 1
    assert world.meter.counts[Metric.TURNS_DONE] == turns
    world.process(stale)
    assert world.meter.counts[Metric.UPDATES_STALE] == 1, "it is handled"
    assert world.meter.counts[Metric.TURNS_REPEATED] == 1


def test_what_is_stale_does_not_hold_up_what_stands_behind_it() -> None:
    world = number_taken_over()
    del world.store.conversations[of(world, "US.111").key]
    stale = inbound(Echo(), id="stale", contact=BY_PHONE, at=NOON + 59)
    world.process(stale, inbound("x", id="c", contact=BY_PHONE, at=NOON + 61), received_before=True)
    assert [said(turn) for turn in world.outbox.turns] == [["offers"]]
    assert of(world, "US.999").spoken_at == NOON + 60, "no later than our own clock"


def test_a_number_that_has_had_many_holders_is_followed_back_to_the_right_one() -> None:
    world = World(serving())
    holders = [Contact(id=f"US.{n}", phone=BOTH.phone, user_id=f"US.{n}") for n in range(5)]
    for number, holder in enumerate(holders):
        world.now = NOON + 100 * number
        world.process(inbound("x", id=f"m{number}", contact=holder, at=world.now))
    for number in range(5):
        echo = inbound(Echo(), id=f"e{number}", contact=BY_PHONE, at=NOON + 100 * number + 50)
        world.process(echo)
        handed_over = {one.user_id for one in world.store.conversations.values() if one.handoff}
        assert handed_over == {holder.id for holder in holders[: number + 1]}


@pytest.mark.parametrize("content", [Echo(), Preference(value="stop")], ids=["echo", "wish"])
@pytest.mark.parametrize("at", [NOON, NOON + 30, NOON + 60], ids=["before", "between", "since"])
def test_who_shows_a_new_user_id_before_its_notice_takes_the_number_over_from_nobody_else(
    content: InboundContent, at: float
) -> None:
    """The message seems to come from a new holder of the number, until the notice joins the two."""
    world = World(serving())
    former, present = (Contact(id=id, phone=BOTH.phone, user_id=id) for id in ("US.1", "US.2"))
    world.process(inbound("x", id="a", contact=former))
    world.now = NOON + 60
    world.process(inbound("x", id="b", contact=present, at=NOON + 60))
    assert len(world.store.conversations) == 2
    world.process(replace(notice(former, present), at=NOON + 61))
    assert only(world).taken_over == {}
    assert set(only(world).contact_ids) == {"US.1", "US.2", BOTH.phone}
    world.process(inbound(content, id="late", contact=BY_PHONE, at=at))
    assert world.meter.counts[Metric.UPDATES_STALE] == 0
    assert (only(world).handoff, only(world).opted_out) == (
        isinstance(content, Echo),
        isinstance(content, Preference),
    )


def test_a_merge_keeps_from_whom_a_number_was_taken_over_when_that_is_somebody_else() -> None:
    world = World(serving())
    stranger, former, present = (
        Contact(id=id, phone=BOTH.phone, user_id=id) for id in ("US.0", "US.1", "US.2")
    )
    for seconds, contact in ((0, stranger), (60, former), (120, present)):
        world.now = NOON + seconds
        world.process(inbound("x", id=contact.id, contact=contact, at=world.now))
    world.process(replace(notice(former, present), at=NOON + 121))
    assert {id: one.user_id for id, one in of(world, "US.2").taken_over.items()} == {BOTH.phone: "US.0"}
    world.process(inbound(Echo(), id="late", contact=BY_PHONE, at=NOON + 30))
    assert (of(world, "US.0").handoff, of(world, "US.2").handoff) == (True, False)


def test_a_former_holder_of_whom_we_hear_late_takes_the_number_over_from_nobody() -> None:
    world = World(serving())
    former = Contact(id="US.1", phone=BOTH.phone, user_id="US.1")
    world.now = NOON + 60
    world.process(inbound("x", id="b", contact=NEW_HOLDER, at=NOON + 60))
    world.process(inbound("x", id="a", contact=former, at=NOON))
    assert len(world.store.conversations) == 2
    assert of(world, "US.1").taken_over == {}
    assert of(world, "US.999").taken_over == {}
    by_number = Contact(id=str(BOTH.phone), phone=BOTH.phone)
    world.process(inbound(Preference(value="stop"), id="c", contact=by_number, at=NOON + 90))
    assert of(world, "US.999").opted_out, "the number leads to its present holder"
    assert not of(world, "US.1").opted_out
