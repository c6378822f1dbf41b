"""The bot whose turns `make cost` counts. It answers with two texts, which travel as one message."""

from rejoinder import Bot, Chat

bot = Bot()


@bot.start
@bot.on("hi")
def welcome(chat: Chat) -> None:
    chat.say(f"Hello {chat.contact.name}! What can I do for you?")


@bot.on("hours", "opening hours")
def hours(chat: Chat) -> None:
    chat.say("We are open Monday to Friday, 9 to 17.")
    chat.say("On Saturdays until noon.")
