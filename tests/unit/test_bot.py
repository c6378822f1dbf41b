"""Which handler gets a message, and what a handler may say."""

import re
from collections.abc import Sequence
from datetime import UTC

import pytest

from rejoinder import (
    Bot,
    BotError,
    Button,
    Buttons,
    Chat,
    Image,
    Intent,
    LimitExceeded,
    List,
    Tap,
    Template,
    Text,
)
from rejoinder.bot.chat import Choices, Handler
from rejoinder.bot.files import SaidFiles
from rejoinder.bot.keeping import NOWHERE
from rejoinder.bot.turn import OpenTurn, Watch
from rejoinder.channels.whatsapp.limits import WhatsAppLimits
from rejoinder.errors import BotFailed, TurnTooLarge
from rejoinder.model.contents import Reaction, System, Unsupported
from rejoinder.model.intent import Understood
from rejoinder.model.messages import Outbound
from rejoinder.model.updates import InboundContent
from rejoinder.testing import Phone
from tests.unit.worlds import World, inbound


def picked(bot: Bot, content: InboundContent | str, *, first: bool = False) -> Handler | None:
    world = World(bot)
    turn = OpenTurn(
        message=inbound(content),
        conversation_key="key",
        now=world.now,
        window_closes_at=world.now,
        data={},
        language="en",
        zone=UTC,
        limits=WhatsAppLimits(),
        understanding=world.understanding,
        name_of=bot._rules.name_of,
        steps={},
        files=SaidFiles(None, "key"),
        outside=NOWHERE,
        watch=Watch(),
    )
    found = bot._rules.pick(turn, first=first)
    return found.handler if found else None


def say_nothing(chat: Chat) -> None:
    """Do nothing."""


def say_nothing_else(chat: Chat) -> None:
    """Do nothing, like `say_nothing`."""


@pytest.mark.parametrize("words", ["reservación", "RESERVACION", "  Reservación ", "reservacio\u0301n"])
def test_words_match_whatever_their_case_accents_and_spaces(words: str) -> None:
    bot = Bot()
    bot.on("Reservación")(say_nothing)
    assert picked(bot, words) is say_nothing


def test_words_match_as_a_whole_and_with_courtesy() -> None:
    bot = Bot()
    bot.on("hi")(say_nothing)
    assert picked(bot, "hi there!") is say_nothing
    assert picked(bot, "history") is None
    assert picked(bot, "hi from Ada") is None


def test_a_pattern_is_searched_for() -> None:
    bot = Bot()
    bot.on(re.compile(r"order \d+"))(say_nothing)
    assert picked(bot, "where is order 12?") is say_nothing
    assert picked(bot, "where is it?") is None


def test_a_content_type_matches_and_its_caption_counts_as_words() -> None:
    bot = Bot()
    bot.on("my receipt")(say_nothing)
    bot.on(Image)(say_nothing_else)
    assert picked(bot, Image(media_id="1", caption="My receipt")) is say_nothing
    assert picked(bot, Image(media_id="1")) is say_nothing_else


def test_the_first_match_in_the_order_of_registration_wins() -> None:
    bot = Bot()
    bot.on(Text)(say_nothing)
    with pytest.warns(UserWarning, match="never reaches say_nothing_else"):
        bot.on("hi")(say_nothing_else)
    assert picked(bot, "hi") is say_nothing


def test_start_takes_the_first_message_ever_and_otherwise_the_rest() -> None:
    bot = Bot()
    bot.start(say_nothing)
    bot.otherwise(say_nothing_else)
    assert picked(bot, "hi", first=True) is say_nothing
    assert picked(bot, "hi") is say_nothing_else


def test_a_first_message_that_a_handler_takes_goes_to_that_handler() -> None:
    bot = Bot()
    bot.start(say_nothing)
    bot.on("hours")(say_nothing_else)
    assert picked(bot, "hours", first=True) is say_nothing_else


@pytest.mark.parametrize(("always", "said"), [(True, ["< Welcome!\n\n  9 to 17."]), (False, ["< 9 to 17."])])
def test_a_first_request_is_served_after_the_greeting_or_without_it(always: bool, said: list[str]) -> None:  # noqa: FBT001 - as declared
    bot = Bot()

    @bot.start(always=always)
    def welcome(chat: Chat) -> None:
        chat.say("Welcome!")

    @bot.on("hours")
    def hours(chat: Chat) -> None:
        chat.say("9 to 17.")

    phone = Phone(bot)
    assert phone.says("hours") == said
    assert phone.says("hours") == ["< 9 to 17."]
    assert Phone(bot).says("anything") == ["< Welcome!"]


