"""The table and the store in memory both keep the promises of the ports: the tests are the same."""

import time
import uuid
from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from typing import Protocol

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mypy_boto3_dynamodb import DynamoDBClient

from rejoinder import Bot, Chat
from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.keys import conversation_item, marker_item, record_item
from rejoinder.aws.records import RecordTable
from rejoinder.aws.stored.formats import FORMATS
from rejoinder.aws.stored.items import format_attribute, read_error_code, step_attribute
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.channels.whatsapp.channel import CHANNEL
from rejoinder.errors import AlreadyHandled, AttemptTaken, TurnTooLarge, Unreadable, VersionConflict
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.contents import ContactCard, FormReply, Image, Order, OrderItem, Tap, Text, Unsupported
from rejoinder.model.conversation import NO_WINDOW, Conversation, TakenOver
from rejoinder.model.delivery import (
    MAY_BE_CLAIMED,
    MAY_BE_FOLLOWED,
    RECORD_SECONDS,
    Attempt,
    Detail,
    MessageRecord,
    Step,
)
from rejoinder.model.marker import MARKER_SECONDS, Marker
from rejoinder.model.messages import Outbound, TurnMessages
from rejoinder.model.own import Reminder, TimeUp
from rejoinder.model.people import Contact
from rejoinder.model.rules import Rule
from rejoinder.model.said import Button, Buttons, OutboundContent, Template
from rejoinder.model.talk import Asked, Journal, Planned, Said, StepDone, TimeRead
from rejoinder.model.updates import Inbound, InboundContent, WakeUp
from rejoinder.ports import ConversationStore, RecordStore, Windows
from rejoinder.testing.memory import MemoryStore
from tests.unit.worlds import ACCOUNT, ADA, NOON, inbound


class Store(ConversationStore, Windows, Protocol):
    """Both ports for conversations, and what `make redrive` needs."""

    def unpark(self, inbound: Inbound) -> bool:
        """Let a parked update be handled again. Return False if it is done already."""


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> Store:
    if request.param == "memory":
        return MemoryStore()
    return ConversationTable(boto3.client("dynamodb"), request.getfixturevalue("table"))


def conversation_in(store: ConversationStore, message: Inbound) -> Conversation:
    """Return the conversation that a message belongs to."""
    conversation = store.load(message).conversation
    assert conversation
    return conversation


def heard(conversation: Conversation, message: Inbound, now: float = NOON) -> Conversation:
    """Return the conversation after a message, with the window of its channel."""
    return conversation.heard(message, now, CHANNEL.window_seconds)


def attempt(number: int) -> Attempt:
    return Attempt(conversation_key="key", outbound_id="x-1", number=number)


@pytest.fixture(params=["memory", "dynamodb"])
def records(request: pytest.FixtureRequest) -> RecordStore:
    if request.param == "memory":
        return MemoryStore()
    return RecordTable(boto3.client("dynamodb"), request.getfixturevalue("table"))


def turn_messages(key: str) -> TurnMessages:
    """Return a turn with messages of every kind that a bot may send."""
    contents: tuple[OutboundContent, ...] = (
        Text(body="Grüße 👋 \u2028"),
        Buttons(body="Which?", buttons=(Button(id="a", title="A"),)),
        Template(name="n", language="en", parameters=("1",)),
        Template(name="n", language="en", parameters={"day": "Monday", "half": "\ud83d"}),
    )
    return TurnMessages(
        account=ACCOUNT,
        contact=ADA,
        conversation_key=key,
        correlation_id="c",
        read_id="wamid.1",
        window_closes_at=NOON + 0.5,
        messages=tuple(Outbound(id=f"x-{n}", content=content) for n, content in enumerate(contents)),
    )


SAID = turn_messages("key")


def commit(
    store: Store,
    data: dict[str, object],
    *,
    message_id: str = "wamid.1",
    contact: Contact = ADA,
    now: float = NOON,
    at: float = NOON,
) -> Conversation:
    """Load the conversation, store `data` in it, and commit. Return the conversation as it was before."""
    message = inbound(id=message_id, contact=contact, at=at)
    before = conversation_in(store, message)
    after = replace(heard(before, message, now), data=data)
    store.commit(message, before, after, Marker(state="done", messages=turn_messages(before.key)))
    return before


def test_what_was_never_seen_begins_anew(store: Store) -> None:
    loaded = store.load(inbound())
    assert loaded.marker is None
    assert loaded.conversation
    assert loaded.conversation == replace(Conversation.begin(ACCOUNT, ADA), vacant=ADA.ids)
    assert store.window_closes_at(turn_messages(loaded.conversation.key)) == 0.0


def test_a_commit_is_read_back_whole(store: Store) -> None:
    key = commit(store, {"name": "Zoë", "half": "\ud83d", "n": [1, 2.5, None]}).key
    loaded = store.load(inbound())
    assert loaded.marker == Marker(state="done", messages=turn_messages(key))
    assert loaded.conversation
    assert loaded.conversation.data == {"name": "Zoë", "half": "\ud83d", "n": [1, 2.5, None]}
    assert loaded.conversation.version == 1
    assert loaded.conversation.contact_ids == ADA.ids
    assert store.window_closes_at(turn_messages(key)) == loaded.conversation.window_closes_at > NOON


