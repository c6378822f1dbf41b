"""`Bot`: register handlers, run a turn."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, TypeVar, assert_never

from rejoinder.bot.cases import Case, case_of
from rejoinder.bot.chat import Chat, Handler
from rejoinder.bot.handlers import name_of
from rejoinder.bot.journal import JournalMismatch, Replay
from rejoinder.bot.phrases import Phrases, phrases_of
from rejoinder.bot.router import Picked, Rule, Rules, Trigger, matcher
from rejoinder.bot.turn import HandedOver, OpenTurn, Suspended, Turn, Watch, Went, storable
from rejoinder.errors import BotError, NoAnswer, TurnTooLarge
from rejoinder.model.conversation import MAX_DATA_BYTES, Conversation
from rejoinder.model.ids import digest
from rejoinder.model.intent import Intent
from rejoinder.model.talk import MAX_JOURNAL_BYTES, Journal, UnreadableJournal
from rejoinder.model.updates import Inbound, WakeUp
from rejoinder.ports import Limits, Understanding

H = TypeVar("H", bound=Handler)

MAX_SORRY = 1000
"""The longest text that the bot says by itself, in characters; every channel takes that many."""

MAX_HANDLERS = 20
"""The most handlers that one turn may run through by `chat.go`."""

HANDOFF_PAUSE_SECONDS = 3600.0
"""What comes due during a handoff comes due again after this time, in seconds."""


class Bot:
    """A bot: handlers, and the order in which they are asked.

    While a question waits, a message is its answer, unless it is one of the `cancel` words or a handler that
    `interrupts` takes it: both end the talk. Else the very first message of a contact goes to `start`, if
    there is one; a button goes to the handler that it was made with; the first `on` that matches, in the
    order of registration, wins; then the intents are asked; what is left goes to `otherwise`.

    Args:
        language: the language of what the bot says by itself, such as `de`; English for one that it does not
            know (they are in rejoinder/bot/phrases.py). `chat.language` changes it for one contact.
        cancel: the words that end a talk.
        sorry: what is said when a handler has failed three times over the same message.
        cancelled: what is said upon one of the `cancel` words.
        given_up: what is said when a question got no answer that fits and no handler is `on(NoAnswer)`.
        changed: what is said when the handler of a talk was changed and the talk begins again.
        says_dropped: say that the question is dropped when a handler interrupts a talk.

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
        says_dropped: bool = False,
    ) -> None:
        own = {"sorry": sorry, "cancelled": cancelled, "given_up": given_up, "changed": changed}
        for words in own.values():
            if words is not None and not 0 < len(words.strip()) <= MAX_SORRY:
                raise BotError(f"what the bot says by itself is a text of 1 to {MAX_SORRY} characters")
        self._language = language
        if isinstance(cancel, str):
            raise BotError("cancel is a tuple of words")
        self._phrases: dict[str, Any] = {name: words for name, words in own.items() if words is not None}
        if cancel is not None:
            self._phrases["cancel"] = cancel
        self._says_dropped = says_dropped
        self._rules = Rules()

    def on(self, *triggers: Trigger | Intent | type[NoAnswer], interrupts: bool = False) -> Callable[[H], H]:
        """Register a handler for what `triggers` say.

        Without triggers, only buttons, `chat.go` and `chat.later` lead to the handler.

        Args:
            triggers: words (alone or among words of courtesy), a compiled pattern, a content type, the id of
                a button as `Tap(id=…)`, or an `Intent`. `NoAnswer` stands for a question that got no answer
                that fits, `Failed` for a message that could not be delivered.
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

        def register(handler: H) -> H:
            self._rules.add(handler)
            if NoAnswer in triggers:
                self._rules.no_answer = handler
            rule = Rule(matchers=matchers, intents=intents, handler=handler, interrupts=interrupts)
            self._rules.add_rule(rule)
            return handler

        return register

    def start(self, handler: H) -> H:
        """Register the handler of the first message that a contact ever sends."""
        self._rules.add(handler)
        self._rules.start = handler
        return handler

    def otherwise(self, handler: H) -> H:
        """Register the handler of everything that no other one takes."""
        self._rules.add(handler)
        self._rules.otherwise = handler
        return handler

    def include(self, other: "Bot") -> None:
        """Add the handlers that `other` has so far, after those registered here."""
        self._rules.include(other._rules)  # noqa: SLF001 - another of this very class

    def takes(self, message: Inbound) -> bool:
        """Whether a handler takes `message` for what it is, and not `otherwise`."""
        return self._rules.ruled(message) is not None

    @property
    def intents(self) -> tuple[Intent, ...]:
        """The intents of all handlers, in the order of their registration."""
        return self._rules.intents

    def phrases(self, conversation: Conversation) -> Phrases:
        """Return what the bot says by itself in this conversation."""
        known = phrases_of(conversation.language or self._language)
        return replace(known, **self._phrases)

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
    ) -> Turn:
        """Run one turn. A handler's errors pass through.

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
        """
        turn = OpenTurn(
            message=message,
            conversation_key=conversation.key,
            now=now,
            window_closes_at=conversation.window_closes_at,
            limits=limits,
            understanding=understanding,
            name_of=self._rules.name_of,
            steps={} if steps is None else steps,
            watch=watch or Watch(),
            missed=conversation.missed,
            opted_out=conversation.opted_out,
        )
        return turn.close(self._advance(conversation, turn, first=first))

    def _advance(  # noqa: C901, PLR0911 - one line a case
        self, conversation: Conversation, turn: OpenTurn, *, first: bool
    ) -> Conversation:
        """Return the conversation after the update of `turn`."""
        without_talk = replace(conversation, journal=None)
        cancel = self.phrases(conversation).cancel
        case = case_of(turn.message, conversation, self._rules, cancel)
        match case:
            case Case.NOTHING:
                return conversation
            case Case.MISSED:
                return conversation.missing(turn.message)
            case Case.DUE_IN_HANDOFF:
                turn.wake_ups.append(_again_later(turn.message, turn.now))
                return conversation
            case Case.RELEASE:
                return self._beside(replace(conversation, missed=()), turn)
            case Case.CONSENT | Case.BESIDE:
                return self._beside(conversation, turn)
            case Case.NEW:
                picked = self._rules.pick(turn, first=first)
                return self._begin(picked, conversation, turn) if picked else conversation
            case Case.ANSWER:
                return self._answer(conversation, turn)
            case Case.INTERRUPTION:
                return self._interrupt(without_talk, turn)
            case Case.CANCEL:
                return self._say("cancelled", without_talk, turn)
            case _:
                assert_never(case)

    def _interrupt(self, conversation: Conversation, turn: OpenTurn) -> Conversation:
        """Run the handler that interrupts; the talk is over already."""
        handler = self._rules.ruled(turn.message, interrupting=True)
        assert handler, "that is what made it an interruption"
        if self._says_dropped:
            conversation = self._say("dropped", conversation, turn)
        return self._begin(Picked(handler=handler), conversation, turn)

    def _answer(self, conversation: Conversation, turn: OpenTurn) -> Conversation:
        """Go on with the talk in progress. It begins again when its journal does not fit its handler."""
        talk = conversation.journal
        handler = self._rules.named(talk.handler) if talk else None
        if talk is None or handler is None:
            return self._advance(replace(conversation, journal=None), turn, first=False)
        if isinstance(talk, UnreadableJournal):
            return self._restart(handler, talk, conversation, turn)
        try:
            return self._run(handler, talk.answered(turn.message), conversation, turn)
        except JournalMismatch:
            return self._restart(handler, talk, conversation, turn)

    def _restart(
        self,
        handler: Handler,
        talk: Journal | UnreadableJournal,
        conversation: Conversation,
        turn: OpenTurn,
    ) -> Conversation:
        """Say so, and begin the talk again."""
        turn.begin_again()
        conversation = self._say("changed", replace(conversation, journal=None), turn)
        journal = talk.again(conversation.data, conversation.language or self._language, turn.message)
        return self._run(handler, journal, conversation, turn)

    def _beside(self, conversation: Conversation, turn: OpenTurn) -> Conversation:
        """Run a handler beside the talk in progress, which goes on unless that handler asks something."""
        picked = self._rules.pick(turn, first=False)
        if picked is None:
            return conversation
        after = self._begin(picked, replace(conversation, journal=None), turn)
        return after if after.journal else replace(after, journal=conversation.journal)

    def _begin(self, picked: Picked, conversation: Conversation, turn: OpenTurn) -> Conversation:
        return self._run(picked.handler, self._journal(picked, 0, conversation, turn), conversation, turn)

    def _journal(self, picked: Picked, number: int, conversation: Conversation, turn: OpenTurn) -> Journal:
        return Journal(
            handler=name_of(picked.handler),
            message=turn.message,
            number=number,
            data=conversation.data,
            language=conversation.language or self._language,
            given=picked.given,
        )

    def _say(self, phrase: str, conversation: Conversation, turn: OpenTurn) -> Conversation:
        words = str(getattr(self.phrases(conversation), phrase))
        return self._begin(Picked(handler=lambda chat: chat.say(words)), conversation, turn)

    def _give_up(self, conversation: Conversation, turn: OpenTurn) -> Handler:
        """Return what follows an answer that never came: a word, if the service window still allows one."""
        if self._rules.no_answer:
            return self._rules.no_answer
        words = self.phrases(conversation).given_up

        def give_up(chat: Chat) -> None:
            if turn.now < turn.window_closes_at:
                chat.say(words)

        return give_up

    def _run(
        self, handler: Handler, journal: Journal, conversation: Conversation, turn: OpenTurn
    ) -> Conversation:
        """Run `handler` over `journal`, and the handlers it goes to, until one ends or asks."""
        for number in range(1, MAX_HANDLERS + 1):
            with Replay(journal) as replay:
                chat = Chat(replay, turn)
                turn.watch.begins(resumed=bool(journal.entries))
                following: Picked | None = None
                try:
                    handler(chat)
                except Suspended:
                    self._rules.name_of(handler)
                    return replace(_merged(conversation, chat), journal=_fitting(replay.journal))
                except Went as went:
                    following = Picked(handler=went.handler, given=went.given)
                except HandedOver:
                    return replace(_merged(conversation, chat), journal=None, handoff=True)
                except NoAnswer:
                    following = Picked(handler=self._give_up(conversation, turn))
            chat.refuse_swallowed()
            if following is None:
                return replace(_merged(conversation, chat), journal=None)
            handler, conversation = following.handler, _merged(conversation, chat)
            journal = self._journal(following, number, conversation, turn)
        raise BotError(f"one turn went through {MAX_HANDLERS} handlers; does chat.go run in a circle?")


def _merged(conversation: Conversation, chat: Chat) -> Conversation:
    """Return `conversation` with the data and language that a handler left: a three-way merge, by key.

    The base is what the handler found when it began. What it changed since counts; what something else, such
    as a reminder, changed in the conversation in the meantime stays.
    """
    base, mine, theirs = chat.found_data, storable(chat.data, "chat.data"), conversation.data
    changed = {name for name in {*mine, *base} if _json_of(mine, name) != _json_of(base, name)}
    data = {name: value for name, value in theirs.items() if name not in changed}
    data |= {name: mine[name] for name in mine if name in changed}
    size = len(json.dumps(data))
    if size > MAX_DATA_BYTES:
        raise TurnTooLarge(f"chat.data is {size} bytes of JSON; {MAX_DATA_BYTES} at most")
    language = conversation.language if chat.language == chat.found_language else chat.language
    return replace(conversation, data=data, language=language)


def _json_of(data: Mapping[str, object], name: str) -> str:
    """Return what stands under `name` as JSON, in which 0 and False differ; empty when nothing does."""
    return json.dumps(data[name]) if name in data else ""


def _again_later(message: Inbound, now: float) -> WakeUp:
    """Return the same update an hour later, as an update of its own."""
    again = replace(message, id=digest("again", message.id), at=now + HANDOFF_PAUSE_SECONDS)
    return WakeUp(at=again.at, inbound=again)


def _fitting(journal: Journal) -> Journal:
    """Return `journal`; TurnTooLarge when it is too long to be kept."""
    size = len(json.dumps(asdict(journal)))
    if size > MAX_JOURNAL_BYTES:
        raise TurnTooLarge(f"the journal of {journal.handler} is {size} bytes; {MAX_JOURNAL_BYTES} at most")
    return journal