def test_a_greeting_that_asks_comes_before_the_request() -> None:
    bot = Bot()

    @bot.start(always=True)
    def consent(chat: Chat) -> None:
        chat.say(f"So {chat.ask('May I keep your name?', ['Yes', 'No'])}.")

    @bot.on("hours")
    def hours(chat: Chat) -> None:
        chat.say("9 to 17.")

    phone = Phone(bot)
    assert phone.says("hours") == ["< May I keep your name? [Yes] [No]"]
    assert phone.taps("Yes") == ["< So Yes."]


@pytest.mark.parametrize(
    "content",
    [
        System(event="user_changed_number"),
        Reaction(message_id="x", emoji="👍"),
        Unsupported(type="group", reason="text"),
    ],
)
def test_what_was_not_said_to_us_wants_no_answer_unless_asked_for(content: InboundContent) -> None:
    bot = Bot()
    bot.start(say_nothing)
    bot.otherwise(say_nothing)
    assert picked(bot, content, first=True) is None
    bot.on(type(content))(say_nothing_else)
    assert picked(bot, content) is say_nothing_else


def test_something_unsupported_goes_to_otherwise() -> None:
    bot = Bot()
    bot.otherwise(say_nothing)
    assert picked(bot, Unsupported(type="poll_creation")) is say_nothing


def test_an_included_bots_handlers_come_after_ones_own() -> None:
    bot, other = Bot(), Bot()
    other.on("hi")(say_nothing_else)
    other.otherwise(say_nothing_else)
    bot.on("hi")(say_nothing)
    bot.include(other)
    assert picked(bot, "hi") is say_nothing
    assert picked(bot, "what?") is say_nothing_else


def test_decorators_give_the_function_back_unchanged() -> None:
    bot = Bot()
    assert bot.on("x")(say_nothing) is say_nothing
    assert bot.start(say_nothing) is say_nothing
    assert bot.otherwise(say_nothing) is say_nothing


def test_an_async_handler_is_refused_when_it_is_registered() -> None:
    async def later(chat: Chat) -> None:
        """Do nothing. A coroutine cannot be a handler."""

    with pytest.raises(TypeError, match="plain functions"):
        Bot().on("hi")(later)  # type: ignore[arg-type]


@pytest.mark.parametrize("trigger", [3, None, b"hi"])
def test_a_trigger_of_another_kind_is_refused(trigger: str) -> None:
    with pytest.raises(TypeError, match="takes words"):
        Bot().on(trigger)


@pytest.mark.parametrize("handler", [lambda: None, lambda _chat, _more: None])
def test_a_handler_that_does_not_take_a_chat_is_refused(handler: Handler) -> None:
    with pytest.raises(TypeError, match="one argument, the chat"):
        Bot().on("hi")(handler)


@pytest.mark.parametrize("what", [5, None, ["a"], Button(id="a", title="a")])
def test_what_cannot_be_said_is_an_error_at_its_line(what: str) -> None:
    assert isinstance(failure(lambda chat: chat.say(what)), BotError)
    assert isinstance(failure(lambda chat: chat.say("x", outside_window=what or 5)), BotError)  # type: ignore[arg-type]
    assert isinstance(failure(lambda chat: chat.say("x", buttons=[("id", what)])), BotError)


def test_a_handler_without_a_trigger_is_reached_by_buttons_and_by_go() -> None:
    bot = Bot()

    @bot.on("menu")
    def menu(chat: Chat) -> None:
        chat.say("?", buttons={"More": more})

    @bot.on()
    def more(chat: Chat) -> None:
        chat.say("more")

    assert picked(bot, "more") is None
    assert picked(bot, Tap(id="go:" + more.__qualname__, title="Mehr")) is more


def test_a_tap_is_taken_by_its_id() -> None:
    bot = Bot()
    bot.on(Tap(id="more"))(say_nothing)
    assert picked(bot, Tap(id="more", title="Anything")) is say_nothing
    assert picked(bot, Tap(id="other", title="more")) is None
    assert picked(bot, "more") is None