def test_what_a_turn_put_off_is_read_back_whole(store: Store) -> None:
    contents: tuple[InboundContent, ...] = (
        Reminder(handler="remind", given={"half\ud83d": "\ud83d", "n": [1, None]}),
        TimeUp(question="q"),
    )
    wake_ups = tuple(
        WakeUp(at=NOON + n, inbound=inbound(content, id=f"later-{n}")) for n, content in enumerate(contents)
    )
    message = inbound()
    before = conversation_in(store, message)
    store.commit(message, before, before, Marker(state="done", wake_ups=wake_ups))
    assert store.load(message).marker == Marker(state="done", wake_ups=wake_ups)


def test_what_waits_is_kept_until_a_commit_lets_it_go(store: Store) -> None:
    message, writes = inbound(), inbound(id="wamid.2")
    before = conversation_in(store, message)
    said = turn_messages(before.key)
    waiting = tuple(replace(said, messages=(replace(one, waits_until=NOON + 99.5),)) for one in said.messages)
    holds = replace(before, waiting=waiting, entered_at=NOON + 1.5, free_until=NOON + 2.5)
    store.commit(message, before, holds, Marker(state="done"))
    kept = conversation_in(store, writes)
    assert (kept.waiting, kept.entered_at, kept.free_until) == (waiting, NOON + 1.5, NOON + 2.5)
    after, marker = replace(kept, waiting=(), released=waiting), Marker(state="done", released=waiting)
    store.commit(writes, kept, after, marker)
    left = conversation_in(store, writes)
    assert (left.waiting, left.released) == ((), ())
    assert store.load(writes).marker == marker


def test_the_language_of_a_conversation_is_kept(store: Store) -> None:
    message = inbound()
    before = conversation_in(store, message)
    store.commit(message, before, replace(before, language="de"), Marker(state="done"))
    assert conversation_in(store, message).language == "de"


def test_what_is_empty_is_not_stored(table: str, dynamodb: DynamoDBClient) -> None:
    message = inbound()
    store = ConversationTable(dynamodb, table)
    before = conversation_in(store, message)
    store.commit(message, before, before, Marker(state="done"))
    empty = {"wake_ups", "language", "messages", "journal", "handoff", "missed", "opted_out", "begun_at"}
    empty |= {"spoken_at", "taken_over", "former_keys"}
    for item in dynamodb.scan(TableName=table)["Items"]:
        assert not empty & item.keys()


def test_a_second_commit_of_the_same_message_is_refused_and_changes_nothing(store: Store) -> None:
    commit(store, {"n": 1})
    with pytest.raises(AlreadyHandled):
        commit(store, {"n": 2})
    assert conversation_in(store, inbound()).data == {"n": 1}


def test_a_commit_on_an_old_version_is_refused_and_writes_no_marker(store: Store) -> None:
    before = commit(store, {"n": 1})
    late = inbound(id="wamid.2")
    with pytest.raises(VersionConflict):
        store.commit(late, before, replace(before, data={"n": 2}), Marker(state="done"))
    loaded = store.load(late)
    assert loaded.marker is None
    assert loaded.conversation
    assert loaded.conversation.data == {"n": 1}


def test_a_talk_in_progress_is_read_back_whole(store: Store) -> None:
    answers = (inbound("no"), inbound(Image(media_id="1", caption="süß"), id="wamid.2"))
    journal = Journal(
        handler="book",
        language="de",
        given={"half\ud83d": "\ud83d"},
        message=inbound(ContactCard(name="Ada", phones=("1",), further=(ContactCard(name="Bo"),))),
        data={"half\ud83d": "\ud83d", "n": 1},
        entries=(
            Said(),
            Planned(),
            TimeRead(at=NOON),
            StepDone(name="reserve", result='"R1"'),
            Asked(answers=answers),
            Asked(),
        ),
    )
    message = inbound()
    before = conversation_in(store, message)
    store.commit(message, before, replace(before, journal=journal), Marker(state="done"))
    assert conversation_in(store, message).journal == journal


JOURNAL = Journal(handler="book", language="de", given={}, message=inbound(), data={}, entries=(Said(),))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(), v, max_size=3),
)
TIMES = st.just(0.0) | st.floats(1.0, 4e9)
MISSED: tuple[InboundContent, ...] = (
    Text(body="süß \ud83d"),
    Image(media_id="1", caption="a"),
    Tap(id="t", title="T"),
    Order(catalog_id="c", items=(OrderItem(product_id="p", quantity=2, price=0.1, currency="EUR"),)),
    FormReply(name="f", response="{}"),
    Unsupported(type="poll"),
)


