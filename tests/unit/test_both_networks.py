"""What a bot says where the network knows neither templates nor forms."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

import pytest

from rejoinder import (
    AddressRequest,
    Album,
    Bot,
    BotError,
    Chat,
    Form,
    Image,
    LinkEnd,
    TapId,
    Template,
    TemplateCard,
    templates,
)
from rejoinder.errors import BotFailed
from rejoinder.testing import Phone
from rejoinder.workbench.tools import HOUSE
from tests.unit.template_files.files import CARDS, CODE, ORDER, written

VALUES: dict[str, Any] = {"number": "42", "name": "Ada", "tracking": "AB12"}


class Visit(TypedDict):
    """What a form asks for."""

    full_name: str
    people: int
    table: NotRequired[Literal["small", "large"]]


@pytest.fixture
def bot(tmp_path: Path) -> Bot:
    written(tmp_path, order=ORDER, cards=CARDS, login=CODE)
    bot = Bot()
    bot.folder = tmp_path
    bot.include(_of_templates())
    bot.include(_of_forms())
    return bot


def _of_templates() -> Bot:
    bot = Bot()

    @bot.on("where are you")
    def where(chat: Chat) -> None:
        chat.say(chat.channel)

    @bot.on("order")
    def order(chat: Chat) -> None:
        chat.say(templates.order(**VALUES, buttons={"Track it": track, "Open": "42"}))

    @bot.on()
    def track(chat: Chat) -> None:
        chat.say("It is in Vienna.")

    @bot.on("later")
    def late(chat: Chat) -> None:
        chat.say("Soon.", outside_window=templates.order(**VALUES, buttons={"Open": "42"}))
        chat.say("Or later.", outside_window="park")

    @bot.on("code")
    def code(chat: Chat) -> None:
        chat.say_code("123456")

    @bot.on("cards")
    def cards(chat: Chat) -> None:
        card = TemplateCard(header=Image("https://x.example/a.jpg"), parameters=("3",), buttons=(TapId("m"),))
        chat.opt_in()  # an offer needs it on every network
        chat.say(templates.cards(cards=[card, card]))

    @bot.on("raw")
    def raw(chat: Chat) -> None:
        chat.say(
            Template("order", language="en", parameters=VALUES, buttons=(None, LinkEnd("42")), header="42")
        )

    return bot


def _of_forms() -> Bot:
    bot = Bot()

    @bot.on("form")
    def form(chat: Chat) -> None:
        visit = chat.ask(Form(body="Fill it in, please.", button="Open", id="1"), Visit)
        chat.say(f"{visit['full_name']}, {visit['people']}, {visit.get('table', 'any')}")

    @bot.on("address")
    def address(chat: Chat) -> None:
        chat.ask(AddressRequest(body="Where to?", country="IN"), dict[str, Any])

    return bot


@pytest.fixture
def phone(bot: Bot) -> Phone:
    return Phone(bot, channel="telegram")


def test_a_bot_knows_the_network_that_it_talks_over(bot: Bot, phone: Phone) -> None:
    assert phone.says("where are you") == ["< telegram"]
    assert Phone(bot).says("where are you") == ["< whatsapp"]


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
def test_a_talk_with_an_album_is_the_same_on_both_networks(bot: Bot, channel: str) -> None:
    @bot.on("rooms")
    def rooms(chat: Chat) -> None:
        chat.say(Album(Image(b"\xff\xd8\xff one"), Image("https://x.example/b.jpg", caption="The garden")))

    phone = Phone(bot, channel=channel)
    phone.plays("> rooms\n< (image image.jpg)\n< (image https://x.example/b.jpg) The garden")
    assert [file.read() for file in phone.received] == [b"\xff\xd8\xff one"]


def test_the_words_of_a_template_are_said_and_its_buttons_lead_to_the_same_handlers(phone: Phone) -> None:
    (said,) = phone.says("order")
    assert "Hello Ada, your parcel AB12 is on its way." in said
    assert "https://" in said, "the address of the button that opens one"
    assert "[Track it]" in said
    assert phone.taps("Track it") == ["< It is in Vienna."]


def test_a_template_for_one_time_codes_is_its_words(phone: Phone) -> None:
    (said,) = phone.says("code")
    assert said.startswith("< 123456 is your verification code.")


def test_the_cards_of_a_template_are_lines(phone: Phone) -> None:
    (said,) = phone.says("cards")
    assert said.count("Only 3 left") == 2


def test_no_window_closes_so_what_is_for_then_needs_no_words(phone: Phone) -> None:
    phone.says("later")
    phone.waits(days=40)
    assert phone.transcript.startswith("> later\n< Soon.")
    assert "Or later." in phone.transcript


def test_a_template_without_a_file_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    bot = Bot()
    bot.folder = tmp_path

    @bot.otherwise
    def raw(chat: Chat) -> None:
        chat.say(Template("order", language="en"))

    with pytest.raises(BotFailed) as failed:
        Phone(bot, channel="telegram").says("hi")
    assert isinstance(failed.value.__cause__, BotError)
    assert "templates/order.yaml" in str(failed.value.__cause__)


def test_a_form_is_asked_in_words_and_answered_by_lines(phone: Phone) -> None:
    (asked,) = phone.says("form")
    assert asked == "< Fill it in, please.\n\n  Full name:\n  People:\n  Table: (small / large)"
    assert phone.says("full name: Ada Lovelace\nPEOPLE: 4") == ["< Ada Lovelace, 4, any"]


def test_lines_without_names_are_for_the_fields_in_order(phone: Phone) -> None:
    phone.says("form")
    assert phone.says("Ada\n4\nlarge") == ["< Ada, 4, large"]


def test_an_answer_that_does_not_fit_is_asked_for_again(phone: Phone) -> None:
    phone.says("form")
    (again,) = phone.says("four of us")
    assert "Full name:" in again
    (again,) = phone.says("Full name: Ada\nPeople: many")
    assert "People:" in again
    assert phone.says("Full name: Ada\nPeople: 4") == ["< Ada, 4, any"]


def test_a_form_whose_fields_nobody_knows_is_an_error_that_says_what_to_write(phone: Phone) -> None:
    with pytest.raises(BotFailed) as failed:
        phone.says("address")
    assert "TypedDict" in str(failed.value.__cause__)


def test_the_shipped_bot_and_all_examples_pass_their_tests_and_talks_on_telegram() -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "bot", "examples"]
    ended = subprocess.run(
        [*command, "--channel", "telegram"], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert int(re.search(r"(\d+) passed", ended.stdout)[1]) >= 60  # type: ignore[index]
