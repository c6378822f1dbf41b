"""What the contacts write, and the webhooks it comes in: all of it follows from the seed."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbench import development

DUPLICATES = 0.2
MOST_IN_A_BODY = 100
"""Meta batches more at times; a hundred is what most are below."""

FURTHEST = 200
"""How many updates later a duplicate comes, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One message of a contact; `place` counts the contact's messages from 1."""

    id: str
    contact: str
    place: int

    @property
    def text(self) -> str:
        """What the contact writes."""
        return f"message {self.place}"


def plan(updates: int, contacts: int, seed: int) -> list[list[Update]]:
    """The bodies: contacts mixed, each one's messages in order when they come first, a fifth of all twice."""
    dice = random.Random(seed)  # noqa: S311 - the same seed, the same run
    writers = [number % contacts for number in range(updates)]
    dice.shuffle(writers)
    firsts = list(_numbered(writers, seed))
    again = dice.sample(range(updates), round(updates * DUPLICATES))
    placed = [(float(position), update) for position, update in enumerate(firsts)]
    placed += [(position + dice.uniform(0.5, FURTHEST), firsts[position]) for position in again]
    inorder = [update for _, update in sorted(placed, key=lambda pair: pair[0])]
    return list(_cut(inorder, dice, largest=max(1, min(MOST_IN_A_BODY, updates // 10))))


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
    """The webhook that brings `updates` now."""
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