@given(
    st.builds(
        Conversation,
        key=st.none(),  # the store fills in the key under which it found the conversation
        contact_ids=st.lists(st.text(min_size=1), min_size=1, max_size=3, unique=True).map(tuple),
        contact=st.none() | st.builds(Contact, id=st.text(min_size=1), name=st.text()),
        user_id=st.none() | st.text(min_size=1),
        data=st.dictionaries(st.text(), VALUES, max_size=3),
        journal=st.none() | st.just(JOURNAL),
        language=st.sampled_from(["", "de", "pt_BR"]),
        handoff=st.booleans(),
        missed=st.lists(st.sampled_from(MISSED), max_size=3).map(lambda cs: tuple(inbound(c) for c in cs)),
        opted_out=st.booleans(),
        consent=st.dictionaries(
            st.sampled_from(Purpose), st.builds(ConsentEntry, purpose=st.none(), at=TIMES, source=st.text())
        ).map(lambda told: {purpose: replace(entry, purpose=purpose) for purpose, entry in told.items()}),
        window_closes_at=TIMES | st.just(NO_WINDOW),
        begun_at=TIMES,
        wished_at=TIMES,
        contact_at=TIMES,
        spoken_at=TIMES,
        former_keys=st.lists(st.text(max_size=20), max_size=3).map(tuple),
        taken_over=st.dictionaries(
            st.text(max_size=20), st.builds(TakenOver, at=TIMES, user_id=st.text(min_size=1)), max_size=3
        ),
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_conversation_is_read_back_as_it_was(
    table: str, dynamodb: DynamoDBClient, conversation: Conversation
) -> None:
    store, message = ConversationTable(dynamodb, table), inbound(id=uuid.uuid4().hex)
    before = conversation_in(store, message)
    after = replace(conversation, key=before.key, version=before.version + 1)
    store.commit(message, before, replace(after, version=0), Marker(state="done"))
    assert replace(conversation_in(store, message), vacant=()) == replace(after, vacant=())


def test_results_of_steps_are_kept_with_the_tries(store: Store) -> None:
    marker = Marker(state="trying", tries=1, cause="x", steps={"key": '"R1"'})
    store.record_try(inbound(), marker)
    assert store.load(inbound()).marker == marker


def test_tries_are_kept_until_the_marker_is_finished(store: Store) -> None:
    store.record_try(inbound(), Marker(state="trying", tries=1, cause="KeyError at bot.py:3"))
    assert store.load(inbound()).marker == Marker(state="trying", tries=1, cause="KeyError at bot.py:3")
    commit(store, {})
    with pytest.raises(AlreadyHandled):
        store.record_try(inbound(), Marker(state="trying", tries=2))


def test_a_parked_update_is_tried_anew_with_the_steps_that_are_done(store: Store) -> None:
    assert store.unpark(inbound())
    parked = Marker(state="parked", tries=3, cause="x", messages=SAID, steps={"key": '"R1"'})
    store.record_try(inbound(), parked)
    assert store.unpark(inbound())
    assert store.unpark(inbound()), "a redrive that was cut short is begun again"
    assert store.load(inbound()).marker == replace(parked, state="trying", tries=0, messages=None)
    commit(store, {})
    assert not store.unpark(inbound())
    marker = store.load(inbound()).marker
    assert marker
    assert marker.state == "done"


def test_a_contact_is_found_by_any_id_it_has_gone_by(store: Store) -> None:
    by_phone = Contact(id="15550002001", phone="15550002001")
    both = Contact(id="US.111", user_id="US.111", phone="15550002001")
    by_user_id = Contact(id="US.111", user_id="US.111")
    keys = {
        commit(store, {}, message_id=str(n), contact=c).key
        for n, c in enumerate((by_phone, both, by_user_id))
    }
    assert len(keys) == 1
    found = conversation_in(store, inbound(id="new", contact=by_user_id))
    assert found.version == 3
    assert set(found.contact_ids) == {"US.111", "15550002001"}


def test_a_number_that_now_belongs_to_somebody_else_leads_to_no_strangers_conversation(store: Store) -> None:
    first = Contact(id="US.111", user_id="US.111", phone="15550002001")
    second = Contact(id="US.222", user_id="US.222", phone="15550002001")
    theirs = commit(store, {"secret": 1}, message_id="a", contact=first).key
    assert conversation_in(store, inbound(id="b", contact=second)).data == {}
    ours = commit(store, {"secret": 2}, message_id="b", contact=second).key
    assert ours != theirs
    assert conversation_in(store, inbound(id="c", contact=first)).data == {"secret": 1}
    by_number = Contact(id="15550002001", phone="15550002001")
    assert conversation_in(store, inbound(id="d", contact=by_number)).key == ours, "the newest holder"


def test_a_new_user_id_that_was_announced_leads_to_the_same_conversation(store: Store) -> None:
    old = Contact(id="US.111", user_id="US.111", phone="15550002001")
    notice = Contact(id="US.111", user_id="US.111", former_ids=("US.222",))
    new = Contact(id="US.222", user_id="US.222", phone="15550002009")
    keys = {commit(store, {}, message_id=str(n), contact=c).key for n, c in enumerate((old, notice, new))}
    assert len(keys) == 1


BY_NUMBER = Contact(id="15550002002", phone="15550002002")
BY_USER_ID = Contact(id="US.222", user_id="US.222")
BY_BOTH = Contact(id="US.222", user_id="US.222", phone="15550002002")


def two_conversations(store: Store) -> Conversation:
    """Make two conversations with one contact, one under each id. The one under the number is older.

    Return what a message under both ids finds.
    """
    commit(store, {"since": "May", "table": 4}, message_id="a", contact=BY_NUMBER, now=NOON)
    commit(store, {"since": "June", "name": "Bo"}, message_id="b", contact=BY_USER_ID, now=NOON + 9)
    return conversation_in(store, inbound(id="c", contact=BY_BOTH))


def test_conversations_whose_ids_meet_in_one_message_go_on_as_one(store: Store) -> None:
    oldest = two_conversations(store)
    assert [other.version for other in oldest.absorbed] == [1]
    merged = commit(store, dict(oldest.data), message_id="c", contact=BY_BOTH)
    for contact in (BY_NUMBER, BY_USER_ID, BY_BOTH):
        found = conversation_in(store, inbound(id="d", contact=contact))
        assert (found.key, found.version, found.absorbed) == (merged.key, 2, ())
        assert found.data == {"since": "May", "table": 4, "name": "Bo"}
        assert set(found.contact_ids) == {"US.222", "15550002002"}


def test_of_merged_conversations_one_is_left_in_the_table(table: str, dynamodb: DynamoDBClient) -> None:
    store = ConversationTable(dynamodb, table)
    kept = two_conversations(store)
    commit(store, {}, message_id="c", contact=BY_BOTH)
    items = dynamodb.scan(TableName=table)["Items"]
    assert [i["pk"]["S"] for i in items if i["sk"]["S"] == "CONVERSATION"] == [f"CONVERSATION#{kept.key}"]
    assert {i["conversation_key"]["S"] for i in items if i["sk"]["S"] == "ALIAS"} == {kept.key}


def test_a_conversation_that_went_on_is_not_taken_in_as_it_was(store: Store) -> None:
    before = two_conversations(store)
    commit(store, {"name": "Bob"}, message_id="d", contact=BY_USER_ID)
    message = inbound(id="c", contact=BY_BOTH)
    with pytest.raises(VersionConflict):
        store.commit(message, before, heard(before, message), Marker(state="done"))
    loaded = store.load(message)
    assert loaded.marker is None
    assert loaded.conversation
    assert loaded.conversation.version == 1
    assert [other.data for other in loaded.conversation.absorbed] == [{"name": "Bob"}]
    assert conversation_in(store, inbound(id="d", contact=BY_NUMBER)).data == {"since": "May", "table": 4}


def test_a_conversation_that_was_taken_in_meanwhile_does_not_come_back(store: Store) -> None:
    two_conversations(store)
    message = inbound(id="d", contact=BY_USER_ID)
    before = conversation_in(store, message)
    kept = commit(store, {}, message_id="c", contact=BY_BOTH)
    with pytest.raises(VersionConflict):
        store.commit(message, before, heard(before, message), Marker(state="done"))
    assert conversation_in(store, message).key == kept.key


def test_three_conversations_become_one(store: Store) -> None:
    two_conversations(store)
    third = Contact(id="US.333", user_id="US.333")
    commit(store, {"n": 3}, message_id="e", contact=third)
    everybody = replace(BY_BOTH, former_ids=("US.333",))
    before = commit(store, {}, message_id="f", contact=everybody)
    assert len(before.absorbed) == 2
    assert {one.id for one in (BY_NUMBER, BY_USER_ID, third)} == {*everybody.ids}
    for contact in (BY_NUMBER, BY_USER_ID, third):
        assert conversation_in(store, inbound(id="g", contact=contact)).key == before.key


def test_a_merge_between_two_reads_of_a_load_is_seen(table: str, dynamodb: DynamoDBClient) -> None:
    """The alias leads to a conversation that has gone meanwhile. No new one may replace it."""
    other = ConversationTable(boto3.client("dynamodb"), table)
    first = Contact(id="15550002009", phone="15550002009")
    oldest = commit(other, {"kept": 1}, message_id="a", contact=first, now=NOON - 9)
    commit(other, {}, message_id="b", contact=BY_NUMBER)
    commit(other, {}, message_id="c", contact=BY_BOTH)  # now US.222 leads to the conversation of the number

    def merge(**_: object) -> None:
        dynamodb.meta.events.unregister("after-call.dynamodb.BatchGetItem", merge)
        commit(other, {"kept": 2}, message_id="d", contact=replace(BY_NUMBER, former_phones=("15550002009",)))

    dynamodb.meta.events.register("after-call.dynamodb.BatchGetItem", merge)
    found = conversation_in(ConversationTable(dynamodb, table), inbound(id="e", contact=BY_USER_ID))
    assert (found.key, found.data) == (oldest.key, {"kept": 2})


def reminder(key: str, contact: Contact) -> Inbound:
    """Return an update of our own for the conversation `key`. Its contact may be out of date."""
    update = inbound(Reminder(handler="remind", given={}), id="later-1", contact=contact)
    return replace(update, conversation_key=key)


def test_an_update_of_our_own_lands_on_its_conversation_whoever_has_its_number_now(store: Store) -> None:
    ada, bob = (Contact(id=id, user_id=id, phone="15550002001") for id in ("US.1", "US.2"))
    by_number = Contact(id="15550002001", phone="15550002001")
    adas = commit(store, {"of": "ada"}, message_id="a", contact=ada).key
    bobs = commit(store, {"of": "bob"}, message_id="b", contact=bob, at=NOON + 60).key
    for contact in (ada, bob, by_number):
        for key, name in ((adas, "ada"), (bobs, "bob")):
            found = conversation_in(store, reminder(key, contact))
            assert (found.key, found.data) == (key, {"of": name})


def test_an_update_of_a_conversation_that_ended_in_another_lands_on_that_one(store: Store) -> None:
    oldest = two_conversations(store)
    (other,) = oldest.absorbed
    commit(store, {"kept": 1}, message_id="c", contact=BY_BOTH)
    for contact in (BY_NUMBER, BY_USER_ID, BY_BOTH):
        found = conversation_in(store, reminder(other.key, contact))
        assert (found.key, found.version, found.data) == (oldest.key, 2, {"kept": 1})


def test_an_update_of_a_conversation_that_ended_lands_on_what_took_it_in_whoever_has_its_number_now(
    store: Store,
) -> None:
    oldest = two_conversations(store)
    (other,) = oldest.absorbed
    commit(store, {}, message_id="c", contact=BY_BOTH)
    bob = Contact(id="US.333", user_id="US.333", phone=BY_NUMBER.phone)
    bobs = commit(store, {}, message_id="d", contact=bob, at=NOON + 60).key
    newer = replace(reminder(other.key, BY_NUMBER), at=NOON + 120)
    assert conversation_in(store, replace(newer, conversation_key="")).key == bobs
    assert conversation_in(store, newer).key == oldest.key
    assert conversation_in(store, reminder(other.key, bob)).key == oldest.key
    assert conversation_in(store, reminder(other.key, BY_USER_ID)).key == oldest.key


@pytest.mark.parametrize("contact", [ADA, BY_NUMBER], ids=["of a contact we know", "of a stranger"])
def test_an_update_of_a_conversation_that_nobody_has_any_more_lands_nowhere(
    store: Store, contact: Contact
) -> None:
    commit(store, {}, contact=ADA)
    assert store.load(reminder("gone", contact)).conversation is None


def test_what_names_a_number_only_is_for_who_had_it_when_it_was_sent(store: Store) -> None:
    number = "15550002001"
    holders = {
        at: commit(store, {}, message_id=id, contact=Contact(id=id, user_id=id, phone=number), at=at).key
        for at, id in ((NOON, "US.1"), (NOON + 60, "US.2"), (NOON + 120, "US.3"))
    }
    assert len({*holders.values()}) == 3
    by_number = Contact(id=number, phone=number)
    for since, key in holders.items():
        for at in (since, since + 59):
            assert conversation_in(store, inbound(id="new", contact=by_number, at=at)).key == key


@pytest.mark.parametrize("names_user", [False, True])
def test_what_a_former_holder_sent_takes_the_number_from_nobody(store: Store, *, names_user: bool) -> None:
    former, present = (Contact(id=id, user_id=id, phone="15550002001") for id in ("US.1", "US.2"))
    by_number = Contact(id="15550002001", phone="15550002001")
    theirs = commit(store, {}, message_id="a", contact=former).key
    ours = commit(store, {}, message_id="b", contact=present, at=NOON + 60).key
    sender = former if names_user else by_number
    assert commit(store, {"late": 1}, message_id="c", contact=sender, at=NOON + 30).key == theirs
    assert conversation_in(store, inbound(id="d", contact=former)).data == {"late": 1}
    for at, key in ((NOON + 40, theirs), (NOON + 59, theirs), (NOON + 60, ours), (NOON + 90, ours)):
        assert conversation_in(store, inbound(id="e", contact=by_number, at=at)).key == key


def test_what_shows_a_user_id_is_for_its_contact_whenever_it_was_sent(store: Store) -> None:
    former, present = (Contact(id=id, user_id=id, phone="15550002001") for id in ("US.1", "US.2"))
    keys = [
        commit(store, {}, message_id=contact.id, contact=contact, at=at).key
        for contact, at in ((former, NOON), (present, NOON + 60))
    ]
    for at in (NOON, NOON + 59, NOON + 60):
        messages = [inbound(id="new", contact=contact, at=at) for contact in (former, present)]
        assert [conversation_in(store, message).key for message in messages] == keys


def test_what_names_a_number_whose_former_holder_was_forgotten_is_for_nobody(
    table: str, dynamodb: DynamoDBClient
) -> None:
    store = ConversationTable(dynamodb, table)
    former, present = (Contact(id=id, user_id=id, phone="15550002001") for id in ("US.1", "US.2"))
    gone = commit(store, {}, message_id="a", contact=former).key
    here = commit(store, {}, message_id="b", contact=present, at=NOON + 60).key
    dynamodb.delete_item(TableName=table, Key=conversation_item(gone))
    by_number = Contact(id="15550002001", phone="15550002001")
    assert store.load(inbound(id="new", contact=by_number, at=NOON + 59)).conversation is None
    assert conversation_in(store, inbound(id="new", contact=by_number, at=NOON + 60)).key == here


def test_an_attempt_is_claimed_once(records: RecordStore) -> None:
    records.claim(attempt(1), NOON, SAID)
    with pytest.raises(AttemptTaken):
        records.claim(attempt(1), NOON + 1, SAID)
    assert records.read("key", "x-1").steps == {1: {Step.SENDING: NOON}}


def test_a_record_holds_the_message_as_its_newest_attempt_had_it(records: RecordStore) -> None:
    assert records.read("key", "x-1").turn is None
    records.claim(attempt(1), NOON, SAID)
    records.write_step(attempt(1), Step.REFUSED, NOON, Detail(error_code=4))
    assert records.read("key", "x-1").turn == SAID
    templated = replace(SAID, messages=SAID.messages[2:3])
    records.claim(attempt(2), NOON, templated)
    assert records.read("key", "x-1").turn == templated


def test_a_status_that_comes_before_its_claim_leaves_a_record_without_the_message(
    records: RecordStore,
) -> None:
    records.write_step(attempt(1), Step.SENT, NOON, Detail())
    assert records.read("key", "x-1").turn is None


def test_a_claim_that_a_client_repeats_is_the_same_claim(records: RecordStore) -> None:
    for _ in range(2):
        records.claim(attempt(1), NOON, SAID)


def test_the_next_attempt_needs_an_unsettled_one_before_it(records: RecordStore) -> None:
    with pytest.raises(AttemptTaken):
        records.claim(attempt(2), NOON, SAID)
    records.claim(attempt(1), NOON, SAID)
    records.write_step(attempt(1), Step.REFUSED, NOON, Detail(error_code=4))
    records.claim(attempt(2), NOON, SAID)
    records.write_step(attempt(2), Step.DELIVERED, NOON, Detail())
    with pytest.raises(AttemptTaken):
        records.claim(attempt(3), NOON, SAID)


@pytest.mark.parametrize("taken", [Step.ACCEPTED, Step.SENT])
def test_what_was_accepted_is_tried_again_only_once_it_was_refused_later(
    records: RecordStore, taken: Step
) -> None:
    records.claim(attempt(1), NOON, SAID)
    records.write_step(attempt(1), taken, NOON, Detail())
    with pytest.raises(AttemptTaken):
        records.claim(attempt(2), NOON, SAID)
    before = records.write_step(attempt(1), Step.REFUSED, NOON, Detail(error_code=130429))
    assert before == MessageRecord(steps={1: {Step.SENDING: NOON, taken: NOON}})
    records.claim(attempt(2), NOON, SAID)


def test_what_was_delivered_is_not_tried_again_whatever_is_said_of_it(records: RecordStore) -> None:
    records.claim(attempt(1), NOON, SAID)
    for step in (Step.DELIVERED, Step.REFUSED):
        records.write_step(attempt(1), step, NOON, Detail())
    with pytest.raises(AttemptTaken):
        records.claim(attempt(2), NOON, SAID)


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.none() | st.sampled_from(sorted(set(Step) - {Step.SENDING}))),
        max_size=8,
    )
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_table_allows_the_claims_that_the_memory_allows(
    table: str, dynamodb: DynamoDBClient, story: list[tuple[int, Step | None]]
) -> None:
    """A story has claims (None) and steps. The network reports only attempts that could be the next."""
    memory, records = MemoryStore(), RecordTable(dynamodb, table)
    outbound_id = f"{uuid.uuid4().hex}-1"
    for at, (number, step) in enumerate(story, start=1):
        made = replace(attempt(number), outbound_id=outbound_id)
        known = memory.read("key", outbound_id).attempt
        for store in (memory, records):
            with suppress(AttemptTaken):
                if step is None:
                    store.claim(made, at, SAID)
                elif number <= known + 1:
                    store.write_step(made, step, at, Detail())
        assert records.read("key", outbound_id).steps == memory.read("key", outbound_id).steps


