"""A template that the network has stopped is not sent: the message fails at once, and says why."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from rejoinder import Bot, BotError, Chat, Failed, Template, TemplateChanged
from rejoinder.errors import BotFailed, SettingsError, WindowClosed
from rejoinder.model.delivery import Step
from rejoinder.model.metrics import Metric
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.template_state import TemplateState
from rejoinder.services.allowed import MAY_NOT_BE_SENT, category_of
from rejoinder.testing import Phone
from rejoinder.testing.memory import MemoryNetwork
from tests.unit.worlds import World, inbound

UPDATE = Template("order_update", language="en_US")


def state(status: str, **more: str) -> TemplateState:
    return TemplateState(name=UPDATE.name, language=UPDATE.language, status=status, **more)  # type: ignore[arg-type]


def saying(*templates: Template) -> World:
    """Return a world whose bot has said these, which wait for the sender."""
    bot = Bot()

    @bot.on("go")
    def go(chat: Chat) -> None:
        for template in templates:
            chat.say(template)

    world = World(bot)
    world.process(inbound("go"))
    return world


def is_now(world: World, told: TemplateState) -> None:
    """Let the tracker keep that, as of the world's time."""
    world.template_states.write("owner", told.as_of(world.now))


def failures(world: World) -> list[Failed]:
    contents = [update.content for update in world.updates.waiting]
    return [content for content in contents if isinstance(content, Failed)]


@pytest.mark.parametrize("status", sorted(MAY_NOT_BE_SENT))
def test_what_the_network_has_stopped_fails_before_it_is_asked(status: str) -> None:
    world = saying(UPDATE)
    is_now(world, state(status, reason="FIRST_PAUSE"))
    world.deliver()
    assert world.network.sent == []
    (failure,) = failures(world)
    assert failure.content == UPDATE
    assert failure.reason == (
        f"the template order_update in en_US {MAY_NOT_BE_SENT[status]} (FIRST_PAUSE): "
        "`rejoinder templates status` shows it"
    )
    assert world.meter.counts[Metric.MESSAGES_FAILED] == 1


@pytest.mark.parametrize("status", ["", "approved", "locked", "a word of tomorrow"])
def test_what_is_not_known_to_be_stopped_is_sent(status: str) -> None:
    world = saying(UPDATE)
    is_now(world, state(status))
    world.deliver()
    assert world.network.sent == [UPDATE]


def test_a_template_that_is_paused_while_messages_wait_stops_those_that_wait_and_no_other() -> None:
    other = Template("receipt", language="en_US")
    world = saying(UPDATE, other, UPDATE)
    is_now(world, state("paused"))
    world.deliver()
    assert world.network.sent == [other]
    assert [failure.content for failure in failures(world)] == [UPDATE, UPDATE]


def test_it_is_sent_again_a_moment_after_it_is_approved_again() -> None:
    world = saying(UPDATE, UPDATE, UPDATE)
    turn, sender = world.outbox.turns.pop(), world.sender()
    is_now(world, state("paused"))
    for message in turn.messages:
        sender._deliver(turn, message, None)
        world.now += 6
        is_now(world, state("approved"))
    assert world.network.sent == [UPDATE], "what is known is up to ten seconds old"


class ClosedNetwork(MemoryNetwork):
    """A network for which the service window is closed, though we think that it is open."""

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        if not isinstance(content, Template):
            raise WindowClosed(131047, "closed")
        return super().send(account, contact, content, callback, quote=quote)


def test_it_does_not_go_out_instead_of_a_text_either() -> None:
    bot = Bot()
    bot.otherwise(lambda chat: chat.say("Hello", outside_window=UPDATE))
    world = World(bot, network=ClosedNetwork())
    world.process(inbound())
    is_now(world, state("disabled"))
    world.deliver()
    assert world.network.sent == []
    (steps,) = world.store.steps.values()
    assert [*steps] == [1]
    assert Step.FAILED in steps[1]
    assert "is disabled" in failures(world)[0].reason


def unknown(_account: Account) -> str:
    return ""


def unreadable(_account: Account) -> str:
    raise SettingsError("the secret cannot be read")


@pytest.mark.parametrize("owner_of", [unknown, unreadable])
def test_where_the_business_account_is_not_known_the_network_decides(
    owner_of: Callable[[Account], str],
) -> None:
    world = saying(UPDATE)
    is_now(world, state("paused"))
    sender = world.sender()
    sender.allowed.owner_of = owner_of
    sender.deliver(world.outbox.turns.pop())
    assert world.network.sent == [UPDATE]


def test_the_category_is_what_the_network_says_else_what_the_file_says() -> None:
    written = Template("order_update", language="en_US", category="utility")
    assert category_of(written, state("approved", category="marketing")) == "marketing"
    assert category_of(written, state("approved")) == "utility"
    assert category_of(written, None) == "utility"
    assert category_of(UPDATE, None) == ""


# --- bots ---------------------------------------------------------------------------------------------------

PAUSED = TemplateChanged(
    name="order_update", language="en_US", what="status", before="approved", now="paused"
)


def test_a_phone_lets_the_network_change_a_template_and_does_not_send_it_any_more() -> None:
    seen, bot = list[str](), Bot()

    @bot.on(TemplateChanged)
    def changed(chat: Chat[TemplateChanged]) -> None:
        chat.step(seen.append, chat.message.content.now)
        chat.data["paused"] = chat.message.content.name

    @bot.on("go")
    def go(chat: Chat) -> None:
        chat.say(UPDATE)

    @bot.on(Failed)
    def failed(chat: Chat[Failed]) -> None:
        chat.say(chat.message.content.reason.partition(":")[0])

    phone = Phone(bot)
    phone.template_changes(PAUSED)
    assert seen == ["paused"]
    assert phone.says("go") == ["< the template order_update in en_US is paused"]


@pytest.mark.parametrize("says", ["say", "ask", "hand_over"])
def test_who_says_something_there_is_told_that_nobody_hears_it(says: str) -> None:
    bot = Bot()

    @bot.on(TemplateChanged)
    def changed(chat: Chat) -> None:
        getattr(chat, says)(*([] if says == "hand_over" else ["A template changed"]))

    with pytest.raises(BotFailed) as caught:
        Phone(bot).template_changes(PAUSED)
    assert isinstance(caught.value.__cause__, BotError)
    assert "there is nobody to say it to" in str(caught.value.__cause__)


def test_a_reminder_of_such_a_handler_has_nobody_to_talk_to_either() -> None:
    bot = Bot()

    @bot.on()
    def remind(chat: Chat) -> None:
        chat.say("Still paused")

    @bot.on(TemplateChanged)
    def changed(chat: Chat) -> None:
        chat.later(timedelta(hours=3), remind)

    phone = Phone(bot)
    phone.template_changes(PAUSED)
    with pytest.raises(BotFailed):
        phone.waits(hours=4)


def test_it_is_no_message_of_the_contact_and_disturbs_no_talk() -> None:
    bot = Bot()

    @bot.on(TemplateChanged)
    def changed(chat: Chat) -> None:
        chat.data["changed"] = True

    bot.otherwise(lambda chat: chat.say(f"Hello {chat.ask('Your name?')}"))
    phone = Phone(bot)
    phone.says("hi")
    phone.template_changes(PAUSED)
    assert phone.says("Ada") == ["< Hello Ada"]
