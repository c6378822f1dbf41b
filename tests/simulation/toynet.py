"""The toy's network: it posts webhooks until they are answered by 200, and answers sends or does not.

It tells no statuses: nobody learns what becomes of a message that it accepted.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rejoinder.errors import OutcomeUnknown, RateLimited, Refused, Rejected, SendError
from rejoinder.model.contents import OutboundContent
from rejoinder.model.delivery import Callback
from rejoinder.model.ids import correlation_id
from rejoinder.model.people import Account, Contact
from rejoinder.ports import Request
from tests.simulation.meta import Accepted, Ask, Item

if TYPE_CHECKING:
    from tests.simulation.world import World

TOY = Account(channel="toy", id="1")
TOKEN = "toy token"


@dataclass
class ToyNet:
    """Its state is the world's: what it was asked and what it took lie beside Meta's, for the same judges."""

    world: "World"

    def says(self, who: str, id: str, words: str, label: str) -> None:  # noqa: A002 - the network's word
        """Tell what somebody says."""
        item = Item(label=label, change={}, hashed_id=correlation_id(str(TOY), id))
        self.world.names[item.hashed_id] = label
        self.world.meta.items.append(item)
        body: dict[str, object] = {
            "toy": TOY.id,
            "items": [{"id": id, "who": who, "at": int(self.world.now), "words": words}],
        }
        self.world.at(self.world.now + self.world.choices.draw(3), lambda: self._post(item, body))

    def _post(self, item: Item, body: dict[str, object], tries: int = 0) -> None:
        """One webhook; until it is answered by 200 it comes again."""
        request = Request(body=json.dumps(body).encode(), headers={"x-toy-token": TOKEN})
        self.world.tell_story("toy", f"posts {item.label}")
        status = self.world.ingress(request, "toy")
        if status == 200:
            item.acknowledged = True
        is_lost = not self.world.is_calm and self.world.choices.one_in(12)
        if status != 200 or is_lost:
            pause = 5.0 * 2 ** min(tries, 9) + self.world.choices.draw(10)
            self.world.at(self.world.now + pause, lambda: self._post(item, body, tries + 1))

    def send(self, account: Account, contact: Contact, content: OutboundContent, callback: str) -> str:
        """The port `Network`."""
        return self.world.call("toy.send", lambda: self._answer(contact, content, callback), error=None)

    def mark_read(self, account: Account, message_id: str) -> None:
        """The port `Network`."""

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
