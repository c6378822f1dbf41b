"""What an author says of a template is checked against its file, at the author's line."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rejoinder import (
    Bot,
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
from rejoinder.bot.templates.own import AnyTemplate
from rejoinder.model.messages import Outbound, Policy
from tests.unit.template_files.files import written
from tests.unit.worlds import World, inbound

ORDER = """\
category: utility
fallback: en
languages:
  en:
    header: Order {{number}}
    body: Hello {{name}}, your parcel {{tracking}} is on its way. Thank you!
    footer: Reply STOP to get no more
    buttons:
      - {type: quick_reply, text: Track it}
      - {type: url, text: Open, url: "https://shop.example/{{1}}", example: "https://shop.example/42"}
      - {type: phone, text: Call us, phone: "+15550001111"}
    examples: {number: "42", name: Ada, tracking: AB12}
  pt_BR:
    body: Olá {{name}}, a encomenda {{tracking}} está a caminho.
  es:
    body: Hola {{name}}, su paquete {{tracking}} está en camino.
"""
PLAIN = "category: marketing\nlanguages: {en: {body: 'Dear {{1}}, see you on {{2}} then.'}}\n"
FILE = "category: utility\nlanguages: {en: {header: {image: ''}, body: Hello there}}\n"
PLACE = "category: utility\nlanguages: {en: {header: {location: true}, body: Hello there}}\n"
TITLED = "category: utility\nlanguages: {en: {header: 'For {{1}}', body: 'Use {{1}} today'}}\n"
OFFER = """\
category: marketing
languages:
  en:
    body: Ends soon
    offer: {text: Hurry}
    buttons: [{type: copy_code}, {type: flow, text: Book, flow_id: "1"}, {type: catalog, text: See all}]
"""
CARDS = """\
category: marketing
languages:
  en:
    body: Look at these
    cards:
      - {header: {image: ""}, body: "Only {{1}} left", buttons: [{type: quick_reply, text: More}]}
      - {header: {image: ""}, body: "Only {{1}} left", buttons: [{type: quick_reply, text: More}]}
"""
PRODUCTS = "category: marketing\nlanguages: {en: {body: Hi, cards: [{header: {product: true}}]}}\n"
CODE = """\
category: authentication
languages:
  en: {security_note: true, code_minutes: 10, buttons: [{type: otp, otp: copy_code}]}
