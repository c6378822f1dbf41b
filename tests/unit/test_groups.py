"""Groups: a conversation of their own, silent by default, and answered into the group."""

import pytest

from rejoinder import Audio, Bot, Chat, GroupMessage, Image, Template, Text
from rejoinder.channels.whatsapp.outbound import render
from rejoinder.errors import BotError
from rejoinder.model.contents import Reaction
from rejoinder.model.people import Contact
from rejoinder.model.spoken import SaidContent
from rejoinder.model.updates import Inbound
from tests.unit.worlds import ADA, NOON, WINDOW_SECONDS, World, inbound, said

GROUP = Contact.of_group("Y2FwaV9ncm91cDoxD")


def in_group(content: SaidContent | str = "menu", *, id: str = "wamid.G1") -> Inbound:  # noqa: A002
    """Return what somebody said in the group."""
    words = Text(body=content) if isinstance(content, str) else content
    return inbound(GroupMessage(sender=ADA, content=words), id=id, contact=GROUP)


def test_a_bot_that_knows_no_groups_says_nothing_in_one() -> None:
    bot = Bot()

    @bot.start
    @bot.otherwise
    @bot.on("menu", Text, Image, interrupts=True)
    def answer(chat: Chat) -> None:
        chat.say("to whom?")

    world = World(bot)
    world.process(in_group(), in_group(Image(media_id="1"), id="wamid.G2"))
    assert world.outbox.turns == []
    world.process(inbound("menu"))
    assert len(world.outbox.turns) == 1, "the same words of one person are answered"


def test_what_is_said_to_a_group_goes_to_the_group_and_marks_nothing_as_read() -> None:
    bot = Bot()

    @bot.on(GroupMessage)
    def answer(chat: Chat) -> None:
        message = chat.message.content
        assert isinstance(message, GroupMessage)
        chat.say(f"{message.sender.name} said {message.text}")

    world = World(bot)
    world.process(in_group())
    (turn,) = world.outbox.turns
    assert said(turn) == ["Ada said menu"]
    assert turn.contact == GROUP
    assert turn.read_id == ""
    assert turn.window_closes_at == NOON + WINDOW_SECONDS
    body = render(turn.contact, turn.messages[0].content, "callback")
    assert (body["recipient_type"], body["to"]) == ("group", "Y2FwaV9ncm91cDoxD")


def test_the_conversation_of_a_group_is_not_that_of_who_speaks_in_it() -> None:
    bot = Bot()

    @bot.on(GroupMessage, Text)
    def count(chat: Chat) -> None:
        chat.data["heard"] = chat.data.get("heard", 0) + 1

    world = World(bot)
    world.process(in_group(), in_group(id="wamid.G2"))
    world.process(inbound("hi"))
    assert {one.data["heard"] for one in world.store.conversations.values()} == {1, 2}
    in_it = next(one for one in world.store.conversations.values() if one.data["heard"] == 2)
    assert in_it.contact_ids == GROUP.ids


def test_a_reaction_in_a_group_opens_no_window() -> None:
    world = World(Bot())
    world.process(in_group(Reaction(message_id="wamid.0", emoji="x")))
    (conversation,) = world.store.conversations.values()
    assert conversation.window_closes_at == 0.0


@pytest.mark.parametrize("buttons", [{"buttons": ["Yes", "No"]}, {"rows": ["One"]}])
def test_buttons_in_a_group_fail_at_the_line(buttons: dict[str, list[str]]) -> None:
    bot, raised = Bot(), []

    @bot.on(GroupMessage)
    def offer(chat: Chat) -> None:
        try:
            chat.say("Sure?", **buttons)  # type: ignore[arg-type]
        except BotError as error:
            raised.append(str(error))

    World(bot).process(in_group())
    assert raised[0].startswith("a group takes words, files and templates, not a ")


def test_a_question_in_a_group_fails_at_the_line() -> None:
    bot, raised = Bot(), []

    @bot.on(GroupMessage)
    def offer(chat: Chat) -> None:
        try:
            chat.ask("Which day?")
        except BotError as error:
            raised.append(str(error))

    World(bot).process(in_group())
    assert "a question" in raised[0]


@pytest.mark.parametrize(
    "content",
    [Text(body="hi"), Audio(media_id="1"), Template(name="hello", language="en")],
    ids=lambda one: one.kind,
)
def test_words_files_and_templates_may_be_said_in_a_group(content: Text | Audio | Template) -> None:
    bot = Bot()

    @bot.on(GroupMessage)
    def answer(chat: Chat) -> None:
        chat.say(content)

    world = World(bot)
    world.process(in_group())
    assert [message.content for message in world.outbox.turns[0].messages] == [content]


def test_the_id_of_a_group_is_never_that_of_a_person() -> None:
    assert Contact.of_group("15550002001").ids == ("group:15550002001",)
    assert Contact.of_group("15550002001").group_id == "15550002001"
    assert ADA.group_id == ""
