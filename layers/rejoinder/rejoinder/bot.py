"""`Bot`: register handlers, run a turn."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from rejoinder.chat import (
    Chat,
    HandedOver,
    Handler,
    Surroundings,
    Suspended,
    Watch,
    Went,
    storable,
)
from rejoinder.conversation import MOST_DATA_BYTES, Conversation
from rejoinder.errors import BotError, NoAnswer, TurnTooLarge
from rejoinder.handlers import name_of
from rejoinder.journal import MOST_JOURNAL_BYTES, Journal, JournalMismatch, Replay
from rejoinder.languages import Phrases, phrases_of
from rejoinder.messages import (
    Echo,
    Failed,
    Inbound,
    Intent,
    Outbound,
    Preference,
    Release,
    Reminder,
    TimeUp,
    WakeUp,
    digest,
)
from rejoinder.ports import Limits, Understanding
from rejoinder.questions import is_choice_of, question_id
from rejoinder.rules import Picked, Rule, Rules, Trigger, matcher
from rejoinder.words import plain

H = TypeVar("H", bound=Handler)

MOST_TURN_BYTES = 256 * 1024
"""Of all that one turn says and puts off, as JSON."""

MOST_SORRY = 1000
"""Characters; every channel takes that many."""

MOST_HANDLERS = 20
"""Handlers that one turn may run through by `chat.go`."""

PUT_OFF_SECONDS = 3600.0
"""Until what comes due during a handoff comes due again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One update handled: the new conversation, what was said, and what was put off."""

    conversation: Conversation
    messages: tuple[Outbound, ...]
    wake_ups: tuple[WakeUp, ...] = ()


class Bot:
    """A bot: handlers, and the order in which they are asked.

    While a question waits, a message is its answer, unless it is one of the `cancel` words or a handler that
    `interrupts` takes it: both end the talk. Else the very first message of a contact goes to `start`, if
    there is one; a button goes to the handler it was made with; the first `on` that matches, in the order of
    registration, wins; then the intents are asked; what is left goes to `otherwise`.

    `language`, such as `de`, is that of what the bot says by itself (English for one it does not know, see
    rejoinder/languages.py), unless `chat.language` says otherwise for a contact. Some of it can be given
    here: `sorry` when a handler has failed three times over the same message, `cancelled` upon one of the
    `cancel` words, `given_up` when a question got no answer that fits and no handler of `on(NoAnswer)` says
    something better, `changed` when the handler of a talk was changed and begins again. With `says_dropped`
    the bot says that its question is dropped when a handler interrupts a talk.
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
            if words is not None and not 0 < len(words.strip()) <= MOST_SORRY:
                raise BotError(f"what the bot says by itself is a text of 1 to {MOST_SORRY} characters")
        self._language = language
        if isinstance(cancel, str):
            raise BotError("cancel is a tuple of words")
        self._phrases: dict[str, Any] = {name: words for name, words in own.items() if words is not None}
        if cancel is not None:
            self._phrases["cancel"] = cancel
        self._says_dropped = says_dropped
        self._rules = Rules()

    def on(self, *triggers: Trigger | Intent | type[NoAnswer], interrupts: bool = False) -> Callable[[H], H]:
        """Register a handler for words (case and accents aside), a compiled pattern, a content type, the id
        of a button as `Tap(id=…)`, or an `Intent`.

        With `interrupts` it is taken even while a question waits, and ends that talk. A handler
        `on(NoAnswer)` runs when a question got no answer that fits; one `on(Failed)` when a message could not
        be delivered. Without triggers, only buttons, `chat.go` and `chat.later` lead to the handler.
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
        """Take over the handlers that `other` has so far, after those registered here."""
        self._rules.include(other._rules)  # noqa: SLF001 - another of this very class

    def takes(self, message: Inbound) -> bool:
        """Whether a handler takes `message` for what it is, and not `otherwise`."""
        return self._rules.ruled(message) is not None

    def phrases(self, conversation: Conversation) -> Phrases:
        """What the bot says by itself in this conversation."""
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
        """Run one turn; `conversation` has heard the message already. A handler's errors pass through.

        `steps` are the results of steps that were done before an earlier run of this turn failed; what this
        run does is added to it.
        """
        around = Surroundings(
            message=message,
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
        after = self._advance(conversation, around, first=first)
        said, put_off = map(asdict, around.said), map(asdict, around.wake_ups)
        size = len(json.dumps([*said, *put_off]))
        if size > MOST_TURN_BYTES:
            raise TurnTooLarge(f"this turn says {size} bytes of JSON; {MOST_TURN_BYTES} at most")
        return Turn(conversation=after, messages=tuple(around.said), wake_ups=tuple(around.wake_ups))

    def _advance(self, conversation: Conversation, around: Surroundings, *, first: bool) -> Conversation:
        """The conversation after a message: an answer to its question, an end of its talk, or a new one."""
        message, journal = around.message, conversation.journal
        if conversation.handoff or isinstance(message.content, Echo | Release | Preference):
            return self._aside(conversation, around)
        if isinstance(message.content, TimeUp):
            waits = journal is not None and journal.question == message.content.question
            return self._answer(conversation, around) if waits else conversation
        if journal is None:
            picked = self._rules.pick(around, first=first)
            return self._begin(picked, conversation, around) if picked else conversation
        if is_choice_of(question_id(journal.question), message):
            return self._answer(conversation, around)
        interrupting = self._rules.ruled(message, interrupting=True)
        over = replace(conversation, journal=None)
        if interrupting:
            over = self._say("dropped", over, around) if self._says_dropped else over
            return self._begin(Picked(handler=interrupting), over, around)
        if not message.is_spoken:
            return self._beside(conversation, around)
        if plain(message.text) in map(plain, self.phrases(conversation).cancel):
            return self._say("cancelled", over, around)
        return self._answer(conversation, around)

    def _aside(self, conversation: Conversation, around: Surroundings) -> Conversation:
        """What is no talk with the bot: a handoff has begun, goes on or is over, or wishes have changed."""
        match around.message.content:
            case Preference():
                return self._beside(conversation, around)
            case Release():
                return self._beside(replace(conversation, missed=()), around)
            case Reminder() | TimeUp() | Failed():
                around.wake_ups.append(_put_off(around.message, around.now))
                return conversation
            case _:
                return conversation.missing(around.message) if around.message.is_spoken else conversation

    def _answer(self, conversation: Conversation, around: Surroundings) -> Conversation:
        """Go on with the talk in progress."""
        journal = conversation.journal
        handler = self._rules.named(journal.handler) if journal else None
        if journal is None or handler is None:
            return self._advance(replace(conversation, journal=None), around, first=False)
        try:
            return self._run(handler, journal.answered(around.message), conversation, around)
        except JournalMismatch:
            around.said.clear()
            around.wake_ups.clear()
            over = self._say("changed", replace(conversation, journal=None), around)
            language = over.language or self._language
            return self._run(handler, journal.again(over.data, language), over, around)

    def _beside(self, conversation: Conversation, around: Surroundings) -> Conversation:
        """A reminder, a failure, a reaction: beside the talk in progress, unless its handler asks."""
        picked = self._rules.pick(around, first=False)
        if picked is None:
            return conversation
        after = self._begin(picked, replace(conversation, journal=None), around)
        return after if after.journal else replace(after, journal=conversation.journal)

    def _begin(self, picked: Picked, conversation: Conversation, around: Surroundings) -> Conversation:
        journal = self._journal(picked, 0, conversation, around)
        return self._run(picked.handler, journal, conversation, around)

    def _journal(
        self, picked: Picked, number: int, conversation: Conversation, around: Surroundings
    ) -> Journal:
        return Journal(
            handler=name_of(picked.handler),
            message=around.message,
            number=number,
            data=conversation.data,
            language=conversation.language or self._language,
            given=picked.given,
        )

    def _say(self, phrase: str, conversation: Conversation, around: Surroundings) -> Conversation:
        words = str(getattr(self.phrases(conversation), phrase))
        return self._begin(Picked(handler=lambda chat: chat.say(words)), conversation, around)

    def _give_up(self, conversation: Conversation, around: Surroundings) -> Handler:
        """What follows an answer that never came: a word, if the service window still allows one."""
        if self._rules.no_answer:
            return self._rules.no_answer
        words = self.phrases(conversation).given_up

        def give_up(chat: Chat) -> None:
            if around.now < around.window_closes_at:
                chat.say(words)

        return give_up

    def _run(
        self, handler: Handler, journal: Journal, conversation: Conversation, around: Surroundings
    ) -> Conversation:
        """Run `handler` over `journal`, and the handlers it goes to, until one ends or asks."""
        for number in range(1, MOST_HANDLERS + 1):
            with Replay(journal) as replay:
                chat = Chat(replay, around)
                around.watch.begins(resumed=bool(journal.entries))
                following: Picked | None = None
                try:
                    handler(chat)
                except Suspended:
                    self._rules.name_of(handler)
                    return replace(_left(conversation, chat), journal=_fitting(replay.journal))
                except Went as went:
                    following = Picked(handler=went.handler, given=went.given)
                except HandedOver:
                    return replace(_left(conversation, chat), journal=None, handoff=True)
                except NoAnswer:
                    following = Picked(handler=self._give_up(conversation, around))
            chat.refuse_swallowed()
            if following is None:
                return replace(_left(conversation, chat), journal=None)
            handler, conversation = following.handler, _left(conversation, chat)
            journal = self._journal(following, number, conversation, around)
        raise BotError(f"one turn went through {MOST_HANDLERS} handlers; does chat.go run in a circle?")


def _left(conversation: Conversation, chat: Chat) -> Conversation:
    """`conversation` with what a handler left in it.

    A talk sees the data as they were when it began. What it changed in this turn counts; what something else,
    such as a reminder, changed in the meantime stays.
    """
    mine, found = storable(chat.data, "chat.data"), chat.found_data
    changed = {name for name in {*mine, *found} if _written(mine, name) != _written(found, name)}
    theirs = {name: value for name, value in conversation.data.items() if name not in changed}
    data = theirs | {name: mine[name] for name in mine if name in changed}
    size = len(json.dumps(data))
    if size > MOST_DATA_BYTES:
        raise TurnTooLarge(f"chat.data is {size} bytes of JSON; {MOST_DATA_BYTES} at most")
    language = conversation.language if chat.language == chat.found_language else chat.language
    return replace(conversation, data=data, language=language)


def _written(data: Mapping[str, object], name: str) -> str:
    """What stands under `name`, as JSON: to it, 0 and False differ; empty when nothing does."""
    return json.dumps(data[name]) if name in data else ""


def _put_off(message: Inbound, now: float) -> WakeUp:
    """The same again in an hour, as an update of its own."""
    again = replace(message, id=digest("again", message.id), at=now + PUT_OFF_SECONDS)
    return WakeUp(at=again.at, inbound=again)


def _fitting(journal: Journal) -> Journal:
    size = len(json.dumps(asdict(journal)))
    if size > MOST_JOURNAL_BYTES:
        raise TurnTooLarge(f"the journal of {journal.handler} is {size} bytes; {MOST_JOURNAL_BYTES} at most")
    return journal
