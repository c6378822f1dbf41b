"""`Rules`: the handlers of a bot, and the choice of a handler for each message."""

import inspect
import json
import re
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from rejoinder.bot.buttons import handler_of
from rejoinder.bot.chat import Handler
from rejoinder.bot.commands import START, command_in, readings, without_slash
from rejoinder.bot.courtesy import Sayings, says
from rejoinder.bot.handlers import check, is_anonymous, name_of, warn_at, why_twins
from rejoinder.bot.triggers import check_trigger, types_in
from rejoinder.bot.turn import OpenTurn
from rejoinder.errors import BotError, HandlerGone
from rejoinder.model.contents import Media, Tap, Text
from rejoinder.model.ids import digest
from rejoinder.model.intent import Intent, Understood
from rejoinder.model.own import Reminder
from rejoinder.model.people import Account, Contact
from rejoinder.model.updates import Inbound, InboundContent

Trigger = str | re.Pattern[str] | type[InboundContent] | type[Media] | types.UnionType | Tap
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


class Taps:
    """A matcher: the message is a tap on the button with that id."""

    def __init__(self, id: str) -> None:  # noqa: A002 - as the field of a Tap
        self._id = id

    def __call__(self, message: Inbound) -> bool:
        """Whether `message` is a tap on the button."""
        return isinstance(message.content, Tap) and message.content.id == self._id


class Says:
    """A matcher: the message says some words, alone, among words of courtesy, or as a command."""

    def __init__(self, words: str) -> None:
        self.words: str = words.removeprefix("/")
        """The words, without a slash before them."""

    def __call__(self, message: Inbound) -> bool:
        """Whether `message` says the words."""
        return any(says(words, self.words) for words in readings(message.text) if words)


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


