"""Runs about offers: STOP overtakes a send, and STOP comes while a campaign waits in the queue of the sender.

The judges here read the wishes of contacts from what they said, and not from the ledger.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast

from rejoinder import Bot, Chat, Template
from rejoinder.bot.phrases import Phrases
from rejoinder.bot.turn import Turn
from rejoinder.model.consent import Purpose
from rejoinder.model.conversation import Conversation
from rejoinder.model.delivery import Attempt
from rejoinder.model.own import ConsentTold, Reminder
from rejoinder.model.people import Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.updates import Inbound, WakeUp
from tests.simulation.bots import LINK, Playing
from tests.simulation.choices import Choices
from tests.simulation.meta import ACCOUNT, Ids
from tests.simulation.oracle import after_told, judge, judge_the_end, stopping
from tests.simulation.play import TESS, Play
from tests.simulation.store import Commit
from tests.simulation.world import START, Violation, World, stage

SALE = Template("sale", language="en", category="marketing")

SOON = (0.0, 0.0, 0.0, 1.0, 3.0, 30.0, 400.0)
"""How long it takes until something happens, in seconds."""

RETENTION_SECONDS = 90 * 86400.0
"""How long the conversations of these runs are kept, in seconds: the shortest time that a stack takes."""

NO_OFFER = "no offer goes out without consent"


class Selling:
    """The deployed bot."""

    gather_seconds = 0.0
    release = 0

    def __init__(self) -> None:
        self._bot = Bot()

        @self._bot.on("offers")
        def sale(chat: Chat) -> None:
            chat.say(SALE)

        @self._bot.on("order")
        def order(chat: Chat) -> None:
            chat.ask("Which one?")
            chat.say("Thank you.")

        @self._bot.on("link code")
        def link_code(chat: Chat) -> None:
            chat.say(f"link {chat.link_code()}")

        @self._bot.on(LINK)
        def link(chat: Chat) -> None:
            chat.link(chat.message.text.removeprefix("link "))

        @self._bot.otherwise
        def otherwise(chat: Chat) -> None:
            chat.say("Hello")

    def turn(self, message: Inbound, conversation: Conversation, **given: Any) -> Turn:
        """Run one turn."""
        return self._bot.turn(message, conversation, **given)

    def phrases(self, conversation: Conversation) -> Phrases:
        """Return the phrases that the bot says by itself."""
        return self._bot.phrases(conversation)

    def keeping(self, message: Inbound, conversation_key: str, now: float) -> list[WakeUp]:
        """Return the updates that save files of a message."""
        return self._bot.keeping(message, conversation_key, now)


class Market(World):
    """A world that looks at each offer at the moment when the network is asked."""

    is_asked_for_an_offer = False
    retention_seconds = RETENTION_SECONDS

    def holds_window_closed(self, attempt: Attempt) -> None:
        """Raise no Violation for an offer: the bot says it inside of the window, too."""
        if not self.is_asked_for_an_offer:
            super().holds_window_closed(attempt)

    def looks_at_send(self, attempt: Attempt, contact: Contact, content: OutboundContent) -> None:
        """Raise Violation for an offer to who refused it before the sender last looked."""
        self.is_asked_for_an_offer = content == SALE
        super().looks_at_send(attempt, contact, content)
        self.is_asked_for_an_offer = False
        if content != SALE:
            return
        commits = self.store.commits
        seen = self.store.looked_at.pop(self.stack[-1].number, len(commits))
        key = attempt.conversation_key
        if not wishes(commits[:seen]).get(_now(commits[:seen], key)):
            raise Violation(NO_OFFER, self.name(attempt.outbound_id))


def wishes(commits: list[Commit]) -> dict[str, bool]:
    """Return what each conversation wishes, by its key. When two become one, the stricter wish counts."""
    told: dict[str, tuple[float, bool]] = {}
    for commit in commits:
        before, at = commit.before, commit.inbound.at
        known = [told.pop(one.key) for one in (before, *before.absorbed) if one.key in told]
        newest, agrees = max((at for at, _ in known), default=0.0), all(given for _, given in known)
        stops = stopping(commit.inbound.content, has_stopped=bool(known) and not agrees)
        if stops is not None and at >= newest:
            known = [(at + (0.001 if at == newest and before.linked else 0.0), not stops)]
        of_both = after_told(commit.inbound.content, [(at, not given) for at, given in known])
        known = [(at, not stops) for at, stops in of_both]
        if known:
            told[before.key] = max(at for at, _ in known), all(given for _, given in known)
    return {key: given for key, (_, given) in told.items()}


def _now(commits: list[Commit], key: str) -> str:
    """Return the key of the conversation into which that of `key` went."""
    for commit in commits:
        if key in (one.key for one in commit.before.absorbed):
            key = commit.before.key
    return key


class Offers(Play):
    """One run."""

    def __init__(self, choices: Choices, story: list[str] | None = None) -> None:
        super().__init__(choices, story)
        self.world = Market(choices, story)
        self.world.bot = cast(Playing, Selling())

    def perform(self) -> None:
        """Play the run. Raise Violation if a rule is broken."""
        with stage(self.world):
            self._write()
            self.world.run()
            judge(self.world)
            self._judges_what_was_sent()
            self._judges_what_has_ended()
            self._comes_back()
            for contact in self.contacts:
                self._types(contact, "hello")
            self.world.run()
            judge(self.world)
            judge_the_end(self.world)

    def _write(self) -> None:
        draw, world = self.choices.draw, self.world
        for place in range(1 + draw(3)):
            shows = ("both", "phone")[draw(2)]
            contact = Ids(name=f"N{place}", phone=f"1555000{place}", user_id=f"US.{place}", shows=shows)
            self._owns(contact)
            self.contacts.append(contact)
            world.at(START + 1, self._begins(contact, draw(3)))
        self.plays_with_telegram = draw(2) == 1
        if self.plays_with_telegram:
            world.owners[str(TESS)] = "Tess"
            world.at(START + 5, lambda: self._links(self.contacts[0], starts_here=True))
        at = START + 60
        if draw(2):
            self._plans_campaign(at)
        else:
            self._plans_talk(at)
        at += 2000
        for contact in self.contacts:
            if draw(2):
                world.at(at, self._typing(contact, "START"))
            world.at(at + 300, self._typing(contact, "offers"))
        world.calm_at = at + (0, 600)[draw(2)]
        world.at(world.calm_at, self._all_is_well)

    def _comes_back(self) -> None:
        """Let everybody be silent until their conversations have ended, and then ask for offers.

        An import tells once more what they agreed to before they wrote: whatever they said since is newer.
        """
        self.world.now += RETENTION_SECONDS + 86400
        for contact in self.contacts:
            self._tells(
                contact, ConsentTold(purpose=Purpose.MARKETING, given=True, by="import"), at=START - 1
            )
            self._types(contact, "offers")
        self.world.run()
        judge(self.world)
        self._judges_what_was_sent()

    def _begins(self, contact: Ids, how: int) -> Callable[[], None]:
        """Return what a contact does first: say hello; most of them agree to offers, in one of two ways."""

        def begin() -> None:
            self._types(contact, "order" if how == 2 else "hello")
            if how == 1:
                self._wishes(contact, "resume")
            elif how == 2:
                self._tells(contact, ConsentTold(purpose=Purpose.MARKETING, given=True, by="import"))

        return begin

    def _plans_campaign(self, at: float) -> None:
        """Let many offers wait for the sender, while the contacts say STOP."""
        world, draw = self.world, self.choices.draw
        if draw(2):
            world.at(at - 1, self._blocks_the_account)
        for contact in self.contacts:
            for _ in range(2 + draw(5)):
                world.at(at + SOON[draw(len(SOON))], self._offering(contact))
            if draw(4):
                world.at(at + SOON[draw(len(SOON))], self._stopping(contact))
                if draw(3) == 0:
                    world.at(at + 400 + SOON[draw(len(SOON))], self._typing(contact, "START"))

    def _plans_talk(self, at: float) -> None:
        """Let a contact say STOP right behind what an offer answers."""
        world, draw = self.world, self.choices.draw
        for contact in self.contacts:
            for _ in range(1 + draw(3)):
                world.at(at, self._typing(contact, "offers"))
                stops = self._stopping(contact)
                if draw(3) == 0:
                    stops = self._wishing(contact)
                world.at(at + SOON[draw(len(SOON))], stops)
                if draw(2):  # one wish may be told late
                    world.at(at + 1, self._wishing(contact))
                    world.at(at + 2, self._typing(contact, "START"))
                at += 500
                if draw(2):
                    world.at(at - 50, self._typing(contact, "START"))

    def _blocks_the_account(self) -> None:
        self.world.meta.blocked_until = self.world.now + (20, 300)[self.choices.draw(2)]
        self.world.tell_story("network", "blocks the account for a while: what is to go out waits")

    def _offering(self, contact: Ids) -> Callable[[], None]:
        reminder = Reminder(handler="Selling.__init__.<locals>.sale", given={})
        return lambda: self._tells(contact, reminder)

    def _typing(self, contact: Ids, words: str) -> Callable[[], None]:
        return lambda: self._types(contact, words)

    def _stopping(self, contact: Ids) -> Callable[[], None]:
        """Let a contact say STOP, some of those who are linked on the other network."""
        if self.plays_with_telegram and contact is self.contacts[0] and self.choices.draw(2):
            return lambda: self._says_to_telegram("STOP")
        return self._typing(contact, "STOP")

    def _wishing(self, contact: Ids) -> Callable[[], None]:
        return lambda: self._wishes(contact, "stop")

    def _tells(self, contact: Ids, content: ConsentTold | Reminder, *, at: float = 0.0) -> None:
        """Bring an update of our own to a contact, as an import or a campaign does."""
        told = Contact(id=contact.phone, phone=contact.phone)
        if contact.shows == "both":
            told = Contact(id=contact.user_id, phone=contact.phone, user_id=contact.user_id)
        update = Inbound(
            id=self._next_id(content.kind),
            account=ACCOUNT,
            contact=told,
            at=at or self.world.now,
            content=content,
        )
        self.world.names[update.hashed_id] = f"{content.kind} for {contact.name} ({self.said})"
        self.world.updates.put(update)

    def _judges_what_has_ended(self) -> None:
        """Raise Violation for what is still there of a conversation when all looks at its end are done."""
        for one in self.world.store.conversations.values():
            if one.stays and one != one.emptied():
                raise Violation("what has ended is erased", one.key)

    def _judges_what_was_sent(self) -> None:
        for why in _never_asked(self.world):
            raise Violation("an offer with consent goes out", why)


def _never_asked(world: World) -> Iterator[str]:
    """Yield the offers that never went out, although their contact agreed all the time."""
    commits, asked = world.store.commits, {outbound_id for outbound_id, _ in world.meta.asks}
    for place, commit in enumerate(commits, 1):
        turn = commit.marker.messages
        for message in turn.messages if turn and commit.marker.state == "done" else ():
            if message.content != SALE or message.id in asked:
                continue
            key = commit.before.key
            since = [
                wishes(commits[:end]).get(_now(commits[:end], key)) for end in range(place, len(commits) + 1)
            ]
            if all(since):
                yield world.name(message.id)


def perform(choices: Choices, story: list[str] | None = None) -> Violation | None:
    """Play a run with `choices`, and return the violation if there is one."""
    play = Offers(choices, story)
    try:
        play.perform()
    except Violation as violation:
        return violation
    except Exception as error:
        return Violation("only functions fail", f"{type(error).__name__}: {error}")
    return None