Steps = frozenset[Step]
NOTHING: Steps = frozenset()
STEPS: list[Steps] = [frozenset(some) for size in range(len(Step) + 1) for some in combinations(Step, size)]
"""All sets of steps that an attempt can have reached."""


def nearly(rule: Rule) -> set[Steps]:
    """Return the sets of steps that fit `rule`, and all sets that differ from one of them by one step."""
    fitting = [reached for reached in STEPS if rule.holds(reached)]
    return {*fitting, *(reached ^ {step} for reached in fitting for step in Step)}


def expect_the_same_claim(
    dynamodb: DynamoDBClient, table: str, reached: dict[int, Steps], number: int, at: float = NOON
) -> None:
    """Claim attempt `number` of a record in the table, and expect the same answer as from the model.

    Its attempts have `reached` some steps at noon.
    """
    record = MessageRecord(steps={n: dict.fromkeys(some, NOON) for n, some in reached.items() if some})
    made = replace(attempt(number), outbound_id=f"{uuid.uuid4().hex}-1")
    item = {step_attribute(n, step): {"N": str(NOON)} for n, some in reached.items() for step in some}
    if item:
        item |= record_item("key", made.outbound_id) | {"format": format_attribute("record")}
        dynamodb.put_item(TableName=table, Item=item)
    records, is_claimed = RecordTable(dynamodb, table), True
    try:
        records.claim(made, at, SAID)
    except AttemptTaken:
        is_claimed = False
    assert is_claimed == record.may_be_claimed(number, at), (reached, number, at)
    after = record.reached(number, Step.SENDING, at) if is_claimed else record
    assert records.read("key", made.outbound_id).steps == after.steps


