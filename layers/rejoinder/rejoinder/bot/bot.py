"""`Bot`: register handlers, run a turn."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from re import Pattern
from typing import TYPE_CHECKING, Any, Never, overload

from rejoinder.bot.chat import Handler
from rejoinder.bot.commands import Command
from rejoinder.bot.files import SaidFiles
from rejoinder.bot.keeping import NOWHERE, keeping, keeps_of
from rejoinder.bot.phrases import Phrases, phrases_of
from rejoinder.bot.router import Rule, Rules, Trigger, matcher
from rejoinder.bot.running import Running, Stage
from rejoinder.bot.templates.catalog import Catalog
from rejoinder.bot.turn import OpenTurn, Turn, Watch
from rejoinder.channel_ports import Limits
from rejoinder.errors import BotError, NoAnswer
from rejoinder.file_ports import Outside
from rejoinder.model.blanks import is_blank
from rejoinder.model.contents import Media, Tap, Text
from rejoinder.model.conversation import Conversation
from rejoinder.model.files import within_reach
from rejoinder.model.intent import Intent
from rejoinder.model.spoken import FileContent, WordedContent
from rejoinder.model.updates import Inbound, InboundContent, WakeUp
from rejoinder.ports import Understanding

if TYPE_CHECKING:
    from typing_extensions import TypeForm

    from rejoinder.bot.decorating import Four, H, One, Registers, S, Three, Two

MAX_SORRY = 1000
"""The longest text that the bot says by itself, in characters; every channel takes that many."""

MAX_GATHER = timedelta(seconds=60)
"""The longest time for which messages are gathered."""


class Bot:
    """A bot: handlers, and the order in which they are asked.

    While a question waits, a message is its answer, unless it is one of the `cancel` words, a command of the
    bot, such as `/book`, or a handler that `interrupts` takes it: these end the talk. A choice that is shown
    comes before them. Else a button goes to
    the handler that it was made with; the first `on` that matches, in the order of registration, wins; then
    the intents are asked; what is left goes to `start` if it is the contact's very first message, else to
    `otherwise`.

    Args:
        language: the language of what the bot says by itself, such as `de`; English for one that it does not
            know (they are in rejoinder/bot/phrases.py). `chat.language` changes it for one contact.
        cancel: the words that end a talk.
        sorry: what is said when a handler has failed three times over the same message.
        cancelled: what is said upon one of the `cancel` words.
        given_up: what is said when a question got no answer that fits and no handler is `on(NoAnswer)`.
        nameless: how a contact without a name is called: it is their `chat.contact.name`.
        changed: what is said when the handler of a talk was changed and the talk begins again.
        says_dropped: say that the question is dropped when a handler interrupts a talk.
        time_zone: where the contacts live, such as `ZoneInfo("Europe/Madrid")`: it tells which day their
            `tomorrow` is.
        gather: how long a contact must be silent until what they wrote reaches its handler, as one message.
            A tap does not wait. Without it, each message is a turn of its own.
        keeps: the kinds of files that are saved when a contact sends them, such as `Image`, or `Media` for
            every kind. They are saved beside the turn: the answer does not wait for it. `chat.save` then
            finds them.

    Raises:
        BotError: one of the texts is empty or too long.
    """

    def __init__(
        self,
        *,
        language: str = "en",
        cancel: tuple[str, ...] | None = None,
        sorry: str | None = None,
        cancelled: str | None = None,
        given_up: str | None = None,
        changed: str | None = None,
        nameless: str | None = None,
        says_dropped: bool = False,
        time_zone: tzinfo = UTC,
        gather: timedelta = timedelta(0),
        keeps: type[Media] | tuple[type[Media], ...] = (),
    ) -> None:
        own = {"sorry": sorry, "cancelled": cancelled, "given_up": given_up, "changed": changed}
        own["nameless"] = nameless
        for words in own.values():
            if words is not None and (is_blank(words) or len(words) > MAX_SORRY):
                raise BotError(f"what the bot says by itself is a text of 1 to {MAX_SORRY} characters")
        self._language = language
        if isinstance(cancel, str):
            raise BotError("cancel is a tuple of words")
        self._phrases: dict[str, Any] = {name: words for name, words in own.items() if words is not None}
        if cancel is not None:
            self._phrases["cancel"] = cancel
        self._time_zone = time_zone
        if not timedelta(0) <= gather <= MAX_GATHER:
            raise BotError(f"gather is a time up to {MAX_GATHER.seconds} seconds: nobody waits for longer")
        self.gather_seconds: float = gather.total_seconds()
        """How long messages are gathered, in seconds; 0 when each is a turn of its own."""
        self._keeps = keeps_of(keeps)
        # Names of files are looked for beside the file that makes the bot.
        made_in = sys._getframe(1).f_globals.get("__file__")  # noqa: SLF001 - as `logging` and `warnings` do
        self.folder: Path | None = Path(made_in).parent if made_in else None
        """Where names of files are looked for; None where the bot is made outside of a file."""
        self._catalog: Catalog | None = None
        self._rules = Rules()
        self._spoken: dict[str, Phrases] = {}
        self._running = Running(
            rules=self._rules, language=language, says_dropped=says_dropped, phrases=self.phrases
        )

    @overload
    def on(self, intent: Intent, /, *intents: Intent, interrupts: bool = ...) -> "Registers[Text]": ...
    @overload
    def on(self, tap: Tap, /, *taps: Tap, interrupts: bool = ...) -> "Registers[Tap]": ...
    @overload
    def on(
        self,
        words: str | Pattern[str] | Intent | Tap,
        /,
        *more: str | Pattern[str] | Intent | Tap,
        interrupts: bool = ...,
    ) -> "Registers[WordedContent]": ...
    @overload
    def on(  # type: ignore[overload-overlap]  # `Media` itself is none of these contents
        self,
        content: "type[One]",
        second: "type[Two]" = ...,
        third: "type[Three]" = ...,
        fourth: "type[Four]" = ...,
        /,
        *,
        interrupts: bool = ...,
    ) -> "Registers[One | Two | Three | Four]": ...
    @overload
    def on(self, file: type[Media], /, *, interrupts: bool = ...) -> "Registers[FileContent]": ...
    @overload
    def on(self, either: "TypeForm[One]", /, *, interrupts: bool = ...) -> "Registers[One]": ...
    @overload
    def on(self, *, interrupts: bool = ...) -> "Registers[Never]": ...
    @overload
    def on(
        self, *triggers: Trigger | Intent | type[NoAnswer], interrupts: bool = ...
    ) -> "Registers[InboundContent]": ...
    def on(self, *triggers: object, interrupts: bool = False) -> Any:
        """Register a handler for what `triggers` say.

        Without triggers, only buttons, `chat.go` and `chat.later` lead to the handler.

        Args:
            triggers: words (alone, among words of courtesy, or as a command: `book` and `/book` are one), a
                compiled pattern, a content type, the id of a button as `Tap(id=…)`, or an `Intent`.
                `NoAnswer` stands for a question that got no answer that fits, `Failed` for a message that
                could not be delivered.
            interrupts: take it even while a question waits, and end that talk.

        Raises:
            BotError: two intents have one name.
            TypeError: a trigger or the handler is of a kind that cannot work.
        """
        intents = tuple(trigger for trigger in triggers if isinstance(trigger, Intent))
        others = [trigger for trigger in triggers if trigger is not NoAnswer and trigger not in intents]
        matchers = tuple(matcher(trigger) for trigger in others)
        if interrupts and intents:
            raise TypeError("an intent cannot interrupt: while a question waits, only words are looked at")

        def register(handler: Handler) -> Handler:
            self._rules.add(handler)
            if NoAnswer in triggers:
                self._rules.add_only("no_answer", handler)
            self._rules.warn_of_dead_words(others, handler, interrupts=interrupts)
            rule = Rule(matchers=matchers, intents=intents, handler=handler, interrupts=interrupts)
            self._rules.add_rule(rule)
            return handler

        return register

    @overload
    def start(self, handler: "S", /) -> "S": ...
    @overload
    def start(self, /, *, always: bool) -> "Callable[[H], H]": ...
    def start(self, handler: Handler | None = None, /, *, always: bool = False) -> Any:
        """Register the handler of the first message that a contact ever sends, and of the command `/start`.

        Args:
            handler: the handler, where this is used as `@bot.start`.
            always: greet even a first message that another handler takes, which runs after it. Without it,
                such a message goes to its handler alone.
        """

        def register(handler: Handler) -> Handler:
            self._rules.add_only("start", handler)
            self._rules.greets_always = always
            return handler

        return register if handler is None else register(handler)

    def otherwise(self, handler: "S") -> "S":
        """Register the handler of every message that no other one takes.

        It takes what a contact says, of any content. Reactions, edits, deletions and notices do not wake it.

        Raises:
            BotError: there is one already.
        """
        self._rules.add_only("otherwise", handler)
        return handler

    def include(self, other: "Bot") -> None:
        """Add the handlers that `other` has so far, after those registered here.

        Of `start`, `otherwise` and `on(NoAnswer)`, those of `other` count only where this bot has none.

        Raises:
            BotError: two handlers or two intents have one name.
        """
        self._rules.include(other._rules)  # noqa: SLF001 - another of this very class

    def takes(self, message: Inbound) -> bool:
        """Whether a handler other than `otherwise` takes `message`. rejoinder itself uses this."""
        return self._rules.ruled(message) is not None

    @property
    def intents(self) -> tuple[Intent, ...]:
        """The intents of all handlers, in the order of their registration."""
        return self._rules.intents

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands that the bot offers, in the order of registration: for each handler the first of its
        words that can be one. A handler's docstring describes its command.
        """
        from rejoinder.bot.offering import commands_of  # noqa: PLC0415 - no message needs it

        return commands_of(self._rules)

    @property
    def catalog(self) -> Catalog | None:
        """The templates of the bot; None where the bot has no folder. rejoinder itself uses this."""
        if self.folder and not (self._catalog and self._catalog.folder.parent == self.folder):
            self._catalog = Catalog.of(self.folder)
        return self._catalog

    def keeping(self, message: Inbound, conversation_key: str, now: float) -> list[WakeUp]:
        """Return the updates that save files of `message`. rejoinder itself uses this."""
        return keeping(message, conversation_key, self._keeps, now)

    def phrases(self, conversation: Conversation) -> Phrases:
        """Return what the bot says by itself in this conversation. rejoinder itself uses this."""
        return self._phrases_of(conversation.language or self._language)

    def _phrases_of(self, language: str) -> Phrases:
        known = phrases_of(language)
        if known.language not in self._spoken:
            self._spoken[known.language] = known._replace(**self._phrases)
        return self._spoken[known.language]

    def turn(
        self,
        message: Inbound,
        conversation: Conversation,
        *,
        first: bool,
        now: float,
        limits: Limits,
        understanding: Understanding,
        steps: dict[str, str] | None = None,
        watch: Watch | None = None,
        outside: Outside | None = None,
        stage: Stage | None = None,
    ) -> Turn:
        """Run one turn. A handler's errors pass through. rejoinder itself uses this; a test uses `Phone`.

        Args:
            message: the update to handle.
            conversation: the conversation; it has heard the message already.
            first: whether the contact never said anything before.
            now: the time, in Unix seconds.
            limits: the limits of the channel.
            understanding: who is asked what words mean.
            steps: the results of steps that were done before an earlier run of this turn failed, by their
                idempotency keys; what this run does is added to it.
            watch: who watches the handlers.
            outside: what a handler may reach while it runs. Without it there are no files.
            stage: where each handler runs, if not as usual.
        """
        outside = outside or NOWHERE
        turn = OpenTurn(
            message=message,
            conversation_key=conversation.key,
            now=now,
            window_closes_at=conversation.window_closes_at,
            free_until=conversation.free_until,
            data=conversation.data,
            language=conversation.language or self._language,
            zone=self._time_zone,
            limits=limits,
            understanding=understanding,
            name_of=self._rules.name_of,
            files=SaidFiles(self.folder, conversation.key),
            outside=outside,
            templates=self.catalog,
            phrases=self._phrases_of,
            steps={} if steps is None else steps,
            watch=watch or Watch(),
            missed=conversation.missed,
            opted_out=conversation.opted_out,
            consent=conversation.consent,
            linked=conversation.linked,
            wrong_codes=conversation.wrong_codes,
        )
        with within_reach(outside.files):
            running = replace(self._running, stage=stage) if stage else self._running
            after = running.advance(conversation, turn, first=first)
        turn.wake_ups += self.keeping(message, conversation.key, now)
        return turn.close(after)
