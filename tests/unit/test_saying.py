"""What `chat.say` takes beside its words: quotes, second lines, headers, and texts of any length."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rejoinder import (
    Album,
    Audio,
    Bot,
    BotError,
    Button,
    Buttons,
    Card,
    Carousel,
    Chat,
    Document,
    Image,
    LimitExceeded,
    List,
    OrderDetails,
    OrderLine,
    Reaction,
    Row,
    Section,
    Template,
    Text,
)
from rejoinder.bot.chat import Handler
from rejoinder.errors import TurnTooLarge
from rejoinder.model.messages import Outbound, Policy
from tests.unit.worlds import World, inbound

LATE = Template(name="late", language="en")
PARAGRAPHS = "\n\n".join(["x" * 3000, "y" * 3000, "z" * 100])


def said(handler: Handler) -> tuple[Outbound, ...]:
    """Return what a turn of `handler` says."""
    bot = Bot()
    bot.otherwise(handler)
    world = World(bot)
    world.process(inbound(id="wamid.7"))
    return world.outbox.turns[0].messages


def refusal(handler: Handler) -> str:
    """Return why a line of `handler` is refused."""
    caught: list[str] = []

    def guarded(chat: Chat) -> None:
        try:
            handler(chat)
        except BotError as error:
            caught.append(str(error))

    bot = Bot()
    bot.otherwise(guarded)
    World(bot).process(inbound(id="wamid.7"))
    return caught[0]


# --- quotes and tracking ------------------------------------------------------------------------------------


def test_a_message_may_quote_the_one_that_it_answers() -> None:
    def talk(chat: Chat) -> None:
        chat.say("Yes.", quote=chat.message)
        chat.say("No.", quote="wamid.3", buttons=["Go on"])
        chat.say("Well.")

    assert [message.quote for message in said(talk)] == ["wamid.7", "wamid.3", ""]


def test_a_message_with_a_quote_joins_no_other_and_none_joins_it() -> None:
    def talk(chat: Chat) -> None:
        chat.say("one")
        chat.say("two", quote=chat.message)
        chat.say("three")
        chat.say("four")

    assert [message.content for message in said(talk)] == [
        Text(body="one"),
        Text(body="two"),
        Text(body="three\n\nfour"),
    ]


def test_messages_join_only_when_both_are_tracked_or_none() -> None:
    def talk(chat: Chat) -> None:
        chat.say("one", track=True)
        chat.say("two", track=True)
        chat.say("three")

    assert [(message.content, message.track) for message in said(talk)] == [
        (Text(body="one\n\ntwo"), True),
        (Text(body="three"), False),
    ]


def test_a_text_with_a_preview_joins_only_such_a_text() -> None:
    def talk(chat: Chat) -> None:
        chat.say(Text(body="https://example.com", preview=True))
        chat.say("words")

    assert len(said(talk)) == 2


def test_files_join_nothing() -> None:
    def talk(chat: Chat) -> None:
        chat.say("one")
        chat.say(Image("https://example.com/a.png"))
        chat.say("two")

    assert [message.content.kind for message in said(talk)] == ["text", "image", "text"]


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        (5, "quote is a message, such as chat.message"),
        (inbound(id=""), "this answer has no id any more"),
    ],
    ids=["a number", "an old answer"],
)
def test_what_cannot_be_quoted_is_refused(quote: Any, why: str) -> None:
    assert why in refusal(lambda chat: chat.say("Yes.", quote=quote))


def test_a_reaction_takes_no_quote() -> None:
    reaction = Reaction(message_id="wamid.7", emoji="👍")
    assert "it takes no quote" in refusal(lambda chat: chat.say(reaction, quote=chat.message))
    assert said(lambda chat: chat.say(reaction))[0].content == reaction


def test_the_newest_of_several_gathered_messages_is_quoted() -> None:
    gathered = replace(inbound(), newest_id="wamid.9")
    assert said(lambda chat: chat.say("Yes.", quote=gathered))[0].quote == "wamid.9"


# --- long texts ---------------------------------------------------------------------------------------------


def test_a_text_that_is_too_long_goes_out_in_parts_under_ids_of_their_places() -> None:
    def talk(chat: Chat) -> None:
        chat.say("Hello.")
        chat.say(PARAGRAPHS, apart=True)

    first, second, third = said(talk)
    assert [first.content, second.content, third.content] == [
        Text(body="Hello."),
        Text(body="x" * 3000),
        Text(body="y" * 3000 + "\n\n" + "z" * 100),
    ]
    assert [message.id.rpartition("-")[2] for message in (first, second, third)] == ["1", "2", "3"]


def test_only_the_first_part_has_the_quote_and_the_template_which_stands_for_all() -> None:
    def talk(chat: Chat) -> None:
        chat.say(PARAGRAPHS, quote=chat.message, outside_window=LATE, once=True, track=True)

    first, second = said(talk)
    assert (first.quote, second.quote) == ("wamid.7", "")
    assert (first.outside_window, second.outside_window) == (LATE, None)
    assert (first.policy, second.policy) == (Policy.AT_MOST_ONCE, Policy.AT_MOST_ONCE)
    assert (first.track, second.track) == (True, True)


def test_the_parts_of_a_long_text_are_joined_with_what_stands_around_them() -> None:
    def talk(chat: Chat) -> None:
        chat.say("Hello.")
        chat.say(PARAGRAPHS)
        chat.say("Bye.")

    assert [message.content for message in said(talk)] == [
        Text(body="Hello.\n\n" + "x" * 3000),
        Text(body="y" * 3000 + "\n\n" + "z" * 100 + "\n\nBye."),
    ]


def test_too_many_parts_say_nothing_at_all() -> None:
    def talk(chat: Chat) -> None:
        chat.say("Hello.")
        with pytest.raises(TurnTooLarge, match="20 messages"):
            chat.say("x" * 4096 * 20, apart=True)

    assert [message.content for message in said(talk)] == [Text(body="Hello.")]


# --- albums -------------------------------------------------------------------------------------------------

GARDEN, HOUSE = Image("https://example.com/a.png"), Image("https://example.com/b.png", caption="The house")
ALBUM = Album(GARDEN, HOUSE)


def test_an_album_is_a_message_for_each_file_where_the_network_has_none() -> None:
    def talk(chat: Chat) -> None:
        chat.say(ALBUM, quote=chat.message, outside_window=LATE, track=True)

    first, second = said(talk)
    assert (first.content, second.content) == (GARDEN, HOUSE)
    assert (first.quote, second.quote) == ("wamid.7", "")
    assert (first.outside_window, first.goes_on) == (LATE, False)
    assert (second.outside_window, second.goes_on) == (None, True)
    assert (first.track, second.track) == (True, True)


def test_an_album_is_equal_by_its_files_and_can_be_given_them_by_name() -> None:
    assert Album(files=[GARDEN, HOUSE]) == ALBUM == Album(GARDEN, files=(HOUSE,))
    assert replace(ALBUM, files=(HOUSE, GARDEN)) == Album(HOUSE, GARDEN)


# --- second lines, headers and footers ----------------------------------------------------------------------


def test_rows_have_second_lines_a_header_and_a_footer() -> None:
    def talk(chat: Chat) -> None:
        chat.say(
            "Which?",
            rows=["Tea", "Coffee"],
            descriptions={"Tea": "green or black"},
            header="Drinks",
            footer="All hot",
        )

    (message,) = said(talk)
    rows = (Row(id="Tea", title="Tea", description="green or black"), Row(id="Coffee", title="Coffee"))
    assert message.content == List(
        body="Which?", button="Choose", sections=(Section(rows=rows),), header="Drinks", footer="All hot"
    )


def test_buttons_have_a_picture_or_a_line_above_and_a_line_below() -> None:
    picture = Image("https://example.com/a.png")

    def talk(chat: Chat) -> None:
        chat.say("Sure?", buttons=["Yes"], header=picture, footer="No hurry")

    assert said(talk)[0].content == Buttons(
        body="Sure?", buttons=(Button(id="Yes", title="Yes"),), header=picture, footer="No hurry"
    )


REFUSED: dict[str, tuple[Callable[[Chat], None], str]] = {
    "descriptions of buttons": (
        lambda chat: chat.say("?", buttons=["Tea"], descriptions={"Tea": "hot"}),
        "second lines of rows",
    ),
    "a description of nothing": (
        lambda chat: chat.say("?", rows=["Tea"], descriptions={"Coffee": "hot"}),
        "second line for 'Coffee', and no row has that title",
    ),
    "a header alone": (lambda chat: chat.say("?", header="Drinks"), "around words with buttons=… or rows=…"),
    "a picture over rows": (
        lambda chat: chat.say("?", rows=["Tea"], header=Image("https://example.com/a.png")),
        "the header of a list is a line",
    ),
    "a number as a header": (
        lambda chat: chat.say("?", buttons=["Tea"], header=5),  # type: ignore[arg-type]
        "a header is a line, or an Image",
    ),
    "a header of a content": (
        lambda chat: chat.say(Image("https://example.com/a.png"), header="Look"),
        "not with a ready-made content",
    ),
    "an album of one file": (lambda chat: chat.say(Album(GARDEN)), "an album has 2 to 10 files, not 1"),
    "an album of eleven files": (lambda chat: chat.say(Album(*[GARDEN] * 11)), "2 to 10 files, not 11"),
    "a picture among documents": (
        lambda chat: chat.say(Album(GARDEN, Document("https://example.com/a.pdf"))),
        "pictures and films, or documents only, or sounds only",
    ),
    "a voice message in an album": (
        lambda chat: chat.say(Album(*[Audio("https://example.com/a.ogg", voice=True)] * 2)),
        "an album has no voice message",
    ),
    "a name in an album": (
        lambda chat: chat.say(Album("files/a.png", "files/b.png")),  # type: ignore[arg-type]
        "write Image(…), Video(…), Document(…) or Audio(…), not 'files/a.png'",
    ),
    "an id of ours on a card": (
        lambda chat: chat.say(Carousel(body="?", cards=(Card(buttons=(Button(id="q:1", title="x"),)),))),
        "begins as rejoinder's own ids do",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_go_together_is_refused_at_its_line(name: str) -> None:
    handler, why = REFUSED[name]
    assert why in refusal(handler)


def test_a_second_line_that_is_too_long_is_refused_at_its_line() -> None:
    with pytest.raises(LimitExceeded, match="a row's description is 73"):
        raise LimitExceeded(refusal(lambda chat: chat.say("?", rows=["Tea"], descriptions={"Tea": "x" * 73})))


def test_a_turn_with_prices_is_measured() -> None:
    lines = (OrderLine(product_id="1", name="Bread", price=Decimal("2.50")),)
    bill = OrderDetails(body="Bill", reference_id="r", lines=lines, currency="INR")
    assert said(lambda chat: chat.say(bill))[0].content == bill
