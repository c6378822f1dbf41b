"""The bot of `make chaos`: it numbers messages, so that losses, doubles and a wrong order can be seen."""

from rejoinder import Bot, Chat

bot = Bot()


@bot.otherwise
def number(chat: Chat) -> None:
    """Answer with the contact's words and their number. The number comes from a step, as an effect would."""
    chat.data["count"] = chat.step(following, chat.data.get("count", 0))
    chat.say(f"{chat.data['count']}: {chat.message.text}")


def following(count: int) -> int:
    """Return the number after `count`."""
    return count + 1
