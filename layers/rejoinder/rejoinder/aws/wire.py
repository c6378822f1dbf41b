"""Queue bodies and stored JSON → values, and back. pydantic checks what comes in."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, TypeAdapter

from rejoinder.messages import Account, Inbound, TurnMessages

TURN: TypeAdapter[TurnMessages] = TypeAdapter(TurnMessages)


class InboundBody(BaseModel):
    """A message of `inbound.fifo`: updates of one conversation, as the ingress queued them."""

    model_config = ConfigDict(frozen=True)

    format: int
    account: str
    received_at: float
    updates: tuple[Mapping[str, object], ...]

    def account_of(self) -> Account:
        """The account that the updates came to."""
        channel, _, id = self.account.partition(":")
        return Account(channel=channel, id=id)


class EventsBody(BaseModel):
    """A message of `events`: statuses and account events, many together."""

    model_config = ConfigDict(frozen=True)

    format: int
    received_at: float
    updates: tuple[Mapping[str, object], ...]


class ParkedBody(BaseModel):
    """A message that the processor puts on `inbound`'s dead-letter queue: an update its bot failed over."""

    model_config = ConfigDict(frozen=True)

    format: int = 1
    cause: str
    inbound: Inbound