class Rules:
    """The handlers of a bot."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        """The rules, in the order of their registration. The first one that matches wins."""
        self.handlers: list[Handler] = []
        """All handlers, also those that only a button, `chat.go` or `chat.later` starts."""
        self.start: Handler | None = None
        """The handler of a contact's first message."""
        self.greets_always: bool = False
        """Whether that handler runs even before another one that takes the first message."""
        self.otherwise: Handler | None = None
        """The handler of messages that no other handler is for."""
        self.no_answer: Handler | None = None
        """The handler of a question that got no answer that fits."""
        self._words = Sayings()  # with the places of their rules
        self._others: list[tuple[int, tuple[Matcher, ...]]] = []  # the other matchers, with those places
        self._meant: dict[str, tuple[Intent, Rule]] = {}  # by the names of the intents

    def add(self, handler: Handler) -> None:
        """Register a handler, once.

        Raises TypeError when it cannot be called with a chat, BotError when another handler has its name.
        """
        check(handler)
        self._refuse_twin(handler)
        if handler not in self.handlers:
            self.handlers.append(handler)

    def add_only(self, role: Literal["start", "otherwise", "no_answer"], handler: Handler) -> None:
        """Register the one handler of `role`.

        Besides what `add` raises, BotError when the role has another handler: that one would never run.
        """
        earlier = getattr(self, role)
        if earlier is not None and earlier != handler:
            raise BotError(f"{name_of(earlier)} and {name_of(handler)} are both for {role}: keep one of them")
        self.add(handler)
        setattr(self, role, handler)

    def warn_of_dead_words(self, triggers: Iterable[object], handler: Handler, *, interrupts: bool) -> None:
        """Warn of words that an earlier rule takes when they are typed: `handler` never runs then.

        Call it before `add_rule`. Rules that are included say nothing: one's own may come before them.
        """
        for words in triggers:
            if not isinstance(words, str):
                continue
            first = self._first(_typed(words))
            if first and first.handler != handler and (first.interrupts or not interrupts):
                warn_at(
                    handler,
                    f"{words!r}, typed, never reaches {name_of(handler)}: {name_of(first.handler)}, "
                    "which was registered before, takes it",
                )

    def add_rule(self, rule: Rule) -> None:
        """Add `rule` after the earlier ones. Raises BotError when two intents have one name."""
        self._refuse_twin_intents(rule)
        self._append(rule)

    def include(self, other: "Rules") -> None:
        """Add the handlers that `other` has so far, but none twice.

        Raises BotError when two handlers or two intents have one name.
        """
        rules = [rule for rule in other.rules if rule not in self.rules]
        for rule in rules:
            self._refuse_twin_intents(rule)
        for handler in other.handlers:
            self._refuse_twin(handler)
        self.handlers += [handler for handler in other.handlers if handler not in self.handlers]
        for rule in rules:
            self._append(rule)
        if not self.start:
            self.start, self.greets_always = other.start, other.greets_always
        self.otherwise = self.otherwise or other.otherwise
        self.no_answer = self.no_answer or other.no_answer

    @property
    def intents(self) -> tuple[Intent, ...]:
        """The intents of all handlers, in the order of their registration."""
        return tuple(intent for rule in self.rules for intent in rule.intents)

    def pick(self, turn: OpenTurn, *, first: bool) -> Picked | None:
        """Return the handler for the update of `turn`; None when there is none.

        `first` says that the contact never wrote before. Raises HandlerGone when the handler of a reminder is
        gone.
        """
        message = turn.message
        if isinstance(message.content, Reminder):
            named = self.named(message.content.handler)
            if named is None:
                raise HandlerGone(
                    f"a reminder is for {message.content.handler}, which is no handler any more"
                )
            return Picked(handler=named, given=message.content.given)
        ruled = self.ruled(message) or self.commanded(message)
        if ruled:
            return Picked(handler=ruled)
        understood = self._understand(turn)
        if understood or not message.is_spoken:
            return understood
        if first and self.start:
            return Picked(handler=self.start)
        turn.not_understood = isinstance(message.content, Text)
        return Picked(handler=self.otherwise) if self.otherwise else None

    def _understand(self, turn: OpenTurn) -> Picked | None:
        """Return the handler of the intent that the words mean; None when they mean none.

        The answer is kept with the steps: the same turn, tried again, does not ask again.
        """
        if not (self._meant and isinstance(turn.message.content, Text)):
            return None
        key = digest(turn.message.hashed_id, "understood")
        if key not in turn.steps:
            intents = [intent for intent, _ in self._meant.values()]
            understood = turn.understanding.understand(without_slash(turn.message.text), intents)
            turn.steps[key] = json.dumps(asdict(understood) if understood else None)
        kept = json.loads(turn.steps[key])
        found = Understood(**kept) if kept else None
        if found is None or found.confidence < MIN_CONFIDENCE or found.intent not in self._meant:
            return None
        return Picked(handler=self._meant[found.intent][1].handler, given=found.slots)

    def ruled(self, message: Inbound, *, interrupting: bool = False) -> Handler | None:
        """Return the handler that a button or a matcher chooses; None when there is none.

        With `interrupting`, only handlers that interrupt are considered.
        """
        tapped = self._tapped(message)
        if tapped and (not interrupting or any(r.interrupts and r.handler == tapped for r in self.rules)):
            return tapped
        rule = self._first(message, interrupting=interrupting)
        return rule.handler if rule else None

    def commanded(self, message: Inbound) -> Handler | None:
        """Return the handler of the command that `message` is; None when it is none that this bot has.

        `/start` is for the handler of the first message, unless another one is for that word.
        """
        if not (isinstance(message.content, Text) and (name := command_in(message.text))):
            return None
        said = self._said(message.text)
        if said:
            return self.rules[said[0]].handler
        return self.start if name.lower() == START else None

    def is_named_in(self, message: Inbound) -> bool:
        """Whether a handler is registered for the very words of `message`, or for the button that it taps."""
        if self._tapped(message) or self._said(message.text) or self.commanded(message):
            return True
        return any(isinstance(one, Taps) and one(message) for _, some in self._others for one in some)

    def _first(self, message: Inbound, *, interrupting: bool = False) -> Rule | None:
        """Return the first rule that a matcher says `message` is for; None when there is none.

        Words are looked up. Only the other matchers of the rules before are asked one after another.
        """
        rules = self.rules
        said = (place for place in self._said(message.text) if rules[place].interrupts or not interrupting)
        first = next(said, len(rules))
        for place, matchers in self._others:
            if place >= first:
                break
            if (rules[place].interrupts or not interrupting) and any(
                matches(message) for matches in matchers
            ):
                return rules[place]
        return rules[first] if first < len(rules) else None

    def typed(self, words: str) -> Handler | None:
        """Return the handler of a contact who types `words`; None when there is none."""
        first = self._first(_typed(words))
        return first.handler if first else None

    def _said(self, text: str) -> list[int]:
        """Return the places of the rules whose words `text` says."""
        return sorted({place for words in readings(text) for place in self._words.said(words)})

    def _append(self, rule: Rule) -> None:
        place, others = len(self.rules), tuple(m for m in rule.matchers if not isinstance(m, Says))
        self.rules.append(rule)
        for one in rule.matchers:
            if isinstance(one, Says):
                self._words.add(one.words, place)
        if others:
            self._others.append((place, others))
        for intent in rule.intents:
            self._meant.setdefault(intent.name, (intent, rule))

    def _tapped(self, message: Inbound) -> Handler | None:
        name = handler_of(message)
        return None if name is None else self.named(name)

    def named(self, name: str) -> Handler | None:
        """Return the handler with that name; None when there is none, or several lambdas have it."""
        named = [handler for handler in self.handlers if name_of(handler) == name]
        return named[0] if len(named) == 1 else None

    def name_of(self, handler: Handler) -> str:
        """Return the name by which the handler is found again later.

        Raises BotError when it is not registered, or when it is one of several lambdas.
        """
        name = name_of(handler)
        twin = next((other for other in self.handlers if name_of(other) == name and other != handler), None)
        if handler not in self.handlers:
            cure = "put on() above its other decorators" if twin else "register it with on()"
            raise BotError(f"{name} is no handler of this bot: {cure}")
        if twin:
            raise BotError(why_twins(twin, handler))
        return name

    def _refuse_twin(self, handler: Handler) -> None:
        """Raise BotError when another handler has the name. Lambdas may be twins until one must be found."""
        if is_anonymous(handler):
            return
        name = name_of(handler)
        for other in self.handlers:
            if name_of(other) == name and other != handler:
                raise BotError(why_twins(other, handler))

    def _refuse_twin_intents(self, rule: Rule) -> None:
        names = {intent.name for other in self.rules for intent in other.intents}
        for intent in rule.intents:
            if intent.name in names:
                raise BotError(f"two intents are named {intent.name}; only one of them would be asked")
            names.add(intent.name)


def _typed(words: str) -> Inbound:
    """Return the message of a contact who types `words`."""
    account = Account(channel="", id="")
    return Inbound(id="", account=account, contact=Contact(id=""), at=0, content=Text(body=words))


def matcher(trigger: object) -> Matcher:
    """Return a function that tells whether a message fits `trigger`.

    Words fit alone, or with words of courtesy around them. Raises TypeError when `trigger` is of a kind that
    `on` does not accept, BotError when nothing can fit it.
    """
    check_trigger(trigger)
    if isinstance(trigger, str):
        return Says(trigger)
    if isinstance(trigger, re.Pattern):
        return lambda message: bool(message.text) and trigger.search(message.text) is not None
    if isinstance(trigger, Tap):
        return Taps(trigger.id)
    if kinds := types_in(trigger):
        return lambda message: any(isinstance(part, kinds) for part in (message.content, *message.parts))
    what = repr(trigger)
    if inspect.isfunction(trigger):
        what = f"the function {name_of(trigger)}: write @bot.on(…)"
    raise TypeError(f"on() takes words, a compiled pattern, a content type, a Tap or an Intent, not {what}")
