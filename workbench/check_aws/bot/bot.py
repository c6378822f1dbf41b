"""The bot of `rejoinder check-aws`: it says what it hears. Some words make it slow, others let it fail."""

import json
import time

from rejoinder import Bot, Chat

bot = Bot()


@bot.otherwise
def answer(chat: Chat) -> None:
    """Say the words of the contact. `fail` raises each time, and `slow 5` takes five seconds."""
    first, _, rest = chat.message.text.partition(" ")
    if first == "fail":
        print(json.dumps({"level": "INFO", "message": "tried", "what": rest, "tried_at": time.time()}))
        raise ValueError("as was asked")
    if first == "slow":
        time.sleep(int(rest.partition(" ")[0]))
    chat.say(chat.message.text)
