"""The ledger of consent: what an update tells it, and whether an entry is the newest wish."""

from rejoinder.model.consent import ConsentEntry, Purpose
from rejoinder.model.own import ConsentTold, Preference
from rejoinder.model.updates import Inbound


def told_by(inbound: Inbound) -> ConsentEntry | None:
    """Return the entry that an update is for the ledger of consent; None for one that tells of no consent."""
    match inbound.content:
        case Preference(value=value):
            return ConsentEntry(
                purpose=Purpose.MARKETING,
                given=value == "resume",
                at=inbound.at,
                by="preference",
                message_id=inbound.hashed_id,
            )
        case ConsentTold(purpose=purpose, given=given, by=by, source=source):
            return ConsentEntry(purpose=purpose, given=given, at=inbound.at, by=by, source=source)
        case _:
            return None


def is_newest(entry: ConsentEntry, newest: ConsentEntry | None, since: float) -> bool:
    """Whether `entry` is the newest wish, where the newest so far is `newest`, told at `since`.

    Of what was told in two conversations at one moment, the refusal counts: so both end with the same.
    """
    if entry.told_to and entry.at == since:
        return newest is not None and newest.given and not entry.given
    return entry.at >= since
