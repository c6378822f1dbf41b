"""The plan: what the contacts write, and in which webhooks it comes. All of it follows from the seed."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from rejoinder.workbench import development

DUPLICATES = 0.2
"""The share of the updates that come twice."""

MAX_IN_BODY = 100
"""The most updates in one webhook. Meta sometimes batches more, but most of its webhooks hold fewer."""

MAX_DUPLICATE_DISTANCE = 200
"""How many updates after the first one a duplicate comes, at most."""


PARKING = ("raise", "exit", "sleep", "memory")
"""What the bot does wrong each time, so that the update is parked after three tries."""

PASSING = ("stumble", "threads", "print")
"""What the bot does wrong and survives, if need be at the second try."""

NUMBERS = {
    development.PHONE_NUMBER_ID: development.DISPLAY_PHONE_NUMBER,
    development.SECOND_PHONE_NUMBER_ID: development.DISPLAY_PHONE_NUMBER,
}
"""The business's phone numbers, by id. Each contact writes to both: these are two conversations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One message of a contact."""

    id: str
    """The network's id of the message."""

    contact: str
    """The contact's phone number."""

    place: int
    """Its place among the messages of its conversation, from 1."""

    number: str = development.PHONE_NUMBER_ID
    """The id of the business's phone number."""

    wrong: str = ""
    """What the bot does wrong with it; empty: nothing."""

    @property
    def talk(self) -> str:
        """The name of its conversation."""
        return talk_of(self.number, self.contact)

    @property
    def text(self) -> str:
        """What the contact writes."""
        return f"message {self.place} {self.wrong}".rstrip()


def talk_of(number: str, contact: str) -> str:
    """Return the name of the conversation of a contact with one of the business's numbers."""
    return f"{contact}@{number[-1]}"


def plan(updates: int, contacts: int, seed: int, wrong: int = 0) -> list[list[Update]]:
    """Return the updates of each webhook. With `wrong` of them the bot does something wrong.

    `contacts` are conversations. They are mixed. The messages of each come in order when they come first, and
    a fifth of all come twice.
    """
    dice = random.Random(seed)  # noqa: S311 - the same seed, the same run
    writers = [number % contacts for number in range(updates)]
    dice.shuffle(writers)
    bad = dict(zip(dice.sample(range(updates), wrong), cycle(PARKING + PASSING), strict=False))
    firsts = list(_numbered(writers, seed, bad))
    again = dice.sample(range(updates), round(updates * DUPLICATES))
    placed = [(float(position), update) for position, update in enumerate(firsts)]
    placed += [(position + dice.uniform(0.5, MAX_DUPLICATE_DISTANCE), firsts[position]) for position in again]
    in_order = [update for _, update in sorted(placed, key=lambda pair: pair[0])]
    return list(_cut(in_order, dice, largest=max(1, min(MAX_IN_BODY, updates // 10))))


def _numbered(writers: Sequence[int], seed: int, wrong: Mapping[int, str]) -> Iterator[Update]:
    places = dict.fromkeys(writers, 0)
    for position, writer in enumerate(writers):
        places[writer] += 1
        contact, number = divmod(writer, len(NUMBERS))
        yield Update(
            id=f"wamid.chaos-{seed}-{writer}-{places[writer]}",
            contact=f"1555{contact:07}",
            place=places[writer],
            number=[*NUMBERS][number],
            wrong=wrong.get(position, ""),
        )


def _cut(updates: list[Update], dice: random.Random, *, largest: int) -> Iterator[list[Update]]:
    while updates:
        size = dice.randint(1, largest)
        yield updates[:size]
        updates = updates[size:]


def body_of(updates: Sequence[Update]) -> dict[str, Any]:
    """Return the body of a webhook with `updates`, sent now."""
    changes = [
        {"field": "messages", "value": _value(number, [one for one in updates if one.number == number])}
        for number in dict.fromkeys(update.number for update in updates)
    ]
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": development.WABA_ID, "changes": changes}],
    }


def _value(number: str, updates: Sequence[Update]) -> dict[str, Any]:
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
    metadata = {"display_phone_number": NUMBERS[number], "phone_number_id": number}
    return {"messaging_product": "whatsapp", "metadata": metadata, "messages": messages}
