"""The updates that wait for one bot. It does no I/O.

Lifetimes and queues are those of Telegram's own server: `add_update` and its callers in `Client.cpp` of
https://github.com/tdlib/telegram-bot-api. The updates of one queue go in order. A queue is a chat for
messages, a person for taps and for blocking, and a poll for its votes.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Final

from rejoinder.workbench.simulator.clock import Clock
from rejoinder.workbench.simulator.delivery import Outcome
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.telegram.network import Update

KINDS: Final = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
    "subscription",
    "stopped_message_generation",
)
"""The kinds of updates: https://core.telegram.org/bots/api#update."""

UNUSUAL: Final = ("chat_member", "message_reaction", "message_reaction_count")
"""The kinds that a bot gets only when it names them: https://core.telegram.org/bots/api#setwebhook."""

LIFE_SECONDS: Final = 24 * 3600.0
"""How long an update is kept, in seconds."""

_SHORTER: Final = {
    "callback_query": 150.0,
    "shipping_query": 150.0,
    "pre_checkout_query": 150.0,
    "inline_query": 30.0,
    "chosen_inline_result": 600.0,
}
"""How long the updates are kept that somebody waits for, in seconds."""

_OF_A_PERSON: Final = (*_SHORTER, "my_chat_member", "chat_member")
"""The kinds that have one queue for each person, and each kind its own."""

_FIRST: Final = 100_000_000
_LAST_FIRST: Final = 900_000_000

Queue = tuple[str, str]
"""A queue: what it is of, and which one."""


@dataclass(slots=True, kw_only=True)
class Letter:
    """An update that waits."""

    id: int
    """The `update_id`."""

    kind: str
    content: JsonObject
    queue: Queue

    expires_at: float
    """When it is dropped, in Unix seconds."""

    tries: int = 0
    """How often it was posted, or fetched."""

    taken: bool = False
    """Whether the bot has accepted it."""

    loses_answer: int | None = None
    """The status that comes instead of the webhook's next answer: a fault."""

    first: asyncio.Future[Outcome] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """The outcome of the first attempt."""

    def shown(self) -> JsonObject:
        """Return the `Update` of the wire."""
        return {"update_id": self.id, self.kind: self.content}

    def settle(self, outcome: Outcome) -> None:
        """Tell the outcome to who waits for it, if it is the first one."""
        if not self.first.done():
            self.first.set_result(outcome)


class Mailbox:
    """The updates of one bot, by number."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # A bot that outlives the simulator must not take a new update for an old one.
        self._next_id = _FIRST + secrets.randbelow(_LAST_FIRST)
        self._letters: dict[int, Letter] = {}

    def put(self, update: Update) -> Letter:
        """Add an update."""
        lives = _SHORTER.get(update.kind, LIFE_SECONDS)
        letter = Letter(
            id=self._next_id,
            kind=update.kind,
            content=update.content,
            queue=queue_of(update),
            expires_at=self._clock.now() + lives,
        )
        self._next_id += 1
        self._letters[letter.id] = letter
        return letter

    def waiting(self) -> list[Letter]:
        """Return the updates, oldest first. Those that have expired are dropped."""
        now = self._clock.now()
        for letter in [one for one in self._letters.values() if one.expires_at <= now]:
            self.drop(letter)
        return list(self._letters.values())

    def queues(self) -> list[Queue]:
        """Return the queues in which something waits."""
        return list(dict.fromkeys(letter.queue for letter in self.waiting()))

    def next(self, queue: Queue) -> Letter | None:
        """Return the oldest update of a queue; None when nothing waits in it."""
        return next((letter for letter in self.waiting() if letter.queue == queue), None)

    def drop(self, letter: Letter) -> None:
        """Forget an update."""
        self._letters.pop(letter.id, None)
        letter.settle(Outcome(error="the update was dropped"))

    def clear(self) -> None:
        """Forget all updates."""
        for letter in list(self._letters.values()):
            self.drop(letter)

    def since(self, offset: int, limit: int) -> list[Letter]:
        """Return the updates from a number on, and forget those before it.

        A negative number counts from the end. With 0 all are returned.
        """
        waiting = self.waiting()
        if offset < 0:
            offset = waiting[max(offset, -len(waiting))].id if waiting else 0
        for letter in waiting:
            if letter.id < offset:
                letter.taken = True
                self.drop(letter)
        return [letter for letter in waiting if letter.id >= offset][:limit]


def queue_of(update: Update) -> Queue:
    """Return the queue of an update."""
    if update.kind in ("poll", "poll_answer"):
        return "poll", str(update.content.get("poll_id") or update.content.get("id"))
    if update.person is not None and (update.kind in _OF_A_PERSON or update.chat is None):
        return update.kind, str(update.person.id)
    return "chat", str(update.chat.id) if update.chat else ""
