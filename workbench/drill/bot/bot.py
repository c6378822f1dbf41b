"""The bot of `make drill`: it answers, keeps documents, and fails where the drill wants it to."""

import os

from rejoinder import Bot, Chat, Document

bot = Bot(keeps=Document)


@bot.on(Document)
def keep(chat: Chat[Document]) -> None:
    """Answer a file, which the bot keeps by itself."""
    chat.say("I have it.")


@bot.otherwise
def answer(chat: Chat) -> None:
    """Answer with the contact's words. The drill's wrong version raises instead."""
    if os.environ.get("DRILL_BREAKS_THE_BOT"):
        raise ValueError("this version of the bot is wrong")
    chat.say(f"You wrote: {chat.message.text}")