def test_an_intent_is_asked_for_when_nothing_else_takes_the_words() -> None:
    bot = Bot()
    bot.on(Intent(name="hours", examples=["when are you open"]))(say_nothing)
    bot.on("when are you open today")(say_nothing_else)
    assert picked(bot, "when are you open today") is say_nothing_else
    assert picked(bot, "when are you open?") is say_nothing
    assert picked(bot, Tap(id="x", title="when are you open")) is None


def test_an_intent_cannot_interrupt_and_has_one_handler() -> None:
    bot, hours = Bot(), Intent(name="hours", examples=["when are you open"])
    with pytest.raises(TypeError, match="interrupt"):
        bot.on(hours, interrupts=True)
    bot.on(hours)(say_nothing)
    with pytest.raises(BotError, match="two intents are named hours"):
        bot.on(hours)(say_nothing_else)
    other = Bot()
    other.on(hours)(say_nothing_else)
    with pytest.raises(BotError, match="two intents are named hours"):
        bot.include(other)


def test_two_intents_of_one_name_in_one_registration_are_an_error_there() -> None:
    hours = Intent(name="hours", examples=["when are you open"])
    other = Intent(name="hours", examples=["are you there on sundays"])
    bot = Bot()
    for twins in ((hours, other), (hours, hours)):
        with pytest.raises(BotError, match="two intents are named hours"):
            bot.on("open", *twins)(say_nothing)
    bot.on(hours, Intent(name="place", examples=["where are you"]))(say_nothing)
    assert picked(bot, "where are you?") is say_nothing


@pytest.mark.parametrize(
    ("name", "examples", "slots"),
    [
        ("", ["a"], {}),
        ("with spaces", ["a"], {}),
        ("x", [], {}),
        ("x", "words", {}),
        ("x", [" "], {}),
        ("x", ["a"], {"": "."}),
        ("x", ["a"], {"order": "("}),
    ],
)
def test_an_intent_that_cannot_be_used_is_refused(
    name: str, examples: list[str], slots: dict[str, str]
) -> None:
    with pytest.raises(BotError):
        Intent(name=name, examples=examples, slots=slots)


class OnceOnly:
    """Understands once, with certainty. A second question is an error."""

    def __init__(self) -> None:
        self.asked = 0

    def understand(self, text: str, intents: Sequence[Intent]) -> Understood | None:
        self.asked += 1
        assert self.asked == 1
        return Understood(intent="order", slots={"order": text[-4:]}, confidence=1.0)


def test_what_was_understood_is_never_asked_again() -> None:
    bot, failing = Bot(), [True]

    @bot.on(Intent(name="order", examples=["where is my order"], slots={"order": "[0-9]{4}"}))
    def order(chat: Chat) -> None:
        if failing:
            failing.pop()
            raise RuntimeError
        answer = chat.ask("Really?")
        chat.say(f"{chat.given['order']} {answer}")

    world = World(bot, understanding=OnceOnly())
    with pytest.raises(BotFailed):
        world.process(inbound("order 1234", id="a"))
    world.process(inbound("order 1234", id="a"), received_before=True)
    world.process(inbound("yes", id="b"))
    assert world.outbox.turns[-1].messages[0].content == Text(body="1234 yes")


@pytest.mark.parametrize("understood", [None, ("order", 0.69), ("unknown", 1.0)])
def test_what_is_not_understood_surely_goes_to_otherwise(understood: tuple[str, float] | None) -> None:
    class Unsure:
        def understand(self, text: str, intents: Sequence[Intent]) -> Understood | None:
            return understood and Understood(intent=understood[0], slots={}, confidence=understood[1])

    bot = Bot()
    bot.on(Intent(name="order", examples=["where is my order"]))(say_nothing)
    bot.otherwise(lambda chat: chat.say("lost"))
    world = World(bot, understanding=Unsure())
    world.process(inbound("where is it"))
    assert world.outbox.turns[0].messages[0].content == Text(body="lost")


def said(handler: Handler) -> tuple[Outbound, ...]:
    """Return what `handler` says in one turn."""
    bot = Bot()
    bot.otherwise(handler)
    world = World(bot)
    world.process(inbound())
    return world.outbox.turns[0].messages


def failure(handler: Handler) -> BaseException | None:
    """Return what `handler` raises at its line."""
    caught: list[BaseException] = []

    def guarded(chat: Chat) -> None:
        try:
            handler(chat)
        except Exception as error:
            caught.append(error)

    said_before = Bot()
    said_before.otherwise(guarded)
    World(said_before).process(inbound())
    return caught[0] if caught else None


