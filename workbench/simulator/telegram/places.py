"""Where a bot may write: the chat of a request, the topic, the message that is replied to, and the rates.

The texts of the errors are those of `check_chat` and `check_message` in
https://github.com/tdlib/telegram-bot-api/blob/master/telegram-bot-api/Client.cpp; the rates are those of
https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this.
"""

from __future__ import annotations

from typing import Final

from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.pace import Bucket
from rejoinder.workbench.simulator.telegram.call import Call, whole
from rejoinder.workbench.simulator.telegram.errors import migrated, refused, too_many
from rejoinder.workbench.simulator.telegram.network import Chat, Message, Network
from rejoinder.workbench.simulator.telegram.who import Bot

_GENERAL: Final = 1
"""The topic of a forum that is always there."""

_MINUTE: Final = 60


class Places:
    """Finds the chats of requests. Raises Refusal where the bot may not write."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._bots: dict[int, Bucket] = {}
        self._chats: dict[tuple[int, int], Bucket] = {}

    def reset(self) -> None:
        """Forget what was sent."""
        self._bots.clear()
        self._chats.clear()

    def readable(self, call: Call, name: str = "chat_id") -> Chat:
        """Return a chat that the bot knows."""
        text = call.text(name).strip()
        if not text:
            raise refused(f"{name} is empty")
        chat_id = text if text.startswith("@") else whole(text)
        chat = self._network.chat(call.bot, chat_id)
        if chat is None:
            raise self._unknown(chat_id)
        if chat.type != "private":
            _check_membership(chat, call.bot)
        return chat

    def writable(self, call: Call) -> Chat:
        """Return the chat of a message to be sent."""
        chat = self.readable(call)
        if chat.person is not None:
            if chat.person.deactivated:
                raise refused("user is deactivated", 403)
            if chat.blocked:
                raise refused("bot was blocked by the user", 403)
            if not chat.started:
                raise refused("bot can't initiate conversation with a user", 403)
        elif chat.type == "channel" and chat.members[call.bot.id] not in ("creator", "administrator"):
            raise refused("need administrator rights in the channel chat")
        elif chat.members[call.bot.id] == "restricted":
            raise refused("not enough rights to send text messages to the chat")
        return chat

    def topic(self, call: Call, chat: Chat) -> int | None:
        """Return the topic of a message to be sent; None for none."""
        topic_id = call.whole("message_thread_id")
        if not topic_id:
            return None
        if topic_id not in chat.topics and not (chat.is_forum and topic_id == _GENERAL):
            raise refused("message thread not found")
        return None if topic_id == _GENERAL else topic_id

    def reply(self, call: Call, chat: Chat) -> tuple[Message | None, JsonObject]:
        """Return the message that is replied to, and the quotation of it."""
        asked = call.object("reply_parameters", "reply parameters")
        if not asked and call.text("reply_to_message_id"):  # the older parameters of the same meaning
            asked = {"message_id": call.whole("reply_to_message_id")}
            asked["allow_sending_without_reply"] = call.flag("allow_sending_without_reply")
        if not asked:
            return None, {}
        if "message_id" not in asked:
            raise refused('can\'t find field "message_id"')
        message = chat.message(whole(str(asked["message_id"])))
        if message is None and not asked.get("allow_sending_without_reply"):
            raise refused("message to be replied not found")
        quote = asked.get("quote")
        return message, {"quote": {"text": quote, "position": 0, "is_manual": True}} if quote else {}

    def keep_pace(self, bot: Bot, chat: Chat, count: int = 1) -> None:
        """Count messages. Raises Refusal when the bot sends too fast."""
        settings, now = self._network.settings, self._network.clock.now()
        second = settings.telegram_per_second
        mine = self._bots.setdefault(bot.id, Bucket(second, 1 / second, now))
        if chat.type == "private":
            fresh = Bucket(settings.telegram_chat_burst, settings.telegram_chat_seconds, now)
        else:
            minute = settings.telegram_group_minute
            fresh = Bucket(minute, _MINUTE / minute, now)
        theirs = self._chats.setdefault((bot.id, chat.id), fresh)
        if wait := max(mine.wait(now), theirs.wait(now)):
            raise too_many(wait)
        for _ in range(count):
            mine.spend(now)
            theirs.spend(now)

    def _unknown(self, chat_id: int | str) -> Exception:
        if isinstance(chat_id, int) and chat_id in self._network.people:
            return refused("bot can't initiate conversation with a user", 403)
        if isinstance(chat_id, int) and self._network.bot(chat_id):
            return refused("bot can't send messages to bots", 403)
        return refused("chat not found")


def _check_membership(chat: Chat, bot: Bot) -> None:
    if chat.migrated_to is not None:
        raise migrated(chat.migrated_to)
    if chat.members.get(bot.id) == "kicked":
        raise refused(f"bot was kicked from the {chat.type} chat", 403)
    if not chat.has(bot.id):
        raise refused(f"bot is not a member of the {chat.type} chat", 403)
