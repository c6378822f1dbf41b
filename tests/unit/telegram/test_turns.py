"""What updates of Telegram do to conversations: the real front, parser, processor and sender over memory."""

import json
from typing import Any

import pytest

from rejoinder import Bot, Button, Buttons, Chat, GroupMessage, Tap
from rejoinder.channel_ports import Request
from rejoinder.channels.telegram.channel import CHANNEL
from rejoinder.channels.telegram.front import FRONT
from rejoinder.channels.telegram.taps import data_of
from rejoinder.errors import BotError
from rejoinder.model.consent import Purpose
from rejoinder.model.contents import Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.people import Account
from tests.unit.telegram.test_inbound import ADA, BOT, GROUP, PRIVATE
from tests.unit.worlds import NOON, World

BEN = {"id": 2222222, "is_bot": False, "first_name": "Ben"}
LONG = "order:" + "x" * 100


def counting() -> Bot:
    """Return a bot that counts what each conversation hears."""
    bot = Bot()

    @bot.on("/menu")
    def menu(chat: Chat) -> None:
        chat.say(Buttons(body="Menu", buttons=(Button(id=LONG, title="Order"),)))

    @bot.otherwise
    def count(chat: Chat) -> None:
        chat.data["heard"] = [*chat.data.get("heard", []), chat.message.text]
        chat.say(f"{chat.contact.name}: {len(chat.data['heard'])}")

    return bot


class Telegram:
    """A world that hears what Telegram posts."""

    def __init__(self, bot: Bot) -> None:
        self.world = World(bot=bot)
        self.number = 700

    def posts(self, kind: str, **fields: object) -> list[str]:
        """Post an update, and return what the bot says to it."""
        self.number += 1
        around: dict[str, object] = {"date": int(NOON), "chat": PRIVATE, "from": ADA}
        body = json.dumps({"update_id": self.number, kind: {**around, **fields}}).encode()
        found = FRONT.split(Request(body=body, path="/telegram/123456", query={"username": "demo_bot"}))
        before = len(self.world.network.sent)
        for several in found.conversations:
            for one in several.updates:
                account = Account.parse(several.account)
                self.world.process(CHANNEL.parse(account, one, received_at=NOON))
                self.world.deliver()
        said = self.world.network.sent[before:]
        return [content.body for content in said if isinstance(content, Text | Buttons)]

    def says(self, words: str, **fields: object) -> list[str]:
        return self.posts("message", message_id=self.number, text=words, **fields)

    def conversations(self) -> dict[str, Conversation]:
        """Return the conversations by the first ids of their contacts."""
        return {one.contact_ids[0]: one for one in self.world.store.conversations.values()}


@pytest.fixture
def telegram() -> Telegram:
    return Telegram(counting())


def test_in_a_group_the_bot_answers_each_person_who_means_it_and_nobody_else(telegram: Telegram) -> None:
    mention = {"entities": [{"type": "mention", "offset": 0, "length": 9}]}
    assert telegram.says("hello all", chat=GROUP) == []
    assert telegram.says("@demo_bot hi", chat=GROUP, **mention) == ["Ada: 1"]
    assert telegram.says("/help@demo_bot", chat=GROUP) == ["Ada: 2"]
    assert telegram.says("yes", chat=GROUP, reply_to_message={"message_id": 1, "from": BOT}) == ["Ada: 3"]
    assert telegram.says("@demo_bot hi", chat=GROUP, **mention, **{"from": BEN}) == ["Ben: 1"]
    assert telegram.says("/help@other_bot", chat=GROUP) == []
    assert telegram.says("hi") == ["Ada: 1"], "in private it is another conversation"
    assert telegram.conversations().keys() == {
        "-1001234567890.1111111",
        "-1001234567890.2222222",
        "1111111",
    }


def test_a_bot_that_asks_for_it_hears_all_of_a_group_and_of_a_channel() -> None:
    bot, heard = Bot(), []

    @bot.on(GroupMessage)
    def note(chat: Chat) -> None:
        message: Any = chat.message.content
        heard.append((message.sender.name, message.text))

    telegram = Telegram(bot)
    telegram.says("hello all", chat=GROUP)
    telegram.posts(
        "channel_post",
        message_id=9,
        text="news",
        chat={"id": -5, "type": "channel", "title": "Chan"},
        **{"from": None},
    )
    assert heard == [("Ada", "hello all"), ("Chan", "news")]


