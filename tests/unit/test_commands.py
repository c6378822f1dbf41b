"""Commands: messages such as `/book 5 people`, and what a bot offers of them."""

import re

import pytest

from rejoinder import Bot, BotError, Chat, Image, Intent, Referral, Text
from rejoinder.bot.commands import Command
from rejoinder.model.contents import Tap
from rejoinder.model.own import Preference
from rejoinder.testing import Phone


def booking(*, interrupts: bool = False) -> Bot:
    bot = Bot()

    @bot.on("/book", "reserve a table", interrupts=interrupts)
    def book(chat: Chat) -> None:
        """Book a table."""
        people = chat.ask(f"{chat.message.text}: for how many?", int)
        chat.say(f"{people} people.")

    @bot.on("hours")
    def hours(chat: Chat) -> None:
        chat.say("Nine to five.")

    @bot.start
    def start(chat: Chat) -> None:
        ref = chat.message.referral.ref if chat.message.referral else ""
        chat.say(f"Welcome{ref and ' from '}{ref}!")

    @bot.otherwise
    def otherwise(chat: Chat) -> None:
        chat.say("What?")

    return bot


def phone_of(bot: Bot) -> Phone:
    phone = Phone(bot)
    phone.says("hello")
    return phone


@pytest.mark.parametrize(
    "words",
    [
        "book",
        "/book",
        "/Book",
        " /book",
        "/book@our_bot now",
        "/book 5 people",
        "/book\n5 people",
        "/book, please",
    ],
)
def test_a_command_starts_its_handler_whatever_follows_it(words: str) -> None:
    shown = words.strip().replace("\n", "\n  ")
    assert phone_of(booking()).says(words) == [f"< {shown}: for how many?"]


@pytest.mark.parametrize(
    "words", ["book 5 people", "/booking", "/book/5", "/usr/book", "a /book", "/ book", "/"]
)
def test_what_is_like_a_command_is_none(words: str) -> None:
    assert phone_of(booking()).says(words) == ["< What?"]


@pytest.mark.parametrize("words", ["/reserve_a_table", "/reserve_a_table 5", "reserve a table"])
def test_a_command_of_several_words_has_low_lines_for_its_blanks(words: str) -> None:
    assert phone_of(booking()).says(words) == [f"< {words}: for how many?"]


def test_a_low_line_of_a_trigger_stays_one() -> None:
    bot = Bot()
    bot.on("/book_table")(lambda chat: chat.say("ok"))
    assert [bool(Phone(bot).says(words)) for words in ("/book_table", "book_table", "book table")] == [
        True,
        True,
        False,
    ]


def test_words_with_a_slash_and_without_it_are_one_trigger() -> None:
    bot = Bot()

    @bot.on("book")
    def book(chat: Chat) -> None:
        chat.say("first")

    with pytest.warns(UserWarning, match="'/book', typed, never reaches .*other"):

        @bot.on("/book")
        def other(chat: Chat) -> None:
            chat.say("second")

    assert Phone(bot).says("/book") == ["< first"]


@pytest.mark.parametrize("trigger", ["/", "/ "])
def test_a_slash_alone_is_no_trigger(trigger: str) -> None:
    with pytest.raises(BotError, match="has no word to compare"):
        Bot().on(trigger)


def test_a_pattern_and_text_see_the_whole_message() -> None:
    bot = Bot()
    bot.on(re.compile(r"^/table (\d+)$"))(lambda chat: chat.say("by pattern"))
    bot.on(Text)(lambda chat: chat.say(chat.message.text))
    assert Phone(bot).says("/table 5") == ["< by pattern"]
    assert Phone(bot).says("/table x") == ["< /table x"]


def test_an_intent_gets_the_words_without_the_slash() -> None:
    bot = Bot()
    bot.on(Intent(name="opening", examples=("opening hours please",)))(lambda chat: chat.say("Nine to five."))
    assert Phone(bot).says("/opening_hours please") == ["< Nine to five."]


# --- in a talk


def test_a_command_of_the_bot_ends_a_talk() -> None:
    phone = phone_of(booking())
    phone.says("/book")
    assert phone.says("/hours") == ["< Nine to five."]
    assert phone.says("4") == ["< What?"]


def test_an_unknown_command_is_an_answer() -> None:
    phone = phone_of(booking())
    phone.says("/book")
    assert phone.says("/nothing") == ["< A whole number, please, such as 4."]
    assert phone.says("hours") != ["< Nine to five."]
    assert phone.says("4") == ["< 4 people."]


def test_a_choice_that_looks_like_a_command_is_a_choice() -> None:
    bot = Bot()

    @bot.on("ask")
    def ask(chat: Chat) -> None:
        chat.say(chat.ask("Which?", ["/ask", "/no"]))

    phone = Phone(bot)
    phone.says("ask")
    assert phone.says("/ask") == ["< /ask"]


