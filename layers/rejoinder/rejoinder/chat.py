"""`Chat`: the one object a handler holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rejoinder.errors import BotError, LimitExceeded, TurnTooLarge
from rejoinder.messages import (
    Button,
    Buttons,
    Contact,
    Inbound,
    List,
    Outbound,
    OutboundContent,
    Row,
    Section,
    Template,
    Text,
)
from rejoinder.ports import Limits

Handler = Callable[["Chat"], None]
"""What a bot author writes."""

Choices = Sequence[str] | Sequence[tuple[str, str]] | Mapping[str, Handler]
"""Titles, (id, title) pairs, or titles leading to the handler that a tap starts."""

MOST_MESSAGES = 20
"""Messages one turn may say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The service window: until `closes_at` anything may be said, afterwards only a template."""

    closes_at: datetime


class Chat:
    """A turn of the conversation, as the bot sees it: what was said, what is known, and `say` to answer.

    `contact` is who writes, `message` what they wrote (`message.text` its words), `data` a dictionary that is
    kept until the next turn (JSON values, 64 KB), `now` the turn's time, `window` the service window.
    """

    def __init__(
        self,
        *,
        message: Inbound,
        data: dict[str, object],
        now: float,
        window_closes_at: float,
        limits: Limits,
        name_of: Callable[[Handler], str],
    ) -> None:
        self.contact: Contact = message.contact
        self.message = message
        self.data = data
        self.now = datetime.fromtimestamp(now, UTC)
        self.window = Window(closes_at=datetime.fromtimestamp(window_closes_at, UTC))
        self._limits = limits
        self._name_of = name_of
        self._said: list[Outbound] = []

    def say(
        self,
        what: str | OutboundContent,
        *,
        buttons: Choices | None = None,
        rows: Choices | None = None,
        menu: str = "Choose",
        outside_window: Template | None = None,
        apart: bool = False,
    ) -> None:
        """Say `what`: words, or a ready-made content such as a `Template`.

        `buttons` puts up to three reply buttons under the words, `rows` a list of up to ten behind a button
        labelled `menu`. `outside_window` is the template that goes out instead when the service window has
        closed meanwhile. Words said one after another travel as one message, because each message costs
        money; `apart=True` begins a new one. Raises LimitExceeded when the network would not take it.
        """
        content = self._content(what, buttons, rows, menu)
        self._limits.check(content)
        if outside_window:
            self._limits.check(outside_window)
        if not apart and self._joins_the_last(content, outside_window):
            return
        if len(self._said) == MOST_MESSAGES:
            raise TurnTooLarge(f"one turn may say {MOST_MESSAGES} messages")
        number = len(self._said) + 1
        self._said.append(
            Outbound(id=f"{self.message.hashed_id}-{number}", content=content, outside_window=outside_window)
        )

    @property
    def said(self) -> tuple[Outbound, ...]:
        """What this turn has said so far."""
        return tuple(self._said)

    def _content(
        self, what: str | OutboundContent, buttons: Choices | None, rows: Choices | None, menu: str
    ) -> OutboundContent:
        if not isinstance(what, str):
            if buttons or rows:
                raise BotError("buttons and rows go under words, not under a ready-made content")
            return what
        if buttons and rows:
            raise BotError("a message has buttons or rows, not both")
        if buttons:
            return Buttons(body=what, buttons=tuple(Button(id=i, title=t) for i, t in self._pairs(buttons)))
        if rows:
            listed = tuple(Row(id=i, title=t) for i, t in self._pairs(rows))
            return List(body=what, button=menu, sections=(Section(rows=listed),))
        return Text(body=what)

    def _pairs(self, choices: Choices) -> list[tuple[str, str]]:
        if isinstance(choices, Mapping):
            return [(self._name_of(handler), title) for title, handler in choices.items()]
        return [(choice, choice) if isinstance(choice, str) else choice for choice in choices]

    def _joins_the_last(self, content: OutboundContent, outside_window: Template | None) -> bool:
        last = self._said[-1] if self._said else None
        if last is None or last.outside_window != outside_window:
            return False
        match last.content, content:
            case Text(body=before), Text(body=after):
                joined = Text(body=f"{before}\n\n{after}")
            case _:
                return False
        try:
            self._limits.check(joined)
        except LimitExceeded:
            return False
        self._said[-1] = replace(last, content=joined)
        return True
