"""What a bot gets to see in a group: https://core.telegram.org/bots/features#privacy-mode.

That a mention of its name is enough is what @BotFather says of the privacy mode at `/setprivacy`.
"""

from __future__ import annotations

from typing import Final

from rejoinder.workbench.simulator.telegram.network import Chat, Message
from rejoinder.workbench.simulator.telegram.who import Bot

_SERVICE: Final = (
    "new_chat_members",
    "left_chat_member",
    "new_chat_title",
    "group_chat_created",
    "supergroup_chat_created",
    "channel_chat_created",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "forum_topic_created",
)
"""What everybody sees in a chat."""


def sees(bot: Bot, message: Message) -> bool:
    """Whether a bot is told of a message of somebody."""
    chat = message.chat
    if chat.type == "private":
        return chat.bot is bot
    if not chat.has(bot.id):
        return False
    return chat.type == "channel" or _sees_all(bot, chat) or _is_meant(bot, message)


def _sees_all(bot: Bot, chat: Chat) -> bool:
    return bot.can_read_all_group_messages or chat.members.get(bot.id) in ("creator", "administrator")


def _is_meant(bot: Bot, message: Message) -> bool:
    if any(key in message.content for key in _SERVICE):
        return True
    if message.reply_to is not None and message.reply_to.sender is bot:
        return True
    return any(_names(bot, message, kind, words) for kind, words in _spans(message))


def _names(bot: Bot, message: Message, kind: str, words: str) -> bool:
    if kind == "mention":
        return words.lower() == f"@{bot.username}".lower()
    if kind != "bot_command":
        return False
    _, _, name = words.partition("@")
    return name.lower() == bot.username.lower() if name else _is_last(bot, message)


def _is_last(bot: Bot, message: Message) -> bool:
    """Whether a bot was the last one to say something, or no bot has yet. A command without a name is its."""
    said = [one.sender for one in message.chat.visible() if isinstance(one.sender, Bot)]
    return not said or said[-1] is bot


def _spans(message: Message) -> list[tuple[str, str]]:
    """Return the kinds and the words of the entities. Their places count UTF-16 units."""
    content = message.content
    text = str(content.get("text") or content.get("caption") or "").encode("utf-16-le")
    entities = content.get("entities") or content.get("caption_entities") or []
    return [
        (
            one["type"],
            text[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le", "replace"),
        )
        for one in entities
    ]
