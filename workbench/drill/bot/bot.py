"""The bot of `make drill`: it answers, keeps documents, and fails where the drill wants it to."""

import os

from rejoinder import Bot, Chat, Document

bot = Bot(keeps=Document)

_tried: set[str] = set()
"""The contacts whose message was tried before, on this machine."""


@bot.on(Document)
def keep(chat: Chat[Document]) -> None:
    """Answer a file, which the bot keeps by itself."""
    chat.say("I have it.")


@bot.otherwise
def answer(chat: Chat) -> None:
    """Answer with the contact's words. A wrong version raises instead: always, or at the first try."""
    wrong, is_first = os.environ.get("DRILL_BREAKS_THE_BOT"), chat.contact.id not in _tried
    _tried.add(chat.contact.id)
    if wrong == "always" or (wrong == "once" and is_first):
        raise ValueError("this version of the bot is wrong")
    chat.say(f"You wrote: {chat.message.text}")
