"""A bot with two intents, for `rejoinder understand`."""

from rejoinder import Bot, Chat, Intent

bot = Bot()


@bot.on(Intent(name="order", examples=["where is my order 1001", "has it been sent"]))
def order(chat: Chat) -> None:
    chat.say("It is on its way.")


@bot.on(Intent(name="hours", examples=["when are you open"]))
def hours(chat: Chat) -> None:
    chat.say("9 to 17.")
