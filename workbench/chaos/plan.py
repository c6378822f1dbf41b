"""The plan: what the contacts write, and in which webhooks it comes. All of it follows from the seed."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbench import development

DUPLICATES = 0.2
"""The share of the updates that come twice."""

MAX_IN_BODY = 100
"""The most updates in one webhook. Meta sometimes batches more, but most of its webhooks hold fewer."""

MAX_DUPLICATE_DISTANCE = 200
"""How many updates after the first one a duplicate comes, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One message of a contact."""

    id: str
    """The network's id of the message."""

    contact: str
    """The contact's phone number."""

    place: int
    """Its place among the contact's messages, from 1."""

    @property
    def text(self) -> str:
        """What the contact writes."""
        return f"message {self.place}"


def plan(updates: int, contacts: int, seed: int) -> list[list[Update]]:
    """Return the updates of each webhook.

    Contacts are mixed. Each contact's messages come in order when they come first, and a fifth of all come
    twice.
    """
    dice = random.Random(seed)  # noqa: S311 - the same seed, the same run
    writers = [number % contacts for number in range(updates)]
    dice.shuffle(writers)
    firsts = list(_numbered(writers, seed))
    again = dice.sample(range(updates), round(updates * DUPLICATES))
    placed = [(float(position), update) for position, update in enumerate(firsts)]
    placed += [(position + dice.uniform(0.5, MAX_DUPLICATE_DISTANCE), firsts[position]) for position in again]
    in_order = [update for _, update in sorted(placed, key=lambda pair: pair[0])]
    return list(_cut(in_order, dice, largest=max(1, min(MAX_IN_BODY, updates // 10))))


def _numbered(writers: Sequence[int], seed: int) -> Iterator[Update]:
    places = dict.fromkeys(writers, 0)
    for writer in writers:
        places[writer] += 1
        id = f"wamid.chaos-{seed}-{writer}-{places[writer]}"
        yield Update(id=id, contact=f"1555{writer:07}", place=places[writer])


def _cut(updates: list[Update], dice: random.Random, *, largest: int) -> Iterator[list[Update]]:
    while updates:
        size = dice.randint(1, largest)
        yield updates[:size]
        updates = updates[size:]


def body_of(updates: Sequence[Update]) -> dict[str, Any]:
    """Return the body of a webhook with `updates`, sent now."""
    messages = [
        {
            "from": update.contact,
            "id": update.id,
            "timestamp": str(int(time.time())),
            "type": "text",
            "text": {"body": update.text},
        }
        for update in updates
    ]
    numbers = {
        "display_phone_number": development.DISPLAY_PHONE_NUMBER,
        "phone_number_id": development.PHONE_NUMBER_ID,
    }
    value = {"messaging_product": "whatsapp", "metadata": numbers, "messages": messages}
    entry = {"id": development.WABA_ID, "changes": [{"field": "messages", "value": value}]}
    return {"object": "whatsapp_business_account", "entry": [entry]}
