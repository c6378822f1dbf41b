"""What the wire tells beside words, as a handler sees it: quotes, edits, deletions, advertisements."""

from dataclasses import asdict, replace

import pytest

from rejoinder import Bot, Chat, Deleted, Edited, Tap, Text
from rejoinder.channels import channel_named
from rejoinder.model.contents import Reaction
from rejoinder.model.context import Quoted, Referral, ReferredProduct
from rejoinder.model.conversation import Conversation
from rejoinder.model.delivery import Attempt, Callback, Detail, Status, Step
from rejoinder.model.own import Echo
from rejoinder.model.spoken import SaidContent
from rejoinder.model.talk import MAX_JOURNAL_BYTES
from rejoinder.testing import Phone
from tests.unit.worlds import ACCOUNT, NOON, World, inbound

parse = channel_named("whatsapp").parse


def quoting_bot() -> Bot:
    """Return a bot that tells which message of its own is quoted, before a question and after it."""
    bot = Bot()

    @bot.on("menu")
    def menu(chat: Chat) -> None:
        chat.say("Tea or coffee?", buttons=[("tea", "Tea"), ("coffee", "Coffee")])

    @bot.on(Tap)
    @bot.otherwise
    def quoted(chat: Chat) -> None:
        begun = said(chat)
        chat.ask(f"You quote {begun}. Why?")
        chat.say(f"First {begun}, then {said(chat)}.")

    return bot


def said(chat: Chat) -> str:
    """Return what the quoted message said."""
    quoted = chat.message.quoted
    return str(getattr(quoted.content, "body", quoted.content)) if quoted else "nothing"


def test_a_handler_knows_which_message_a_tap_belongs_to_also_when_it_runs_again() -> None:
    phone = Phone(quoting_bot())
    phone.says("menu")
    assert phone.taps("Tea") == ["< You quote Tea or coffee?. Why?"]
    assert phone.sends(Text(body="so"), reply_to="memory-2") == [
        "< First Tea or coffee?, then You quote Tea or coffee?. Why?."
    ]


def test_a_message_that_quotes_nothing_of_ours_has_no_quote() -> None:
    phone = Phone(quoting_bot())
    assert phone.says("hi") == ["< You quote nothing. Why?"]
    assert phone.sends(Text(body="so"), reply_to="wamid.of-somebody") == ["< First nothing, then nothing."]


def test_what_was_sent_is_quoted_by_the_id_that_its_status_tells() -> None:
    world = World(quoting_bot())
    world.process(inbound("menu"))
    (turn,) = world.outbox.turns
    outbound_id = turn.messages[0].id
    world.deliver()
    attempt = Attempt(conversation_key=turn.conversation_key, outbound_id=outbound_id, number=1)
    callback = Callback(stack="test", attempt=attempt).encode()
    status = Status(step=Step.SENT, at=NOON, callback=callback, detail=Detail(network_id="wamid.OUT1"))
    world.tracker().track(status)
    wire = {
        "id": "wamid.2",
        "from": "15550002001",
        "from_user_id": "US.111",
        "type": "interactive",
        "context": {"from": "15550100001", "id": "wamid.OUT1"},
        "interactive": {"type": "button_reply", "button_reply": {"id": "tea", "title": "Tea"}},
    }
    world.process(parse(ACCOUNT, {"message": wire}, received_at=NOON))
    (conversation,) = world.store.conversations.values()
    assert conversation.journal
    assert conversation.journal.message
    assert conversation.journal.message.quoted == Quoted(
        outbound_id=outbound_id, content=turn.messages[0].content
    )


def changing_bot() -> Bot:
    """Return a bot that asks, and that tells what was edited and deleted."""
    bot = Bot()

    @bot.on("hi")
    def hi(chat: Chat) -> None:
        chat.say(f"Hello {chat.ask('Who is there?')}!")

    @bot.on(Edited, Deleted)
    def changed(chat: Chat) -> None:
        match chat.message.content:
            case Edited(message_id=id, content=Text(body=words)):
                chat.say(f"{id} is {words} now.")
            case Edited(message_id=id) | Deleted(message_id=id):
                chat.say(f"{id} is gone.")

    @bot.otherwise
    def otherwise(chat: Chat) -> None:
        chat.say("Pardon?")

    return bot


