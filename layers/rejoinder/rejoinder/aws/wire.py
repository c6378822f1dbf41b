"""Queue bodies and stored JSON → values, and back. pydantic checks what comes in.

All of it is written and read by Python's JSON: in ASCII, because SQS refuses some characters that WhatsApp
allows in a name, such as U+FFFE; and not by pydantic's own, which refuses halves of surrogate pairs, and with
them everything else in the body. Networks do send them, where they cut a text.
"""

import json
from collections.abc import Mapping
from typing import Literal, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter

from rejoinder.journal import Journal
from rejoinder.messages import Account, Contact, Inbound, TurnMessages, WakeUp

T = TypeVar("T")

_CONTACT: TypeAdapter[Contact] = TypeAdapter(Contact)
_JOURNAL: TypeAdapter[Journal] = TypeAdapter(Journal)
_TURN: TypeAdapter[TurnMessages] = TypeAdapter(TurnMessages)
_WAKE_UPS: TypeAdapter[tuple[WakeUp, ...]] = TypeAdapter(tuple[WakeUp, ...])
_INBOUNDS: TypeAdapter[tuple[Inbound, ...]] = TypeAdapter(tuple[Inbound, ...])


def _dump(adapter: TypeAdapter[T], value: T) -> str:
    """`value` as JSON. What a bot made may hold a list where a tuple belongs: read back, it is a tuple.

    Without pydantic's warnings of it, which would put what people write on stderr, and so into the logs.
    """
    return json.dumps(adapter.dump_python(value, warnings=False))


def dump_turn(turn: TurnMessages) -> str:
    """`turn` as JSON."""
    return _dump(_TURN, turn)


def read_turn(text: str) -> TurnMessages:
    """The turn in `text`."""
    return _TURN.validate_python(json.loads(text))


def dump_contact(contact: Contact) -> str:
    """`contact` as JSON."""
    return _dump(_CONTACT, contact)


def read_contact(text: str) -> Contact:
    """The contact in `text`."""
    return _CONTACT.validate_python(json.loads(text))


def dump_journal(journal: Journal) -> str:
    """`journal` as JSON."""
    return _dump(_JOURNAL, journal)


def read_journal(text: str) -> Journal:
    """The journal in `text`."""
    return _JOURNAL.validate_python(json.loads(text))


def dump_wake_ups(wake_ups: tuple[WakeUp, ...]) -> str:
    """`wake_ups` as JSON."""
    return _dump(_WAKE_UPS, wake_ups)


def read_wake_ups(text: str) -> tuple[WakeUp, ...]:
    """The wake-ups in `text`."""
    return _WAKE_UPS.validate_python(json.loads(text))


def dump_inbounds(inbounds: tuple[Inbound, ...]) -> str:
    """`inbounds` as JSON."""
    return _dump(_INBOUNDS, inbounds)


def read_inbounds(text: str) -> tuple[Inbound, ...]:
    """The inbound messages in `text`."""
    return _INBOUNDS.validate_python(json.loads(text))


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1

    @classmethod
    def read(cls, body: str) -> Self:
        """Read a queue body."""
        return cls.model_validate(json.loads(body))

    def dump(self) -> str:
        """This queue body as JSON."""
        return json.dumps(self.model_dump(warnings=False))  # as in `_dump`


class _FromIngress(_Body):
    received_at: float
    updates: tuple[Mapping[str, object], ...]


class EventsBody(_FromIngress):
    """A message of `events`: statuses and account events, many together, as the ingress queued them."""


class InboundBody(_FromIngress):
    """A message of `inbound.fifo`: updates of one conversation, as the ingress queued them."""

    account: str

    def account_of(self) -> Account:
        """The account that the updates came to."""
        channel, _, id = self.account.partition(":")
        return Account(channel=channel, id=id)


class OwnBody(_Body):
    """A message of `inbound.fifo` that we put there ourselves: one update, whole."""

    inbound: Inbound


class ParkedBody(OwnBody):
    """A message of `inbound`'s dead-letter queue: an update its bot failed over. It can go back as it is."""

    cause: str


class Parse(Protocol):
    """A channel's way to read one update, as the ingress queued it."""

    def __call__(self, account: Account, update: Mapping[str, object], *, received_at: float) -> Inbound:
        """The update; never an exception for what it does not know."""


def read_updates(body: str, parse: Parse) -> list[Inbound]:
    """The updates in a message of `inbound.fifo`: one of our own, or what the ingress queued, by `parse`."""
    content = json.loads(body)
    if "inbound" in content:
        return [OwnBody.model_validate(content).inbound]
    taken = InboundBody.model_validate(content)
    account = taken.account_of()
    return [parse(account, update, received_at=taken.received_at) for update in taken.updates]
