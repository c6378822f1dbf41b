"""What the simulator remembers of each message, in both directions."""

from __future__ import annotations

from dataclasses import dataclass, field

from workbench.simulator.contacts import Contact
from workbench.simulator.interactive import Choice
from workbench.simulator.jsontext import JsonObject

_ORDER = ("accepted", "sent", "delivered", "read", "failed")


@dataclass(slots=True, kw_only=True)
class Said:
    """A message of a contact. `state`: sent until the webhook took it, then delivered, then read."""

    id: str
    phone_number_id: str
    contact: Contact
    text: str
    at: float
    state: str = "sent"
    tapped: bool = False

    def line(self) -> JsonObject:
        """The entry in the transcript."""
        return {
            "direction": "in",
            "contact": self.contact.id,
            "phone_number_id": self.phone_number_id,
            "text": self.text,
            "tapped": self.tapped,
            "choices": [],
            "at": self.at,
            "id": self.id,
            "status": self.state,
        }


@dataclass(slots=True, kw_only=True)
class Sent:
    """An accepted message request; `contact` is None where the network drops it without a word."""

    id: str
    phone_number_id: str
    contact: Contact | None
    address: JsonObject
    body: JsonObject
    at: float
    text: str
    choices: tuple[Choice, ...]
    category: str
    billable: bool
    callback_data: str | None
    doomed: int | None = None
    reaction: bool = False
    statuses: list[JsonObject] = field(default_factory=list)

    @property
    def state(self) -> str:
        """The furthest status so far; failed above all."""
        reached = ["accepted", *(str(entry["status"]) for entry in self.statuses)]
        return max(reached, key=_ORDER.index)

    def entry(self) -> JsonObject:
        """The entry in `/sim/sent`."""
        return {
            "id": self.id,
            **self.address,
            "contact": self.contact.id if self.contact else None,
            "phone_number_id": self.phone_number_id,
            "body": self.body,
            "at": self.at,
            "statuses": self.statuses,
            "dropped": self.contact is None,
        }

    def line(self) -> JsonObject:
        """The entry in the transcript."""
        failures = [entry["error"] for entry in self.statuses if "error" in entry]
        return {
            "direction": "out",
            "contact": self.contact.id if self.contact else None,
            "phone_number_id": self.phone_number_id,
            "text": self.text,
            "choices": [choice.title for choice in self.choices],
            "at": self.at,
            "id": self.id,
            "status": self.state,
            **({"error": failures[0]} if failures else {}),
        }