"""

bot = Bot()
VALUES: dict[str, Any] = {"number": "42", "name": "Ada", "tracking": "AB12"}


@bot.on()
def track(chat: Chat) -> None:
    chat.say("It is in Vienna.")


def of_nobody(chat: Chat) -> None: ...


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Path:
    files: dict[str, Any] = {"order": ORDER, "plain": PLAIN, "file": FILE, "place": PLACE, "titled": TITLED}
    written(tmp_path, **files, offer=OFFER, cards=CARDS, products=PRODUCTS, login=CODE)
    bot.folder = tmp_path
    return tmp_path


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


WRONG: dict[str, tuple[AnyTemplate, str]] = {
    "no such template": (templates.ordr(), "there is no template 'ordr': did you mean order"),
    "a name with a language": (Template("ordr", language="en"), "there is no template 'ordr'"),
    "a language": (
        templates.order(language="de", **VALUES),
        "not written in 'de', but in en, pt_BR, es: add",
    ),
    "no language": (templates.plain("Ada", "x", language="de_AT"), "not written in 'de_AT', but in en"),
    "missing": (
        templates.order(name="Ada"),
        "needs {{tracking}}, too: write templates.order(name=…, tracking=…",
    ),
    "too many": (templates.order(**VALUES, age="3"), "has no {{age}}: write templates.order(name=…"),
    "missing in order": (templates.plain("Ada"), "needs {{2}}, too: write templates.plain(…, …)"),
    "too many in order": (templates.plain("Ada", "x", "y"), "has no {{3}}"),
    "names": (templates.plain(name="Ada"), "has {{1}} and {{2}}: give what fills them in order"),
    "no names": (
        templates.order("Ada"),
        "has {{name}} and {{tracking}}: give what fills them by their names",
    ),
    "the header's words": (templates.titled("x"), "needs words for {{1}} in its header: give header=…"),
    "the header's name": (
        templates.order(name="Ada", tracking="x", buttons={"Open": "1"}),
        "needs words for {{number}} in its header: give number=…",
    ),
    "the header's file": (templates.file(), "needs header=Image(\"files/…\"), not ''"),
    "the header's place": (templates.place(header="x"), "needs header=Location(…), not 'x'"),
    "a header": (templates.plain("Ada", "x", header="y"), "has nothing to fill in its header"),
    "a button": (
        templates.order(**VALUES, buttons={"Trck": track}),
        "has no button 'Trck', only 'Track it', 'Open'",
    ),
    "no button": (templates.order(**VALUES), "buttons={'Open': \"…\", the end of its address}"),
    "a button that calls": (
        templates.order(**VALUES, buttons={"Open": "1", "Call us": "x"}),
        "gives its button 'Call us' nothing to take",
    ),
    "another take": (
        templates.order(**VALUES, buttons={"Open": TapId("x")}),
        "takes words for its button 'Open', not TapId",
    ),
    "a handler of nobody": (
        templates.order(**VALUES, buttons={"Open": "1", "Track it": of_nobody}),
        "is no handler of this bot: register it with on()",
    ),
    "our own id": (
        templates.order(**VALUES, buttons={"Open": "1", "Track it": "go:x#1"}),
        "has an id of rejoinder's own for 'Track it'",
    ),
    "too many buttons": (
        Template("order", parameters=VALUES, buttons=(None, LinkEnd("1"), None, None)),
        "has 3 buttons, not 4",
    ),
    "a line break": (templates.plain("Ada", "a\nb"), "has a line break"),
    "many spaces": (templates.plain("Ada", "a     b"), "more than 4 spaces in a row"),
    "no text": (templates.plain("Ada", 3), "a template's parameter is a text, not 3"),  # type: ignore[arg-type]
    "long words": (templates.plain("Ada", "x" * 1010), "characters of words once it is filled: 1024 at most"),
    "a long header": (
        templates.titled("x", header="y" * 57),
        "61 characters of header once it is filled: 60",
    ),
    "cards": (templates.cards(), "has 2 cards, not 0: write cards=[TemplateCard(…), …]"),
    "a card": (
        templates.cards(cards=[TemplateCard(header=Image("https://x.example/a.jpg"))] * 2),
        "cards, card 1, needs {{1}}, too: write TemplateCard(parameters=(…,))",
    ),
    "no end": (templates.offer(buttons={"copy_code": "A"}), "has an offer that ends: give offer_ends_at=…"),
    "an end": (
        templates.plain("Ada", "x", offer_ends_at=datetime(2031, 1, 1, tzinfo=UTC)),
        "has no offer that ends: leave out offer_ends_at",
    ),
    "no code": (
        templates.offer(offer_ends_at=datetime(2031, 1, 1, tzinfo=UTC)),
        "needs something for a button: buttons={'copy_code': \"…\", the code}",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_the_file_is_an_error_with_its_cure(name: str) -> None:
    said, why = WRONG[name]
    with pytest.raises(BotError, match=re.escape(why)):
        filled(said)


def test_what_cannot_be_said_at_all_is_an_error_at_once() -> None:
    with pytest.raises(BotError, match="not both"):
        templates.order("Ada", tracking="x")
    with pytest.raises(BotError, match="by their words"):
        templates.order(buttons=[track])  # type: ignore[arg-type]


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


def test_a_code_goes_into_the_words_and_the_button_at_most_once() -> None:
    message = outbound(lambda chat: chat.say_code("123456"))
    assert message.policy is Policy.AT_MOST_ONCE
    assert message.content == Template(
        "login",
        language="en",
        parameters=("123456",),
        buttons=(LinkEnd("123456"),),
        category="authentication",
    )


@pytest.mark.parametrize("code", ["", "12 34", "1" * 16, 123456])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(BotError, match="a code is a text of 1 to 15 characters without spaces"):
        outbound(lambda chat: chat.say_code(code))


def test_one_of_several_templates_for_codes_is_named(folder: Path) -> None:
    written(folder, signup=CODE)
    with pytest.raises(BotError, match="name one by template=…; the bot has login, signup"):
        outbound(lambda chat: chat.say_code("123"))
    with pytest.raises(BotError, match="no template 'plain' of the category authentication"):
        outbound(lambda chat: chat.say_code("123", template="plain"))
    content = outbound(lambda chat: chat.say_code("123", template="signup")).content
    assert isinstance(content, Template)
    assert content.name == "signup"


def test_a_bot_without_a_template_for_codes_is_told_to_write_one(tmp_path: Path) -> None:
    bot.folder = tmp_path / "other"
    with pytest.raises(BotError, match=r"write templates/login_code\.yaml"):
        outbound(lambda chat: chat.say_code("123"))


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
