"""What a bot says by itself, in the contact's language."""

import re
from contextlib import suppress
from datetime import date, timedelta

import pytest

from rejoinder import Bot, Chat, Text
from rejoinder.bot import heard
from rejoinder.bot.courtesy import says
from rejoinder.bot.dates import date_of
from rejoinder.bot.languages.heard import Heard
from rejoinder.bot.numbers import decimal, whole
from rejoinder.bot.phrases import ENGLISH, LANGUAGES, Phrases, phrases_of
from rejoinder.channels.whatsapp.limits import WhatsAppLimits
from rejoinder.errors import BotFailed
from rejoinder.model.said import Button, Buttons
from rejoinder.testing import Phone
from tests.unit.worlds import World, inbound


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_there_and_fits(language: str) -> None:
    phrases = LANGUAGES[language]
    for name, words in phrases._asdict().items():
        assert words, name
        assert words != getattr(ENGLISH, name) or language == "en", name
    WhatsAppLimits().check(Buttons(body="?", buttons=(Button(id="x", title=phrases.choose),)))


@pytest.mark.parametrize(
    ("language", "known"), [("de", "de"), ("pt_BR", "pt"), ("EN-us", "en"), ("xx", "en"), ("", "en")]
)
def test_a_language_is_known_by_its_first_letters(language: str, known: str) -> None:
    assert phrases_of(language) is LANGUAGES[known]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_that_a_bot_gives_is_read_in_its_language(language: str) -> None:
    phrases = LANGUAGES[language]
    examples = {name: getattr(phrases, f"wants_{name}") for name in ("whole_number", "number", "date")}
    said = {name: re.search(r"\d[\d.,/-]*\d|\d", words) for name, words in examples.items()}
    assert whole(str(said["whole_number"] and said["whole_number"][0]), language) == 4
    assert decimal(str(said["number"] and said["number"][0]), language) == 2.5
    assert date_of(str(said["date"] and said["date"][0]), language, date(2026, 1, 1)) == date(2030, 12, 24)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_ends_a_talk_does_so_with_courtesy(language: str) -> None:
    for word in LANGUAGES[language].cancel:
        assert says(f"{word.upper()}!", word)
        assert says(f"{word}, please", word)
        assert not says(f"{word} 4711", word)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_contacts_say_has_a_table_that_is_complete(language: str) -> None:
    assert phrases_of(language).language == language
    assert sorted(set(heard.places(language, "months").values())) == list(range(12))
    assert sorted(set(heard.places(language, "weekdays").values())) == list(range(7))
    assert sorted(set(heard.places(language, "days").values())) == list(range(4))
    assert sorted(set(heard.places(language, "ordinals").values())) == list(range(10))
    assert set(heard.number_words(language).values()) == {*range(21), *range(30, 100, 10)}
    yes, no = heard.yes_and_no(language)
    assert not yes & no
    assert not heard.altering(language) & set(heard.number_words(language))
    for field in Heard._fields:
        assert heard.phrases(language, field), field


def german() -> Bot:
    bot = Bot(language="de", says_dropped=True)

    @bot.on("Termin")
    def appointment(chat: Chat) -> None:
        chat.say(str(chat.ask("Wie viele?", int, timeout=timedelta(hours=1))))

    @bot.on("english")
    def english(chat: Chat) -> None:
        chat.language = "en"
        chat.say("In English, then.")

    @bot.on("hilfe", interrupts=True)
    def help_me(chat: Chat) -> None:
        chat.say("Gern.", apart=True)

    @bot.on("liste")
    def listing(chat: Chat) -> None:
        chat.say(f"{chat.ask('Was?', ['a', 'b', 'c', 'd'])}")

    return bot


def test_a_bot_speaks_its_language() -> None:
    phone = Phone(german())
    phone.says("termin")
    assert phone.says("viele") == [f"< {LANGUAGES['de'].wants_whole_number}"]
    assert phone.says("ABBRECHEN") == [f"< {LANGUAGES['de'].cancelled}"]
    phone.says("termin")
    assert phone.waits(hours=1) == [f"< {LANGUAGES['de'].given_up}"]


def test_a_contact_may_have_another_one_and_it_is_kept() -> None:
    phone = Phone(german())
    phone.says("english")
    phone.says("termin")
    assert phone.says("many") == [f"< {ENGLISH.wants_whole_number}"]
    assert phone.says("cancel") == [f"< {ENGLISH.cancelled}"]
    phone.says("termin")
    assert phone.says("abbrechen") == [f"< {ENGLISH.wants_whole_number}"]


def test_what_is_dropped_is_said_when_the_author_wants_it() -> None:
    phone = Phone(german())
    phone.says("termin")
    assert phone.says("hilfe") == [f"< {LANGUAGES['de'].dropped}", "< Gern."]
    assert phone.says("hilfe") == ["< Gern."], "nothing is dropped"


def test_the_label_of_a_list_is_in_the_language_too() -> None:
    world = World(german())
    world.process(inbound("liste"))
    assert getattr(world.outbox.turns[0].messages[0].content, "button", None) == "Auswählen"


def test_an_authors_own_words_count_in_every_language() -> None:
    bot = Bot(language="de", cancelled="Ok.", cancel=("weg",))

    @bot.otherwise
    def ask(chat: Chat) -> None:
        chat.say(chat.ask("?"))

    phone = Phone(bot)
    phone.says("x")
    assert phone.says("Weg") == ["< Ok."]


def test_the_language_is_as_it_was_when_the_handler_began() -> None:
    bot = Bot()

    @bot.otherwise
    def talk(chat: Chat) -> None:
        before = chat.language
        chat.language = "de"
        chat.ask("?")
        chat.say(f"{before} {chat.language}")

    phone = Phone(bot)
    phone.says("x")
    assert phone.says("y") == ["< en de"]
    phone.says("x")
    assert phone.says("y") == ["< de de"]


def test_sorry_is_said_in_the_contacts_language() -> None:
    world = World(german())
    world.process(inbound("english", id="a"))
    bot = Bot(language="de")
    bot.otherwise(lambda chat: chat.say(" "))
    world.bot = bot
    for number in range(3):
        with suppress(BotFailed):
            world.process(inbound("x", id="b"), received_before=number > 0)
    assert world.outbox.turns[-1].messages[0].content == Text(body=ENGLISH.sorry)


def test_phrases_have_no_defaults_that_a_language_could_forget() -> None:
    assert not Phrases._field_defaults