def test_texts_one_after_another_travel_as_one_message() -> None:
    def talk(chat: Chat) -> None:
        chat.say("one")
        chat.say("two")
        chat.say("three", apart=True)

    assert [message.content for message in said(talk)] == [Text(body="one\n\ntwo"), Text(body="three")]


def test_texts_that_are_too_long_together_stay_apart() -> None:
    def talk(chat: Chat) -> None:
        chat.say("a" * 4000)
        chat.say("b" * 4000)

    assert len(said(talk)) == 2


def test_texts_with_different_templates_stay_apart() -> None:
    def talk(chat: Chat) -> None:
        chat.say("one", outside_window=Template(name="a", language="en"))
        chat.say("two", outside_window=Template(name="b", language="en"))

    assert len(said(talk)) == 2


def test_buttons_from_titles_and_from_pairs() -> None:
    def talk(chat: Chat) -> None:
        chat.say("Which?", buttons=["Tea", "Coffee"])
        chat.say("Sure?", buttons=[("y", "Yes"), ("n", "No")])

    first, second = (message.content for message in said(talk))
    assert first == Buttons(
        body="Which?", buttons=(Button(id="Tea", title="Tea"), Button(id="Coffee", title="Coffee"))
    )
    assert second == Buttons(body="Sure?", buttons=(Button(id="y", title="Yes"), Button(id="n", title="No")))


def test_a_button_leads_to_its_handler_even_under_another_title() -> None:
    bot = Bot()
    bot.on("book")(say_nothing)
    bot.start(lambda chat: chat.say("Hello", buttons={"Book a table": say_nothing}))
    world = World(bot)
    world.process(inbound())
    content = world.outbox.turns[0].messages[0].content
    assert isinstance(content, Buttons)
    assert picked(bot, Tap(id=content.buttons[0].id, title="Buch einen Tisch")) is say_nothing


def test_a_tap_on_a_button_of_a_handler_that_is_gone_is_taken_by_its_title() -> None:
    bot = Bot()
    bot.on("book")(say_nothing)
    assert picked(bot, Tap(id="go:gone", title="Book")) is say_nothing


@pytest.mark.parametrize("choices", [{"Book": say_nothing_else}])
def test_a_button_to_an_unregistered_handler_is_an_error_at_its_line(choices: Choices) -> None:
    error = failure(lambda chat: chat.say("Hello", buttons=choices))
    assert isinstance(error, BotError)
    assert "register it with on()" in str(error)


def test_a_button_title_of_21_characters_is_an_error_with_the_limit_in_it() -> None:
    error = failure(lambda chat: chat.say("Hello", buttons=["x" * 21]))
    assert isinstance(error, LimitExceeded)
    assert "20" in str(error)


def test_a_template_for_outside_the_window_is_checked_at_its_line_too() -> None:
    error = failure(lambda chat: chat.say("Hello", outside_window=Template(name="Bad Name", language="en")))
    assert isinstance(error, LimitExceeded)


@pytest.mark.parametrize("sorry", ["", " ", "x" * 1001])
def test_a_sorry_text_that_no_channel_takes_is_refused(sorry: str) -> None:
    with pytest.raises(BotError, match="1 to 1000"):
        Bot(sorry=sorry)


def test_a_list_is_made_of_rows() -> None:
    (message,) = said(lambda chat: chat.say("Which?", rows=["A", "B", "C", "D"], menu="Letters"))
    assert isinstance(message.content, List)
    assert message.content.button == "Letters"
    assert [row.title for row in message.content.sections[0].rows] == ["A", "B", "C", "D"]


def test_buttons_and_rows_do_not_go_together() -> None:
    assert isinstance(failure(lambda chat: chat.say("?", buttons=["a"], rows=["b"])), BotError)
    assert isinstance(failure(lambda chat: chat.say(Text(body="?"), buttons=["a"])), BotError)


def test_a_turn_says_20_messages_at_most() -> None:
    def chatter(chat: Chat) -> None:
        for number in range(21):
            chat.say(str(number), apart=True)

    assert isinstance(failure(chatter), TurnTooLarge)


def test_the_window_and_the_time_are_there_to_see() -> None:
    seen: list[float] = []

    def look(chat: Chat) -> None:
        seen.append((chat.window.closes_at - chat.now).total_seconds())

    bot = Bot()
    bot.otherwise(look)
    World(bot).process(inbound())
    assert seen == [24 * 3600 - 60]
