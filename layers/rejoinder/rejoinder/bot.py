"""`Bot`: register handlers, pick one, run a turn."""

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

from rejoinder.chat import Chat, Handler, Surroundings, Suspended, Went
from rejoinder.conversation import Conversation
from rejoinder.errors import BotError, NoAnswer, SuspensionSwallowed, TurnTooLarge
from rejoinder.journal import MOST_JOURNAL_BYTES, Journal, JournalMismatch, Replay
from rejoinder.messages import Inbound, InboundContent, Outbound, Tap
from rejoinder.ports import Limits
from rejoinder.words import plain

H = TypeVar("H", bound=Handler)
Trigger = str | re.Pattern[str] | type[InboundContent]
Matcher = Callable[[Inbound], bool]

MOST_DATA_BYTES = 64 * 1024
"""Of `chat.data` as JSON."""

MOST_TURN_BYTES = 256 * 1024
"""Of all that one turn says, as JSON."""

MOST_SORRY = 1000
"""Characters; every channel takes that many."""

MOST_HANDLERS = 20
"""Handlers that one turn may run through by `chat.go`."""

SORRY = "Sorry, something went wrong on our side. Please try again later."

CHANGED = "Sorry, we have to begin again."
CANCELLED = "Cancelled."
GIVEN_UP = "Let us leave it there. Write again whenever you like."

