r"""`Phone`: talk to a bot in a test. The real services run, with ports in memory.

phone = Phone(bot)
phone.says("hi")
assert phone.transcript == "> hi\n< Hello there! [Opening hours]"
"""

import itertools
import secrets
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Unpack, get_args

from rejoinder.bot.bot import Bot
from rejoinder.bot.buttons import choice_of
from rejoinder.bot.intents import FuzzyUnderstanding
from rejoinder.bot.places import place_in
from rejoinder.bot.templates.showing import shown_of
from rejoinder.bot.wishes import is_stop
from rejoinder.channels import Channel, channel_named, channel_of
from rejoinder.errors import BotError, BotFailed, describe_at
from rejoinder.model.contents import Tap, Text
from rejoinder.model.context import Around
from rejoinder.model.files import File, leave_within_reach
from rejoinder.model.markup import with_words
from rejoinder.model.own import Echo, Failed, LinkTold, Release, TemplateChanged
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import Album, Button, Buttons, List, OutboundContent, files_in
from rejoinder.model.talk import Journal
from rejoinder.model.template_state import TemplateState
from rejoinder.model.updates import Inbound, InboundContent
from rejoinder.ports import Understanding
from rejoinder.services.allowed import Allowed
from rejoinder.services.deliver import Sender
from rejoinder.services.failures import OUTSIDE_WINDOW
from rejoinder.services.gatekeeper import Gatekeeper
from rejoinder.services.process import Processor
from rejoinder.testing.crashing import (
    Crash,
    CrashingOutbox,
    CrashingStore,
    CrashingWakeUps,
    RejectingNetwork,
)
from rejoinder.testing.memory import (
    MemoryLinks,
    MemoryMeter,
    MemoryParked,
    MemoryTemplateStates,
    MemoryUpdates,
)
from rejoinder.testing.memory_files import MemoryFiles, MemoryMedia, memory_keeper, memory_uploader
from rejoinder.testing.memory_gates import MemoryGates
from rejoinder.testing.transcript import difference, heard, passed, read, said, sent_in, time_in
from rejoinder.testing.watch import Point, WatchedBot

CHANNEL = "whatsapp"
"""The name of the channel of a phone, unless another one is given."""