def test_edits_and_deletions_reach_their_handler_and_are_no_answers() -> None:
    phone = Phone(changing_bot())
    phone.says("hello")
    assert phone.sends(Deleted(message_id="a")) == ["< a is gone."]
    phone.says("hi")
    assert phone.sends(Edited(message_id="a", content=Text(body="hi"))) == ["< a is hi now."]
    assert phone.sends(Edited(message_id="a")) == ["< a is gone."]
    assert phone.sends(Deleted(message_id="a")) == ["< a is gone."]
    assert phone.says("Ada") == ["< Hello Ada!"]


EDIT = Edited(message_id="a", content=Text(body="hi"))


@pytest.mark.parametrize("content", [EDIT, Deleted(message_id="a")])
def test_an_edit_and_a_deletion_wake_nobody_who_did_not_ask_for_them(content: SaidContent) -> None:
    bot = Bot()

    @bot.start
    @bot.on("hi")
    @bot.otherwise
    def anything(chat: Chat) -> None:
        chat.say("Pardon?")

    phone = Phone(bot)
    assert phone.sends(content) == []
    assert phone.says("hi") == ["< Pardon?"]


@pytest.mark.parametrize(
    ("content", "is_handoff"),
    [
        (EDIT, False),
        (Deleted(message_id="a"), False),
        (Reaction(message_id="a", emoji="x"), False),
        (Text(body="I take over"), True),
        (None, True),
    ],
)
def test_what_a_person_of_the_business_says_is_a_handoff_and_what_they_change_is_none(
    content: SaidContent | None,
    *,
    is_handoff: bool,
) -> None:
    world = World(changing_bot())
    world.process(inbound(Echo(content=content)), inbound("hi", id="wamid.2"))
    (conversation,) = world.store.conversations.values()
    assert conversation.handoff == is_handoff
    assert len(world.outbox.turns) == (not is_handoff)


def test_a_change_on_the_business_phone_does_not_end_a_handoff() -> None:
    begun = Conversation(key="key", contact_ids=("US.111",), handoff=True)
    assert begun.heard(inbound(Echo(content=Deleted(message_id="a"))), NOON, 1.0).handoff


def test_a_handler_sees_what_led_the_contact_here() -> None:
    bot = Bot()

    @bot.otherwise
    def hello(chat: Chat) -> None:
        message = chat.message
        chat.ask(f"{message.referral and message.referral.ctwa_clid} {message.product}?")
        begun = (message.referral and message.referral.headline, message.forwarded, message.forwarded_often)
        chat.say(f"{begun} {chat.message.referral}")

    phone = Phone(bot)
    referral = Referral(source_type="ad", headline="Soup", ctwa_clid="c1")
    product = ReferredProduct(product_id="p")
    (asked,) = phone.sends(Text(body="hi"), forwarded=True, product=product, referral=referral)
    assert asked.startswith("< c1 ReferredProduct(product_id='p'")
    assert phone.says("yes") == ["< ('Soup', True, False) None"]


def test_the_raw_message_is_there_when_it_comes_and_not_when_the_handler_runs_again() -> None:
    bot = Bot()

    @bot.otherwise
    def hello(chat: Chat) -> None:
        known = chat.step(lambda: chat.message.raw.get("new"), name="raw")
        chat.ask("And?")
        chat.say(f"{known} {chat.message.raw}")

    phone = Phone(bot)
    phone.sends(Text(body="hi"), raw={"new": 1})
    assert phone.sends(Text(body="so"), raw={"new": 2}) == ["< 1 {'new': 2}"]


def test_a_journal_is_without_the_raw_message_and_has_no_less_room_for_it() -> None:
    bot = Bot()

    @bot.otherwise
    def hello(chat: Chat) -> None:
        chat.data["raw"] = [len(str(chat.message.raw))]
        chat.ask("And?")
        chat.data["raw"].append(len(str(chat.message.raw)))
        chat.ask("And then?")

    world = World(bot)
    world.process(replace(inbound(), raw={"new": "x" * MAX_JOURNAL_BYTES}))
    world.process(replace(inbound("so", id="wamid.2"), raw={"new": "x" * MAX_JOURNAL_BYTES}))
    assert not world.parked.updates
    (conversation,) = world.store.conversations.values()
    assert "xxx" not in repr([asdict(conversation.journal)] if conversation.journal else "")
    assert conversation.journal
