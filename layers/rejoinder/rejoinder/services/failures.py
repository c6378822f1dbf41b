"""What became of a message of ours: how the bot learns of it, and how a double is counted."""

import logging
from datetime import UTC, datetime

from rejoinder.model.consent import Purpose
from rejoinder.model.delivery import Attempt, MessageRecord, Step
from rejoinder.model.messages import Outbound, TurnMessages
from rejoinder.model.metrics import Metric
from rejoinder.model.own import ConsentTold, Delivered, Failed, Read
from rejoinder.model.updates import Inbound
from rejoinder.ports import Meter

log = logging.getLogger("rejoinder")

OUTSIDE_WINDOW = "the service window is closed and the bot declared no template for this message"
WAITED = "the service window is closed, and the contact wrote nothing until {:%Y-%m-%d %H:%M:%S} UTC"


def why_outside(message: Outbound) -> str:
    """Return why a message fails outside the window."""
    if not message.waits_until:
        return OUTSIDE_WINDOW
    return WAITED.format(datetime.fromtimestamp(message.waits_until, UTC))


def failure_of(turn: TurnMessages, code: int, reason: str, at: float) -> Inbound | None:
    """Return the update that tells of the only message of `turn`; None when nobody is to be told.

    It has the same id however often it is made: one failure is one turn.
    """
    if turn.reports_failure:
        return None
    (message,) = turn.messages
    said = message.instead_of or message.content
    return Inbound(
        id=f"failed-{message.id}",
        account=turn.account,
        contact=turn.contact,
        at=at,
        content=Failed(outbound_id=message.id, content=said, code=code, reason=reason),
        conversation_key=turn.conversation_key,
    )


def opt_out_of(turn: TurnMessages, at: float) -> Inbound:
    """Return the update that tells that the network refuses offers, such as the only message of `turn`.

    It has the same id however often it is made.
    """
    (message,) = turn.messages
    return Inbound(
        id=f"opted-out-{message.id}",
        account=turn.account,
        contact=turn.contact,
        at=at,
        content=ConsentTold(purpose=Purpose.MARKETING, given=False, by="network"),
        conversation_key=turn.conversation_key,
    )


def progress_of(turn: TurnMessages, step: Step, at: float) -> Inbound:
    """Return the update that tells that the only message of `turn` was delivered, or read.

    It has the same id however often it is made.
    """
    (message,) = turn.messages
    kind = Read if step is Step.READ else Delivered
    return Inbound(
        id=f"{step.value}-{message.id}",
        account=turn.account,
        contact=turn.contact,
        at=at,
        content=kind(outbound_id=message.id, content=message.content),
        conversation_key=turn.conversation_key,
    )


def count_double(meter: Meter, attempt: Attempt, before: MessageRecord, after: MessageRecord) -> None:
    """Count a message of which two attempts went through, when the second one is first known to have."""
    if after.is_double and not before.is_double:
        meter.count(Metric.MESSAGES_DOUBLED)
        log.error("went out twice", extra=attempt.log_fields())
