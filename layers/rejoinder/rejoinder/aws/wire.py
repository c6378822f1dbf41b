"""Queue bodies and stored JSON → values, and back. pydantic checks what comes in."""

import json
from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, TypeAdapter

from rejoinder.journal import Journal
from rejoinder.messages import Account, Inbound, TurnMessages

_JOURNAL: TypeAdapter[Journal] = TypeAdapter(Journal)
TURN: TypeAdapter[TurnMessages] = TypeAdapter(TurnMessages)


def dump_turn(turn: TurnMessages) -> str:
    """`turn` as JSON in ASCII: SQS refuses some characters that WhatsApp allows in a name, such as U+FFFE."""
    return json.dumps(TURN.dump_python(turn, mode="json"))


def dump_journal(journal: Journal) -> str:
    """`journal` as JSON in ASCII."""
    return json.dumps(_JOURNAL.dump_python(journal, mode="json"))


def read_journal(text: str) -> Journal:
    """The journal in `text`; read by Python's JSON, since a bot's data may hold halves of surrogate pairs."""
    return _JOURNAL.validate_python(json.loads(text))


class _Updates(BaseModel):
    model_config = ConfigDict(frozen=True)

    format: Literal[1]
    received_at: float
    updates: tuple[Mapping[str, object], ...]

    @classmethod
    def read(cls, body: str) -> Self:
        """Read a queue body.

        Not by pydantic's own reader of JSON: it refuses halves of surrogate pairs, which networks do send,
        and with them everything else in the body.
        """
        return cls.model_validate(json.loads(body))


class EventsBody(_Updates):
    """A message of `events`: statuses and account events, many together, as the ingress queued them."""


class InboundBody(_Updates):
    """A message of `inbound.fifo`: updates of one conversation, as the ingress queued them."""

    account: str

    def account_of(self) -> Account:
        """The account that the updates came to."""
        channel, _, id = self.account.partition(":")
        return Account(channel=channel, id=id)


class ParkedBody(BaseModel):
    """A message that the processor puts on `inbound`'s dead-letter queue: an update its bot failed over."""

    model_config = ConfigDict(frozen=True)

    format: int = 1
    cause: str
    inbound: Inbound