@given(
    st.fixed_dictionaries({1: st.sampled_from(STEPS), 2: st.sampled_from(STEPS)}),
    st.integers(1, 3),
    st.sampled_from([NOON, NOON + 1]),
)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_table_allows_a_claim_exactly_when_its_record_allows_it(
    table: str, dynamodb: DynamoDBClient, reached: dict[int, Steps], number: int, at: float
) -> None:
    expect_the_same_claim(dynamodb, table, reached, number, at)


def test_each_step_that_decides_about_a_claim_does_so_in_the_table_as_in_its_record(
    table: str, dynamodb: DynamoDBClient
) -> None:
    for before in nearly(MAY_BE_FOLLOWED):
        expect_the_same_claim(dynamodb, table, {1: before, 2: NOTHING}, 2)
    for own in nearly(MAY_BE_CLAIMED):
        for at in (NOON, NOON + 1):
            expect_the_same_claim(dynamodb, table, {1: frozenset({Step.SENDING}), 2: own}, 2, at)
            expect_the_same_claim(dynamodb, table, {1: own}, 1, at)


def test_a_message_that_failed_is_not_claimed(records: RecordStore) -> None:
    records.write_step(attempt(1), Step.FAILED, NOON, Detail(error_code=0, error="closed"))
    with pytest.raises(AttemptTaken):
        records.claim(attempt(1), NOON, SAID)


