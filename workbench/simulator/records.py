"""The messages that the simulator remembers, in both directions."""

from __future__ import annotations

from dataclasses import dataclass, field

from rejoinder.workbench.simulator.contacts import Contact
from rejoinder.workbench.simulator.interactive import Choice
from rejoinder.workbench.simulator.jsontext import JsonObject
from rejoinder.workbench.simulator.pricing import Price
from rejoinder.workbench.simulator.templates import Template
from rejoinder.workbench.simulator.templating import shown

_ORDER = ("accepted", "sent", "delivered", "read", "failed")
"""The statuses of a message of the bot, the furthest one last."""

_TAPS = ("button_reply", "list_reply")
"""The types of interactive replies that a tap sends."""


def content_of(message: JsonObject) -> JsonObject:
    """Return what a message on the wire says: its type, the object of this type, and what is around it."""
    kind = str(message.get("type") or "text").lower()
    around: JsonObject = {key: message[key] for key in ("context", "referral") if key in message}
    return {"type": kind, kind: message.get(kind), **around}


@dataclass(slots=True, kw_only=True)
class Said:
    """A message from a contact."""

    id: str
    phone_number_id: str
    contact: Contact

    text: str
    """How the message reads on the phone."""

    at: float
    """When it was written, in Unix seconds."""

    state: str = "sent"
    """`sent` until the webhook has accepted it, then `delivered`, then `read`."""

    content: JsonObject = field(default_factory=dict)
    """The content as it stands on the wire: its type, the object of this type, what it quotes."""

    @property
    def tapped(self) -> bool:
        """Whether it is a tap on a button or a row."""
        kind = self.content.get("type")
        reply = self.content.get("interactive")
        return kind == "button" or (isinstance(reply, dict) and reply.get("type") in _TAPS)

    def line(self) -> JsonObject:
        """Return the entry in the transcript."""
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
            "content": self.content,
        }


@dataclass(slots=True, kw_only=True)
class Sent:
    """An accepted message request."""

    id: str
    phone_number_id: str

    contact: Contact | None
    """The contact who gets it; None when the network drops it without an error."""

    address: JsonObject
    """The `to` or the `recipient` of the request."""

    body: JsonObject
    """The whole request."""

    at: float
    """When it was accepted, or was sent after it had waited, in Unix seconds."""

    text: str
    """How the message reads on the phone."""

    choices: tuple[Choice, ...]
    """What the contact can tap."""

    price: Price
    callback_data: str | None

    template: Template | None = None
    """The template, if it is one."""

    doomed: int | None = None
    """The error code with which it will fail; None when it will not."""

    doom: str = ""
    """The details of that error, if they are not the usual ones."""

    reaction: bool = False
    """Whether it is a reaction."""

    is_held: bool = False
    """Whether it waits until the quality of its template is known."""

    statuses: list[JsonObject] = field(default_factory=list)
    """The statuses so far."""

    @property
    def state(self) -> str:
        """The furthest status so far; `failed` wins over all others. What was played is also read."""
        reached = [status for entry in self.statuses if (status := str(entry["status"])) in _ORDER]
        return max(["accepted", *reached], key=_ORDER.index)

    def entry(self) -> JsonObject:
        """Return the entry in `/sim/sent`."""
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
        """Return the entry in the transcript."""
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
            "content": content_of(self.body),
            **({"template": shown(self.template)} if self.template else {}),
            **({"error": failures[0]} if failures else {}),
        }
