"""A bot with templates, and what it says of them."""

from collections.abc import Callable
from typing import Any

from rejoinder import Bot, BotError, Chat, Template
from rejoinder.bot.templates.own import AnyTemplate
from rejoinder.model.messages import Outbound
from tests.unit.worlds import World, inbound

bot = Bot()
VALUES: dict[str, Any] = {"number": "42", "name": "Ada", "tracking": "AB12"}


@bot.on()
def track(chat: Chat) -> None:
    chat.say("It is in Vienna.")


def of_nobody(chat: Chat) -> None: ...


def outbound(say: Callable[[Chat[Any]], object], language: str = "en") -> Outbound:
    """Return the message that the handler `say` says; its errors pass."""
    one = Bot(language=language)
    one.folder = bot.folder
    one.include(bot)
    raised: list[BotError] = []

    def saying(chat: Chat) -> None:
        try:
            say(chat)
        except BotError as error:
            raised.append(error)

    one.otherwise(saying)
    world = World(one)
    world.process(inbound())
    if raised:
        raise raised[0]
    return world.outbox.turns[0].messages[0]


def filled(template: AnyTemplate, language: str = "en") -> Template:
    content = outbound(lambda chat: chat.say(template), language).content
    assert isinstance(content, Template)
    return content