def test_a_step_is_written_once_and_keeps_its_first_time(records: RecordStore) -> None:
    detail = Detail(network_id="wamid.9", billed_category="service")
    assert records.write_step(attempt(1), Step.SENT, NOON, detail).steps == {}
    assert records.write_step(attempt(1), Step.SENT, NOON + 9, Detail()).steps == {1: {Step.SENT: NOON}}
    assert records.read("key", "x-1").steps == {1: {Step.SENT: NOON}}


def test_the_record_keeps_what_the_network_said(table: str, dynamodb: DynamoDBClient) -> None:
    records = RecordTable(dynamodb, table)
    records.write_step(
        attempt(1), Step.FAILED, NOON, Detail(error_code=131047, error="Re-engagement", network_id="w")
    )
    (item,) = dynamodb.scan(TableName=table)["Items"]
    assert item["a1_error_code"] == {"N": "131047"}
    assert [read_error_code(item, attempt) for attempt in (1, 2)] == [131047, 0]
    assert item["a1_error"] == {"S": "Re-engagement"}
    assert item["a1_network_id"] == {"S": "w"}


def test_markers_live_30_days_and_records_a_day_longer_at_least(table: str, dynamodb: DynamoDBClient) -> None:
    store, began = ConversationTable(dynamodb, table), int(time.time())
    commit(store, {})
    RecordTable(dynamodb, table).claim(attempt(1), NOON, SAID)
    items = dynamodb.scan(TableName=table)["Items"]
    ends = {i["sk"]["S"]: int(i["expires_at"]["N"]) for i in items if "expires_at" in i}
    assert began <= ends["MARKER"] - MARKER_SECONDS <= time.time()
    assert began <= ends["OUT#x-1"] - RECORD_SECONDS <= time.time()
    assert ends["OUT#x-1"] - ends["MARKER"] >= 24 * 3600
    assert "CONVERSATION" not in ends


