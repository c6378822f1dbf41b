"""An author reads what the contact reads: a phone shows a template of the bot with its words."""

from pathlib import Path
from typing import Any

import pytest

from rejoinder import Bot, BotError, Chat, Image, TapId, TemplateCard, templates
from rejoinder.testing import Phone
from tests.unit.template_files.files import CARDS, CODE, ORDER, written


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    written(tmp_path, order=ORDER, cards=CARDS, login=CODE)
    bot = Bot()
    bot.folder = tmp_path

    @bot.on("order")
    def order(chat: Chat) -> None:
        name = chat.contact.name
        buttons: dict[str, Any] = {"Track it": track, "Open": "42"}
        chat.say(templates.order(number="42", name=name, tracking="AB12", buttons=buttons))

    @bot.on()
    def track(chat: Chat) -> None:
        chat.say("It is in Vienna.")

    @bot.on("untracked")
    def untracked(chat: Chat) -> None:
        chat.say(templates.order(number="42", name="Ada", tracking="AB12", buttons={"Open": "42"}))

    @bot.on("code")
    def code(chat: Chat) -> None:
        chat.say_code("123456")

    @bot.on("cards")
    def cards(chat: Chat) -> None:
        card = TemplateCard(header=Image("https://x.example/a.jpg"), parameters=("3",), buttons=(TapId("m"),))
        chat.say(templates.cards(cards=[card, card]))

    return bot


TALK = """\
> order
< (template order en) Order 42
  Hello Ada, your parcel AB12 is on its way. Thank you!
  Reply STOP to get no more [Track it] [Open] [Call us]
> [Track it]
< It is in Vienna.
> code
< (template login en) 123456 is your verification code. For your security, do not share this code.
  This code expires in 10 minutes. [Copy code]
> cards
< (template cards en) Look at these
  (image https://x.example/a.jpg) Only 3 left [More]
  (image https://x.example/a.jpg) Only 3 left [More]
"""


def test_a_template_of_the_bot_is_shown_with_its_words_and_its_buttons_can_be_tapped(bot: Bot) -> None:
    Phone(bot, name="Ada").plays(TALK)


def test_a_quick_reply_that_leads_nowhere_is_found(bot: Bot) -> None:
    with pytest.raises(BotError, match="no handler takes the button 'Track it'"):
        Phone(bot).says("untracked")
