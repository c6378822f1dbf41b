"""Outbound messages: what one turn says."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from rejoinder.model.people import Account, Contact
from rejoinder.model.said import OutboundContent, Template, files_in


class Policy(StrEnum):
    """What to do when nobody knows whether the network accepted a message."""

    AT_LEAST_ONCE = "at_least_once"
    """Send it again after a grace period: better twice than never."""

    AT_MOST_ONCE = "at_most_once"
    """Give it up, visibly: better never than twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A message to a contact."""

    id: str
    """Our id of it, made from the inbound id and its place in the turn: the same turn makes the same ids."""

    content: OutboundContent
    """What is said."""

    outside_window: Template | None = None
    """The template that goes out instead when the service window is closed."""

    waits_until: float = 0.0
    """Until when it waits for the contact to write again, if the service window is closed, in Unix seconds; 0
    when it does not wait."""

    policy: Policy = Policy.AT_LEAST_ONCE
    """What to do when its outcome is unknown."""

    instead_of: OutboundContent | None = None
    """What was to be said, where the template goes out instead."""

    quote: str = ""
    """The network's id of the message that it answers, which is shown above it; empty for none."""

    track: bool = False
    """Whether the bot learns when it is delivered and read."""

    goes_on: bool = False
    """Whether it is the rest of a long text or an album. The template of the first message stands for all."""

    words_of: Template | None = None
    """The template whose words it says, where the network knows none and the contact must agree to them. It
    has the name and the category only."""

    def as_said(self, content: OutboundContent) -> Self:
        """Return this message with `content`, which is its own content or its template."""
        return self if content == self.content else replace(self, content=content, instead_of=self.content)

    @property
    def has_files(self) -> bool:
        """Whether it may go out with files: those of its content, or those of its template."""
        late = self.outside_window
        return bool(files_in(self.content) or (late and files_in(late)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnMessages:
    """The outbound messages of one turn: ONE message on the outbound queue."""

    account: Account
    """The account that sends them."""

    contact: Contact
    """Who they are for, as they were reached at the turn."""

    conversation_key: str
    """The key of the conversation."""

    correlation_id: str
    """The hashed id of the update that they answer."""

    read_id: str
    """What marks the message that they answer as read: its id, or its receipt (`Inbound.receipt`). This is
    done once the network has accepted the first of them. Empty when there is none."""

    window_closes_at: float
    """When the service window closes, in Unix seconds, as known at the turn: a lower bound."""

    messages: tuple[Outbound, ...]
    """The messages, in order."""

    reports_failure: bool = False
    """Whether they were said because another message failed: nobody is told when they fail as well."""

    again: int = 0
    """The attempt whose late failure brings the turn to the sender once more; 0 at first."""

    asked_at: float = 0.0
    """When the contact said what they answer, in Unix seconds; 0 where nobody waited for them since then."""

    def alone(self, message: Outbound) -> Self:
        """Return `message` as a turn of its own, which marks nothing as read and for which nobody waits."""
        return replace(self, read_id="", asked_at=0.0, messages=(message,))

    def waited(self, now: float) -> float:
        """Return how long the contact has waited, in seconds. Our clock may be behind that of the network."""
        return max(0.0, now - self.asked_at)