def test_an_expired_marker_that_dynamodb_has_not_deleted_yet_counts_no_more(
    table: str, dynamodb: DynamoDBClient
) -> None:
    store = ConversationTable(dynamodb, table)
    commit(store, {"n": 1})
    key = {"pk": {"S": f"IN#{ACCOUNT}#wamid.1"}, "sk": {"S": "MARKER"}}
    dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET expires_at = :past",
        ExpressionAttributeValues={":past": {"N": str(int(time.time()) - 10)}},
    )
    assert store.load(inbound()).marker is None
    commit(store, {"n": 2})
    assert conversation_in(store, inbound()).data == {"n": 2}


def test_a_marker_without_an_end_counts_since_nothing_is_written_over_it(
    table: str, dynamodb: DynamoDBClient
) -> None:
    store = ConversationTable(dynamodb, table)
    commit(store, {"n": 1})
    key = marker_item(ACCOUNT, "wamid.1")
    dynamodb.update_item(TableName=table, Key=key, UpdateExpression="REMOVE expires_at")
    marker = store.load(inbound()).marker
    assert marker
    assert marker.state == "done"
    with pytest.raises(AlreadyHandled):
        commit(store, {"n": 2})


KNOWN = FORMATS["record"]
UNKNOWN_FORMATS = pytest.mark.parametrize("number", [KNOWN + 1, KNOWN - 2, None])


def put_record(dynamodb: DynamoDBClient, table: str, number: int | None) -> None:
    """Write a record whose first attempt was refused, in the format `number`; without one for None."""
    item = record_item("key", "x-1") | {step_attribute(1, Step.REFUSED): {"N": str(NOON)}}
    if number is not None:
        item["format"] = {"N": str(number)}
    dynamodb.put_item(TableName=table, Item=item)


@UNKNOWN_FORMATS
def test_nothing_is_written_into_a_record_whose_format_is_unknown(
    table: str, dynamodb: DynamoDBClient, number: int | None
) -> None:
    records = RecordTable(dynamodb, table)
    put_record(dynamodb, table, number)
    before = dynamodb.scan(TableName=table)["Items"]
    with pytest.raises(AttemptTaken):
        records.claim(attempt(2), NOON + 1, SAID)
    with pytest.raises(AttemptTaken):
        records.claim(attempt(3), NOON + 1, SAID)
    with pytest.raises(Unreadable, match="record"):
        records.write_step(attempt(1), Step.SENT, NOON + 1, Detail(network_id="w"))
    assert dynamodb.scan(TableName=table)["Items"] == before
    with pytest.raises(Unreadable):
        records.read("key", "x-1")


@pytest.mark.parametrize("number", [KNOWN, KNOWN - 1])
def test_a_record_of_this_format_or_the_one_before_goes_on(
    table: str, dynamodb: DynamoDBClient, number: int
) -> None:
    records = RecordTable(dynamodb, table)
    put_record(dynamodb, table, number)
    records.claim(attempt(2), NOON + 1, SAID)
    records.write_step(attempt(2), Step.SENT, NOON + 2, Detail())
    assert records.read("key", "x-1") == MessageRecord(
        steps={1: {Step.REFUSED: NOON}, 2: {Step.SENDING: NOON + 1, Step.SENT: NOON + 2}}, turn=SAID
    )


def rewrite(dynamodb: DynamoDBClient, table: str, key: str, **changed: dict[str, str]) -> None:
    """Change attributes of a conversation, as another version of the code might."""
    item = dynamodb.get_item(TableName=table, Key=conversation_item(key))["Item"]
    dynamodb.put_item(TableName=table, Item={**item, **changed})


