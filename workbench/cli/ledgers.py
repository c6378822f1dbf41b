"""The ledgers of consent in the table of a deployment, for people: of one contact, or of all."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from rejoinder.aws.keys import conversation_pk, is_consent
from rejoinder.aws.stored.conversations import read_consent, read_linked
from rejoinder.aws.stored.items import Item, item_text
from rejoinder.model.consent import ConsentEntry
from rejoinder.workbench.deployment.deployed import Deployed, Where, deployed
from rejoinder.workbench.deployment.people import Table
from rejoinder.workbench.deployment.person import values_of
from rejoinder.workbench.stack import StackError

NONE = "the ledger of this contact has no entry: no offer goes out to them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry of a ledger, as people read it."""

    account: str
    """The account that it is about."""

    contact: str
    """An id of the contact: the business-scoped user id where there is one."""

    purpose: str
    """What the contact told about."""

    given: str
    """`yes` or `no`."""

    at: str
    """When they told it, in ISO 8601."""

    by: str
    """How they told it."""

    source: str
    """Where it comes from."""

    message: str
    """Our hashed id of the message that told it."""

    told_to: str
    """The linked account that they told it to; empty when that is `account`."""

    linked: str
    """The accounts that the contact is linked to, separated by spaces."""


def show(where: Where, contact: str, *, as_json: bool) -> int:
    """Print the ledger of a contact."""
    with deployed(where) as place:
        lines = of_contact(place, contact)
    if not (lines or as_json):
        raise StackError(NONE)
    print(as_text(lines) if not as_json else json.dumps([*map(asdict, lines)], indent=2, ensure_ascii=False))
    return 0


def export(where: Where, *, as_json: bool) -> int:
    """Print the ledgers of all contacts."""
    with deployed(where) as place:
        lines = of_all(place)
    print(as_csv(lines) if not as_json else json.dumps([*map(asdict, lines)], indent=2, ensure_ascii=False))
    return 0


def as_text(lines: Sequence[Line]) -> str:
    """Return entries as sentences."""
    told = [
        f"{line.at}  {'agreed to' if line.given == 'yes' else 'refused'} {line.purpose} by {line.by}"
        f"{f' ({line.source})' if line.source else ''}, as {line.account}"
        f"{f', told to {line.told_to}' if line.told_to else ''}"
        for line in lines
    ]
    linked = {f"{line.account} is linked to {line.linked}" for line in lines if line.linked}
    return "\n".join([*told, *sorted(linked)])


def as_csv(lines: Sequence[Line]) -> str:
    """Return entries as CSV, below a line with the names of the columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, Line.__dataclass_fields__, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(asdict, lines))
    return text.getvalue().rstrip()


def of_contact(place: Deployed, contact: str) -> Sequence[Line]:
    """Return the ledger of a contact, under each account that knows them."""
    table = Table(place)
    people = [(person, table.ledger([person])) for person in table.find(contact)]
    return _sorted(
        _line(item, person.ids[0], _linked(person.item)) for person, items in people for item in items
    )


def of_all(place: Deployed) -> Sequence[Line]:
    """Return the ledgers of all contacts. A conversation has the entries of those that ended in it, too."""
    ledger: list[Item] = []
    contacts: dict[str, tuple[str, str]] = {}
    for item in Table(place).conversations_and_ledgers():
        if is_consent(item):
            ledger.append(item)
            continue
        known = values_of(item)
        contact = known.get("user_id") or known["contact_ids"][0]
        partitions = (known["pk"], *(conversation_pk(key) for key in known.get("former_keys", ())))
        contacts |= dict.fromkeys(partitions, (str(contact), _linked(item)))
    return _sorted(_line(item, *contacts.get(item["pk"]["S"], ("", ""))) for item in ledger)


def _linked(conversation: Item) -> str:
    linked = read_linked(conversation) if conversation else ()
    return " ".join(sorted({str(one.account) for one in linked}))


def _line(item: Item, contact: str, linked: str) -> Line:
    entry: ConsentEntry = read_consent(item)
    return Line(
        account=item_text(item, "account"),
        contact=contact,
        purpose=entry.purpose.value,
        given="yes" if entry.given else "no",
        at=datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="seconds"),
        by=entry.by,
        source=entry.source,
        message=entry.message_id,
        told_to=entry.told_to,
        linked=linked,
    )


def _sorted(lines: Iterable[Line]) -> Sequence[Line]:
    return sorted(lines, key=lambda line: (line.account, line.contact, line.at))
