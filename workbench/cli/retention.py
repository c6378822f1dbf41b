"""`rejoinder retention`: conversations that have rested since before they had an end get one.

A turn gives its conversation an end. This is for those in which there was no turn since. Only the processor
writes a conversation, so it is asked to look at each of them.
"""

import time
from collections.abc import Callable, Iterator

from rejoinder.aws.outbox import SqsUpdates
from rejoinder.aws.queues import SqsQueue
from rejoinder.model.people import Account
from rejoinder.model.updates import Inbound
from rejoinder.services.retention import look
from rejoinder.workbench.cli.deployed import Deployed, Where, deployed
from rejoinder.workbench.cli.people import Table
from rejoinder.workbench.cli.person import values_of


def main(where: Where, *, yes: bool) -> int:
    """Queue a look at each conversation without an end, after a person has said yes. Return 1 if not."""
    with deployed(where) as place:
        found = [*endless(place, time.time())]
        if not found:
            print("each conversation has an end")
            return 0
        print(f"{len(found)} conversations have no end: they get one, ConversationRetentionDays from now")
        if not yes and not _agreed(input):
            print("nothing was changed")
            return 1
        updates = SqsUpdates(SqsQueue(place.client("sqs"), place.inbound_queue_url))
        for update in found:
            updates.put(update)
    print("queued: the processor writes them")
    return 0


def endless(place: Deployed, now: float) -> Iterator[Inbound]:
    """Yield an update for each conversation that has no end."""
    for item in Table(place).without_end():
        known = values_of(item)
        contact_id = known.get("user_id") or known["contact_ids"][0]
        key = str(known["pk"]).partition("#")[2]
        yield look(Account.parse(known["account"]), contact_id, key, now)


def _agreed(ask: Callable[[str], str]) -> bool:
    try:
        return ask("Give them an end? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
