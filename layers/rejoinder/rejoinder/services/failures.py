"""How the bot learns that a message of its own could not be delivered."""

from rejoinder.messages import Failed, Inbound, TurnMessages


def failure_of(turn: TurnMessages, code: int, reason: str, at: float) -> Inbound | None:
    """The update that tells of the only message of `turn`; None when nobody is to be told.

    It has the same id however often it is made: one failure is one turn.
    """
    if turn.reports_failure:
        return None
    (message,) = turn.messages
    failed = Failed(outbound_id=message.id, content=message.content, code=code, reason=reason)
    return Inbound(
        id=f"failed-{message.id}", account=turn.account, contact=turn.contact, at=at, content=failed
    )
