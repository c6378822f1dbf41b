"""`rejoinder forget`: erases everything that is kept of a contact."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from rejoinder.aws.keys import erasure_item, waiter_item
from rejoinder.model.delivery import RECORD_SECONDS
from rejoinder.workbench.cli.deployed import Deployed, Where, deployed
from rejoinder.workbench.cli.files import FilesOfContacts
from rejoinder.workbench.cli.letters import DeadLetters, dead_letters
from rejoinder.workbench.cli.linked import LinkedTable, linked_to
from rejoinder.workbench.cli.people import NOBODY, Table
from rejoinder.workbench.cli.person import Person
from rejoinder.workbench.cli.wake_ups import WakeUps
from rejoinder.workbench.stack import StackError

REST = f"""\
Not erased: messages in the queues at this moment (if the contact is writing, repeat the command later);
statuses that are still to come (kept for {RECORD_SECONDS // 86400} days) or are dead letters (14 days);
when a message was tried of which nobody knows whether it went out ({RECORD_SECONDS // 86400} days);
what they said or sent in a group, whose members share one conversation (on Telegram each of them has one
there, as GROUP.PERSON: forget that as well); webhooks in quarantine (30 days);
backups of the table (35 days); what WhatsApp keeps of files that were sent to them (30 days); what your bot
keeps elsewhere. The logs name nobody."""


LINKED = """\
They were linked to {0}, who knows them as {1}. That is another conversation of the same person.
It is not erased: do that by its own contact."""


def main(where: Where, contact: str, *, yes: bool) -> int:
    """Erase, after a person has said yes. Return 1 when they have not."""
    with deployed(where) as place:
        people = Table(place).find(contact)
        if not yes and not _agreed(place, input):
            print("nothing was erased")
            return 1
        erased = erase(place, people)
    for other in linked_to(people):
        print(LINKED.format(other.account, other.contact_id))
    print("erased:", ", ".join(f"{count} {kind}" for kind, count in erased.items()))
    print(REST)
    return 0


def _agreed(place: Deployed, ask: Callable[[str], str]) -> bool:
    try:
        answer = ask(f"Erase all that {place.stack_name} keeps of this contact? [y/N] ")
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")


def erase(place: Deployed, people: Sequence[Person]) -> Mapping[str, int]:
    """Erase all that is kept of `people`. Return how many items of each kind; StackError when there are none.

    A record of the erasure is kept, which does not name them. The conversation and its aliases are deleted
    last, in one transaction: they lead to the rest, so that an interrupted erasure can be repeated. A turn
    that runs at this moment may save a file until then, so files are deleted once more.
    """
    table, wake_ups, files = Table(place), WakeUps(place), FilesOfContacts(place)
    schedules = wake_ups.of(people)
    for schedule in schedules:
        wake_ups.delete(schedule)
    with dead_letters(place) as letters:
        dead = _erase_letters(letters, table, people)
    markers, records, network_ids = table.messages(people)
    ledger, waiting = table.ledger(people), table.waiting(people)
    listed = [waiter_item(person.account, key) for person in people for key in person.keys]
    for item in (*markers, *network_ids, *ledger, *waiting, *listed):
        table.delete(item)
    for record in records:
        table.erase(record)
    table.forget_holders(people)
    LinkedTable(place).unlink(people)
    conversations = [person.item for person in people if person.item]
    aliases = [item for person in people for item in table.aliases(person)]
    erased = {
        "conversations": len(conversations),
        "aliases": len(aliases),
        "messages from them": len(markers),
        "messages to them": len(records),
        "turns that waited": len(waiting),
        "entries about consent": len(ledger),
        "wake-ups": len(schedules),
        "set aside": dead,
        "files": files.delete(people),
    }
    if not any(erased.values()):
        raise StackError(NOBODY)
    now = time.time()
    erasure = erasure_item(f"{datetime.fromtimestamp(now, UTC):%Y-%m-%d}", uuid.uuid4().hex)
    # With the accounts, because a second run has to know where to look.
    accounts = {"accounts": {"SS": sorted({str(person.account) for person in people})}}
    counts = {kind.replace(" ", "_").replace("-", "_"): {"N": str(count)} for kind, count in erased.items()}
    table.replace([*aliases, *conversations], erasure | {"at": {"N": str(now)}} | accounts | counts)
    files.delete(people)
    return erased


def _erase_letters(letters: DeadLetters, table: Table, people: Sequence[Person]) -> int:
    """Delete the dead letters of `people` and return how many there were.

    SQS may show more letters of a conversation once the first ones are deleted, hence the loop.
    """
    count = 0
    while found := letters.receive():
        for letter in found:
            if any(table.has(person, letter) for person in people):
                letters.delete(letter)
                count += 1
    return count
