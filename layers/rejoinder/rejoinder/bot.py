"""`Bot`: register handlers, pick one, run a turn."""

import inspect
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

from rejoinder.chat import Chat, Handler
from rejoinder.conversation import Conversation
from rejoinder.errors import BotError, TurnTooLarge
from rejoinder.messages import Inbound, InboundContent, Outbound, Tap
from rejoinder.ports import Limits

H = TypeVar("H", bound=Handler)
Trigger = str | re.Pattern[str] | type[InboundContent]

MOST_DATA_BYTES = 64 * 1024
"""Of `chat.data` as JSON."""

MOST_TURN_BYTES = 256 * 1024
"""Of all that one turn says, as JSON."""

MOST_SORRY = 1000
"""Characters; every channel takes that many."""

SORRY = "Sorry, something went wrong on our side. Please try again later."

_BUTTON = "go:"
"""A button id that starts so names the handler that a tap starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One update handled: the new conversation, and what was said."""

    conversation: Conversation
    messages: tuple[Outbound, ...]


class Bot:
    """A bot: handlers, and the order in which they are asked.

    The very first message of a contact goes to `start`, if there is one. Else a button goes to the handler
    it was made with; else the first `on` that matches, in the order of registration, wins; else `otherwise`.
    `sorry` is said when a handler has failed three times over the same message.
    """

    def __init__(self, *, sorry: str = SORRY) -> None:
        if not 0 < len(sorry.strip()) <= MOST_SORRY:
            raise BotError(f"sorry is a text of 1 to {MOST_SORRY} characters")
        self.sorry = sorry
        self._rules: list[tuple[Callable[[Inbound], bool], Handler]] = []
        self._handlers: list[Handler] = []
        self._start: Handler | None = None
        self._otherwise: Handler | None = None

    def on(self, *triggers: Trigger) -> Callable[[H], H]:
        """Register a handler for words (case and accents aside), a compiled pattern, or a content type."""
        if not triggers:
            raise TypeError('on() needs a trigger, such as on("hi")')
        matches = [_matcher(trigger) for trigger in triggers]

        def register(handler: H) -> H:
            self._add(handler)
            self._rules.append((lambda message: any(match(message) for match in matches), handler))
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

    def pick(self, message: Inbound, *, first: bool) -> Handler | None:
        """The handler that takes `message`, if any; `first` says that the contact never wrote before."""
        spoken = message.is_spoken
        if first and spoken and self._start:
            return self._start
        if isinstance(message.content, Tap) and message.content.id.startswith(_BUTTON):
            name = message.content.id.removeprefix(_BUTTON)
            tapped = next((handler for handler in self._handlers if _name(handler) == name), None)
            if tapped:
                return tapped
        picked = next((handler for matches, handler in self._rules if matches(message)), None)
        return picked or (self._otherwise if spoken else None)

    def turn(
        self, message: Inbound, conversation: Conversation, *, first: bool, now: float, limits: Limits
    ) -> Turn:
        """Run one turn; `conversation` has heard the message already. A handler's errors pass through."""
        handler = self.pick(message, first=first)
        if handler is None:
            return Turn(conversation=conversation, messages=())
        chat = Chat(
            message=message,
            data=json.loads(json.dumps(conversation.data)),
            now=now,
            window_closes_at=conversation.window_closes_at,
            limits=limits,
            name_of=self._button_id,
        )
        handler(chat)
        size = len(json.dumps([asdict(said) for said in chat.said]))
        if size > MOST_TURN_BYTES:
            raise TurnTooLarge(f"this turn says {size} bytes of JSON; {MOST_TURN_BYTES} at most")
        return Turn(conversation=replace(conversation, data=_storable(chat.data)), messages=chat.said)

    def _add(self, handler: H) -> H:
        if inspect.iscoroutinefunction(handler):
            raise TypeError(f"{_name(handler)} is async; handlers are plain functions")
        self._handlers.append(handler)
        return handler

    def _button_id(self, handler: Handler) -> str:
        name = _name(handler)
        if handler not in self._handlers:
            raise BotError(f"a button leads to {name}, which is no handler: register it with on()")
        if any(_name(other) == name and other is not handler for other in self._handlers):
            raise BotError(f"a button leads to {name}, but two handlers have that name; give one another")
        return _BUTTON + name


def _name(handler: Callable[..., object]) -> str:
    return getattr(handler, "__qualname__", repr(handler))


def _matcher(trigger: Trigger) -> Callable[[Inbound], bool]:
    if isinstance(trigger, str):
        words = _plain(trigger)
        return lambda message: bool(message.text) and _plain(message.text) == words
    if isinstance(trigger, re.Pattern):
        return lambda message: bool(message.text) and trigger.search(message.text) is not None
    if isinstance(trigger, type):
        return lambda message: isinstance(message.content, trigger)
    raise TypeError(f"on() takes words, a compiled pattern or a content type, not {trigger!r}")


def _plain(words: str) -> str:
    """`words` without case, accents and surplus spaces."""
    letters = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())


def _storable(data: dict[str, object]) -> dict[str, object]:
    try:
        text = json.dumps(data, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BotError(f"chat.data takes JSON values only: {error}") from error
    if len(text) > MOST_DATA_BYTES:
        raise TurnTooLarge(f"chat.data is {len(text)} bytes of JSON; {MOST_DATA_BYTES} at most")
    kept: dict[str, object] = json.loads(text)
    return kept
