"""The bot of `make chaos`: it numbers what a contact says, so that losses, doubles and wrong order show."""

from rejoinder import Bot, Chat

bot = Bot()


@bot.otherwise
def number(chat: Chat) -> None:
    """The number comes out of a step, as what has an effect would."""
    chat.data["count"] = chat.step(following, chat.data.get("count", 0))
    chat.say(f"{chat.data['count']}: {chat.message.text}")


def following(count: int) -> int:
    """The number behind `count`."""
    return count + 1
