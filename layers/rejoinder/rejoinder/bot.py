"""`Bot`: register handlers, pick one, run a turn."""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
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
from rejoinder.conversation import MOST_DATA_BYTES, Conversation, newest_of
from rejoinder.errors import BotError, NoAnswer, TurnTooLarge
from rejoinder.handlers import check, name_of
from rejoinder.journal import MOST_JOURNAL_BYTES, Journal, JournalMismatch, Replay
from rejoinder.languages import Phrases, phrases_of
from rejoinder.messages import (
    Echo,
    Inbound,
    InboundContent,
    Intent,
    Outbound,
    Preference,
    Release,
    Reminder,
    Tap,
    Text,
    TimeUp,
    WakeUp,
    digest,
)
from rejoinder.ports import Limits, Understanding, Understood
from rejoinder.questions import BUTTON, is_choice_of, question_id
from rejoinder.words import plain

H = TypeVar("H", bound=Handler)
Trigger = str | re.Pattern[str] | type[InboundContent] | Tap
Matcher = Callable[[Inbound], bool]

MOST_TURN_BYTES = 256 * 1024
"""Of all that one turn says and puts off, as JSON."""

MOST_SORRY = 1000
"""Characters; every channel takes that many."""

MOST_HANDLERS = 20
"""Handlers that one turn may run through by `chat.go`."""

PUT_OFF_SECONDS = 3600.0
"""Until what comes due during a handoff comes due again."""

