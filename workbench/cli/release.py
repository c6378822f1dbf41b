"""`rejoinder release`: ends a handoff, so that the bot speaks to the contact again."""

import json
import time
import uuid

from rejoinder.aws.outbox import SqsUpdates
from rejoinder.aws.queues import SqsQueue
from rejoinder.channels import channel_of
from rejoinder.model.own import Release
from rejoinder.model.people import Contact
from rejoinder.model.updates import Inbound
from rejoinder.workbench.deployment.deployed import Deployed, Where, deployed
from rejoinder.workbench.deployment.people import Table
from rejoinder.workbench.deployment.person import Person, values_of
from rejoinder.workbench.stack import StackError


def main(where: Where, contact: str, *, as_json: bool) -> int:
    """Release a contact. If none is given, print how many are handed over."""
    with deployed(where) as place:
        if contact.strip():
            release(place, contact)
        elif as_json:
            print(json.dumps({"handed_over": Table(place).handed_over()}))
        else:
            print(
                f"conversations in which a person talks and the bot is silent: {Table(place).handed_over()}"
            )
    return 0


def release(place: Deployed, contact: str) -> None:
    """Queue the release for the processor, which alone writes conversations; StackError without a handoff."""
    updates = SqsUpdates(SqsQueue(place.client("sqs"), place.inbound_queue_url))
    people = [person for person in Table(place).find(contact) if values_of(person.item).get("handoff")]
    if not people:
        raise StackError("no conversation with that contact is handed over")
    for person in people:
        updates.put(_release(person))
        print(f"the bot may speak to them again as {person.account}")


def _release(person: Person) -> Inbound:
    """Return the update of the release. It holds the contact's newest ids, because a handler may answer."""
    user_id = values_of(person.item).get("user_id")
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