def test_a_handler_of_any_text_is_no_handler_of_a_command() -> None:
    bot = Bot()

    @bot.on("ask")
    def ask(chat: Chat) -> None:
        chat.say(f"{chat.ask('Which folder?')} it is.")

    bot.on(Text)(lambda chat: chat.say("text"))
    phone = Phone(bot)
    phone.says("ask")
    assert phone.says("/home") == ["< /home it is."]


@pytest.mark.parametrize("words", ["cancel", "/cancel", "/cancel it"])
def test_cancel_cancels_as_a_command_too(words: str) -> None:
    bot = booking()
    bot.on("cancel")(lambda chat: chat.say("Your booking is cancelled."))
    phone = phone_of(bot)
    phone.says("/book")
    assert phone.says(words) == ["< Cancelled."]
    assert phone.says("/cancel") == ["< Your booking is cancelled."]


# --- start and stop


def test_the_command_start_runs_the_start_handler_each_time() -> None:
    phone = Phone(booking())
    start = Text(body="/start spring")
    referral = Referral(source_type="deep_link", ref="spring")
    assert phone.sends(start, referral=referral) == ["< Welcome from spring!"]
    assert phone.says("/start") == ["< Welcome!"]
    phone.says("/book")
    assert phone.says("/START") == ["< Welcome!"]
    assert phone.says("start") == ["< What?"]


def test_a_handler_for_that_word_comes_before_the_start_handler() -> None:
    bot = booking()
    bot.on("start")(lambda chat: chat.say("Again?"))
    assert phone_of(bot).says("/start spring") == ["< Again?"]


def test_a_first_command_start_is_greeted_once() -> None:
    bot = Bot()
    bot.start(always=True)(lambda chat: chat.say("Hello!"))
    assert Phone(bot).says("/start") == ["< Hello!"]


def test_without_a_start_handler_start_goes_to_otherwise() -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.say("What?"))
    assert Phone(bot).says("/start") == ["< What?"]


def test_stop_and_start_tell_of_consent_as_commands_too() -> None:
    bot = booking()

    @bot.on("status")
    def status(chat: Chat) -> None:
        chat.say("no offers" if chat.opted_out else "offers")

    phone = phone_of(bot)
    assert phone.says("/stop")[0].startswith("< You will get no")
    assert phone.says("status") == ["< no offers"]
    assert phone.says("/start spring") == ["< Welcome!"]
    assert phone.says("status") == ["< offers"]


def test_start_in_a_talk_after_a_stop_counts_and_ends_the_talk() -> None:
    phone = phone_of(booking())
    phone.sends(Preference(value="stop"))
    phone.says("/book")
    assert phone.says("/start") == ["< Welcome!"]
    assert phone.says("4") == ["< What?"]


def test_a_tap_on_a_button_whose_title_is_a_command_takes_its_handler() -> None:
    assert phone_of(booking()).sends(Tap(id="x", title="/hours")) == ["< Nine to five."]


# --- what a bot offers


def first(chat: Chat) -> None:
    """Show the *menu*.

    More of it.
    """


def second_one(chat: Chat) -> None:
    chat.say("")


def third(chat: Chat) -> None:
    chat.say("")


def fourth(chat: Chat) -> None:
    chat.say("")


third.__doc__ = "D" * 300


def test_a_bot_offers_a_command_for_each_handler_with_words() -> None:
    bot = Bot()
    bot.on("¡Hola!", "menu")(first)
    bot.on("ünknown wörds?", "again")(second_one)
    bot.on("more")(second_one)
    bot.on("x" * 33, "日本", re.compile("^a$"), Image)(fourth)
    bot.on("twice")(lambda chat: chat.say(""))
    other = Bot()
    other.on("/help")(third)
    bot.include(other)
    assert bot.commands == (
        Command(name="hola", description="Show the *menu*."),
        Command(name="unknown_words", description="Second one"),
        Command(name="twice", description="Twice"),
        Command(name="help", description="D" * 255 + "…"),
    )


def test_a_bot_offers_a_hundred_commands_at_most() -> None:
    bot = Bot()
    for number in range(101):
        bot.on(f"number {number}")(lambda chat: chat.say(""))
    assert [one.name for one in bot.commands] == [f"number_{number}" for number in range(100)]


def test_words_that_an_earlier_handler_takes_are_not_offered() -> None:
    bot = Bot()
    bot.on(re.compile("^/?help"))(lambda chat: chat.say("pattern"))
    with pytest.warns(UserWarning, match="never reaches"):
        bot.on("help", "support")(second_one)
    assert [one.name for one in bot.commands] == ["support"]


@pytest.mark.parametrize("words", ["opening hours", "Café", "¿Qué?", "/book_table", "OK 👍"])
def test_each_command_that_is_offered_starts_its_handler(words: str) -> None:
    bot = Bot()
    bot.on(words)(lambda chat: chat.say("here"))
    (command,) = bot.commands
    assert Phone(bot).says(f"/{command.name}") == ["< here"]


def test_a_trigger_of_a_command_with_more_than_its_name_is_refused() -> None:
    with pytest.raises(BotError, match=r"a command is its name alone, on\('/book'\)"):
        Bot().on("/book 5")
