"""Consent: STOP and START, what else tells of it, the ledger, and what is refused without it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rejoinder import Bot, Chat, Edited, Image, Preference, Template
from rejoinder.bot import heard
from rejoinder.bot.phrases import ENGLISH, LANGUAGES
from rejoinder.bot.wishes import wish_of
from rejoinder.errors import BotError, OptedOut, TurnTooLarge, WindowClosed
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.contents import Tap, Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.delivery import Attempt, Callback, Detail, Remedy, Status, Step
from rejoinder.model.own import ConsentTold, Failed, Release
from rejoinder.model.people import Contact
from rejoinder.model.template_state import TemplateState
from rejoinder.model.updates import Inbound
from rejoinder.services.allowed import Allowed
from rejoinder.testing import Phone
from tests.unit.test_deliver import MoodyNetwork
from tests.unit.worlds import ACCOUNT, NOON, World, inbound

MARKETING, UTILITY = Purpose.MARKETING, Purpose.UTILITY
SALE = Template("sale", language="en", category="marketing")
DAY = 24 * 3600


def shop() -> Bot:
    bot = Bot()

    @bot.on("order")
    def order(chat: Chat) -> None:
        size = chat.ask("Which size?", ["Small", "Stop"])
        chat.say(f"{size}: {chat.ask('For whom?')}.")

    @bot.on("offers")
    def offers(chat: Chat) -> None:
        chat.say(SALE)

    @bot.on("yes to offers")
    def agree(chat: Chat) -> None:
        before = chat.consent()
        chat.opt_in()
        name = chat.ask("Your name?")
        after = chat.consent()
        assert after is not None
        chat.say(f"{before}; {name} {after} {chat.opted_out}")

    @bot.on("no more offers at all")
    def refuse(chat: Chat) -> None:
        chat.opt_out()
        chat.say(f"{chat.opted_out} {chat.consent('marketing')} {chat.consent('utility')}")

    @bot.on(Failed)
    def failed(chat: Chat[Failed]) -> None:
        chat.data["why"] = chat.message.content.reason

    @bot.otherwise
    def lost(chat: Chat) -> None:
        chat.say("?")

    return bot


def only(world: World) -> Conversation:
    (conversation,) = world.store.conversations.values()
    return conversation


def ledger(world: World) -> list[tuple[str, bool, str]]:
    """Return the entries of the only ledger: by what, given or not, from where."""
    (entries,) = world.store.ledgers.values()
    return [(entry.by, entry.given, entry.source) for entry in entries]


def answers(world: World) -> list[str]:
    """Return what was said since this was called last."""
    world.deliver()
    said = [one.body if isinstance(one, Text) else type(one).__name__ for one in world.network.sent]
    world.network.sent.clear()
    return said


def says(world: World, words: str, id: str, at: float = NOON) -> list[str]:  # noqa: A002 - the network's word
    world.now = max(world.now, at)
    world.process(inbound(words, id=id, at=at))
    return answers(world)


def why(world: World) -> str:
    """Return why the last message failed, as the bot learned it."""
    while world.updates.waiting:
        world.process(world.updates.waiting.pop(0))
    return str(only(world).data.get("why", ""))


# --- words --------------------------------------------------------------------------------------------------


def wish(words: str, conversation: Conversation | None = None) -> bool | None:
    """Return what `words` wish: False for no offers, True for offers; None for nothing of that."""
    talk = conversation or Conversation(key="key", contact_ids=("US.111",))
    entry = wish_of(inbound(words), talk, ENGLISH)
    return entry.given if entry else None


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_word_stops_and_starts_alone_and_with_courtesy_and_not_in_a_sentence(language: str) -> None:
    refused = Conversation(key="key", contact_ids=("US.111",), opted_out=True)
    for words in heard.phrases(language, "stop"):
        assert wish(words) is False, words
        assert wish(f"Hello, {words.upper()}!! Thanks") is False, words
        assert wish(f"where does the bus {words} today") is None, words
    for words in heard.phrases(language, "start"):
        assert wish(words, refused) is True, words
        assert wish(words) is None, "without a STOP before it, START may mean anything"


def test_no_word_says_both_and_none_ends_a_talk_or_says_yes_or_no() -> None:
    stop, start = heard.everywhere("stop"), heard.everywhere("start")
    assert not stop & start
    for language, phrases in LANGUAGES.items():
        yes, no = heard.yes_and_no(language)
        assert not (stop | start) & (yes | no | {*phrases.cancel})


@pytest.mark.parametrize(
    "words", ["don't stop", "stop it!", "bus stop", "The last stop", "stop 12", "cancel"]
)
def test_what_only_has_the_word_in_it_stops_nothing(words: str) -> None:
    assert wish(words) is None


# --- STOP and START -----------------------------------------------------------------------------------------


def test_stop_is_honoured_and_answered_once_and_start_undoes_it() -> None:
    world = World(shop())
    assert says(world, "STOP", "a") == [ENGLISH.stopped]
    assert only(world).opted_out
    assert says(world, "Stop.", "b", NOON + 5) == [], "once"
    assert says(world, "hello", "c", NOON + 6) == ["?"], "what they ask for still comes"
    assert says(world, "start", "d", NOON + 7) == [ENGLISH.resumed]
    assert not only(world).opted_out
    assert says(world, "start", "e", NOON + 8) == ["?"]
    assert ledger(world) == [("word", False, "stop"), ("word", True, "start")]
    assert only(world).consent[MARKETING].message_id == inbound(id="d").hashed_id


def test_stop_that_comes_twice_is_answered_once() -> None:
    world = World(shop())
    assert says(world, "stop", "a") == [ENGLISH.stopped]
    assert says(world, "stop", "a") == []
    assert len(ledger(world)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_is_in_the_language_of_the_bot_and_names_the_word_that_undoes_it(language: str) -> None:
    phone = Phone(Bot(language=language))
    (stopped,) = phone.says("stop")
    (resumed,) = phone.says("start")
    assert (stopped, resumed) == (f"< {LANGUAGES[language].stopped}", f"< {LANGUAGES[language].resumed}")
    assert "START" in stopped
    assert "STOP" in resumed


@pytest.mark.parametrize(
    "content", [Edited(message_id="x", content=Text(body="STOP")), Image(media_id="1", caption="STOP")]
)
def test_stop_counts_under_a_picture_and_in_a_message_that_was_changed(content: Edited | Image) -> None:
    world = World(shop())
    says(world, "stpo", "x")
    world.process(inbound(content, id="a"))
    assert answers(world) == [ENGLISH.stopped]
    assert ledger(world) == [("word", False, "stop")]


def test_a_question_goes_on_waiting_when_the_contact_says_stop() -> None:
    world = World(shop())
    says(world, "order", "a")
    says(world, "Small", "b")
    assert says(world, "unsubscribe", "c", NOON + 1) == [ENGLISH.stopped]
    assert only(world).opted_out
    assert says(world, "Ada", "d", NOON + 2) == ["Small: Ada."]


def test_a_choice_that_is_called_stop_is_the_answer() -> None:
    world = World(shop())
    says(world, "order", "a")
    assert says(world, "stop", "b", NOON + 1) == ["For whom?"]
    assert not only(world).consent


def test_a_word_that_ends_a_talk_ends_it_and_outside_of_a_talk_it_stops_offers() -> None:
    bot = Bot(cancel=("stop",))
    bot.include(shop())
    world = World(bot)
    says(world, "order", "a")
    says(world, "Small", "b")
    assert says(world, "stop", "b2", NOON + 1) == [ENGLISH.cancelled]
    assert not only(world).consent
    assert says(world, "stop", "c", NOON + 2) == [ENGLISH.stopped]


def with_handler(*, interrupts: bool = False) -> Bot:
    bot = Bot()

    @bot.on("stop", interrupts=interrupts)
    def stopped(chat: Chat) -> None:
        chat.say(f"Goodbye. {chat.opted_out}")

    bot.include(shop())
    return bot


def test_a_handler_for_that_very_word_answers_instead_of_us() -> None:
    world = World(with_handler())
    assert says(world, "Stop", "a") == ["Goodbye. True"]
    assert says(world, "Stop", "b", NOON + 1) == ["Goodbye. True"]
    assert ledger(world) == [("word", False, "stop")]


@pytest.mark.parametrize(("interrupts", "then"), [(False, "Small: Ada."), (True, "?")])
def test_such_a_handler_runs_beside_the_talk_unless_it_interrupts(interrupts: bool, then: str) -> None:  # noqa: FBT001
    world = World(with_handler(interrupts=interrupts))
    says(world, "order", "a")
    says(world, "Small", "b")
    assert says(world, "stop", "c", NOON + 1) == ["Goodbye. True"]
    assert says(world, "Ada", "d", NOON + 2) == [then]


def test_a_handler_of_any_text_does_not_swallow_stop() -> None:
    bot = Bot()
    bot.on(Text, interrupts=True)(lambda chat: chat.say("some text"))
    world = World(bot)
    assert says(world, "stop", "a") == [ENGLISH.stopped]


def test_stop_counts_even_when_the_handler_fails_for_good() -> None:
    bot = Bot()

    @bot.on("stop")
    def broken(_chat: Chat) -> None:
        raise BotError("no")

    world = World(bot)
    world.process(inbound("stop"))
    assert len(world.parked.kept) == 1
    assert only(world).opted_out
    assert ledger(world) == [("word", False, "stop")]


def test_stop_is_honoured_in_a_handoff_and_the_bot_stays_silent() -> None:
    world = World(shop())
    says(world, "hi", "a")
    world.process(inbound("x", id="b"))
    store = world.store.conversations
    store[only(world).key] = replace(only(world), handoff=True)
    answers(world)
    assert says(world, "stop", "c", NOON + 1) == []
    assert only(world).opted_out
    assert [one.text for one in only(world).missed] == ["stop"]
    world.process(inbound(Release(), id="d"))
    assert answers(world) == []


def test_while_messages_are_gathered_stop_does_not_wait() -> None:
    bot = Bot(gather=timedelta(seconds=5))
    bot.include(shop())
    world = World(bot)
    assert says(world, "one", "a") == []
    assert says(world, "STOP", "b", NOON + 1) == [ENGLISH.stopped]
    assert [one.text for one in only(world).gathered] == ["one"], "that still waits"


def test_a_tap_on_a_button_that_says_it_counts_as_the_word() -> None:
    world = World(shop())
    world.process(inbound(Tap(id="Stop promotions", title="Stop promotions"), id="a"))
    assert answers(world) == [ENGLISH.stopped]
    assert ledger(world) == [("button", False, "stop promotions")]


def test_a_handler_of_that_button_runs_instead_of_the_answer() -> None:
    bot = Bot()
    bot.on(Tap(id="no_offers"))(lambda chat: chat.say(f"As you like: {chat.opted_out}."))
    world = World(bot)
    world.process(inbound(Tap(id="no_offers", title="Stop offers"), id="a"))
    assert answers(world) == ["As you like: True."]


# --- what else tells of consent -----------------------------------------------------------------------------


def told(*, given: bool, at: float, id: str = "i") -> Inbound:  # noqa: A002 - the network's word
    content = ConsentTold(purpose=MARKETING, given=given, by="import", source="paper form")
    return inbound(content, id=id, at=at)


def test_whatsapps_own_switch_is_an_entry() -> None:
    world = World(shop())
    world.process(inbound(Preference(value="stop"), id="a"))
    world.process(inbound(Preference(value="resume"), id="b", at=NOON + 1))
    assert ledger(world) == [("preference", False, ""), ("preference", True, "")]


def test_an_import_makes_a_conversation_with_a_contact_who_never_wrote() -> None:
    bot = shop()
    bot.start(lambda chat: chat.say("Welcome"))
    world = World(bot)
    world.process(told(given=True, at=NOON - DAY))
    assert answers(world) == []
    assert only(world).consent[MARKETING].source == "paper form"
    assert says(world, "hi", "a") == ["Welcome"], "they never wrote before"


def test_an_import_overrides_no_newer_refusal_and_stays_in_the_ledger() -> None:
    world = World(shop())
    says(world, "stop", "a")
    world.process(told(given=True, at=NOON - DAY, id="late"))
    assert only(world).opted_out
    assert not only(world).consent[MARKETING].given
    assert ledger(world) == [("word", False, "stop"), ("import", True, "paper form")]
    world.process(told(given=True, at=NOON + DAY, id="new"))
    assert only(world).consent[MARKETING].given
    assert not only(world).opted_out


def test_an_import_overrides_no_refusal_from_before_there_was_a_ledger() -> None:
    world = World(shop())
    says(world, "hi", "a")
    before = replace(only(world), opted_out=True, wished_at=NOON)
    world.store.conversations[before.key] = before
    world.process(told(given=True, at=NOON - DAY))
    assert only(world).opted_out
    assert MARKETING not in only(world).consent


def test_the_newest_wish_counts_whatever_came_in_between() -> None:
    world = World(shop())
    for id, at in (("a", NOON), ("c", NOON + 20)):
        world.process(inbound(Preference(value="stop"), id=id, at=at))
    world.process(inbound(Preference(value="resume"), id="b", at=NOON + 10))
    assert only(world).opted_out


def test_two_conversations_that_become_one_keep_the_stricter_consent_and_both_ledgers() -> None:
    by_phone = Contact(id="15550002001", phone="15550002001")
    by_id = Contact(id="US.111", user_id="US.111")
    both = Contact(id="US.111", phone="15550002001", user_id="US.111")
    world = World(shop())
    world.process(inbound("stop", id="a", contact=by_phone))
    world.process(inbound(Preference(value="resume"), id="b", contact=by_id, at=NOON + 1))
    world.process(inbound("hi", id="c", contact=both, at=NOON + 2))
    assert only(world).opted_out
    assert not only(world).consent[MARKETING].given
    assert {*world.store.ledgers} == {only(world).key, *only(world).former_keys}
    assert sorted(entry.by for some in world.store.ledgers.values() for entry in some) == [
        "preference",
        "word",
    ]


def test_nothing_is_given_when_one_of_them_refused_before_there_was_a_ledger() -> None:
    by_phone, by_id = (Contact(id="15550002001", phone="15550002001"), Contact(id="US.111", user_id="US.111"))
    world = World(shop())
    world.process(inbound("hi", id="a", contact=by_phone))
    key = only(world).key
    world.store.conversations[key] = replace(only(world), opted_out=True, wished_at=NOON)
    world.process(inbound(Preference(value="resume"), id="b", contact=by_id, at=NOON + 1))
    both = Contact(id="US.111", phone="15550002001", user_id="US.111")
    world.process(inbound("hi", id="c", contact=both, at=NOON + 2))
    assert only(world).opted_out
    assert MARKETING not in only(world).consent


# --- what a bot may do --------------------------------------------------------------------------------------


def test_a_bot_writes_and_reads_consent_and_sees_the_same_when_it_runs_again() -> None:
    world = World(shop())
    assert says(world, "yes to offers", "a") == ["Your name?"]
    assert says(world, "stop", "b", NOON + 1) == [ENGLISH.stopped]
    assert says(world, "Ada", "c", NOON + 2) == ["None; Ada opted out of marketing by word True"]
    assert ledger(world) == [("bot", True, ""), ("word", False, "stop")]
    assert says(world, "no more offers at all", "d", NOON + 3) == ["True opted out of marketing by word None"]
    assert len(ledger(world)) == 2, "that was nothing new"


def test_stop_counts_though_it_was_said_before_a_late_turn_wrote_down_that_they_agree() -> None:
    world = World(shop())
    world.now = NOON + 60
    assert says(world, "yes to offers", "a", NOON) == ["Your name?"]
    assert only(world).consent[MARKETING].given
    assert says(world, "stop", "b", NOON + 5) == [ENGLISH.stopped]
    assert only(world).opted_out
    assert not only(world).consent[MARKETING].given


def test_what_they_agreed_to_before_they_said_stop_counts_no_more_when_its_turn_is_redriven() -> None:
    world = World(shop())
    assert says(world, "stop", "b", NOON + 5) == [ENGLISH.stopped]
    world.now = NOON + 3600
    assert says(world, "yes to offers", "a", NOON) == ["Your name?"]
    assert only(world).opted_out
    assert not only(world).consent[MARKETING].given


def test_what_a_bot_wrote_is_rolled_back_when_it_fails() -> None:
    bot = Bot()

    @bot.on("x")
    def broken(chat: Chat) -> None:
        chat.opt_in()
        raise BotError("no")

    world = World(bot)
    world.process(inbound("x"))
    assert not only(world).consent
    assert ledger(world) == []


def test_a_bot_names_a_purpose_that_there_is_and_writes_few_entries() -> None:
    bot = Bot()

    @bot.on("a")
    def spam(chat: Chat) -> None:
        chat.opt_in("spam")  # type: ignore[arg-type]

    @bot.on("b")
    def wavering(chat: Chat) -> None:
        for _ in range(11):
            chat.opt_in()
            chat.opt_out()

    phone = Phone(bot)
    with pytest.raises(Exception, match="try 1") as raised:
        phone.says("a")
    assert "marketing or utility, not 'spam'" in str(raised.value.__cause__)
    with pytest.raises(Exception, match="try 1") as raised:
        phone.says("b")
    assert isinstance(raised.value.__cause__, TurnTooLarge)


# --- what is refused ----------------------------------------------------------------------------------------


def test_an_offer_goes_out_only_with_consent_and_the_failure_names_entry_and_cure() -> None:
    world = World(shop())
    assert says(world, "offers", "a") == []
    assert "has no entry of this contact about marketing: import" in why(world)
    world.process(told(given=True, at=NOON))
    assert says(world, "offers", "b", NOON + 1) == ["Template"]
    says(world, "stop", "c", NOON + 2)
    assert says(world, "offers", "d", NOON + 3) == []
    assert "sale is for marketing, and this contact opted out of marketing by word at 2027-" in why(world)
    assert "START" in why(world)
    says(world, "start", "e", NOON + 4)
    assert says(world, "offers", "f", NOON + 5) == ["Template"]


def test_stop_that_overtakes_a_waiting_offer_counts() -> None:
    world = World(shop())
    world.process(told(given=True, at=NOON), inbound("offers", id="a"), inbound("stop", id="b", at=NOON + 1))
    assert answers(world) == [ENGLISH.stopped]
    assert world.store.steps[world.updates.waiting[0].content.outbound_id][1][Step.FAILED]  # type: ignore[union-attr]


@pytest.mark.parametrize("purpose", ["utility", "authentication", ""])
def test_what_is_no_offer_needs_no_consent(purpose: str) -> None:
    bot = Bot()
    bot.on("x")(lambda chat: chat.say(replace(SALE, category=purpose)))
    world = World(bot)
    says(world, "stop", "a")
    assert says(world, "x", "b") == ["Template"]


def refusal(category: str, *entries: ConsentEntry, needs: bool = True, network: str = "") -> str | None:
    world = World(shop())
    world.process(inbound("hi"))
    world.store.conversations[only(world).key] = only(world).told(*entries)
    world.template_states.write("owner", TemplateState(name="sale", language="en", category=network))
    allowed = Allowed(
        states=world.template_states,
        consents=world.store,
        owner_of=lambda _: "owner",
        utility_needs_consent=needs,
    )
    return allowed.refusal(world.outbox.turns[0], replace(SALE, category=category))


def test_utility_needs_consent_where_the_owner_wants_that() -> None:
    agreed = ConsentEntry(purpose=UTILITY, given=True, at=NOON, by="import")
    marketing = replace(agreed, purpose=MARKETING)
    assert refusal("utility", needs=False) is None
    assert "about utility" in (refusal("utility", marketing) or "")
    assert refusal("utility", agreed) is None
    assert "about marketing" in (refusal("marketing", agreed) or "")
    assert refusal("authentication") is None


def test_a_template_that_the_network_moved_to_marketing_needs_consent_from_then_on() -> None:
    assert "is for marketing" in (refusal("utility", needs=False, network="marketing") or "")
    assert refusal("marketing", needs=False, network="utility") is None


def test_the_template_of_a_message_that_came_too_late_needs_consent_as_well() -> None:
    bot = Bot()
    bot.on("x")(lambda chat: chat.say("Hello", outside_window=SALE))
    bot.include(shop())
    world = World(bot)
    world.process(inbound("x"))
    world.network = MoodyNetwork(moods=[WindowClosed(131047, "late")])
    assert answers(world) == []
    assert "is for marketing" in why(world)


# --- the network says so ------------------------------------------------------------------------------------


def test_the_networks_refusal_of_offers_is_an_entry_and_the_bot_learns_of_it_once() -> None:
    world = World(shop())
    world.process(told(given=True, at=NOON - 1), inbound("offers", id="a"))
    world.network = MoodyNetwork(moods=[OptedOut(131050, "User has stopped marketing messages")])
    assert answers(world) == []
    assert [one.content.kind for one in world.updates.waiting] == ["consent_told", "failed"]
    assert why(world) == "User has stopped marketing messages"
    assert ledger(world)[-1] == ("network", False, "")
    assert says(world, "offers", "b", NOON + 1) == []


def test_a_status_that_says_so_is_an_entry_unless_the_contact_resumed_since() -> None:
    world = World(shop())
    world.process(told(given=True, at=NOON - 1), inbound("offers", id="a"))
    (turn,) = world.outbox.turns
    attempt = Attempt(conversation_key=turn.conversation_key, outbound_id=turn.messages[0].id, number=1)
    world.deliver()
    status = Status(
        step=Step.FAILED,
        at=NOON + 5,
        callback=Callback(stack="test", attempt=attempt).encode(),
        detail=Detail(error_code=131050, error="stopped"),
        remedy=Remedy.CONSENT,
    )
    world.process(inbound(Preference(value="resume"), id="r", at=NOON + 9))
    world.tracker().track(status)
    world.tracker().track(status)
    by_network = world.updates.waiting[0]
    assert [one.content.kind for one in world.updates.waiting] == ["consent_told", "failed"], "once"
    assert why(world) == "stopped"
    assert only(world).consent[MARKETING].given
    assert ledger(world)[-1] == ("network", False, "")
    assert len(ledger(world)) == 3
    world.process(replace(by_network, id="later", at=NOON + 10))
    assert only(world).opted_out


def test_a_refusal_says_nothing_of_the_person() -> None:
    stop = ConsentEntry(purpose=MARKETING, given=False, at=NOON, by="word", source="stop", message_id="m")
    words = refusal("marketing", stop) or ""
    assert "opted out" in words
    assert not any(one in words for one in ("Ada", "US.111", "15550002001", ACCOUNT.id))
