"""`make release CONTACT=…`: the bot speaks again to a contact whom a person has talked to."""

import argparse
import time
import uuid

from rejoinder.aws.outbox import SqsUpdates
from rejoinder.aws.queues import SqsQueue
from rejoinder.channels import channel_of
from rejoinder.model.people import Contact
from rejoinder.model.updates import Inbound, Release
from workbench.cli.deployed import Deployed, deployed
from workbench.cli.people import Person, Table, plain
from workbench.stack import StackError


def main(arguments: list[str]) -> int:
    """Release a contact; without one, say how many are handed over."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("stack")
    parser.add_argument("contact", help="a phone number or a business-scoped user id; empty: count them")
    asked = parser.parse_args(arguments)
    with deployed(asked.stack) as place:
        if asked.contact.strip():
            release(place, asked.contact)
        else:
            print(
                f"conversations in which a person talks and the bot is silent: {Table(place).handed_over()}"
            )
    return 0


def release(place: Deployed, contact: str) -> None:
    """Tell the processor, which alone writes conversations; StackError when there is nothing to release."""
    updates = SqsUpdates(SqsQueue(place.client("sqs"), place.inbound_queue_url))
    people = [person for person in Table(place).find(contact) if plain(person.item).get("handoff")]
    if not people:
        raise StackError("no conversation with that contact is handed over")
    for person in people:
        updates.put(_release(person))
        print(f"the bot may speak to them again as {person.account}")


def _release(person: Person) -> Inbound:
    """A handler may speak upon it, so the contact is named as the network knows them now."""
    user_id = plain(person.item).get("user_id")
    named = [channel_of(person.account).contact_of(id) for id in reversed(person.ids)]
    phone = next((them.phone for them in named if them and them.phone), None)
    contact = Contact(id=user_id or phone or person.ids[0], phone=phone, user_id=user_id)
    return Inbound(
        id=f"release-{uuid.uuid4().hex}",
        account=person.account,
        contact=contact,
        at=time.time(),
        content=Release(),
        conversation_key=person.keys[0],
    )