_BUTTON = "go:"
"""A button id that starts so names the handler that a tap starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One update handled: the new conversation, and what was said."""

    conversation: Conversation
    messages: tuple[Outbound, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """A handler and what it takes; with `interrupts`, even in place of an answer."""

    matches: Matcher
    handler: Handler
    interrupts: bool


class Bot:
    """A bot: handlers, and the order in which they are asked.

    While a question waits, a message is its answer, unless it is one of the `cancel` words or a handler that
    `interrupts` takes it: both end the talk. Else the very first message of a contact goes to `start`, if
    there is one; a button goes to the handler it was made with; the first `on` that matches, in the order of
    registration, wins; what is left goes to `otherwise`.

    The other words are what the bot says by itself: `sorry` when a handler has failed three times over the
    same message, `cancelled` upon a cancel word, `given_up` when a question got no answer that fits and no
    handler of `on(NoAnswer)` says something better, `changed` when the handler of a talk was changed and
    begins again.
    """

    def __init__(
        self,
        *,
        cancel: tuple[str, ...] = ("cancel",),
        sorry: str = SORRY,
        cancelled: str = CANCELLED,
        given_up: str = GIVEN_UP,
        changed: str = CHANGED,
    ) -> None:
        for words in (sorry, cancelled, given_up, changed):
            if not 0 < len(words.strip()) <= MOST_SORRY:
                raise BotError(f"what the bot says by itself is a text of 1 to {MOST_SORRY} characters")
        self.sorry = sorry
        self._cancel = {plain(word) for word in cancel}
        self._cancelled = cancelled
        self._given_up = given_up
        self._changed = changed
        self._rules: list[_Rule] = []
        self._handlers: list[Handler] = []
        self._start: Handler | None = None
        self._otherwise: Handler | None = None
        self._no_answer: Handler | None = None

    def on(self, *triggers: Trigger | type[NoAnswer], interrupts: bool = False) -> Callable[[H], H]:
        """Register a handler for words (case and accents aside), a compiled pattern, or a content type.

        With `interrupts` it is taken even while a question waits, and ends that talk. A handler
        `on(NoAnswer)` runs when a question got no answer that fits.
        """
        if not triggers:
            raise TypeError('on() needs a trigger, such as on("hi")')
        matchers = [_matcher(trigger) for trigger in triggers if trigger is not NoAnswer]

        def register(handler: H) -> H:
            self._add(handler)
            if len(matchers) < len(triggers):
                self._no_answer = handler
            rule = _Rule(
                matches=lambda message: any(matches(message) for matches in matchers),
                handler=handler,
                interrupts=interrupts,
            )
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
        """Take over the handlers of `other`, after those registered so far."""
        self._handlers += other._handlers  # noqa: SLF001 - another of this very class
        self._rules += other._rules  # noqa: SLF001
        self._start = self._start or other._start  # noqa: SLF001
        self._otherwise = self._otherwise or other._otherwise  # noqa: SLF001
        self._no_answer = self._no_answer or other._no_answer  # noqa: SLF001

    def pick(self, message: Inbound, *, first: bool) -> Handler | None:
        """The handler that takes `message`, if any; `first` says that the contact never wrote before."""
        if first and message.is_spoken and self._start:
            return self._start
        picked = self._tapped(message) or self._ruled(message, self._rules)
        return picked or (self._otherwise if message.is_spoken else None)

    def turn(
        self,
        message: Inbound,
        conversation: Conversation,
        *,
        first: bool,
        now: float,
        limits: Limits,
        steps: dict[str, str] | None = None,
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
            name_of=self._button_id,
            said=[],
            steps={} if steps is None else steps,
        )
        after = self._advance(message, conversation, around, first=first)
        size = len(json.dumps([asdict(said) for said in around.said]))
        if size > MOST_TURN_BYTES:
            raise TurnTooLarge(f"this turn says {size} bytes of JSON; {MOST_TURN_BYTES} at most")
        return Turn(conversation=after, messages=tuple(around.said))

    def _advance(
        self, message: Inbound, conversation: Conversation, around: Surroundings, *, first: bool
    ) -> Conversation:
        """The conversation after `message`: an answer to its question, an end of its talk, or a new one."""
        journal = conversation.journal
        if journal is None:
            handler = self.pick(message, first=first)
            return self._begin(handler, message, conversation, around) if handler else conversation
        interrupting = self._ruled(message, [rule for rule in self._rules if rule.interrupts])
        if interrupting:
            return self._begin(interrupting, message, replace(conversation, journal=None), around)
        if plain(message.text) in self._cancel:
            return self._say(self._cancelled, message, replace(conversation, journal=None), around)
        if not message.is_spoken:
            return conversation
        handler = next((h for h in self._handlers if _name(h) == journal.handler), None)
        if handler is None:
            return self._advance(message, replace(conversation, journal=None), around, first=False)
        try:
            return self._run(handler, journal.answered(message), conversation, around)
        except JournalMismatch:
            around.said.clear()
            afresh = replace(conversation, data=journal.data, journal=None)
            self._say(self._changed, message, afresh, around)
            return self._begin(handler, journal.message, afresh, around)

    def _begin(
        self, handler: Handler, message: Inbound, conversation: Conversation, around: Surroundings
    ) -> Conversation:
        journal = Journal(handler=_name(handler), message=message, data=conversation.data)
        return self._run(handler, journal, conversation, around)

    def _say(
        self, words: str, message: Inbound, conversation: Conversation, around: Surroundings
    ) -> Conversation:
        return self._begin(lambda chat: chat.say(words), message, conversation, around)

    def _run(
        self, handler: Handler, journal: Journal, conversation: Conversation, around: Surroundings
    ) -> Conversation:
        """Run `handler` over `journal`, and the handlers it goes to, until one ends or asks."""
        for number in range(1, MOST_HANDLERS + 1):
            replay = Replay(journal)
            chat = Chat(replay, around)
            try:
                handler(chat)
            except Suspended:
                self._unique_name(handler)
                return replace(conversation, data=_storable(chat.data), journal=_fitting(replay.journal))
            except Went as went:
                handler = went.handler
            except NoAnswer:
                handler = self._no_answer or (lambda chat: chat.say(self._given_up))
            else:
                if chat.suspended_at:
                    raise SuspensionSwallowed(
                        f"the handler went on after asking at {chat.suspended_at}: let what ask() raises pass"
                    ) from None
                return replace(conversation, data=_storable(chat.data), journal=None)
            journal = Journal(
                handler=_name(handler),
                message=around.message,
                number=number,
                data=_storable(chat.data),
            )
        raise BotError(f"one turn went through {MOST_HANDLERS} handlers; does chat.go run in a circle?")

    def _tapped(self, message: Inbound) -> Handler | None:
        if not (isinstance(message.content, Tap) and message.content.id.startswith(_BUTTON)):
            return None
        name = message.content.id.removeprefix(_BUTTON)
        return next((handler for handler in self._handlers if _name(handler) == name), None)

    def _ruled(self, message: Inbound, rules: list[_Rule]) -> Handler | None:
        tapped = self._tapped(message)
        for rule in rules:
            if rule.handler is tapped or rule.matches(message):
                return rule.handler
        return None

    def _add(self, handler: H) -> H:
        if inspect.iscoroutinefunction(handler):
            raise TypeError(f"{_name(handler)} is async; handlers are plain functions")
        if not _takes_a_chat(handler):
            raise TypeError(f"{_name(handler)} must take one argument, the chat: def {_name(handler)}(chat)")
        self._handlers.append(handler)
        return handler

    def _button_id(self, handler: Handler) -> str:
        if handler not in self._handlers:
            raise BotError(f"a button leads to {_name(handler)}, which is no handler: register it with on()")
        return _BUTTON + self._unique_name(handler)

    def _unique_name(self, handler: Handler) -> str:
        """The handler's name, by which a button or a talk finds it again; BotError when it would not."""
        name = _name(handler)
        if handler not in self._handlers:
            raise BotError(f"{name} asks, but is no handler of this bot: register it with on()")
        if any(_name(other) == name and other is not handler for other in self._handlers):
            raise BotError(f"two handlers are named {name}; a button or a talk cannot tell them apart")
        return name


def _takes_a_chat(handler: Callable[..., object]) -> bool:
    try:
        inspect.signature(handler).bind(None)
    except TypeError:
        return False
    return True


def _name(handler: Callable[..., object]) -> str:
    return getattr(handler, "__qualname__", repr(handler))


def _matcher(trigger: object) -> Matcher:
    if isinstance(trigger, str):
        words = plain(trigger)
        return lambda message: bool(message.text) and plain(message.text) == words
    if isinstance(trigger, re.Pattern):
        return lambda message: bool(message.text) and trigger.search(message.text) is not None
    if isinstance(trigger, type):
        return lambda message: isinstance(message.content, trigger)
    what = (
        f"the function {_name(trigger)}: write @bot.on(…)" if inspect.isfunction(trigger) else repr(trigger)
    )
    raise TypeError(f"on() takes words, a compiled pattern or a content type, not {what}")


def _storable(data: dict[str, object]) -> dict[str, object]:
    try:
        text = json.dumps(data, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BotError(f"chat.data takes JSON values only: {error}") from error
    if len(text) > MOST_DATA_BYTES:
        raise TurnTooLarge(f"chat.data is {len(text)} bytes of JSON; {MOST_DATA_BYTES} at most")
    kept: dict[str, object] = json.loads(text)
    return kept


def _fitting(journal: Journal) -> Journal:
    size = len(json.dumps(asdict(journal)))
    if size > MOST_JOURNAL_BYTES:
        raise TurnTooLarge(f"the journal of {journal.handler} is {size} bytes; {MOST_JOURNAL_BYTES} at most")
    return journal
