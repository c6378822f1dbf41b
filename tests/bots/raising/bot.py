"""A bot that raises in each of its handlers, to lie in `bot/`."""

from rejoinder import Bot, Chat, Failed, NoAnswer

bot = Bot()


@bot.start
@bot.otherwise
@bot.on("hi", "hours", "book", "count me", NoAnswer, Failed)
def fail(chat: Chat) -> None:
    raise RuntimeError