LEAST_CONFIDENCE = 0.7
"""How sure it must be that somebody means an intent; below it, `otherwise` has the word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One update handled: the new conversation, what was said, and what was put off."""

    conversation: Conversation
    messages: tuple[Outbound, ...]
    wake_ups: tuple[WakeUp, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A handler, and what it is given: the slots of an intent, or what a reminder was given."""

    handler: Handler
    given: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A handler and what it takes; with `interrupts`, even in place of an answer."""

    matchers: tuple[Matcher, ...]
    intents: tuple[Intent, ...]
    handler: Handler
    interrupts: bool

    def takes(self, message: Inbound) -> bool:
        return any(matches(message) for matches in self.matchers)


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
        self._rules: list[_Rule] = []
        self._handlers: list[Handler] = []
        self._start: Handler | None = None
        self._otherwise: Handler | None = None
        self._no_answer: Handler | None = None

    def on(self, *triggers: Trigger | Intent | type[NoAnswer], interrupts: bool = False) -> Callable[[H], H]:
        """Register a handler for words (case and accents aside), a compiled pattern, a content type, the id
        of a button as `Tap(id=…)`, or an `Intent`.

        With `interrupts` it is taken even while a question waits, and ends that talk. A handler
        `on(NoAnswer)` runs when a question got no answer that fits; one `on(Failed)` when a message could not
        be delivered. Without triggers, only buttons, `chat.go` and `chat.later` lead to the handler.
        """
        intents = tuple(trigger for trigger in triggers if isinstance(trigger, Intent))
        others = [trigger for trigger in triggers if trigger is not NoAnswer and trigger not in intents]
        matchers = tuple(_matcher(trigger) for trigger in others)
        if interrupts and intents:
            raise TypeError("an intent cannot interrupt: while a question waits, only words are looked at")

        def register(handler: H) -> H:
            self._add(handler)
            if NoAnswer in triggers:
                self._no_answer = handler
            rule = _Rule(matchers=matchers, intents=intents, handler=handler, interrupts=interrupts)
            self._refuse_twins(rule)
            self._rules.append(rule)
            return handler

        return register

    def start(self, handler: H) -> H:
        """Register the handler of the first message that a contact ever sends."""
        self._start = self._add(handler)
        return handler

    def otherwise(self, handler: H) -> H:
        """Register the handler of everything that no other one takes."""
        self._otherwise = self._add(handler)
        return handler

    def include(self, other: "Bot") -> None:
        """Take over the handlers that `other` has so far, after those registered here."""
        for rule in other._rules:  # noqa: SLF001 - another of this very class
            self._refuse_twins(rule)
        self._handlers += other._handlers  # noqa: SLF001
        self._rules += other._rules  # noqa: SLF001
        self._start = self._start or other._start  # noqa: SLF001
        self._otherwise = self._otherwise or other._otherwise  # noqa: SLF001
        self._no_answer = self._no_answer or other._no_answer  # noqa: SLF001

    def takes(self, message: Inbound) -> bool:
        """Whether a handler takes `message` for what it is, and not `otherwise`."""
        return self._ruled(message) is not None

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
            name_of=self._name_of,
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
            picked = self._pick(around, first=first)
            return self._begin(picked, conversation, around) if picked else conversation
        if is_choice_of(question_id(journal.question), message):
            return self._answer(conversation, around)
        interrupting = self._ruled(message, interrupting=True)
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
        """What is no talk with the bot: a handoff begins, goes on or ends, or the contact's wishes change."""
        match around.message.content:
            case Echo():
                return replace(conversation, handoff=True)
            case Preference(value=value):
                return self._beside(replace(conversation, opted_out=value == "stop"), around)
            case Release():
                return self._beside(replace(conversation, handoff=False, missed=()), around)
            case Reminder() | TimeUp():
                around.wake_ups.append(_put_off(around.message, around.now))
                return conversation
            case _ if around.message.is_spoken:
                return replace(conversation, missed=newest_of((*conversation.missed, around.message)))
            case _:
                return conversation

    def _answer(self, conversation: Conversation, around: Surroundings) -> Conversation:
        """Go on with the talk in progress."""
        journal = conversation.journal
        handler = self._named(journal.handler) if journal else None
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
        picked = self._pick(around, first=False)
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
        if self._no_answer:
            return self._no_answer
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
                    self._name_of(handler)
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

    def _pick(self, around: Surroundings, *, first: bool) -> Picked | None:
        """The handler that takes the message, if any; `first`: the contact never wrote before."""
        message = around.message
        if isinstance(message.content, Reminder):
            named = self._named(message.content.handler)
            if named is None:
                raise BotError(f"a reminder is for {message.content.handler}, which is no handler any more")
            return Picked(handler=named, given=message.content.given)
        if first and message.is_spoken and self._start:
            return Picked(handler=self._start)
        ruled = self._ruled(message)
        if ruled:
            return Picked(handler=ruled)
        understood = self._understand(around)
        if understood or not (message.is_spoken and self._otherwise):
            return understood
        return Picked(handler=self._otherwise)

    def _understand(self, around: Surroundings) -> Picked | None:
        """Who takes the words for what they mean. Asked once, however often the turn is tried."""
        meant = {intent.name: (intent, rule) for rule in reversed(self._rules) for intent in rule.intents}
        if not (meant and isinstance(around.message.content, Text)):
            return None
        key = digest(around.message.hashed_id, "understood")
        if key not in around.steps:
            intents = [intent for intent, _ in reversed(meant.values())]
            understood = around.understanding.understand(around.message.text, intents)
            around.steps[key] = json.dumps(asdict(understood) if understood else None)
        kept = json.loads(around.steps[key])
        found = Understood(**kept) if kept else None
        if found is None or found.confidence < LEAST_CONFIDENCE or found.intent not in meant:
            return None
        return Picked(handler=meant[found.intent][1].handler, given=found.slots)

    def _ruled(self, message: Inbound, *, interrupting: bool = False) -> Handler | None:
        rules = [rule for rule in self._rules if rule.interrupts or not interrupting]
        tapped = self._tapped(message)
        if tapped and (not interrupting or any(rule.handler is tapped for rule in rules)):
            return tapped
        return next((rule.handler for rule in rules if rule.takes(message)), None)

    def _tapped(self, message: Inbound) -> Handler | None:
        if not (isinstance(message.content, Tap) and message.content.id.startswith(BUTTON)):
            return None
        return self._named(message.content.id.removeprefix(BUTTON).partition("#")[0])

    def _named(self, name: str) -> Handler | None:
        return next((handler for handler in self._handlers if name_of(handler) == name), None)

    def _add(self, handler: H) -> H:
        check(handler)
        self._handlers.append(handler)
        return handler

    def _refuse_twins(self, rule: _Rule) -> None:
        names = [intent.name for other in self._rules for intent in other.intents]
        for intent in rule.intents:
            if intent.name in names:
                raise BotError(f"two handlers are on the intent {intent.name}")

    def _name_of(self, handler: Handler) -> str:
        """The handler's name, by which it is found again later; BotError when it would not be."""
        name = name_of(handler)
        if handler not in self._handlers:
            raise BotError(f"{name} is no handler of this bot: register it with on()")
        if any(name_of(other) == name and other is not handler for other in self._handlers):
            raise BotError(f"two handlers are named {name}; a button or a talk cannot tell them apart")
        return name


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


def _matcher(trigger: object) -> Matcher:
    if isinstance(trigger, str):
        words = plain(trigger)
        return lambda message: bool(message.text) and plain(message.text) == words
    if isinstance(trigger, re.Pattern):
        return lambda message: bool(message.text) and trigger.search(message.text) is not None
    if isinstance(trigger, Tap):
        return lambda message: isinstance(message.content, Tap) and message.content.id == trigger.id
    if isinstance(trigger, type):
        return lambda message: isinstance(message.content, trigger)
    what = repr(trigger)
    if inspect.isfunction(trigger):
        what = f"the function {name_of(trigger)}: write @bot.on(…)"
    raise TypeError(f"on() takes words, a compiled pattern, a content type, a Tap or an Intent, not {what}")


def _fitting(journal: Journal) -> Journal:
    size = len(json.dumps(asdict(journal)))
    if size > MOST_JOURNAL_BYTES:
        raise TurnTooLarge(f"the journal of {journal.handler} is {size} bytes; {MOST_JOURNAL_BYTES} at most")
    return journal
