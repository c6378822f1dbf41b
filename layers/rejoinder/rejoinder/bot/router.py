"""`Rules`: the handlers of a bot, and the choice of a handler for each message."""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from rejoinder.bot.buttons import handler_of
from rejoinder.bot.chat import Handler
from rejoinder.bot.courtesy import says
from rejoinder.bot.handlers import check, name_of
from rejoinder.bot.turn import OpenTurn
from rejoinder.bot.words import fold
from rejoinder.errors import BotError
from rejoinder.model.contents import Tap, Text
from rejoinder.model.ids import digest
from rejoinder.model.intent import Intent, Understood
from rejoinder.model.updates import Inbound, InboundContent, Reminder

Trigger = str | re.Pattern[str] | type[InboundContent] | Tap
Matcher = Callable[[Inbound], bool]

MIN_CONFIDENCE = 0.7
"""The least confidence, from 0 to 1, that an intent needs. Below it the message goes to `otherwise`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """The handler that was chosen for an update."""

    handler: Handler
    """The handler."""

    given: Mapping[str, object] = field(default_factory=dict)
    """The values for `chat.given`: the slots of an intent, or the values of a reminder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A handler, and the messages that it is for."""

    matchers: tuple[Matcher, ...]
    """Each returns whether a message is for the handler. One match is enough."""

    intents: tuple[Intent, ...]
    """The intents that the handler is for."""

    handler: Handler
    """The handler."""

    interrupts: bool
    """Whether the handler runs even while a question waits for its answer."""

    def takes(self, message: Inbound) -> bool:
        """Whether a matcher says that `message` is for the handler."""
        return any(matches(message) for matches in self.matchers)


@dataclass
class Rules:
    """The handlers of a bot."""

    rules: list[Rule] = field(default_factory=list)
    """The rules, in the order of their registration. The first one that matches wins."""

    handlers: list[Handler] = field(default_factory=list)
    """All handlers, also those that only a button, `chat.go` or `chat.later` starts."""

    start: Handler | None = None
    """The handler of a contact's first message."""

    otherwise: Handler | None = None
    """The handler of messages that no other handler is for."""

    no_answer: Handler | None = None
    """The handler of a question that got no answer that fits."""

    def add(self, handler: Handler) -> None:
        """Register a handler. Raises TypeError when it cannot be called with a chat."""
        check(handler)
        self.handlers.append(handler)

    def add_rule(self, rule: Rule) -> None:
        """Add `rule` after the earlier ones. Raises BotError when two intents have one name."""
        self._refuse_twins(rule)
        self.rules.append(rule)

    def include(self, other: "Rules") -> None:
        """Add the handlers that `other` has so far. Raises BotError when two intents have one name."""
        for rule in other.rules:
            self._refuse_twins(rule)
        self.handlers += other.handlers
        self.rules += other.rules
        self.start = self.start or other.start
        self.otherwise = self.otherwise or other.otherwise
        self.no_answer = self.no_answer or other.no_answer

    @property
    def intents(self) -> tuple[Intent, ...]:
        """The intents of all handlers, in the order of their registration."""
        return tuple(intent for rule in self.rules for intent in rule.intents)

    def pick(self, turn: OpenTurn, *, first: bool) -> Picked | None:
        """Return the handler for the update of `turn`; None when there is none.

        `first` says that the contact never wrote before. Raises BotError when a reminder's handler is gone.
        """
        message = turn.message
        if isinstance(message.content, Reminder):
            named = self.named(message.content.handler)
            if named is None:
                raise BotError(f"a reminder is for {message.content.handler}, which is no handler any more")
            return Picked(handler=named, given=message.content.given)
        if first and message.is_spoken and self.start:
            return Picked(handler=self.start)
        ruled = self.ruled(message)
        if ruled:
            return Picked(handler=ruled)
        understood = self._understand(turn)
        if understood or not (message.is_spoken and self.otherwise):
            return understood
        return Picked(handler=self.otherwise)

    def _understand(self, turn: OpenTurn) -> Picked | None:
        """Return the handler of the intent that the words mean; None when they mean none.

        The answer is kept with the steps: the same turn, tried again, does not ask again.
        """
        meant = {intent.name: (intent, rule) for rule in reversed(self.rules) for intent in rule.intents}
        if not (meant and isinstance(turn.message.content, Text)):
            return None
        key = digest(turn.message.hashed_id, "understood")
        if key not in turn.steps:
            intents = [intent for intent, _ in reversed(meant.values())]
            understood = turn.understanding.understand(turn.message.text, intents)
            turn.steps[key] = json.dumps(asdict(understood) if understood else None)
        kept = json.loads(turn.steps[key])
        found = Understood(**kept) if kept else None
        if found is None or found.confidence < MIN_CONFIDENCE or found.intent not in meant:
            return None
        return Picked(handler=meant[found.intent][1].handler, given=found.slots)

    def ruled(self, message: Inbound, *, interrupting: bool = False) -> Handler | None:
        """Return the handler that a button or a matcher chooses; None when there is none.

        With `interrupting`, only handlers that interrupt are considered.
        """
        rules = [rule for rule in self.rules if rule.interrupts or not interrupting]
        tapped = self._tapped(message)
        if tapped and (not interrupting or any(rule.handler is tapped for rule in rules)):
            return tapped
        return next((rule.handler for rule in rules if rule.takes(message)), None)

    def _tapped(self, message: Inbound) -> Handler | None:
        name = handler_of(message)
        return None if name is None else self.named(name)

    def named(self, name: str) -> Handler | None:
        """Return the handler with that name; None when there is none."""
        return next((handler for handler in self.handlers if name_of(handler) == name), None)

    def name_of(self, handler: Handler) -> str:
        """Return the name by which the handler is found again later.

        Raises BotError when it is not registered, or when another handler has the same name.
        """
        name = name_of(handler)
        if handler not in self.handlers:
            raise BotError(f"{name} is no handler of this bot: register it with on()")
        if any(name_of(other) == name and other is not handler for other in self.handlers):
            raise BotError(f"two handlers are named {name}; a button or a talk cannot tell them apart")
        return name

    def _refuse_twins(self, rule: Rule) -> None:
        names = {intent.name for other in self.rules for intent in other.intents}
        for intent in rule.intents:
            if intent.name in names:
                raise BotError(f"two intents are named {intent.name}; only one of them would be asked")
            names.add(intent.name)


def matcher(trigger: object) -> Matcher:
    """Return a function that tells whether a message fits `trigger`.

    Words fit alone, or with words of courtesy around them. Raises TypeError when `trigger` is of a kind that
    `on` does not accept, and BotError when nobody can type it.
    """
    if isinstance(trigger, str):
        if not fold(trigger):
            raise BotError("on() got words without a visible character; nobody can type them")
        return lambda message: bool(message.text) and says(message.text, trigger)
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