def test_a_tap_reaches_the_handler_of_its_long_id(telegram: Telegram) -> None:
    bot = telegram.world.bot

    @bot.on(Tap(LONG))
    def order(chat: Chat) -> None:
        chat.say("Ordered.")

    assert telegram.says("/menu") == ["Menu"]
    key = telegram.conversations()["1111111"].key
    telegram.world.store.names[key, "1111111.55"] = telegram.world.store.names.pop((key, "memory-1"))
    assert data_of(LONG).startswith("~")
    message = {"message_id": 55, "chat": PRIVATE, "from": BOT, "date": 1}
    query = {"id": "77", "message": message, "data": data_of(LONG)}
    assert telegram.posts("callback_query", **query) == ["Ordered."]
    assert telegram.posts("callback_query", **query) == [], "the same tap again"


def test_who_blocks_the_bot_is_opted_out_and_who_starts_it_again_is_not(telegram: Telegram) -> None:
    telegram.says("hi")
    for status, is_out in (("kicked", True), ("member", False)):
        change = {"old_chat_member": {"user": BOT}, "new_chat_member": {"user": BOT, "status": status}}
        assert telegram.posts("my_chat_member", **change) == []
        conversation = telegram.conversations()["1111111"]
        assert conversation.opted_out is is_out
        assert conversation.consent[Purpose.MARKETING].by == "preference"


def test_a_group_with_a_new_id_is_the_same_conversation_for_who_made_it_so(telegram: Telegram) -> None:
    old = {"id": -4000001, "type": "group", "title": "Team"}
    new = {"id": -1005, "type": "supergroup", "title": "Team"}
    assert telegram.says("/help", chat=old) == ["Ada: 1"]
    assert telegram.posts("message", message_id=7, chat=old, migrate_to_chat_id=new["id"]) == []
    assert telegram.posts("message", message_id=1, chat=new, migrate_from_chat_id=old["id"]) == []
    assert telegram.says("/help", chat=new) == ["Ada: 2"]
    (conversation,) = telegram.conversations().values()
    assert conversation.contact is not None
    assert conversation.contact.id == "-1005.1111111"


def test_what_wants_no_answer_gets_none(telegram: Telegram) -> None:
    telegram.says("hi")
    emoji = [{"type": "emoji", "emoji": "👍"}]
    reaction = {"message_id": 5, "user": ADA, "old_reaction": [], "new_reaction": emoji}
    assert telegram.posts("message_reaction", **reaction) == []
    assert telegram.posts("edited_message", message_id=700, text="hi!") == []
    assert telegram.posts("message", message_id=8, pinned_message={"message_id": 1}) == []
    assert telegram.posts("message", message_id=9, successful_payment={"total_amount": 1}) == []
    assert telegram.posts("inline_query", id="1", query="cats") == []
    assert telegram.posts("poll_answer", poll_id="1", user=ADA, option_ids=[0]) == []
    assert telegram.posts("message", message_id=10, dice={"emoji": "🎲", "value": 4}) == ["Ada: 2"]


@pytest.mark.parametrize("topic", [{}, {"message_thread_id": 7, "is_topic_message": True}])
def test_a_group_gets_no_code_that_links_and_takes_none(topic: dict[str, object]) -> None:
    """Whoever reads a code may use it."""
    bot, raised = Bot(), list[str]()

    @bot.on("/code", "/link")
    def code(chat: Chat) -> None:
        try:
            chat.say(
                chat.link_code() if chat.message.text.startswith("/code") else str(chat.link("ABCDEFGH"))
            )
        except BotError as error:
            raised.append(str(error))

    telegram = Telegram(bot)
    assert telegram.says("/code@demo_bot", chat=GROUP, **topic) == []
    assert telegram.says("/link@demo_bot", chat=GROUP, **topic) == []
    assert [error.partition(":")[0] for error in raised] == [
        "everybody in a group reads a code that links",
        "everybody in a group reads a link",
    ]
    assert len(telegram.says("/code")[0]) == 8


def test_in_a_topic_that_the_bot_began_not_everything_is_for_it(telegram: Telegram) -> None:
    """Telegram tells what began the topic as if each message there answered that."""
    began = {"message_id": 1, "from": BOT, "forum_topic_created": {"name": "News", "icon_color": 1}}
    topic: dict[str, Any] = {"message_thread_id": 1, "is_topic_message": True, "reply_to_message": began}
    assert telegram.says("hello all", chat=GROUP, **topic) == []
