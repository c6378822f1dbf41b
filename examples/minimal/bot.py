"""The smallest whole bot: a greeting, and a question whose answer it uses."""

from rejoinder import Bot, Chat

bot = Bot()


@bot.otherwise
def greet(chat: Chat) -> None:
    name = chat.ask("Hello! What is your name?")
    chat.say(f"Nice to meet you, {name}.")
