"""The toy's network. It posts each webhook until the answer is 200. It answers some sends and not others.

It sends no statuses, so nobody learns what became of a message that it accepted.
"""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from rejoinder.channel_ports import Request
from rejoinder.errors import MediaGone, OutcomeUnknown, RateLimited, Refused, Rejected, SendError
from rejoinder.file_ports import Fetched, Uploaded
from rejoinder.model.delivery import Callback
from rejoinder.model.files import File
from rejoinder.model.ids import correlation_id
from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent
from rejoinder.model.template_state import TemplateState
from tests.simulation.meta import Accepted, Ask, Item

if TYPE_CHECKING:
    from tests.simulation.world import World

TOY = Account(channel="toy", id="1")
TOKEN = "toy token"


@dataclass
class ToyNet:
    """The toy's network. Its asks and accepted messages are kept in `Meta`, for the same judges."""

    world: "World"

    def says(self, who: str, id: str, words: str, label: str) -> None:  # noqa: A002 - the network's word
        """Post the message `words` from `who`."""
        item = Item(label=label, change={}, hashed_id=correlation_id(str(TOY), id))
        self.world.names[item.hashed_id] = label
        self.world.meta.items.append(item)
        body: dict[str, object] = {
            "toy": TOY.id,
            "items": [{"id": id, "who": who, "at": int(self.world.now), "words": words}],
        }
        self.world.at(self.world.now + self.world.choices.draw(3), lambda: self._post(item, body))

    def _post(self, item: Item, body: dict[str, object], tries: int = 0) -> None:
        """Post one webhook. Until it is answered with 200, it comes again."""
        request = Request(body=json.dumps(body).encode(), headers={"x-toy-token": TOKEN})
        self.world.tell_story("toy", f"posts {item.label}")
        status = self.world.ingress(request, "toy")
        if status == 200:
            item.acknowledged = True
        is_lost = not self.world.is_calm and self.world.choices.one_in(12)
        if status != 200 or is_lost:
            pause = 5.0 * 2 ** min(tries, 9) + self.world.choices.draw(10)
            self.world.at(self.world.now + pause, lambda: self._post(item, body, tries + 1))

    def send(
        self, account: Account, contact: Contact, content: OutboundContent, callback: str, *, quote: str = ""
    ) -> str:
        """Send a message, as the port `Network` does."""
        return self.world.call("toy.send", lambda: self._answer(contact, content, callback), error=None)

    def owner(self, _account: Account) -> str:
        """Return the business account of an account: this network has none."""
        return ""

    def templates(self, account: Account) -> tuple[TemplateState, ...]:
        """Return nothing: this network has no templates."""
        return ()

    def mark_read(self, account: Account, message_id: str) -> None:
        """Do nothing: the toy does not know who has read what."""

    def show_typing(self, account: Account, message_id: str) -> None:
        """Do nothing: the toy shows no typing."""

    def fetch(self, account: Account, media_id: str) -> AbstractContextManager[Fetched]:
        """Raise MediaGone: the toy has no files."""
        raise MediaGone("the toy has no files")

    def upload(self, account: Account, file: File, opened: BinaryIO) -> Uploaded:
        """Raise Rejected: the toy takes no files."""
        raise Rejected(6, "the toy takes no files")

    def _answer(self, contact: Contact, content: OutboundContent, callback: str) -> str:
        sent = Callback.decode(callback)
        assert sent, "every message has our callback data"
        attempt, world = sent.attempt, self.world
        world.looks_at_send(attempt, contact, content)
        ask = Ask(
            at=world.now,
            outbound_id=attempt.outbound_id,
            attempt=attempt.number,
            content=content,
            by=world.stack[-1],
            gate_opened=world.gates.opened,
        )
        world.meta.asks[ask.outbound_id, ask.attempt] = ask
        mood = 0 if world.is_calm else world.choices.draw(world.moodiness)
        label = f"attempt {attempt.number} at {world.name(attempt.outbound_id)}"
        if mood in (0, 4) or mood > 5:
            taken = Accepted(
                at=world.now,
                outbound_id=attempt.outbound_id,
                attempt=attempt.number,
                callback=callback,
                contact=contact,
                content=content,
                known=mood != 4,
            )
            world.meta.accepted.append(taken)
        errors: dict[int, SendError] = {
            1: RateLimited(8, "slower", retry_after_seconds=3.0),
            2: Refused(9, "not now"),
            3: OutcomeUnknown(0, "no answer"),
            4: OutcomeUnknown(0, "no answer"),
            5: Rejected(7, "no such person"),
        }
        ask.answer = errors.get(mood)
        world.tell_story("toy", f"{label}: {type(ask.answer).__name__ if ask.answer else 'accepted'}")
        if ask.answer:
            raise ask.answer
        return f"toy.{len(world.meta.accepted)}"
