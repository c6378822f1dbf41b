"""Linking: one person in several conversations, linked by a code; their consent counts in all of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rejoinder import Bot, Chat, Preference, Template, templates
from rejoinder.bot.keeping import NOWHERE
from rejoinder.errors import BotError, BotFailed
from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.contents import Tap, Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.links import CODE_LENGTH, LETTERS, MAX_LINKED, Linked, as_typed
from rejoinder.model.own import ConsentTold, LinkTold
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import GroupMessage, Inbound, InboundContent
from rejoinder.testing import Phone
from rejoinder.testing.crashing import Crash, CrashingStore
from tests.unit.template_files.files import written
from tests.unit.worlds import NOON, World

MARKETING, UTILITY = Purpose.MARKETING, Purpose.UTILITY
TELEGRAM = Account(channel="telegram", id="7000000001")
WHATSAPP = Account(channel="whatsapp", id="100000000000001")
OTHER = Account(channel="whatsapp", id="100000000000002")
MINUTE = 60.0
SALE = Template("sale", language="en", category="marketing")


def linking() -> Bot:  # noqa: C901 - one handler after another
    bot = Bot()

    @bot.on("code")
    def code(chat: Chat) -> None:
        chat.say(chat.link_code())

    @bot.on("link")
    def link(chat: Chat) -> None:
        was_right = chat.link(chat.ask("Your code?"))
        name = chat.ask("Linked?" if was_right else "Wrong?")
        chat.say(f"{name} {was_right} {' '.join(map(str, chat.linked))}".strip())

    @bot.on("linked")
    def linked(chat: Chat) -> None:
        chat.say(" ".join(map(str, chat.linked)) or "none")

    @bot.on("twice")
    def twice(chat: Chat) -> None:
        first = chat.link_code()
        chat.ask("Again?")
        chat.say(str(first == chat.link_code()))

    @bot.on("offers")
    def offers(chat: Chat) -> None:
        chat.say(SALE)

    @bot.otherwise
    def guess(chat: Chat) -> None:
        chat.say(f"{chat.link(chat.message.text)} {chat.opted_out}")

    @bot.on("agree")
    def agree(chat: Chat) -> None:
        chat.opt_in()
        chat.opt_in("utility")

    @bot.on("refuse")
    def refuse(chat: Chat) -> None:
        chat.opt_out("utility")

    return bot


class Person:
    """A person in one conversation of a world."""

    def __init__(self, world: World, account: Account, id: str) -> None:  # noqa: A002 - the network's word
        self.world = world
        self.account = account
        self.contact = Contact(id=id, user_id=id if ":" not in id else None)
        self._number = 0

    def does(self, content: InboundContent) -> list[str]:
        """Do something, and return what the bot answers. All linked conversations know of it then."""
        said = self.hears(content)
        pass_on(self.world)
        return said

    def hears(self, content: InboundContent) -> list[str]:
        """Do something, and return what the bot answers."""
        self._number += 1
        update = Inbound(
            id=f"{self.contact.id}.{self._number}",
            account=self.account,
            contact=self.contact,
            at=self.world.now,
            content=content,
        )
        self.world.process(update)
        self.world.deliver()
        said = [one.body for one in self.world.network.sent if isinstance(one, Text)]
        self.world.network.sent.clear()
        return said

    def says(self, words: str) -> str:
        """Say words, and return what the bot answers."""
        return " ".join(self.does(Text(body=words)))

    @property
    def conversation(self) -> Conversation:
        """The conversation as it is stored."""
        (found,) = (
            one for one in self.world.store.conversations.values() if self.contact.id in one.contact_ids
        )
        return found

    @property
    def refuses(self) -> bool:
        """Whether the person refuses offers here, as far as we know."""
        return not self.conversation.consent[MARKETING].given


def told(world: World) -> list[Inbound]:
    """Return the updates of links that wait."""
    return [
        one.inbound for one in world.wake_ups.waiting.values() if isinstance(one.inbound.content, LinkTold)
    ]


def pass_on(world: World) -> int:
    """Process the updates of links until there are none. Return how many there were."""
    count = 0
    while waiting := told(world):
        del world.wake_ups.waiting[waiting[0].hashed_id]
        world.process(waiting[0])
        count += 1
        assert count < 200, "they go round in a circle"
    return count


def link(one: Person, other: Person) -> None:
    assert other.says(one.says("code")).startswith("True")


def accounts(person: Person) -> list[Account]:
    """Return the accounts that a conversation is linked to."""
    return [one.account for one in person.conversation.linked]


@pytest.fixture
def world() -> World:
    return World(linking())


@pytest.fixture
def ada(world: World) -> tuple[Person, Person]:
    """Return Ada on WhatsApp and on Telegram, not linked."""
    return Person(world, WHATSAPP, "US.111"), Person(world, TELEGRAM, "7100000001")


# --- codes --------------------------------------------------------------------------------------------------


def test_a_code_links_two_conversations_and_both_know(ada: tuple[Person, Person]) -> None:
    here, there = ada
    code = here.says("code")
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(LETTERS)
    assert not set("0O1I") & set(LETTERS)
    assert there.says("linked") == "none"
    assert there.says("link") == "Your code?"
    assert there.says(f"{code[:4].lower()} - {code[4:]} ") == "Linked?"
    assert there.says("Ada") == f"Ada True {WHATSAPP}", "replayed, it is the same"
    assert here.says("linked") == str(TELEGRAM)
    assert here.conversation.linked == (
        Linked(account=TELEGRAM, contact_id="7100000001", conversation_key=there.conversation.key),
    )


def test_a_code_is_used_once_and_for_15_minutes_and_not_where_it_was_made(
    world: World, ada: tuple[Person, Person]
) -> None:
    here, there = ada
    stranger = Person(world, TELEGRAM, "7100000002")
    code = here.says("code")
    assert here.says(code).startswith("False")
    assert there.says(code).startswith("True")
    assert stranger.says(code).startswith("False")
    late = here.says("code")
    world.now += 15 * MINUTE
    assert stranger.says(late).startswith("False")
    in_time = here.says("code")
    world.now += 15 * MINUTE - 1
    assert stranger.says(in_time).startswith("True")


def test_after_five_wrong_codes_even_a_right_one_is_wrong_for_an_hour(
    world: World, ada: tuple[Person, Person]
) -> None:
    here, there = ada
    for _ in range(5):
        assert there.says("ABCDEFGH").startswith("False")
        world.now += MINUTE
    assert there.says(here.says("code")).startswith("False")
    world.now += 55 * MINUTE - 1
    assert there.says(here.says("code")).startswith("False")
    world.now += 1
    code = here.says("code")
    assert there.says(code).startswith("True"), "what was refused meanwhile counts as no guess"


def test_a_code_is_the_same_again_when_the_handler_runs_again(ada: tuple[Person, Person]) -> None:
    here, _ = ada
    assert here.says("twice") == "Again?"
    assert here.says("yes") == "False", "another place makes another code"
    assert len({*here.world.links.codes}) == 2, "and the first one was made once"


@pytest.mark.parametrize("point", ["before commit", "after commit"])
def test_a_machine_that_stops_while_it_links_links_once(point: str) -> None:
    stops = {"at": ""}

    def reaches(reached: object) -> None:
        if reached == stops["at"]:
            stops["at"] = ""
            raise Crash

    world = World(linking(), store=CrashingStore(reaches=reaches))
    here, there = Person(world, WHATSAPP, "US.111"), Person(world, TELEGRAM, "7100000001")
    code = here.says("code")
    stops["at"] = point
    update = Inbound(id="1", account=TELEGRAM, contact=there.contact, at=NOON, content=Text(body=code))
    with pytest.raises(Crash):
        world.process(update)
    assert told(world) == []
    world.process(update, received_before=True)
    assert len(told(world)) == 1
    pass_on(world)
    assert [len(here.conversation.linked), len(there.conversation.linked)] == [1, 1]
    assert there.conversation.wrong_codes == ()


def test_a_step_of_an_earlier_try_links_as_well(world: World) -> None:
    fails = [True]

    @world.bot.on("then fail")
    def then_fail(chat: Chat) -> None:
        code = chat.given.get("code") or chat.data.get("code")
        was_right = chat.link(str(code))
        if fails and fails.pop():
            raise ValueError("once")
        chat.say(str(was_right))

    here, there = Person(world, WHATSAPP, "US.111"), Person(world, TELEGRAM, "7100000001")
    code = here.says("code")
    there.says("hi")
    key = there.conversation.key
    world.store.conversations[key] = replace(there.conversation, data={"code": code})
    update = Inbound(id="x", account=TELEGRAM, contact=there.contact, at=NOON, content=Text(body="then fail"))
    with pytest.raises(BotFailed):
        world.process(update)
    assert accounts(there) == [], "the turn was not kept"
    world.process(update)
    pass_on(world)
    assert accounts(there) == [WHATSAPP]
    assert accounts(here) == [TELEGRAM]


def test_a_network_that_goes_on_refusing_does_not_undo_what_the_person_told_elsewhere(
    ada: tuple[Person, Person],
) -> None:
    """Each message to somebody who blocked the bot is refused, also years after."""
    here, there = ada
    link(here, there)
    there.does(Preference(value="stop"))
    assert (here.refuses, there.refuses) == (True, True)
    here.world.now += MINUTE
    here.says("agree")
    here.world.now += MINUTE
    there.does(ConsentTold(purpose=MARKETING, given=False, by="network"))
    assert (here.refuses, there.refuses) == (False, False)
    here.world.now += MINUTE
    there.does(Preference(value="stop"))
    assert (here.refuses, there.refuses) == (True, True)


def test_a_group_makes_no_code(world: World) -> None:
    @world.bot.on(GroupMessage)
    def hears(chat: Chat[GroupMessage]) -> None:
        chat.link_code()

    group = Person(world, WHATSAPP, "group:1")
    group.does(GroupMessage(sender=Contact(id="US.111"), content=Text(body="hi")))
    assert "a group takes" in str(world.shown[0])


def test_what_is_typed_is_read_generously() -> None:
    assert as_typed(" abcd–efgh\n") == "ABCDEFGH"


# --- sets ---------------------------------------------------------------------------------------------------


def test_whoever_links_with_a_linked_person_joins_all(world: World, ada: tuple[Person, Person]) -> None:
    here, there = ada
    third, fourth = Person(world, OTHER, "US.222"), Person(world, TELEGRAM, "7100000009")
    link(here, there)
    link(third, fourth)
    link(fourth, here)
    people = [here, there, third, fourth]
    for one in people:
        others = {other.conversation.key for other in people if other is not one}
        assert {linked.conversation_key for linked in one.conversation.linked} == others


def test_a_person_has_at_most_so_many_linked_conversations(world: World) -> None:
    people = [Person(world, TELEGRAM, str(7100000000 + number)) for number in range(MAX_LINKED + 2)]
    for one in people[1:-1]:
        link(people[0], one)
    assert people[-1].says(people[0].says("code")).startswith("True")
    assert people[0].says(people[-1].says("code")).startswith("False")
    assert len(people[0].conversation.linked) == MAX_LINKED


# --- consent ------------------------------------------------------------------------------------------------


def test_stop_in_one_conversation_counts_in_the_linked_one(ada: tuple[Person, Person]) -> None:
    here, there = ada
    link(here, there)
    here.does(Text(body="stop"))
    entry = there.conversation.consent[MARKETING]
    assert (entry.given, entry.by, entry.source, entry.told_to) == (False, "word", "stop", str(WHATSAPP))
    assert entry.at == here.conversation.consent[MARKETING].at
    assert there.conversation.opted_out
    assert there.says("hi") == "False True"
    here.world.now += 1
    assert there.does(Text(body="start")), "and START there ends what STOP here began"
    assert not here.refuses
    assert not here.conversation.opted_out


def test_a_person_who_is_not_linked_is_told_nothing(ada: tuple[Person, Person]) -> None:
    here, there = ada
    there.does(Text(body="agree"))
    here.does(Text(body="stop"))
    assert not there.refuses
    assert told(here.world) == []


def test_each_way_to_tell_of_consent_is_told_on(ada: tuple[Person, Person]) -> None:
    here, there = ada
    link(here, there)
    told_by = (
        Text(body="agree"),
        Preference(value="stop"),
        Tap(id="1", title="Start"),
        ConsentTold(purpose=MARKETING, given=False, by="network"),
        ConsentTold(purpose=MARKETING, given=True, by="import", source="till"),
        Text(body="refuse"),
        Tap(id="2", title="Stop"),
    )
    for content in told_by:
        here.world.now += 1
        here.does(content)
        mine, theirs = here.conversation.consent, there.conversation.consent
        assert {one: replace(entry, told_to="") for one, entry in theirs.items()} == mine, content


def test_no_offer_goes_out_over_a_linked_account_after_stop(ada: tuple[Person, Person]) -> None:
    here, there = ada
    link(here, there)
    there.does(Text(body="agree"))
    here.world.process(offer_to(here, "1"))
    here.world.deliver()
    assert len(here.world.network.sent) == 1
    there.does(Text(body="stop"))
    here.world.process(offer_to(here, "2"))
    here.world.deliver()
    assert len(here.world.network.sent) == 0


def offer_to(person: Person, id: str) -> Inbound:  # noqa: A002 - the network's word
    person.world.network.sent.clear()
    return Inbound(
        id=id,
        account=person.account,
        contact=person.contact,
        at=person.world.now,
        content=Text(body="offers"),
    )


@pytest.mark.parametrize("is_newer", [True, False])
def test_at_linking_the_newer_wish_about_each_purpose_counts_on_both_sides(
    world: World, ada: tuple[Person, Person], *, is_newer: bool
) -> None:
    here, there = ada
    first, second = (here, there) if is_newer else (there, here)
    first.does(Text(body="agree"))
    world.now += 1
    second.does(Text(body="stop"))
    world.now += 1
    link(here, there)
    for one in ada:
        assert one.refuses
        assert one.conversation.opted_out
        assert one.conversation.consent[UTILITY].given


def test_stop_from_before_there_was_a_ledger_is_told_at_linking(
    world: World, ada: tuple[Person, Person]
) -> None:
    here, there = ada
    there.does(Text(body="agree"))
    here.says("hi")
    old = replace(here.conversation, opted_out=True, wished_at=NOON + 1)
    world.store.conversations[old.key] = old
    world.now += 2
    link(here, there)
    assert there.refuses


def test_what_a_linked_conversation_tells_is_not_told_back(ada: tuple[Person, Person]) -> None:
    here, there = ada
    link(here, there)
    here.world.process(
        Inbound(id="s", account=here.account, contact=here.contact, at=NOON, content=Text(body="stop"))
    )
    assert pass_on(here.world) == 1
    ledger = here.world.store.ledgers
    assert [len(ledger[one.conversation.key]) for one in ada] == [1, 1]
    assert there.refuses


def test_what_is_told_to_somebody_erased_who_wrote_again_is_left_aside(
    world: World, ada: tuple[Person, Person]
) -> None:
    here, there = ada
    link(here, there)
    here.world.process(
        Inbound(id="s", account=here.account, contact=here.contact, at=NOON, content=Text(body="stop"))
    )
    (late,) = told(world)
    key = there.conversation.key
    world.wake_ups.waiting.clear()
    del world.store.conversations[key]
    world.process(late)
    assert key not in world.store.conversations
    world.now += 1
    there.says("hi")
    world.process(replace(late, id="link-again"))
    assert there.conversation.linked == ()
    assert not there.conversation.opted_out


actions = st.lists(
    st.tuples(
        st.sampled_from(
            ["stop", "start", "agree", "import yes", "import no", "403", "pass one on", "again", "link"]
        ),
        st.integers(0, 3),
        st.integers(0, 3),
    ),
    max_size=25,
)


CONTENTS = {
    "import yes": ConsentTold(purpose=MARKETING, given=True, by="import", source="till"),
    "import no": ConsentTold(purpose=MARKETING, given=False, by="import", source="till"),
    "403": ConsentTold(purpose=MARKETING, given=False, by="network"),
}


class People:
    """Four conversations, and what was told between them."""

    def __init__(self) -> None:
        self.world = World(linking())
        accounts = enumerate((WHATSAPP, TELEGRAM, OTHER, TELEGRAM))
        self.people = [Person(self.world, account, f"71{number}") for number, account in accounts]
        self.groups = [{number} for number in range(4)]
        self._handled: list[Inbound] = []
        for one in self.people:
            one.says("hi")

    def does(self, what: str, who: int, whom: int) -> None:
        """Let one of them do something, or let one of the updates that wait arrive."""
        if what == "pass one on":
            self.pass_one_on(whom)
        elif what == "again":
            self.world.process(*self._handled[whom : whom + 1])
        elif what == "link":
            self._link(who, whom)
        else:
            self.people[who].hears(CONTENTS.get(what, Text(body=what)))

    def _link(self, who: int, whom: int) -> None:
        if who == whom:
            return
        (code,) = self.people[whom].hears(Text(body="code"))
        (answer,) = self.people[who].hears(Text(body=code))
        assert answer.startswith("True")
        joined = self.groups[who] | self.groups[whom]
        for each in joined:
            self.groups[each] = joined

    def pass_one_on(self, which: int) -> bool:
        """Let an update arrive. Return whether there was one."""
        waiting = told(self.world)
        if waiting:
            update = waiting[which % len(waiting)]
            del self.world.wake_ups.waiting[update.hashed_id]
            self._handled.insert(0, update)
            self.world.process(update)
        return bool(waiting)


@settings(max_examples=40, deadline=None)
@given(actions=actions, is_quick=st.booleans())
def test_all_linked_conversations_end_with_the_same_consent_and_fall_silent(
    actions: list[tuple[str, int, int]], *, is_quick: bool
) -> None:
    """In any order of arrival, also when what is told arrives twice, and when all of it is of one moment."""
    them = People()
    for action in actions:
        them.world.now += 0 if is_quick else 1
        them.does(*action)
    assert any(not them.pass_one_on(0) for _ in range(200)), "they go round in a circle"
    for one, group in zip(them.people, them.groups, strict=True):
        talk, others = one.conversation, [them.people[number].conversation for number in group]
        assert {talk.key, *(each.conversation_key for each in talk.linked)} == {each.key for each in others}
        assert {(wish_of(each), each.opted_out) for each in others} == {(wish_of(talk), talk.opted_out)}


def wish_of(conversation: Conversation) -> tuple[bool, float] | None:
    entry: ConsentEntry | None = conversation.consent.get(MARKETING)
    return (entry.given, conversation.wished_at) if entry else None


# --- the test door ------------------------------------------------------------------------------------------


def test_two_phones_beside_each_other_test_linking() -> None:
    whatsapp = Phone(linking())
    telegram = Phone(linking(), channel="telegram", contact_id="7100000001", beside=whatsapp)
    (code,) = whatsapp.says("code")
    telegram.says(code.removeprefix("< "))
    assert whatsapp.says("linked") == ["< telegram:memory"]
    assert telegram.says("linked") == ["< whatsapp:memory"]
    telegram.says("stop")
    assert whatsapp.says("hi") == ["< False True"]


def test_an_offer_needs_consent_also_where_its_words_are_said_and_stop_elsewhere_ends_it(
    tmp_path: Path,
) -> None:
    written(tmp_path, sale="category: marketing\nlanguages: {en: {body: A sale}}\n")
    bot = linking()
    bot.folder = tmp_path

    @bot.on("sale")
    def sale(chat: Chat) -> None:
        chat.say("Look:")
        chat.say(templates.sale())

    whatsapp = Phone(bot)
    telegram = Phone(bot, channel="telegram", contact_id="7100000001", beside=whatsapp)
    assert telegram.says("sale") == ["< Look:"]
    telegram.says("agree")
    assert telegram.says("sale") == ["< Look:", "< A sale"]
    (code,) = whatsapp.says("code")
    telegram.says(code.removeprefix("< "))
    whatsapp.says("stop")
    assert telegram.says("sale") == ["< Look:"]


def test_a_bot_without_a_stack_links_nothing() -> None:
    owner = Linked(account=WHATSAPP, contact_id="1", conversation_key="k")
    assert NOWHERE.claim("ABCDEFGH", "k") is None
    with pytest.raises(BotError):
        NOWHERE.link_code(owner)


def test_a_code_that_is_no_text_is_an_error_that_says_so() -> None:
    bot = Bot()

    @bot.otherwise
    def link(chat: Chat) -> None:
        chat.link(5)  # type: ignore[arg-type]

    with pytest.raises(BotFailed) as failed:
        Phone(bot).says("hi")
    assert "as the contact said it, not 5" in str(failed.value.__cause__)
