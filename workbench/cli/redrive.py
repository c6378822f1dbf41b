"""`rejoinder redrive`: lists what was set aside, and puts it back."""

import json
import time
import uuid
from collections.abc import Iterable, Sequence

from rejoinder.aws.conversations import ConversationTable
from rejoinder.aws.queues import SqsQueue
from rejoinder.aws.stored.bodies import dump_update
from rejoinder.errors import Unreadable
from rejoinder.ports import QueueMessage
from rejoinder.workbench.called import below_make, called
from rejoinder.workbench.cli.deployed import Deployed, Where, deployed
from rejoinder.workbench.cli.letters import Letter, Origin, dead_letters
from rejoinder.workbench.stack import StackError

EVERYTHING = "all"


def main(where: Where, chosen: Sequence[str], *, as_json: bool) -> int:
    """List what was set aside, or put the letters with the chosen ids back."""
    with deployed(where) as place:
        if chosen:
            put_back(place, set(chosen))
        else:
            show(place, as_json=as_json)
    return 0


def show(place: Deployed, *, as_json: bool = False) -> None:
    """Print what was set aside, without anybody's words or number."""
    with dead_letters(place) as letters:
        found = letters.receive()
        more = letters.more()
    if as_json:
        head, *rows = _rows(found, time.time())
        print(json.dumps([dict(zip(head, row, strict=True)) for row in rows], indent=2))
        return
    if not found:
        print("nothing was set aside")
        return
    print(*_table(found, time.time()), sep="\n")
    if more:
        print(f"about {more} more of the same conversations can be listed when these are gone")
    print(
        "to put them back: "
        + ("make redrive ITEMS='id id …'" if below_make() else "rejoinder redrive id id …")
        + ", or all"
    )


def _rows(found: Iterable[Letter], now: float) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("id", "queue", "what", "age", "cause", "correlation_id")]
    rows += [
        (
            letter.id,
            f"{letter.origin}-dlq",
            letter.kind,
            _age(now - letter.at),
            letter.cause,
            " ".join(letter.correlation_ids),
        )
        for letter in found
    ]
    return rows


def _table(found: Iterable[Letter], now: float) -> list[str]:
    rows = _rows(found, now)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _age(seconds: float) -> str:
    for unit, name in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{max(seconds, 0):.0f} s"


def put_back(place: Deployed, chosen: set[str]) -> None:
    """Send the chosen letters to the queues that they were meant for; StackError when one is missing.

    Each is sent before it is deleted. After a crash in between it is in both queues, which does no harm: an
    update that is handled twice is answered once. What fails again, and so comes back at once, is left.
    """
    gone: set[str] = set()
    sent: set[str] = set()
    unreadable: set[str] = set()
    with dead_letters(place) as letters:
        while found := letters.receive():
            for letter in found:
                what = letter.update.hashed_id if letter.update else letter.body
                if what in sent or not {letter.id, EVERYTHING} & chosen:
                    continue
                try:
                    print(f"{letter.id}  {letter.kind}: {_put_back(place, letter)}")
                except Unreadable as error:
                    print(f"{letter.id}  {letter.kind}: stays here; this version cannot read it ({error})")
                    unreadable.add(letter.id)
                    continue
                letters.delete(letter)
                gone.add(letter.id)
                sent.add(what)
    if missing := chosen - gone - unreadable - {EVERYTHING}:
        raise StackError(f"not there: {' '.join(sorted(missing))}; `{called('redrive')}` lists the ids")
    print(f"{len(gone)} put back")


def _put_back(place: Deployed, letter: Letter) -> str:
    """Send a letter to its queue. Return what was done with it."""
    if letter.update is None:
        _send(place, letter.origin, letter.body, letter.group)
        return f"unchanged to {letter.origin}"
    conversations = ConversationTable(place.client("dynamodb"), place.table_name)
    if letter.is_parked and not conversations.unpark(letter.update):
        return "was handled since; dropped"
    # A wake-up lies among the tracker's dead letters, but the processor has to handle it.
    _send(place, "inbound", dump_update(letter.update), letter.update.group)
    return "to inbound"


def _send(place: Deployed, origin: Origin, body: str, group: str) -> None:
    """Send a body under a new deduplication id: SQS may still remember the old one and drop the message."""
    urls = {
        "inbound": place.inbound_queue_url,
        "outbound": place.outbound_queue_url,
        "events": place.events_queue_url,
    }
    message = QueueMessage(body=body, group=group, deduplication_id=uuid.uuid4().hex if group else "")
    SqsQueue(place.client("sqs"), urls[origin]).put([message])
