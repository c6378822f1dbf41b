"""What the network says of templates is kept, each fact by its own time, and each change is told once."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from rejoinder import Bot, Chat, Template, TemplateChanged
from rejoinder.channels import channel_named
from rejoinder.errors import Refused, SettingsError
from rejoinder.model.delivery import Attempt, Callback, Detail, Status, Step
from rejoinder.model.metrics import Metric
from rejoinder.model.people import Account
from rejoinder.model.template_state import KEPT_SECONDS, TemplateState
from rejoinder.testing.memory import MemoryNetwork
from tests.unit.worlds import ACCOUNT, World, inbound

OWNER = "102290129340398"
NOW = 1_000_000.0
NAME, LANGUAGE = "order_update", "en_US"
SPENT = "It is paused for 3 hours."
Json = dict[str, object]


def news(field_name: str, at: int, **value: object) -> Json:
    """Return an event about the template, as the ingress queues it."""
    named = {
        "message_template_id": 7,
        "message_template_name": NAME,
        "message_template_language": "en-US",
        **value,
    }
    return {"id": OWNER, "time": at, "change": {"field": field_name, "value": named}}


def status(event: str, at: int, *, category: str = "UTILITY", **more: object) -> Json:
    value = {"event": event, "reason": "NONE", "message_template_category": category, **more}
    return news("message_template_status_update", at, **value)


def quality(at: int, before: str, now: str) -> Json:
    what = {"previous_quality_score": before, "new_quality_score": now}
    return news("message_template_quality_update", at, **what)


def category(at: int, before: str, now: str) -> Json:
    return news("template_category_update", at, previous_category=before, new_category=now)


PAUSED = status("PAUSED", 1000, other_info={"title": "FIRST_PAUSE", "description": SPENT})
APPROVED = status("APPROVED", 2000)


def track(world: World, *events: Json) -> None:
    whatsapp = channel_named("whatsapp")
    for event in events:
        world.tracker().track(whatsapp.parse_event(event, received_at=3 * NOW))


def kept(world: World) -> TemplateState:
    state = world.template_states.read(OWNER, NAME, LANGUAGE)
    assert state
    return state


def told(world: World) -> list[TemplateChanged]:
    contents = [update.content for update in world.updates.waiting]
    return [content for content in contents if isinstance(content, TemplateChanged)]


def known(world: World, **facts: str) -> None:
    """Let this be known of the template for a long time."""
    world.template_states.write(OWNER, TemplateState(name=NAME, language=LANGUAGE, **facts).as_of(1.0))  # type: ignore[arg-type]


def test_a_template_that_is_paused_is_kept_so_and_told() -> None:
    world = World(Bot())
    known(world, status="approved")
    track(world, PAUSED)
    state = kept(world)
    assert (state.status, state.reason, state.template_id, state.status_at) == ("paused", SPENT, "7", 1000.0)
    assert told(world) == [
        TemplateChanged(
            name=NAME, language=LANGUAGE, what="status", before="approved", now="paused", reason=SPENT
        )
    ]
    (update,) = world.updates.waiting
    assert update.account == Account(channel="whatsapp", id=OWNER)
    assert update.contact.is_business
    assert world.meter.counts[Metric.TEMPLATES_CHANGED] == 1
    assert len(world.account_events.told) == 1


def test_the_first_news_of_a_template_is_told() -> None:
    world = World(Bot())
    track(world, APPROVED)
    assert [(one.what, one.before, one.now) for one in told(world)] == [("status", "", "approved")]


@pytest.mark.parametrize(
    "order", [*itertools.permutations([PAUSED, APPROVED, quality(1500, "GREEN", "RED")])]
)
def test_news_in_any_order_and_twice_leave_the_same_state(order: tuple[Json, ...]) -> None:
    world = World(Bot())
    track(world, *order, *order)
    state = kept(world)
    assert (state.status, state.status_at) == ("approved", 2000.0)
    assert (state.quality, state.quality_at) == ("red", 1500.0)
    assert (state.category, state.category_at) == ("utility", 2000.0)


def test_the_same_news_again_is_told_once() -> None:
    world = World(Bot())
    track(world, PAUSED, PAUSED, APPROVED, PAUSED)
    assert [one.now for one in told(world)] == ["paused", "approved"]


def test_a_template_that_is_deleted_leaves_no_category_to_the_next_one_of_its_name() -> None:
    world = World(Bot())
    known(world, status="approved", category="utility")
    track(world, status("DELETED", 2000))
    assert (kept(world).status, kept(world).category) == ("deleted", "")
    assert [(one.what, one.now) for one in told(world)] == [("status", "deleted")]


def test_a_change_that_was_told_but_not_kept_is_told_again_as_the_same_update() -> None:
    world, again = World(Bot()), World(Bot())
    for one in (world, again):
        known(one, status="approved")
        track(one, PAUSED)
    assert [one.id for one in world.updates.waiting] == [one.id for one in again.updates.waiting]


def test_each_pause_is_told_anew() -> None:
    world = World(Bot())
    track(world, PAUSED, APPROVED, status("PAUSED", 3000))
    ids = {update.id for update in world.updates.waiting}
    assert len(ids) == 3


@pytest.mark.parametrize("event", ["REINSTATED", "UNARCHIVED", "FLAGGED"])
def test_what_may_be_sent_has_one_word(event: str) -> None:
    world = World(Bot())
    track(world, status(event, 1000))
    assert kept(world).status == "approved"


def test_a_template_that_is_marketing_now_is_told_and_counted() -> None:
    world = World(Bot())
    track(world, category(1000, "UTILITY", "MARKETING"), category(1000, "UTILITY", "MARKETING"))
    assert kept(world).category == "marketing"
    assert [(one.what, one.before, one.now) for one in told(world)] == [("category", "utility", "marketing")]
    assert world.meter.counts[Metric.TEMPLATES_RECATEGORISED] == 1


def test_a_change_of_category_that_a_status_tells_first_is_counted_too() -> None:
    world = World(Bot())
    known(world, status="approved", category="utility")
    track(world, status("PAUSED", 1100, category="MARKETING"), category(1000, "UTILITY", "MARKETING"))
    assert [one.what for one in told(world)] == ["status", "category"]
    assert world.meter.counts[Metric.TEMPLATES_RECATEGORISED] == 1


def test_a_category_that_will_change_has_not_changed() -> None:
    world = World(Bot())
    value: Json = {"new_category": "UTILITY", "correct_category": "MARKETING"}
    track(world, news("template_category_update", 1000, **value, category_update_timestamp=2000))
    assert kept(world).category == "utility"
    assert told(world) == []


def test_a_quality_is_told_with_what_it_was() -> None:
    world = World(Bot())
    track(world, quality(1000, "GREEN", "YELLOW"))
    assert [(one.what, one.before, one.now) for one in told(world)] == [("quality", "green", "yellow")]


def test_another_text_is_told_once() -> None:
    world, changed = World(Bot()), news("message_template_components_update", 1000)
    track(world, changed, changed)
    assert [(one.what, one.now) for one in told(world)] == [("components", "")]
    assert kept(world).components_at == 1000.0


@pytest.mark.parametrize("missing", ["message_template_name", "message_template_language"])
def test_news_of_no_template_are_published_only(missing: str) -> None:
    world, event = World(Bot()), status("PAUSED", 1000)
    event["change"]["value"][missing] = None  # type: ignore[index]
    track(world, event)
    assert world.template_states.states == {}
    assert len(world.account_events.told) == 1


# --- failures -----------------------------------------------------------------------------------------------


def failed_late(world: World, template_status: str = "paused") -> None:
    """Send a template that the network takes, and that fails later."""
    bot_said = Template(name=NAME, language=LANGUAGE)
    world.bot.on("go")(lambda chat: chat.say(bot_said))
    world.process(inbound("go"))
    world.deliver()
    key = next(iter(world.store.conversations))
    attempt = Attempt(conversation_key=key, outbound_id=f"{inbound('go').hashed_id}-1", number=1)
    late = Status(
        step=Step.FAILED,
        at=1000.0,
        callback=Callback(stack="test", attempt=attempt).encode(),
        detail=Detail(error_code=132015, error="Template is paused"),
        template_status=template_status,
    )
    world.tracker().track(late)


@pytest.mark.parametrize("found", ["paused", "disabled"])
def test_a_message_that_fails_because_of_its_template_tells_what_the_template_is(found: str) -> None:
    world = World(Bot())
    failed_late(world, found)
    state = world.template_states.read("owner", NAME, LANGUAGE)
    assert state
    assert (state.status, state.status_at, state.reason) == (found, 1000.0, "Template is paused")
    assert [one.now for one in told(world)] == [found]


def test_the_codes_of_whatsapp_tell_what_the_template_is() -> None:
    whatsapp = channel_named("whatsapp")
    for code, found in ((132015, "paused"), (132016, "disabled"), (132001, "")):
        body: Json = {"id": "wamid.1", "status": "failed", "timestamp": "1", "errors": [{"code": code}]}
        parsed = whatsapp.parse_event({"status": body}, received_at=2.0)
        assert isinstance(parsed, Status)
        assert parsed.template_status == found


def test_a_secret_that_cannot_be_read_holds_up_no_status(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(Bot())

    def unreadable(_account: Account) -> str:
        raise SettingsError("the secret cannot be read")

    follows = replace(world.template_news(), owner_of=unreadable)
    monkeypatch.setattr(world, "template_news", lambda: follows)
    failed_late(world)
    (steps,) = world.store.steps.values()
    assert Step.FAILED in steps[1]
    assert world.template_states.states == {}


# --- the sync -----------------------------------------------------------------------------------------------


LISTED = TemplateState(name=NAME, language=LANGUAGE, status="paused", category="marketing", quality="red")


@dataclass
class Lists(MemoryNetwork):
    """A network whose list breaks off after what it has."""

    breaks: bool = False
    owners: dict[str, str] = field(default_factory=lambda: {"": OWNER})

    def owner(self, account: Account) -> str:
        return self.owners.get(account.id, "")

    def templates(self, _account: Account) -> Iterator[TemplateState]:  # type: ignore[override]
        yield from self.listed
        if self.breaks:
            raise Refused(4, "too many calls")


def sync(world: World, lists: Lists, *ids: str, now: float = NOW) -> int:
    accounts = [Account(channel="whatsapp", id=one) for one in ids or ("",)]
    return world.template_news().sync(lists, accounts, now)


def test_a_sync_keeps_and_tells_what_no_webhook_told() -> None:
    world = World(Bot())
    known(world, status="approved", category="utility", quality="green")
    assert sync(world, Lists(listed=[LISTED])) == 0
    state = kept(world)
    assert (state.status, state.category, state.quality) == ("paused", "marketing", "red")
    assert [one.what for one in told(world)] == ["status", "category", "quality"]
    assert world.meter.counts[Metric.TEMPLATES_RECATEGORISED] == 1


def test_the_first_sync_learns_all_templates_and_tells_of_none() -> None:
    world = World(Bot())
    sync(world, Lists(listed=[LISTED]))
    assert kept(world).status == "paused"
    assert told(world) == []


def test_a_webhook_about_what_came_after_the_list_counts_more() -> None:
    world = World(Bot())
    track(world, status("APPROVED", int(NOW) - 10))
    sync(world, Lists(listed=[LISTED]))
    assert kept(world).status == "approved"


def test_a_template_that_is_not_listed_any_more_is_deleted_and_told_once() -> None:
    world = World(Bot())
    known(world, status="approved")
    other = Lists(listed=[replace(LISTED, name="another")])
    sync(world, other)
    sync(world, other)
    assert kept(world).status == "deleted"
    assert [(one.before, one.now) for one in told(world)] == [("approved", "deleted")]


def test_a_list_without_any_template_deletes_nothing() -> None:
    world = World(Bot())
    known(world, status="approved")
    assert sync(world, Lists()) == 0
    assert kept(world).status == "approved"
    assert told(world) == []


def test_a_list_that_breaks_off_deletes_nothing_and_is_an_error() -> None:
    world = World(Bot())
    known(world, status="approved")
    assert sync(world, Lists(breaks=True)) == 1
    assert kept(world).status == "approved"
    assert world.meter.counts[Metric.WORK_FAILED] == 1


def test_one_business_account_that_fails_stops_no_other() -> None:
    world = World(Bot())
    lists = Lists(listed=[LISTED], owners={"": "", "1": OWNER})  # the first one is not known
    assert sync(world, lists, "", "1") == 0
    assert kept(world).status == "paused"
    lists.breaks = True
    assert sync(world, lists, "1", "1") == 2


def test_a_sync_writes_what_did_not_change_only_so_that_it_does_not_end() -> None:
    world = World(Bot())
    sync(world, Lists(listed=[LISTED]))
    sync(world, Lists(listed=[LISTED]), now=NOW + 86_400)
    assert kept(world).at == NOW - 60
    sync(world, Lists(listed=[LISTED]), now=NOW + KEPT_SECONDS / 2 + 86_400)
    assert kept(world).at > NOW
    assert told(world) == []


# --- the bot ------------------------------------------------------------------------------------------------


def change(**more: str) -> TemplateChanged:
    told_now = {"what": "status", "before": "approved", "now": "paused", **more}
    return TemplateChanged(name=NAME, language=LANGUAGE, **told_now)  # type: ignore[arg-type]


def test_the_update_reaches_the_handler_of_the_bot() -> None:
    seen, bot = list[TemplateChanged](), Bot()

    @bot.on(TemplateChanged)
    def changed(chat: Chat[TemplateChanged]) -> None:
        chat.step(seen.append, chat.message.content)

    world = World(bot)
    track(world, PAUSED)
    world.process(*world.updates.waiting)
    world.process(*world.updates.waiting)
    assert [one.now for one in seen] == ["paused"]
    assert world.outbox.turns == []


def test_without_a_handler_nothing_happens() -> None:
    bot = Bot()
    bot.start(always=True)(lambda chat: chat.say("Welcome"))
    bot.otherwise(lambda chat: chat.say("What?"))
    world = World(bot)
    track(world, PAUSED)
    world.process(*world.updates.waiting)
    assert world.outbox.turns == []
    assert world.meter.counts[Metric.BOT_ERRORS] == 0


def test_accounts_of_the_business_and_of_a_number_are_not_mixed_up() -> None:
    world = World(Bot())
    track(world, PAUSED)
    world.process(*world.updates.waiting, inbound("hi", id="hi"))
    assert len(world.store.conversations) == 2
    assert ACCOUNT.id != OWNER