def test_the_window_of_a_conversation_whose_format_is_unknown_is_unreadable(
    table: str, dynamodb: DynamoDBClient
) -> None:
    store, known = ConversationTable(dynamodb, table), FORMATS["conversation"]
    key = commit(store, {}).key
    for number in (known, known - 1):
        rewrite(dynamodb, table, key, format={"N": str(number)})
        assert store.window_closes_at(turn_messages(key)) > NOON
    for number in (known + 1, known - 2):
        rewrite(dynamodb, table, key, format={"N": str(number)})
        with pytest.raises(Unreadable, match="conversation"):
            store.window_closes_at(turn_messages(key))


def test_the_window_of_a_conversation_that_was_taken_in_needs_nothing_else_of_the_one_it_is_in(
    table: str, dynamodb: DynamoDBClient
) -> None:
    store = ConversationTable(dynamodb, table)
    oldest = two_conversations(store)
    (gone,) = oldest.absorbed
    commit(store, {}, message_id="c", contact=BY_BOTH)
    closes_at = conversation_in(store, inbound(id="d", contact=BY_BOTH)).window_closes_at
    rewrite(dynamodb, table, oldest.key, missed={"S": "what a newer version wrote"})
    with pytest.raises(Unreadable):
        store.load(inbound(id="d", contact=BY_BOTH))
    turn = replace(turn_messages(gone.key), contact=BY_USER_ID)
    assert store.window_closes_at(turn) == closes_at > NOON
    assert store.window_closes_at(replace(turn, conversation_key="never")) == 0.0
    rewrite(dynamodb, table, oldest.key, format={"N": str(FORMATS["conversation"] + 1)})
    with pytest.raises(Unreadable):
        store.window_closes_at(turn)


def test_the_window_of_a_conversation_that_was_taken_in_is_found(store: Store) -> None:
    commit(store, {}, message_id="a", contact=Contact(id="US.111", user_id="US.111"))
    by_number = Contact(id="15550002001", phone="15550002001")
    gone = commit(store, {}, message_id="b", contact=by_number, now=NOON + 60)
    key = commit(store, {}, message_id="c", now=NOON + 120).key
    assert gone.key != key
    turn = replace(turn_messages(gone.key), contact=by_number)
    assert store.window_closes_at(turn) == conversation_in(store, inbound()).window_closes_at > NOON


def test_what_is_too_large_for_an_item_is_an_error_of_the_turn(table: str, dynamodb: DynamoDBClient) -> None:
    with pytest.raises(TurnTooLarge):
        commit(ConversationTable(dynamodb, table), {"much": "x" * 500_000})


def test_what_is_kept_of_a_handoff_fits_an_item_in_any_script(table: str, dynamodb: DynamoDBClient) -> None:
    store = ConversationTable(dynamodb, table)
    for number in range(16):
        message = inbound("\N{GRINNING FACE}" * 4096, id=f"m{number}")
        before = conversation_in(store, message)
        store.commit(message, before, heard(before, message).missing(message), Marker(state="done"))
    assert conversation_in(store, inbound(id="new")).missed


def test_the_results_of_steps_that_a_turn_may_have_can_be_kept(store: Store) -> None:
    bot = Bot()

    @bot.otherwise
    def steps(chat: Chat) -> None:
        for number in range(10):
            chat.step(lambda: '"' * 30_000, name=str(number))

    done: dict[str, str] = {}
    with pytest.raises(TurnTooLarge, match="results in one turn"):
        bot.turn(
            inbound(),
            heard(conversation_in(store, inbound()), inbound()),
            first=False,
            now=NOON,
            limits=CHANNEL.limits,
            understanding=FuzzyUnderstanding(),
            steps=done,
        )
    assert done
    store.record_try(inbound(), Marker(state="trying", tries=1, steps=done))
    marker = store.load(inbound()).marker
    assert marker
    assert marker.steps == done


def test_a_merge_takes_no_number_from_who_has_it_now(store: Store) -> None:
    number = "15550002001"
    commit(store, {"of": "ada"}, message_id="a", contact=Contact(id="US.1", user_id="US.1"))
    first = Contact(id="US.9", phone=number, user_id="US.9")
    commit(store, {"of": "ada, later"}, message_id="b", contact=first, now=NOON + 1)
    bob = Contact(id="US.2", phone=number, user_id="US.2")
    commit(store, {"of": "bob"}, message_id="c", contact=bob, now=NOON + 2)
    notice = Contact(id="US.9", user_id="US.9", former_ids=("US.1",))
    commit(store, {"of": "ada"}, message_id="d", contact=notice, now=NOON + 3)
    by_number = Contact(id=number, phone=number)
    assert conversation_in(store, inbound(id="e", contact=by_number)).data == {"of": "bob"}
    both = [
        conversation_in(store, inbound(id="f", contact=Contact(id=id, user_id=id))) for id in ("US.1", "US.9")
    ]
    assert len({one.key for one in both}) == 1


def test_the_window_of_a_conversation_is_not_that_of_who_has_its_number_now(store: Store) -> None:
    ada = Contact(id="US.1", phone="15550002001", user_id="US.1")
    key = commit(store, {}, message_id="a", contact=ada).key
    bob = Contact(id="US.2", phone="15550002001", user_id="US.2")
    commit(store, {}, message_id="b", contact=bob, now=NOON + 3600)
    closes_at = store.window_closes_at(replace(turn_messages(key), contact=ada))
    assert (
        closes_at
        == conversation_in(
            store, inbound(id="c", contact=Contact(id="US.1", user_id="US.1"))
        ).window_closes_at
    )
    assert store.window_closes_at(replace(turn_messages("gone"), contact=ada)) == 0.0