class Phone:
    """A contact's phone. Its methods return what the bot says, in the form of the transcript.

    The phone finds faults that production shows too late. It runs every turn twice and compares the two runs.
    It refuses connections outside `chat.step`. It sees buttons without a handler, and messages outside the
    service window that have no template.

    Args:
        bot: the bot to talk to.
        name: the name of the contact.
        contact_id: the phone number or user id of the contact.
        at: the time when the clock begins; now by default. The clock moves in `waits` only.
        understanding: finds the intent of a text; by default the one that compares examples.
        channel: the name of the channel.
        beside: another phone, which talks to the same stack: `chat.link` takes the codes that it was given.

    Raises:
        BotFailed: the bot raised an error, which is the cause of this one. Nothing is tried again.
        BotError: the phone found one of the faults.
    """

    def __init__(
        self,
        bot: Bot,
        *,
        name: str = "",
        contact_id: str = "15550001111",
        at: datetime | None = None,
        understanding: Understanding | None = None,
        channel: str = CHANNEL,
        beside: "Phone | None" = None,
    ) -> None:
        self._channel: Channel = channel_named(channel)
        self._account = Account(channel=channel, id="memory")
        self.lines: list[str] = []
        """The messages of the talk so far, in the form of the transcript."""
        self.now: float = at.timestamp() if at else beside.now if beside else time.time()
        """The time of the phone, in Unix seconds."""
        known = self._channel.contact_of(contact_id) or Contact(id=contact_id, user_id=contact_id)
        self._contact = replace(known, name=name)
        self._understanding = understanding or FuzzyUnderstanding()
        self._crash_at: Point | None = None
        self._failed: list[BotError] = []
        store: CrashingStore = beside._store if beside else CrashingStore()  # noqa: SLF001 - it is one of these
        self._store: CrashingStore = replace(store, reaches=self._reaches)  # what it holds is shared
        self._links: MemoryLinks = beside._links if beside else MemoryLinks()  # noqa: SLF001
        self._outbox = CrashingOutbox(reaches=self._reaches)
        self._wake_ups = CrashingWakeUps(reaches=self._reaches)
        self._updates = MemoryUpdates()
        self._states = MemoryTemplateStates()
        self._files = MemoryFiles()
        self._media = MemoryMedia()
        self._network = RejectingNetwork(code=self._channel.undeliverable_code)
        # No other phone has these ids. A reaction on Telegram names a chat and a message.
        self._ids = (f"{secrets.randbelow(10**18)}.{number}" for number in itertools.count(1))
        self.redeploys(bot)

    def says(self, words: str) -> list[str]:
        """Type `words`, and return what the bot answers."""
        return self.sends(Text(body=words))

    def taps(self, title: str) -> list[str]:
        """Tap the newest button or row with this title, and return what the bot answers.

        Raises:
            KeyError: there is no such button or row.
        """
        for number, content in reversed([*enumerate(self._network.sent, 1)]):
            choices = self._choices(content)
            if title in choices:
                return self.sends(Tap(id=choices[title], title=title), reply_to=f"memory-{number}")
        raise KeyError(f"no button or row is called {title!r}; the talk so far:\n{self.transcript}")

    def sends(self, *contents: InboundContent, **around: Unpack[Around]) -> list[str]:
        """Send any content, such as an `Image`, and return what the bot answers.

        Several contents are sent at one moment. A file is given as a bot gives it: bytes, a `Path`, a name.
        What surrounds a message may be given with it, such as `referral=Referral(…)` or `raw={…}`.
        """
        before = len(self._network.sent)
        for given in contents:
            content = self._media.as_sent(given, self.bot.folder, self._files)
            self.lines.append(heard(given))
            self._turn(replace(self._inbound(content), **around))
        pause = max(self.bot.gather_seconds, self._channel.album_seconds if around.get("album") else 0.0)
        if pause:
            self._pass_until(self.now + pause)
        if self._crash_at:
            raise BotError(f"the bot never came to the point {self._crash_at!r}")
        return self._answers(before)

    def waits(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> list[str]:
        """Let time pass, and return what the bot says meanwhile, such as reminders."""
        while_waiting = timedelta(days=days, hours=hours, minutes=minutes)
        self.lines.append(passed(while_waiting))
        before = len(self._network.sent)
        self._pass_until(self.now + while_waiting.total_seconds())
        return self._answers(before)

    def _pass_until(self, until: float) -> None:
        while wake_up := self._wake_ups.next(until):
            self.now = max(self.now, wake_up.at)
            self._turn(wake_up.inbound)
        self.now = until

    def plays(self, written: str) -> None:
        """Play the contact's part of a written talk.

        Raises:
            AssertionError: the bot answers something else than is written.
            ValueError: a line is neither a message nor a comment.
        """
        talk, begin = read(written.splitlines()), len(self.lines)
        for line in talk:
            time_passed = time_in(line)
            if time_passed:
                self.waits(minutes=time_passed / timedelta(minutes=1))
            elif line.startswith("> [") and line.endswith("]"):
                self.taps(line[3:-1])
            elif content := sent_in(line):
                self.sends(content)
            elif line.startswith("> "):
                self.says(line[2:].replace("\n  ", "\n"))
            if self.lines[begin:] != talk[: len(self.lines) - begin]:
                break
        if self.lines[begin:] != talk:
            raise AssertionError(difference(talk, self.lines[begin:]))

    def redeploys(self, bot: Bot) -> None:
        """Replace the bot, as a deployment does. Talks in progress go on with the new one.

        Raises:
            TypeError: `bot` is no Bot.
        """
        if not isinstance(bot, Bot):
            raise TypeError(f"Phone takes a Bot, not {bot!r}: from bot import bot imports the module")
        self._bot = WatchedBot(bot, self._reaches, self._failed)

    def crashes(self, point: Point) -> None:
        """Let the machine stop at `point` of the next message (`after commit` …). Another one repeats it.

        Raises:
            ValueError: there is no such point.
        """
        if point not in get_args(Point):
            raise ValueError(f"a machine may stop at {', '.join(get_args(Point))}, not at {point!r}")
        self._crash_at = point

    def hears_a_person(self) -> None:
        """Let a person of the business answer by hand. The bot is silent until it is released."""
        self._turn(self._inbound(Echo()))

    def is_released(self) -> list[str]:
        """End the handoff, and return what the bot says then."""
        before = len(self._network.sent)
        self._turn(self._inbound(Release()))
        return self._answers(before)

    def template_changes(self, change: TemplateChanged) -> None:
        """Let the network change a template. One that is paused then is not sent any more."""
        told: dict[str, Any] = {} if change.what == "components" else {change.what: change.now}
        state = TemplateState(name=change.name, language=change.language, reason=change.reason, **told)
        self._states.write("owner", state.as_of(self.now))
        self._turn(replace(self._inbound(change), contact=Contact.of_business("owner")))

    def refuses(self) -> None:
        """Let the delivery of the bot's next message fail."""
        self._network.refusing += 1

    def loses_files(self) -> None:
        """Let the network give out no files any more: `chat.save` raises MediaGone."""
        self._media.is_empty = True

    @property
    def saved(self) -> list[File]:
        """The contact's files that the bot has saved, in order. They can be read at any time."""
        leave_within_reach(self._files)
        return [file for file, _ in self._files.kept.values() if "/sent/" in file.key]

    @property
    def received(self) -> list[File]:
        """The files that the bot has said, in order. They can be read at any time."""
        leave_within_reach(self._files)
        all_of_them = [media.file for content in self._network.sent for media in files_in(content)]
        return [file for file in all_of_them if isinstance(file, File)]

    def newest_buttons(self) -> list[Button]:
        """Return the buttons of the bot's last message, with their ids."""
        match self._network.sent[-1] if self._network.sent else None:
            case Buttons(buttons=buttons):
                return list(buttons)
            case _:
                return []

    @property
    def transcript(self) -> str:
        """The whole talk, as text."""
        return "\n".join(self.lines)

    @property
    def channel(self) -> str:
        """The name of the network."""
        return self._account.channel

    @property
    def bot(self) -> Bot:
        """The bot that answers."""
        return self._bot.bot

    def _turn(self, inbound: Inbound) -> None:
        """Process one update, on another machine when one stops, and deliver its messages."""
        is_over, was_received = False, False
        while not is_over:
            try:
                self._processor().process([inbound], received_before=was_received)
                is_over = True
            except Crash:
                was_received = True
        if self._failed:
            self._outbox.turns.clear()  # a test wants the error, not a word of apology
            error, self._failed[:] = self._failed[0], []
            raise BotFailed(describe_at(error, place_in(error, None)), 1) from error
        leave_within_reach(self._files)
        before = len(self._network.sent)
        self._deliver()
        for number, content in enumerate(self._network.sent[before:], before + 1):
            if not self._asks(number):
                self._refuse_dead_buttons(content)
        while self._updates.waiting:
            update = self._updates.waiting.pop(0)
            if isinstance(update.content, Failed) and update.content.reason == OUTSIDE_WINDOW:
                raise BotError(
                    "the service window is closed: say with outside_window=Template(…), 'park' or 'fail' "
                    f"what becomes of this: {said(update.content.content)}"
                )
            self._turn(update)
        self._tell_linked()

    def _tell_linked(self) -> None:
        waiting = self._wake_ups.waiting
        for told in [one.inbound for one in waiting.values() if isinstance(one.inbound.content, LinkTold)]:
            if waiting.pop(told.hashed_id, None):  # another turn may have passed it on
                self._turn(told)

    def _answers(self, before: int) -> list[str]:
        sent = self._network.sent[before:]
        shown = [part for one in sent for part in (one.files if isinstance(one, Album) else (one,))]
        answers = [said(one, shown_of(one, self.bot.catalog)) for one in shown]
        self.lines += answers
        return answers

    def _asks(self, number: int) -> bool:
        """Whether the message with that number asked the question that waits: a tap on it is an answer."""
        return any(
            self._store.names.get((one.key, f"memory-{number}")) in one.journal.asked.messages
            for one in self._store.conversations.values()
            if isinstance(one.journal, Journal)
        )

    def _choices(self, content: OutboundContent) -> dict[str, str]:
        """Return the ids of the buttons or rows, by their titles."""
        if shown := shown_of(content, self.bot.catalog):
            return shown.replies
        match with_words(content, str):
            case Buttons(buttons=buttons):
                return {button.title: button.id for button in buttons}
            case List(sections=sections):
                return {row.title: row.id for section in sections for row in section.rows}
            case _:
                return {}

    def _refuse_dead_buttons(self, content: OutboundContent) -> None:
        """Raise BotError for a button that is no choice of a question and has no handler."""
        for title, id in self._choices(content).items():
            tap = self._inbound(Tap(id=id, title=title))
            if choice_of(tap) is None and not self.bot.takes(tap) and not is_stop(title):
                raise BotError(
                    f"no handler takes the button {title!r}: lead it to one, buttons={{{title!r}: handler}}, "
                    "or register its title or id with on()"
                )

    def _reaches(self, point: Point) -> None:
        if point == self._crash_at:
            self._crash_at = None
            raise Crash

    def _inbound(self, content: InboundContent) -> Inbound:
        return Inbound(
            id=next(self._ids),
            account=self._account,
            contact=self._contact,
            at=self.now,
            content=content,
        )

    def _processor(self) -> Processor:
        return Processor(
            bot_of=lambda _account: self._bot,
            rules_of=channel_of,
            understanding=self._understanding,
            store=self._store,
            outbox=self._outbox,
            wake_ups=self._wake_ups,
            parked=MemoryParked(),
            outside=memory_keeper(self._files, self._media, self._network, lambda: self.now, self._links),
            meter=MemoryMeter(),
            clock=lambda: self.now,
            time_limit=nullcontext,
            has_time=lambda: True,
            retention_seconds=0.0,
            show=lambda error: self._failed.extend([error] if isinstance(error, BotError) else []),
        )

    def _deliver(self) -> None:
        sender = Sender(
            stack="memory",
            rules_of=lambda _account: self._channel,
            network=self._network,
            uploader=memory_uploader(self._files, self._media, lambda: self.now),
            allowed=Allowed(states=self._states, consents=self._store, owner_of=lambda _: "owner"),
            records=self._store,
            windows=self._store,
            gatekeeper=Gatekeeper(MemoryGates(), MemoryMeter()),
            updates=self._updates,
            meter=MemoryMeter(),
            clock=lambda: self.now,
            has_time=lambda _: True,
        )
        while self._outbox.turns:
            sender.deliver(self._outbox.turns.pop(0))
