"""`Rules`: the handlers of a bot, and which of them takes a message."""

import inspect
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from rejoinder.bot.buttons import handler_of
from rejoinder.bot.chat import Handler
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
"""How sure it must be that somebody means an intent; below it, `otherwise` has the word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """A handler, and what it is given: the slots of an intent, or what a reminder was given."""

    handler: Handler
    given: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A handler and what it takes; with `interrupts`, even in place of an answer."""

    matchers: tuple[Matcher, ...]
    intents: tuple[Intent, ...]
    handler: Handler
    interrupts: bool

    def takes(self, message: Inbound) -> bool:
        """Whether `message` is something for it."""
        return any(matches(message) for matches in self.matchers)


@dataclass
class Rules:
    """Handlers in the order of their registration. `start`, `otherwise` and `no_answer` are those without a
    rule: for a contact's first message, for what nobody takes, and for a question without an answer.
    """

    rules: list[Rule] = field(default_factory=list)
    handlers: list[Handler] = field(default_factory=list)
    start: Handler | None = None
    otherwise: Handler | None = None
    no_answer: Handler | None = None

    def add(self, handler: Handler) -> None:
        """Register a handler that something leads to; BotError or TypeError when it can be none."""
        check(handler)
        self.handlers.append(handler)

    def add_rule(self, rule: Rule) -> None:
        """Let `rule` take what no earlier one takes."""
        self._refuse_twins(rule)
        self.rules.append(rule)

    def include(self, other: "Rules") -> None:
        """Take over what `other` has so far, after what is here."""
        for rule in other.rules:
            self._refuse_twins(rule)
        self.handlers += other.handlers
        self.rules += other.rules
        self.start = self.start or other.start
        self.otherwise = self.otherwise or other.otherwise
        self.no_answer = self.no_answer or other.no_answer

    def pick(self, turn: OpenTurn, *, first: bool) -> Picked | None:
        """The handler that takes the message, if any; `first`: the contact never wrote before."""
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
        """Who takes the words for what they mean. Asked once, however often the turn is tried."""
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
        """Who takes the message for what it is: with `interrupting`, of those who interrupt."""
        rules = [rule for rule in self.rules if rule.interrupts or not interrupting]
        tapped = self._tapped(message)
        if tapped and (not interrupting or any(rule.handler is tapped for rule in rules)):
            return tapped
        return next((rule.handler for rule in rules if rule.takes(message)), None)

    def _tapped(self, message: Inbound) -> Handler | None:
        name = handler_of(message)
        return None if name is None else self.named(name)

    def named(self, name: str) -> Handler | None:
        """The handler of that name, if there still is one."""
        return next((handler for handler in self.handlers if name_of(handler) == name), None)

    def name_of(self, handler: Handler) -> str:
        """The handler's name, by which it is found again later; BotError when it would not be."""
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
    """What tells whether a message is what `on` was given; TypeError when it can be given no such thing."""
    if isinstance(trigger, str):
        words = fold(trigger)
        return lambda message: bool(message.text) and fold(message.text) == words
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
