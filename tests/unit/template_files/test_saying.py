"""What an author says of a template is checked against its file, at the author's line."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rejoinder import (
    BotError,
    Chat,
    CopyCode,
    FormStart,
    Image,
    LinkEnd,
    Location,
    Money,
    Product,
    TapId,
    Template,
    TemplateCard,
    templates,
)
from tests.unit.template_files.files import written
from tests.unit.template_files.saying import VALUES, bot, filled, outbound, track

pytestmark = pytest.mark.usefixtures("folder")


def test_words_buttons_and_header_are_filled_by_their_names() -> None:
    said = templates.order(**VALUES, buttons={"Track it": track, "Open": "42"})
    assert filled(said) == Template(
        "order",
        language="en",
        parameters={"name": "Ada", "tracking": "AB12"},
        header="42",
        header_name="number",
        buttons=(TapId("go:track#0"), LinkEnd("42")),
        category="utility",
    )


def test_a_template_without_a_language_is_filled_in_the_same_way() -> None:
    given = Template("order", parameters=VALUES, buttons=(TapId("mine"), LinkEnd("42")))
    assert filled(given) == replace(
        filled(templates.order(**VALUES, buttons={"Track it": "mine", "Open": LinkEnd("42")})),
        buttons=(TapId("mine"), LinkEnd("42")),
    )


def test_numbered_variables_are_filled_in_order() -> None:
    expected = Template("plain", language="en", parameters=("Ada", "Friday"), category="marketing")
    assert filled(templates.plain("Ada", "Friday")) == expected
    amount = Money(text="$9", currency="USD", amount=Decimal(9))
    assert filled(templates.plain("Ada", amount)).parameters == ("Ada", amount)
    assert filled(templates.titled("CODE", header="Ada")).header == "Ada"


@pytest.mark.parametrize(
    ("contact", "language"),
    [
        ("en", "en"),
        ("en_GB", "en"),
        ("en-US", "en"),
        ("pt", "pt_BR"),
        ("es", "es"),
        ("es_MX", "es"),
        ("ja", "en"),
    ],
)
def test_the_language_is_the_contacts_or_what_stands_for_it(contact: str, language: str) -> None:
    more: dict[str, Any] = {} if language != "en" else {"number": "42"}
    buttons = {"Open": "42"} if language == "en" else {}
    given: dict[str, Any] = {"name": "Ada", "tracking": "AB12"} | more
    assert filled(templates.order(**given, buttons=buttons), contact).language == language


def test_a_button_is_called_by_its_words_in_any_language(folder: Path) -> None:
    text = """
category: utility
languages:
  en: {body: On its way, buttons: [{type: quick_reply, text: Track it}]}
  de: {body: Kommt, buttons: [{type: quick_reply, text: Verfolgen}]}
"""
    written(folder, both=text)
    said = templates.both(buttons={"Track it": track})
    assert [filled(said, one).buttons for one in ("en", "de")] == [(TapId("go:track#0"),)] * 2


def test_portuguese_of_portugal_is_not_that_of_brazil() -> None:
    with pytest.raises(BotError, match=r"'pt_PT'.*in en: add it to"):
        filled(templates.plain("Ada", "Friday"), "pt_PT")


def test_what_is_above_the_words_and_in_the_cards_is_filled() -> None:
    assert filled(templates.file(header=Image("https://x.example/a.jpg"))).header == Image(
        "https://x.example/a.jpg"
    )
    zoo = Location(latitude=1, longitude=2)
    assert filled(templates.place(header=zoo)).header == zoo
    cards = [TemplateCard(header=Image("https://x.example/a.jpg"), parameters=(one,)) for one in "34"]
    assert filled(templates.cards(cards=cards)).cards == tuple(cards)
    plants = [TemplateCard(header=Product(product_id="P1", catalog_id="7")) for _ in range(5)]
    assert filled(templates.products(cards=plants)).cards == tuple(plants)


def test_an_offer_has_its_end_its_code_and_its_form() -> None:
    ends = datetime(2031, 1, 1, tzinfo=UTC)
    said = filled(templates.offer(offer_ends_at=ends, buttons={"copy_code": "25OFF"}))
    assert (said.offer_ends_at, said.buttons) == (ends, (CopyCode("25OFF"), FormStart()))


def test_without_files_a_template_needs_its_language_and_nothing_is_checked(tmp_path: Path) -> None:
    bot.folder = tmp_path / "other"
    assert filled(Template("any", language="de", parameters=("x",))).language == "de"
    with pytest.raises(BotError, match=r"no files of templates: write templates/any\.yaml in it, or say"):
        filled(Template("any"))
    bot.folder = None
    with pytest.raises(BotError, match=r"no files of templates"):
        filled(templates.any("x"))


def test_a_template_may_stand_for_words_outside_the_window() -> None:
    message = outbound(lambda chat: chat.say("Hi", outside_window=templates.plain("Ada", "Friday")), "en_US")
    assert message.outside_window == Template(
        "plain", language="en", parameters=("Ada", "Friday"), category="marketing"
    )
    asked = outbound(lambda chat: chat.ask("Hi?", outside_window=templates.plain("Ada", "Friday")))
    assert asked.outside_window == message.outside_window
    ready = outbound(lambda chat: chat.ask(templates.plain("Ada", "Friday")))
    assert ready.content == message.outside_window


def test_the_language_is_that_of_the_line() -> None:
    def say(chat: Chat) -> None:
        chat.language = "pt"
        chat.say(templates.order(name="Ada", tracking="x"))

    content = outbound(say).content
    assert isinstance(content, Template)
    assert content.language == "pt_BR"


def test_a_turn_without_templates_never_imports_yaml(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rejoinder import Bot, Chat, templates\n"
        "from tests.unit.worlds import World, inbound\n"
        f"bot = Bot(); bot.folder = Path({str(folder)!r})\n"
        "bot.otherwise(lambda chat: chat.say('hi') if chat.message.text == 'hi' else"
        " chat.say(templates.plain('Ada', 'Friday')))\n"
        "World(bot).process(inbound()); print('yaml' in sys.modules)\n"
        "World(bot).process(inbound('more')); print('yaml' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True"]
